"""An encoder that fails is not a film that cannot be kept: only words on Dolby Vision are taken for that."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator, Tuple, Type

import pytest

from analyzer import Analyzer
from core.errors import (
    FileUnavailable,
    FilmGone,
    MachineTrouble,
    NotEnoughSpace,
    ProbeError,
    SourceChanged,
    ToolCannot,
    ToolFailed,
)
from core.events import JobState
from core.media.model import HdrFormat, MediaFile
from core.peer_errors import NodeTrouble
from core.plan import Plan, VideoEncode
from core.protocol.slave_result import NotMade, not_made, read_slave_result
from core.queue.job import NewJob
from core.text.tool_lines import spoken
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.tool_trouble import Cause, cause_of
from scheduling.attempt import Attempts, Planned
from scheduling.exclusions import ExclusionGate
from store.jobs import JobStore
from store.verdicts import VerdictStore, fingerprint
from tests.films import AudioSpec
from tests.processing.bench import (
    Bench,
    fake_tool,
    fast_settings,
    open_bench,
    replaced_tool,
    tool_path,
)
from tests.queue_environment import Recorded, Surroundings

# As ffmpeg 8.1.2 and 9.0.2 write them, addresses shortened.
NO_RPU = (
    "[libsvtav1 @ 0x55] Dolby Vision enabled, but received frame without AV_FRAME_DATA_DOVI_METADATA",
    "[vost#0:0/libsvtav1 @ 0x56] Task finished with error code: -1094995529",
)
DOLBY_LINES = {
    "no RPU": ("ffmpeg", 183, NO_RPU),
    "profile 5 to AV1": (
        "ffmpeg",
        234,
        (
            "[libsvtav1 @ 0x55] Dolby Vision enabled, but could not determine profile and mode.",
            "[vost#0:0/libsvtav1 @ 0x56] Could not open encoder before EOF",
        ),
    ),
    "no buffer": (
        "ffmpeg",
        183,
        ("x265 [error]: Dolby Vision requires VBV settings to enable HRD.",),
    ),
    "a broken RPU": ("ffmpeg", 183, ("[hevc @ 0x55] RPU validation failed: 0 <= x = 9 <= 4",)),
    "QSVEnc, no RPU": ("QSVEncC", 1, ("avout: Failed to get dovi rpu for 12.",)),
    "QSVEnc, profile": ("QSVEncC", 1, ("avout: Unsupported dolby vision profile: 9",)),
    "QSVEnc, record": ("QSVEncC", 1, ("avout: failed to copy AV_PKT_DATA_DOVI_CONF",)),
}
OTHER_LINES = {
    "disk full": (
        "ffmpeg",
        228,
        ("[out#0/matroska @ 0x55] Error writing trailer: No space left on device",),
        Cause.FULL_DISK,
    ),
    "disk full after QSVEnc's own words on what it keeps": (
        "QSVEncC",
        0,
        ("dolby vision    rpu copy, profile copy", "Not enough disk space, or disk is full."),
        Cause.FULL_DISK,
    ),
    "read only": (
        "ffmpeg",
        226,
        ("[out#0/matroska @ 0x5] Error opening output /f/a: Read-only file system",),
        Cause.READ_ONLY,
    ),
    "graphics are not there": (
        "QSVEncC",
        201,
        ("dovi profile   copy", "DRMLibVA::DRMLibVA: Intel GPU was not found"),
        Cause.DEVICE,
    ),
    "graphics are lost, told by the code alone": ("QSVEncC", 243, ("Encode:",), Cause.DEVICE),
    "the same on Windows": ("QSVEncC", 4294967283, ("Encode:",), Cause.DEVICE),
    "memory, told by the code alone": ("QSVEncC", 252, ("Encode:",), Cause.MACHINE),
    "killed": ("ffmpeg", -9, NO_RPU, Cause.MACHINE),
    "killed in a shell": ("ffmpeg", 137, (), Cause.MACHINE),
    "no memory on Windows": ("ffmpeg", 0xC0000017, (), Cause.MACHINE),
    "memory": ("ffmpeg", 244, ("[libx265 @ 0x5] Cannot allocate memory",), Cause.MACHINE),
    "crash": ("ffmpeg", -11, ("[libx265 @ 0x5] went wrong",), Cause.UNKNOWN),
    "options": ("QSVEncC", 1, ("Error: Unknown option: --x",), Cause.UNKNOWN),
    "only what is kept": ("QSVEncC", 1, ("dolby vision rpu copy", "Error: x"), Cause.UNKNOWN),
}


@pytest.mark.parametrize("told", DOLBY_LINES.values(), ids=DOLBY_LINES)
def test_what_tools_say_of_dolby_vision_is_known(told: Tuple[str, int, Tuple[str, ...]]) -> None:
    tool, code, lines = told
    cause, line = cause_of(ToolFailed(tool, code, lines))
    assert cause is Cause.DOLBY_VISION
    assert line in [spoken(told) for told in lines]


@pytest.mark.parametrize("told", OTHER_LINES.values(), ids=OTHER_LINES)
def test_no_other_trouble_is_taken_for_dolby_vision(
    told: Tuple[str, int, Tuple[str, ...], Cause],
) -> None:
    tool, code, lines, wanted = told
    assert cause_of(ToolFailed(tool, code, lines))[0] is wanted


def test_a_film_that_is_called_after_an_error_is_not_taken_for_it() -> None:
    error = ToolFailed("ffmpeg", 1, ["Error opening /f/Out of Memory DoVi (2020).mkv: Bad data"])
    assert cause_of(error)[0] is Cause.MACHINE
    assert cause_of(error, ["/f/Out of Memory DoVi (2020).mkv"])[0] is Cause.UNKNOWN


# ---- with real tools


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as bench:
        yield bench


def keeping_dolby_vision(bench: Bench, **more: Any) -> Plan:
    """The plan of a film whose picture is to keep Dolby Vision that its frames do not have."""
    template = "$ffmpeg -i $input -c:v libsvtav1 -preset 12 $hdr $tracks $output"
    bench.settings = fast_settings(encode=True, template=template)
    bench.make(seconds=1, codec="libx264", **more)
    plan = bench.plan()

    def keeping(conversion: object) -> object:
        if isinstance(conversion, VideoEncode):
            kept = (HdrFormat.DOLBY_VISION,)
            return replace(conversion, dolby_vision_profile=10, hdr_formats=kept)
        return conversion

    outputs = tuple(replace(track, conversion=keeping(track.conversion)) for track in plan.outputs)  # type: ignore[arg-type]
    return replace(plan, outputs=outputs)


def test_frames_without_their_dolby_vision_stop_a_real_encoder_and_the_picture_is_copied(
    bench: Bench,
) -> None:
    result = bench.process(keeping_dolby_vision(bench))
    assert "encode" not in dict(result.timings)
    assert [track.codec for track in bench.analyzer.analyze(bench.film).video] == ["h264"]


def test_where_nothing_else_needs_doing_it_is_the_tool_that_cannot(bench: Bench) -> None:
    plan = keeping_dolby_vision(bench, audio=[AudioSpec("opus")])
    with pytest.raises(
        ToolCannot, match=r"ffmpeg [\d.n]+\S* could not keep the film's Dolby Vision"
    ):
        bench.process(plan)
    assert bench.untouched()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the tool")
@pytest.mark.parametrize(
    ("ending", "error", "sentence"),
    [
        ("kill -KILL $$", MachineTrouble, "stopped by this machine, not by the film"),
        ("echo 'x: No space left on device' >&2; exit 228", NotEnoughSpace, "Free some space"),
        ("echo 'x: something else' >&2; exit 1", ToolFailed, "something else"),
    ],
)
def test_any_other_failure_of_a_dolby_vision_film_is_what_it_is_for_other_films(
    bench: Bench, tmp_path: Path, ending: str, error: type, sentence: str
) -> None:
    plan = keeping_dolby_vision(bench)
    real = tool_path(bench.toolset, ToolName.FFMPEG)
    lines = ['case "$*" in *libsvtav1*) ' + ending + ";; esac", f'exec "{real}" "$@"']
    script = fake_tool(tmp_path / "ffmpeg", lines)
    bench.toolset = replaced_tool(bench.toolset, ToolName.FFMPEG, script)
    with pytest.raises(error, match=sentence):
        bench.process(plan)
    assert bench.untouched()


def test_what_a_tool_cannot_do_is_remembered_for_its_version_and_no_other(bench: Bench) -> None:
    plan = keeping_dolby_vision(bench, audio=[AudioSpec("opus")])
    (job_id,) = JobStore(bench.database).add([NewJob(bench.film)])
    job = JobStore(bench.database).get(job_id)
    assert job is not None
    equipment = bench.equipment()
    attempts = Attempts(
        JobStore(bench.database),
        VerdictStore(bench.database),
        Surroundings(lambda: equipment),
        Recorded(),
        ExclusionGate(bench.database),
    )
    content = fingerprint(bench.film)
    planned = Planned(equipment, plan, (), content)
    with pytest.raises(ToolCannot):
        attempts.carry_out(job, planned, JobControl())
    end = attempts.known_end(content, plan, bench.toolset)
    assert end is not None
    assert (end.state, end.error_code) == (JobState.SKIPPED, "tool_cannot")
    newer = tuple(
        replace(tool, version="10.0") if tool.name is ToolName.FFMPEG else tool
        for tool in bench.toolset.tools
    )
    assert attempts.known_end(content, plan, Toolset(newer)) is None
    assert attempts.known_end(content, replace(plan, signature="another"), bench.toolset) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the tool")
@pytest.mark.parametrize(
    ("deed", "error"),
    [
        ("kill -KILL $$", MachineTrouble),
        ("rm '{film}'", FilmGone),
        ("touch '{film}'", SourceChanged),
    ],
)
def test_a_film_is_called_damaged_only_where_it_is_there_to_be_read(
    bench: Bench, tmp_path: Path, deed: str, error: Type[Exception]
) -> None:
    bench.make(seconds=1)
    plan = bench.plan()
    lines = [deed.format(film=bench.film), "echo '{}'"]
    script = fake_tool(tmp_path / "ffprobe", lines)
    bench.toolset = replaced_tool(bench.toolset, ToolName.FFPROBE, script)
    with pytest.raises(error):
        bench.process(plan)


def test_a_film_that_cannot_be_read_at_all_waits_for_its_disk(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.make(seconds=1)

    class Misled(Analyzer):
        """Takes a disk that went away for a damaged film."""

        def analyze(self, path: Path) -> MediaFile:
            raise ProbeError(path, "is no film.")

    equipment = replace(bench.equipment(), analyzer=Misled(bench.runner, bench.toolset))
    store = JobStore(bench.database)
    attempts = Attempts(
        store,
        VerdictStore(bench.database),
        Surroundings(lambda: equipment),
        Recorded(),
        ExclusionGate(bench.database),
    )
    (job_id,) = store.add([NewJob(bench.film)])
    job = store.get(job_id)
    assert job is not None
    with pytest.raises(ProbeError, match="is no film"):
        attempts.plan(job)
    real = os.open

    def broken(path: str, *arguments: Any, **more: Any) -> Any:
        if path == str(bench.film):
            raise OSError(5, "Input/output error")
        return real(path, *arguments, **more)

    monkeypatch.setattr(os, "open", broken)
    with pytest.raises(FileUnavailable, match="Input/output error"):
        attempts.plan(job)


def test_why_there_is_no_result_goes_over_the_wire_as_what_it_is() -> None:
    told = not_made(ToolCannot("ffmpeg 9.0.2", "Dolby Vision")).as_data()
    read = read_slave_result(told)
    assert isinstance(read, NotMade)
    error = read.as_error("laptop")
    assert isinstance(error, ToolCannot)
    assert (error.tool, error.thing) == ("ffmpeg 9.0.2", "Dolby Vision")
    trouble = read_slave_result(not_made(MachineTrouble("ffmpeg", "memory ran out.")).as_data())
    assert isinstance(trouble, NotMade)
    assert isinstance(trouble.as_error("laptop"), NodeTrouble), "the machine is to blame"
