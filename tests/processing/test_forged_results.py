"""Whatever made a result: what is not the film's content never takes the film's place."""

from __future__ import annotations

import errno
import json
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Callable, Iterator

import pytest

from core.errors import SwapError, SwapPending, VerificationFailed
from core.events import JobState
from core.plan import Plan
from core.tools import ToolName, Toolset
from processing.filesystem import FileOperations
from processing.pipeline import ResultMaker
from processor import Processor
from store.journal import Journal, JournalEntry, Stage
from tests.films import AudioSpec
from tests.forgery import (
    FORGERIES,
    Forge,
    Forgery,
    ForgingMaker,
    forge,
    make_slow_source,
    make_source,
)
from tests.processing.bench import Bench, digest, fast_settings, open_bench, with_section

# Each says something of its own; all of them are tried by ``python -m tests.forgery_campaign``.
SHORT_FORM = (
    "encoded once more",
    "black from a quarter on",
    "every sixth picture green",
    "green chroma",
    "frozen from a quarter on",
    "another film",
    "picture a second early",
    "sound half a second late",
    "silence from a quarter on",
    "one silent channel",
    "swapped languages",
    "empty subtitles",
    "a cut in the middle, made as long again",
    "a hole of 2 s",
    "20 pictures missing, closed up",
    "20 pictures doubled",
    "pictures drift",
    "copied sound with a hole",
)


@pytest.fixture(scope="module")
def a_forge(tmp_path_factory: pytest.TempPathFactory, toolset: Toolset) -> Forge:
    if toolset.get(ToolName.MKVPROPEDIT) is None:
        pytest.skip("mkvpropedit is not installed")
    return Forge(tmp_path_factory.mktemp("forge"), toolset, 6.0, sample_points=3)


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        yield one


@pytest.mark.parametrize(
    "forgery",
    [candidate for candidate in FORGERIES if candidate.name in SHORT_FORM],
    ids=lambda forgery: forgery.name,
)
def test_a_forged_result_is_refused_with_what_differs(a_forge: Forge, forgery: Forgery) -> None:
    sentence = a_forge.verdict(a_forge.forge(forgery))
    assert bool(sentence) is not forgery.honest
    assert forgery.says in sentence


@pytest.mark.parametrize(
    "name", ["encoded once more", "20 pictures missing, closed up", "copied sound with a hole"]
)
def test_of_another_machines_result_nothing_is_believed(a_forge: Forge, name: str) -> None:
    (forgery,) = [candidate for candidate in FORGERIES if candidate.name == name]
    sentence = a_forge.verdict(a_forge.forge(forgery), seen=False)
    assert bool(sentence) is not forgery.honest
    assert forgery.says in sentence


def test_a_shift_that_a_glance_cannot_tell_is_seen_by_a_longer_look(
    tmp_path: Path, toolset: Toolset
) -> None:
    if toolset.get(ToolName.MKVPROPEDIT) is None:
        pytest.skip("mkvpropedit is not installed")
    a_forge = Forge(tmp_path, toolset, 5.0, sample_points=3, source=make_slow_source)
    (early,) = [forgery for forgery in FORGERIES if forgery.name == "picture a second early"]
    assert a_forge.verdict(a_forge.honest) == ""
    assert early.says in a_forge.verdict(a_forge.forge(early))


def test_of_a_result_that_is_the_films_few_pictures_are_decoded(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True)
    bench.make(seconds=6)
    checks = {check["name"]: check["figures"] for check in json.loads(bench.process().verification)}
    samples, pictures = (checks["likeness"][name] for name in ("samples", "pictures"))
    assert 3 * samples <= pictures <= 10 * samples


def test_the_films_packets_are_written_on_the_way_and_the_result_stays_the_last_output(
    bench: Bench,
) -> None:
    bench.settings = fast_settings(encode=True)
    bench.make(seconds=4)
    result = bench.process()
    (command,) = [argv for argv in result.commands if "libx265" in argv]
    assert "framehash" in command
    assert command[-1].endswith(".partial")
    sizes = [event.output_size for event in bench.progress if event.step == "encode"]
    assert sizes[-1] == pytest.approx(result.processed_size, rel=0.2)  # the result's, not a list's
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]


def test_what_matroska_writes_in_another_form_is_the_films(bench: Bench) -> None:
    """A transport stream has start codes in its pictures and a header on each packet of its sound."""
    bench.make("Film.ts", audio=[AudioSpec("aac")], subtitles=[])
    plan = bench.plan()
    copied = [replace(track, conversion=None, codec=track.source.codec) for track in plan.outputs]
    result = bench.process(replace(plan, outputs=tuple(copied)))
    checks = {check["name"]: check["figures"] for check in json.loads(result.verification)}
    assert set(checks["copied tracks"].values()) == {"the film's, in another container's form"}


def test_a_film_is_untouched_when_its_result_was_forged(bench: Bench) -> None:
    bench.settings = with_section(fast_settings(encode=True), "files", largest_ratio=1.0)
    bench.folder.mkdir(exist_ok=True)
    bench.take(make_source(bench.folder / "Film.mkv", 4.0))
    (black,) = [forgery for forgery in FORGERIES if forgery.name == "black"]

    def blackened(plan: Plan, output: Path) -> None:
        honest = output.with_name(f"{output.name}.honest")
        output.rename(honest)
        forge(black, honest, output, plan, bench.settings, bench.toolset)

    maker = ForgingMaker(
        ResultMaker(
            bench.runner,
            bench.toolset,
            bench.settings,
            bench.files,
            bench.clock,
            logging.getLogger("tests"),
        ),
        blackened,
    )
    with pytest.raises(VerificationFailed, match="is black"):
        bench.processor.process(
            1, 1, bench.plan(), bench.control, bench.progress.append, bench.stages.append, maker
        )
    assert bench.untouched()


class Meddling(Journal):
    """A journal that lets something happen directly after the proof is written."""

    meddle: Callable[[Path], None]

    def write(self, entry: JournalEntry) -> JournalEntry:
        """As ever, and then what a test wants."""
        written = super().write(entry)
        if written.stage is Stage.VERIFIED:
            self.meddle(written.staged)
        return written


def other_bytes(path: Path) -> None:
    """One byte changed in the middle; size and time as they were."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(before.st_size // 3 + 1)
        byte = file.read(1)
        file.seek(before.st_size // 3 + 1)
        file.write(bytes([byte[0] ^ 0xFF]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def meddled(bench: Bench, meddle: Callable[[Path], None]) -> Processor:
    journal = Meddling(bench.database)
    journal.meddle = meddle
    log = logging.getLogger("tests.processing")
    return bench._wired(Processor, log, files=bench.files, journal=journal, wait=lambda _: None)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell Python when a file changed last")
def test_bytes_that_changed_between_proof_and_swap_never_take_the_films_place(bench: Bench) -> None:
    bench.make()
    with pytest.raises(SwapError, match="changed after it was proved"):
        meddled(bench, other_bytes).process(
            1, 1, bench.plan(), bench.control, bench.progress.append, bench.stages.append
        )
    assert bench.untouched()


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell Python when a file changed last")
def test_bytes_that_changed_while_the_program_was_dead_are_not_swapped_in_at_its_next_start(
    bench: Bench,
) -> None:
    bench.make()
    bench.files = FailingDisk()
    with pytest.raises(SwapPending):
        bench.process()
    (entry,) = bench.journal.of_job(1)
    other_bytes(entry.staged)
    (recovered,) = bench.restarted().processor.recover()
    assert (recovered.state, digest(bench.film)) == (JobState.QUEUED, bench.sha256)
    assert "changed after it was proved" in recovered.message


class FailingDisk(FileOperations):
    """A disk that fails where the original is to be held."""

    def link(self, existing: Path, new: Path) -> bool:
        """Fail."""
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(existing))
