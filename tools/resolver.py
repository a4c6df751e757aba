"""The best of each program on this machine: found, asked for its version, and for what it can do."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, FrozenSet, Iterable, List, Optional, Tuple

from core.errors import ToolNotFound, ToolStalled
from core.ports import Captured, CommandRunner
from core.settings.tree import ToolSettings
from core.tools import ToolInfo, ToolName, ToolOrigin, Toolset
from tools import versions
from tools.places import candidates, hint

# A version question is answered at once; QSVEncC tries the graphics for each codec and mode.
_ANSWER_SECONDS = 20.0
_DEVICE_SECONDS = 60.0

# Below this release ffmpeg's encoders lose or falsify HDR (facts measured with 5.1, 6.0, 8.0 and 9.0).
_HDR_SAFE = (7, 1)


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


def find_tools(settings: ToolSettings, runner: CommandRunner) -> ToolReport:
    """Look for every program; a path that the user set wins, else the best of what is there.

    Never raises: a program that is missing, hangs or is none at all becomes a status with a sentence.
    """
    configured = {
        ToolName.FFMPEG: settings.ffmpeg,
        ToolName.FFPROBE: settings.ffprobe,
        ToolName.QSVENC: settings.qsvenc,
        ToolName.MKVPROPEDIT: settings.mkvpropedit,
        ToolName.MKVMERGE: settings.mkvmerge,
    }
    ffmpeg = _find(ToolName.FFMPEG, configured[ToolName.FFMPEG], runner)
    statuses = [ffmpeg]
    for name in ToolName:
        if name is not ToolName.FFMPEG:
            beside = ffmpeg.info if name is ToolName.FFPROBE else None
            statuses.append(_find(name, configured[name], runner, beside))
    found = tuple(status.info for status in statuses if status.info)
    return ToolReport(Toolset(found), tuple(statuses))


def _find(
    name: ToolName, configured: str, runner: CommandRunner, beside: Optional[ToolInfo] = None
) -> ToolStatus:
    if configured:
        return _configured(name, configured, runner)
    problems: List[str] = []
    infos: List[ToolInfo] = []
    for path, origin in candidates(name):
        info, problem = _examine(name, path, origin, runner)
        if info:
            infos.append(info)
        if problem:
            problems.append(problem)
    if not infos:
        sentence = problems[0] if problems else f"{name.value} was not found."
        return ToolStatus(name, None, sentence, hint(name))
    best = _best(infos, beside)
    return ToolStatus(name, best, _shortcoming(best), hint(name))


def _configured(name: ToolName, configured: str, runner: CommandRunner) -> ToolStatus:
    path = Path(os.path.expandvars(configured))
    with contextlib.suppress(RuntimeError):  # an account that nobody knows has no home
        path = path.expanduser()
    if not path.is_file():
        problem = f"The path set for {name.value} does not exist: {path}. Correct or empty it."
        return ToolStatus(name, None, problem, hint(name))
    info, problem = _examine(name, path, ToolOrigin.CONFIGURED, runner)
    return ToolStatus(name, info, problem or (_shortcoming(info) if info else ""), hint(name))


def _best(infos: Iterable[ToolInfo], beside: Optional[ToolInfo]) -> ToolInfo:
    """Newest of the capable; ffprobe from where ffmpeg comes from; on a draw the better origin."""
    order = list(ToolOrigin)

    def rank(info: ToolInfo) -> Tuple[object, ...]:
        same_place = beside is not None and info.path.parent == beside.path.parent
        return (
            same_place,
            *_capability(info),
            info.numbers,
            -order.index(info.origin),
        )

    return max(infos, key=rank)


def _capability(info: ToolInfo) -> Tuple[bool, ...]:
    """What counts more than age: sound and picture at all, HDR unspoilt, zlib, 10 bits in x265.

    Without zlib the packed subtitles of most Blu-ray films cannot be copied.
    """
    if info.name is ToolName.FFMPEG:
        able = info.abilities
        return (
            "libopus" in able and bool(able & {"libx265", "libsvtav1"}),
            info.at_least(*_HDR_SAFE),
            "zlib" in able,
            "libx265_10bit" in able,
        )
    return (bool(info.abilities),) if info.name is ToolName.QSVENC else ()


def _shortcoming(info: ToolInfo) -> str:
    if info.name is ToolName.QSVENC and not info.abilities & {"hevc", "av1"}:
        return f"{info.path} found no Intel graphics that can encode, so it is not used."
    if info.name is ToolName.FFMPEG and "libopus" not in info.abilities:
        return f"{info.path} was built without libopus, so no sound can be turned into Opus."
    if info.name is ToolName.FFMPEG and not info.at_least(*_HDR_SAFE):
        return f"{info.path} is older than 7.1 and would ruin HDR, so it encodes no HDR pictures."
    return ""


def _examine(
    name: ToolName, path: Path, origin: ToolOrigin, runner: CommandRunner
) -> Tuple[Optional[ToolInfo], str]:
    """Ask a program for its version and abilities; a sentence instead when it is not what it should be."""
    try:
        state = path.stat()
    except OSError as error:
        return None, f"{path} cannot be read: {error.strerror}."
    key = (f"{name.value}:{path}", state.st_mtime_ns, state.st_size)
    if key not in _known:
        _known[key] = _ask(name, path, runner)
    info, problem = _known[key]
    return (replace(info, origin=origin) if info else None), problem


def _ask(name: ToolName, path: Path, runner: CommandRunner) -> Tuple[Optional[ToolInfo], str]:
    option = "-version" if name in (ToolName.FFMPEG, ToolName.FFPROBE) else "--version"
    try:
        answer = runner.capture([str(path), option], timeout=_ANSWER_SECONDS)
        version = versions.parse_version(name, answer.stdout)
        if not version.text:
            return None, f"{path} is not {name.value}: it did not tell a version."
        abilities = _abilities(name, path, answer, runner)
    except ToolNotFound:
        return None, f"{path} cannot be started."
    except ToolStalled:
        return None, f"{path} does not answer."
    return ToolInfo(name, path, version.text, version.numbers, abilities=abilities), ""


def _abilities(
    name: ToolName, path: Path, version: Captured, runner: CommandRunner
) -> FrozenSet[str]:
    def ask(*arguments: str, timeout: float = _ANSWER_SECONDS) -> str:
        return runner.capture([str(path), *arguments], timeout=timeout).stdout

    if name is ToolName.FFMPEG:
        encoders = versions.parse_encoders(ask("-hide_banner", "-encoders"))
        deep = frozenset(
            f"{encoder}_10bit"
            for encoder in ("libx265", "libsvtav1")
            if encoder in encoders
            and versions.encodes_10_bit(ask("-hide_banner", "-h", f"encoder={encoder}"))
        )
        filters = versions.parse_filters(ask("-hide_banner", "-filters"))
        bitstream = versions.parse_bitstream_filters(ask("-hide_banner", "-bsfs"))
        decoders = versions.parse_library_decoders(ask("-hide_banner", "-decoders"))
        return encoders | decoders | deep | filters | bitstream
    if name is ToolName.QSVENC:
        check_hw = runner.capture([str(path), "--check-hw"], timeout=_DEVICE_SECONDS)
        if check_hw.returncode != 0:
            return frozenset()
        features = ask("--check-features", timeout=_DEVICE_SECONDS)
        return versions.parse_qsvenc_abilities(check_hw.stdout, features, version.stdout)
    if name is ToolName.MKVPROPEDIT and path.with_name("mkvextract" + path.suffix).is_file():
        return frozenset({"mkvextract"})  # it lies beside it and takes chapters out of a film
    return frozenset()


def clear_cache() -> None:
    """Forget all answers, so that a driver that was installed meanwhile is noticed."""
    _known.clear()
