"""The best of each program on this machine: found, asked for its version, and for what it can do."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, FrozenSet, Iterable, List, Optional, Protocol, Tuple

from core.encoders.family import Way
from core.encoders.listed import families_of, known_program, programs
from core.errors import ToolNotFound, ToolStalled
from core.ports import Captured, CommandRunner
from core.programs.program import OutsideProgram
from core.settings.tree import ToolSettings
from core.system_errors import system_problem
from core.text.sentence import Sentence
from core.tools import ToolInfo, ToolName, ToolOrigin, Toolset
from tools.kept_answers import AnswerMemory, KeptAnswers
from tools.places import candidates, hint

# A version question is answered at once; one that needs graphics tries them for each codec and mode.
_ANSWER_SECONDS = 20.0
_DEVICE_SECONDS = 60.0


@dataclass(frozen=True)
class ToolStatus:
    """What became of the search for one program.

    ``problem`` is empty or one sentence; a program can be there (``info``) and still have one, such as
    QSVEncC on a machine without Intel graphics. ``hint`` tells how to get a (better) one.
    """

    name: ToolName
    info: Optional[ToolInfo]
    problem: str
    hint: str


@dataclass(frozen=True)
class ToolReport:
    """All programs: the usable ones as a toolset, and every one's status."""

    toolset: Toolset
    statuses: Tuple[ToolStatus, ...]


_Key = Tuple[str, int, int]
_known: Dict[
    _Key, Tuple[Optional[ToolInfo], str]
] = {}  # a program that did not change is not asked twice


class Silences(Protocol):
    """Remembers over the program's life which programs hung, so that not every command waits for them."""

    def knows(self, program: str) -> bool:
        """Whether a program, named with its size and date, hung lately."""

    def keep(self, program: str) -> None:
        """It hangs now."""


@dataclass(frozen=True)
class _Asker:
    """What programs are asked with.

    Only what films can do without is left alone for a while: a busy machine may have been the reason.
    """

    runner: CommandRunner
    silences: Optional[Silences]
    answers: Optional[AnswerMemory]

    def knows_silent(self, name: ToolName, program: str) -> bool:
        """Whether a program hung lately."""
        return self.silences is not None and _only_encodes(name) and self.silences.knows(program)

    def keeps_silent(self, name: ToolName, program: str) -> bool:
        """Remember that a program hangs; whether that was done."""
        if self.silences is None or not _only_encodes(name):
            return False
        self.silences.keep(program)
        return True

    def ask(self, name: ToolName, path: Path) -> Tuple[Optional[ToolInfo], str]:
        """Ask a program, or know what it answered; one that hangs on graphics is asked each time."""
        if self.answers is None or _only_encodes(name):
            return _ask(name, path, self.runner)
        kept = KeptAnswers(path, self.runner, self.answers)
        info, problem = _ask(name, path, kept)
        if info is not None:
            kept.keep()
        return info, problem


def _only_encodes(name: ToolName) -> bool:
    return any(family.way is Way.OWN_PROGRAM for family in families_of(name))


def find_tools(
    settings: ToolSettings,
    runner: CommandRunner,
    silences: Optional[Silences] = None,
    answers: Optional[AnswerMemory] = None,
) -> ToolReport:
    """Look for every program; a path that the user set wins, else the best of what is there.

    Never raises: a program that is missing, hangs or is none at all becomes a status with a sentence.
    """
    asker = _Asker(runner, silences, answers)
    ffmpeg = _find(ToolName.FFMPEG, configured_path(settings, ToolName.FFMPEG), asker)
    statuses = [ffmpeg]
    for program in programs():
        if program.name != ToolName.FFMPEG:
            beside = ffmpeg.info if program.name == ToolName.FFPROBE else None
            configured = configured_path(settings, program.name)
            statuses.append(_find(program.name, configured, asker, beside))
    found = tuple(status.info for status in statuses if status.info)
    return ToolReport(Toolset(found), tuple(statuses))


def configured_path(settings: ToolSettings, name: ToolName) -> str:
    """The path that the user set for a program; empty where it is to be found."""
    setting = known_program(name).setting
    if setting:
        return str(getattr(settings, setting))
    pairs = (pair.partition("=") for pair in settings.encoders)
    return next((path.strip() for program, _, path in pairs if program.strip() == name), "")


def _find(
    name: ToolName, configured: str, asker: _Asker, beside: Optional[ToolInfo] = None
) -> ToolStatus:
    if configured:
        return _configured(name, configured, asker)
    problems: List[str] = []
    infos: List[ToolInfo] = []
    for path, origin in candidates(name):
        info, problem = _examine(name, path, origin, asker)
        if info:
            infos.append(info)
        if problem:
            problems.append(problem)
    if not infos:
        sentence = problems[0] if problems else Sentence("{name} was not found.", name=name.value)
        return ToolStatus(name, None, sentence, hint(name))
    return _status(_best(infos, beside))


def _configured(name: ToolName, configured: str, asker: _Asker) -> ToolStatus:
    path = Path(os.path.expandvars(configured))
    with contextlib.suppress(RuntimeError):  # an account that nobody knows has no home
        path = path.expanduser()
    if not path.is_file():
        missing = Sentence(
            "The path set for {name} does not exist: {path}. Correct or empty it.",
            name=name.value,
            path=path,
        )
        return ToolStatus(name, None, missing, hint(name))
    info, problem = _examine(name, path, ToolOrigin.CONFIGURED, asker)
    return ToolStatus(name, None, problem, hint(name)) if info is None else _status(info)


def _best(infos: Iterable[ToolInfo], beside: Optional[ToolInfo]) -> ToolInfo:
    """Newest of the capable; ffprobe from where ffmpeg comes from; on a draw the better origin."""
    order = list(ToolOrigin)

    def rank(info: ToolInfo) -> Tuple[object, ...]:
        same_place = beside is not None and info.path.parent == beside.path.parent
        return (
            same_place,
            *known_program(info.name).capability(info),
            info.numbers,
            -order.index(info.origin),
        )

    return max(infos, key=rank)


def _status(info: ToolInfo) -> ToolStatus:
    """What is to be said of the one that was found."""
    shortcoming = known_program(info.name).shortcoming(info)
    return ToolStatus(info.name, info, shortcoming, hint(info.name))


def _examine(
    name: ToolName, path: Path, origin: ToolOrigin, asker: _Asker
) -> Tuple[Optional[ToolInfo], str]:
    """Ask a program for its version and abilities; a sentence instead when it is not what it should be."""
    try:
        state = path.stat()
    except OSError as error:
        return None, Sentence(
            "{path} cannot be read: {problem}.", path=path, problem=system_problem(error)
        )
    key = (f"{name.value}:{path}", state.st_mtime_ns, state.st_size)
    if key not in _known:
        program = " ".join(map(str, key))
        if asker.knows_silent(name, program):
            return None, Sentence("{path} does not answer.", path=path)
        try:
            _known[key] = asker.ask(name, path)
        except ToolStalled:
            if asker.keeps_silent(name, program):
                return None, Sentence("{path} does not answer.", path=path)
            _known[key] = None, Sentence("{path} does not answer.", path=path)
    info, problem = _known[key]
    return (replace(info, origin=origin) if info else None), problem


def _ask(name: ToolName, path: Path, runner: CommandRunner) -> Tuple[Optional[ToolInfo], str]:
    program = known_program(name)
    try:
        answer = runner.capture([str(path), program.version_option], timeout=_ANSWER_SECONDS)
        version = program.version(answer.stdout)
        if not version.text:
            return None, Sentence(
                "{path} is not {name}: it did not tell a version.", path=path, name=name.value
            )
        abilities = _abilities(program, path, answer, runner)
    except ToolNotFound:
        return None, Sentence("{path} cannot be started.", path=path)
    return ToolInfo(name, path, version.text, version.numbers, abilities=abilities), ""


def _abilities(
    program: OutsideProgram, path: Path, version: Captured, runner: CommandRunner
) -> FrozenSet[str]:
    def ask(*arguments: str, patient: bool = False) -> Captured:
        seconds = _DEVICE_SECONDS if patient else _ANSWER_SECONDS
        return runner.capture([str(path), *arguments], timeout=seconds)

    found = program.abilities(ask, version.stdout)
    for family in families_of(program.name):
        found |= family.abilities(ask, found)
    companions = {
        name for name in program.companions if path.with_name(name + path.suffix).is_file()
    }
    return found | companions


def clear_cache() -> None:
    """Forget all answers, so that a driver that was installed meanwhile is noticed."""
    _known.clear()
