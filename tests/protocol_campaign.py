"""Noise and half-right messages against everything that reads a peer: nothing may happen but a PeerError.

``python -m tests.protocol_campaign --frames N [--seed S]`` changes real messages and frames at random and
gives them to the decoder, to both ends of the handshake, to the sessions, to the receiver of films and to all
that reads what is in a message: results, errors, progress, what a machine says of itself and of its folders,
offers. It prints what became of them, and the memory before and after. What is taken has to be sound.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple, Union

import psutil

from cluster.handshake import LocalInstance, MasterHandshake, Peer, SlaveHandshake
from cluster.pairing import PairingCodes
from cluster.session import Session
from cluster.transfer import Receiver, chunk_digest, frame
from core.errors import ToolFailed
from core.media.languages import LanguageTag
from core.media.model import Confidence, NativeLanguage
from core.peer_errors import PeerError
from core.plan import Reason
from core.progress import Progress
from core.protocol.messages import InstanceRole, MessageType, decode
from core.protocol.node_facts import NodeFacts, facts_from, status_from
from core.protocol.offer import JobOffer, offer_from
from core.protocol.peer_fields import MOST_BYTES
from core.protocol.slave_result import NotMade, SlaveResult, not_made, read_slave_result
from core.protocol.system_status import NodeStatus, SystemStatus, WorkStatus, system_status_from
from core.queue.job import JobKind
from core.settings.path_mappings import PathMapping
from core.tools import ToolInfo, ToolName, Toolset
from sharing.node_reports import progress_data, progress_from

MASTER = LocalInstance("master-1", "Living room", "1.2", time.time)
SLAVE = LocalInstance("slave-1", "Laptop", "1.2", time.time)
CERTIFICATE, SECRET = "ab" * 32, b"s" * 32
PIECE = b"a piece of a film" * 40
_NASTY: Tuple[Any, ...] = (
    *(math.nan, math.inf, 1.5, 140.0, -3.5, 2**53 + 1, "\x1b[2J\u202e", ["x"] * 2000),
    *(None, True, -1, 0, 2**63, 10**300, 1e308, "", "x" * 5000, "\0", "\ud800", "../../etc/passwd"),
    *("C:\\Windows", "\\\\host\\share", "/etc/shadow", [], {}, [[[[]]]], {"a": {"b": {}}}),
)


class Paired:
    """One secret for every slave."""

    def secret_of(self, node_id: str) -> bytes:
        """Return the secret."""
        return SECRET


def messages() -> List[str]:
    """Return real messages of every kind, as text."""
    master = MasterHandshake(MASTER, CERTIFICATE, Paired(), PairingCodes(time.monotonic))
    slave = SlaveHandshake(SLAVE, CERTIFICATE, {"cores": 2}, secret=SECRET)
    hello = master.hello()
    register = slave.answer(hello)
    made = [hello, register, master.receive(register).acknowledgement]
    at_master, at_slave = sessions()
    for kind in (MessageType.JOB_REQUEST, MessageType.JOB_STATUS, MessageType.JOB_COMPLETE):
        made.append(at_slave.ask(kind, {"job_id": 7, "attempt": 1, "path": "/films/a.mkv"})[1])
    made.append(at_master.ask(MessageType.MASTER_COMMAND, {"command": "pause", "arguments": {}})[1])
    made += [at_slave.tell({"free": 1}), at_master.tell({"queued": 1})]
    made += [at_slave.answer(1, {"fine": True}), at_master.answer(1, {"job": None})]
    return [line.encode() for line in made]


def sessions() -> Tuple[Session, Session]:
    """Return a master's and a slave's end of one conversation."""
    return (
        Session(MASTER, InstanceRole.MASTER, Peer("slave-1", "Laptop", "1.2", 1, 0.0, {})),
        Session(SLAVE, InstanceRole.SLAVE, Peer("master-1", "Living room", "1.2", 1, 0.0, {})),
    )


def mutated(dice: random.Random, text: str) -> str:
    """Return a message that somebody has changed."""
    if dice.random() < 0.5:
        return _garbled(dice, text.encode()).decode("utf-8", "replace")
    envelope: Dict[str, Any] = json.loads(text)
    for _ in range(dice.randint(1, 3)):
        where = dice.choice([envelope, envelope.get("data"), envelope.get("data")])
        if isinstance(where, dict):
            key = dice.choice([*where, "id", "answers", "error", "purpose", "direction"])
            if dice.random() < 0.3:
                where.pop(key, None)
            else:
                where[key] = copy.deepcopy(dice.choice(_NASTY))
    return json.dumps(envelope)


def _garbled(dice: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(changed)) if changed else 0
        action = dice.randrange(4)
        if action == 0 and changed:
            changed[at] = dice.randrange(256)
        elif action == 1:
            del changed[at : at + dice.randint(1, 20)]
        elif action == 2:
            changed[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 20)))
        else:
            changed[at:at] = changed[: dice.randint(1, 50)]
    return bytes(changed)


def mutated_frame(dice: random.Random) -> bytes:
    """Return a piece of a film that somebody has changed."""
    return _garbled(dice, frame(0, PIECE, chunk_digest(PIECE)))


def altered(dice: random.Random, data: Dict[str, Any]) -> Dict[str, Any]:
    """Return data of which a part, at any depth, was left out or is something else."""
    changed: Dict[str, Any] = copy.deepcopy(data)
    for _ in range(dice.randint(1, 2)):
        where: Any = changed
        while True:
            keys = list(where) if isinstance(where, dict) else list(range(len(where)))
            if not keys:
                break
            key = dice.choice(keys)
            if isinstance(where[key], (dict, list)) and dice.random() < 0.6:
                where = where[key]
                continue
            if dice.random() < 0.2:
                del where[key]
            else:
                where[key] = copy.deepcopy(dice.choice(_NASTY))
            break
    return changed


def _demand_sound(read: Union[SlaveResult, NotMade]) -> None:
    """What was taken goes over again, and becomes an error with a sentence that can be shown."""
    assert read_slave_result(json.loads(json.dumps(read.as_data(), allow_nan=False))) == read
    if isinstance(read, NotMade):
        sentence = str(read.as_error("laptop"))
        assert len(sentence) < 3000
        assert "\0" not in sentence
    else:
        assert 0 < read.size <= MOST_BYTES
        assert all(0 <= seconds < 1e8 for _step, seconds in read.timings)


class Ends:
    """Everything that reads what a peer sends."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._at_master, self._at_slave = sessions()

    def readers(self) -> Tuple[Tuple[str, Callable[[], object]], ...]:
        """Return each reader with a call that gives it something hostile."""
        return (*self._of_messages(), *self._of_contents())

    def _of_contents(self) -> Tuple[Tuple[str, Callable[[], object]], ...]:
        result, error = altered(self._dice, RESULT), altered(self._dice, ERROR)
        return (
            ("result", lambda: _demand_sound(read_slave_result(result))),
            ("error", lambda: _demand_sound(read_slave_result(error))),
            ("progress", lambda: progress_from(altered(self._dice, PROGRESS))),
            ("state", lambda: status_from(altered(self._dice, STATE))),
            ("abilities", lambda: facts_from(altered(self._dice, FACTS))),
            ("offer", lambda: offer_from(altered(self._dice, OFFER))),
            ("all machines", lambda: system_status_from(altered(self._dice, SYSTEM))),
        )

    def _of_messages(self) -> Tuple[Tuple[str, Callable[[], object]], ...]:
        text = mutated(self._dice, self._dice.choice(MESSAGES))
        master = MasterHandshake(MASTER, CERTIFICATE, Paired(), PairingCodes(time.monotonic))
        return (
            ("decoder", lambda: decode(text)),
            ("master's handshake", lambda: master.receive(decode(text))),
            ("slave's handshake", lambda: self._slave_handshake(text)),
            ("master's session", lambda: self._at_master.receive(text)),
            ("slave's session", lambda: self._at_slave.receive(text)),
            ("film", lambda: Receiver(len(PIECE)).take(mutated_frame(self._dice))),
        )

    def _slave_handshake(self, text: str) -> object:
        slave = SlaveHandshake(SLAVE, CERTIFICATE, {}, secret=SECRET)
        hello = MasterHandshake(MASTER, CERTIFICATE, Paired(), PairingCodes(time.monotonic)).hello()
        if self._dice.random() < 0.5:
            return slave.answer(decode(text))
        slave.answer(hello)
        return slave.receive(decode(text))


MESSAGES = messages()
RESULT = SlaveResult(
    *(1000, "ab" * 32, False, "0", Reason("video.no_gain", "Copied.", "2 MB instead of 1 MB")),
    *((("ffmpeg", "-i", "x"),), (("encode", 12.5), ("properties", 0.1))),
).as_data()
ERROR = not_made(ToolFailed("ffmpeg", 1, ["It failed."])).as_data()
PROGRESS = progress_data(Progress("encode", 12.5, 300, 25.0, 1.0, 60.0, 1000, 8000))
STATE = {"load": 0.5, "free_space": 10**9, "held": "", "running": 1}
_TOOLSET = Toolset((ToolInfo(ToolName.FFMPEG, Path("/usr/bin/ffmpeg"), "7.1", (7, 1)),))
FACTS = NodeFacts(_TOOLSET, {JobKind.GPU: 1}, 4, mappings=(PathMapping("/a", "/b"),)).as_data()
_WORK = WorkStatus(7, "Film.mkv", "encode", 12.5, 1.0, 60.0)
_NODE = NodeStatus("n", "Laptop", "online", slots=(("gpu", 1),), work=(_WORK,))
SYSTEM = json.loads(json.dumps(SystemStatus(5.0, (_NODE,), 3, 1, "running").as_data()))
OFFER = JobOffer(
    *(7, 1, 60.0, "/films/a.mkv", 1000, 10**18, "1000-ab"),
    NativeLanguage(LanguageTag("nl"), Confidence.HIGH, ("Radarr",), "Radarr says so."),
    *("0", JobKind.GPU, {"video.encode": True}, ("downscale",)),
).as_data()


def run(frames: int, seed: int) -> Tuple[Counter[Tuple[str, str]], List[str]]:
    """Return how often each reader took or refused something, and what was neither."""
    dice = random.Random(seed)
    ends = Ends(dice)
    counts: Counter[Tuple[str, str]] = Counter()
    wrong: List[str] = []
    for number in range(frames):
        readers = ends.readers()
        name, read = readers[number % len(readers)]
        try:
            read()
            counts[name, "taken"] += 1
        except PeerError:
            counts[name, "refused"] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be told
            wrong.append(f"{name}, frame {number} of seed {seed}: {error!r}")
    return counts, wrong


def main() -> int:
    """Run and print; the exit code says whether nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    process = psutil.Process()
    run(2000, arguments.seed)  # so that what is made once is there
    before, begin = process.memory_info().rss, time.perf_counter()
    counts, wrong = run(arguments.frames, arguments.seed)
    grown = (process.memory_info().rss - before) / 1e6
    for name in sorted({name for name, _what in counts}):
        print(f"{name:<20} {counts[name, 'taken']:>8} taken {counts[name, 'refused']:>8} refused")
    print(
        f"{arguments.frames} frames in {time.perf_counter() - begin:.1f} s, memory {grown:+.1f} MB"
    )
    for problem in wrong[:20]:
        print("WRONG", problem)
    return 1 if wrong or grown > 20 else 0


if __name__ == "__main__":
    sys.exit(main())
