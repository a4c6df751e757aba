"""Films that a master gives to its slaves, and steps that many tests of that have in common."""

from __future__ import annotations

from typing import List

from core.protocol.messages import MessageType
from tests.processing.bench import (
    with_section,
)
from tests.queue_service import SLOW
from tests.scheduling.pair import Pair, Slave


def queue_film(pair: Pair, name: str = "Film.mkv", **more: object) -> int:
    film = pair.master.bench.make(name, **{"seconds": 1.0, **more})  # type: ignore[arg-type]
    (job_id,) = pair.master.manager.add([film])
    return job_id


def make_slow(pair: Pair) -> None:
    """Let every encode take longer than any test waits."""
    bench = pair.master.bench
    settings = with_section(bench.settings, "video", encode=True)
    bench.settings = with_section(settings, "templates", normal=SLOW, normal_fallback=SLOW)


def until_encoding(pair: Pair, job_id: int) -> None:
    def encodes() -> bool:
        return any(
            lease.progress is not None and lease.progress.step == "encode"
            for lease in pair.master.work._jobs.all()
            if lease.offer.job_id == job_id
        )

    pair.master.until(encodes, "the encode on the slave")


def beside(pair: Pair) -> List[str]:
    """What of ours lies beside the films, without the originals."""
    return [name for name in pair.master.bench.ours() if not name.startswith("originals")]


def lose_the_master_at_the_result(pair: Pair, slave: Slave) -> None:
    """Work until the slave is about to hand its result in; then the line is cut and the master ends."""
    cut: List[bool] = []

    def master_goes(kind: MessageType, data: object) -> None:
        if kind is MessageType.JOB_COMPLETE and not cut:
            cut.append(True)
            slave.line.cut()

    slave.line.before = master_goes
    pair.master.start()
    slave.start()
    pair.master.until(lambda: cut, "the result")
    pair.master.stop()
