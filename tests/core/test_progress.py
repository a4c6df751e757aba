"""The progress parsers: fed with what the real tools write, cut anywhere, and with garbage."""

from __future__ import annotations

import math
from typing import Callable, Dict, List, Optional, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.encoders.rigaya_progress import RigayaProgress
from core.progress import (
    UNFINISHED,
    FfmpegProgress,
    MkvtoolnixProgress,
    Progress,
    ProgressParser,
)


def block(end: str = "continue", **fields: str) -> str:
    """One block as ffmpeg 8.1.2 writes it, with some fields replaced."""
    values = {
        "frame": "240",
        "fps": "48.20",
        "stream_0_0_q": "33.0",
        "bitrate": " 296.3kbits/s",
        "total_size": "1000000",
        "out_time_us": "10000000",
        "out_time_ms": "10000000",
        "out_time": "00:00:10.000000",
        "dup_frames": "0",
        "drop_frames": "0",
        "speed": "2.0x",
    }
    values.update(fields)
    return "".join(f"{key}={value}\n" for key, value in values.items()) + f"progress={end}\n"


NO_TIME = {"out_time_us": "N/A", "out_time_ms": "N/A", "out_time": "N/A"}

QSVENC = (
    "\x1b[36m[71.5%] 1200 frames: 152.17 fps, 8495 kbps, remain 0:01:00, GPU 43%, MFX 88%, VD 12%, "
    "est out size 600.2MB\x1b[39m   \r"
    "[73.0%] 1250 frames: 150.00 fps, 8500 kbps, remain 0:00:58, est out size 601.0MB   \r"
)
QSVENC_END = (
    "encoded 2500 frames, 189.25 fps, 8496.18 kbps, 101.28 MB\nencode time 0:00:13, CPU: 3%\n"
)
MKVPROPEDIT = (
    "The file is being analyzed.\nProgress: 0%\rProgress: 99%\rProgress: 100%\n"
    "The changes are written to the file.\nDone.\n"
)


def fed(parser: ProgressParser, text: str) -> Progress:
    parser.feed(text)
    latest = parser.latest("encode")
    assert latest is not None
    return latest


def test_ffmpeg_block_gives_every_figure() -> None:
    assert fed(FfmpegProgress(40.0), block()) == Progress(
        step="encode",
        percent=25.0,
        frame=240,
        fps=48.2,
        speed=2.0,
        eta=15.0,
        output_size=1_000_000,
        projected_size=4_000_000,
    )


def test_nothing_is_known_before_the_first_whole_block() -> None:
    parser = FfmpegProgress(40.0)
    parser.feed(block()[: -len("=continue\n")])
    assert parser.latest("encode") is None


def test_an_unfinished_block_does_not_change_the_last_whole_one() -> None:
    parser = FfmpegProgress(40.0)
    before = fed(parser, block())
    assert fed(parser, "frame=999\nout_time_us=39000000\n") == before


def test_ffmpeg_out_time_ms_is_microseconds() -> None:
    """As measured on every version since 5.1; the name is wrong, not the value."""
    assert fed(FfmpegProgress(40.0), block(out_time_us="N/A")).percent == 25.0


def test_ffmpeg_clock_form_counts_when_it_is_the_only_one() -> None:
    text = block(out_time_us="", out_time_ms="N/A", out_time="00:00:20.000000")
    assert fed(FfmpegProgress(40.0), text).percent == 50.0


@pytest.mark.parametrize("fields", [NO_TIME, {"out_time_us": "-23220", "out_time_ms": "-23220"}])
def test_ffmpeg_start_without_or_before_time_zero_is_no_progress(fields: Dict[str, str]) -> None:
    latest = fed(FfmpegProgress(40.0), block(speed="N/A", **fields))
    assert not latest.percent
    assert latest.eta is None
    assert latest.projected_size is None


def test_ffmpeg_frames_give_the_percent_while_there_is_no_time() -> None:
    assert fed(FfmpegProgress(40.0, frame_total=960), block(**NO_TIME)).percent == 25.0


def test_ffmpeg_without_duration_still_tells_frames_and_size() -> None:
    for unusable in (None, 0.0, -1.0, math.nan, math.inf):
        latest = fed(FfmpegProgress(unusable), block())
        assert (latest.percent, latest.eta, latest.projected_size) == (None, None, None)
        assert (latest.frame, latest.output_size) == (240, 1_000_000)


def test_ffmpeg_missing_fields_are_none() -> None:
    latest = fed(FfmpegProgress(40.0), "out_time_us=10000000\nprogress=continue\n")
    assert latest == Progress("encode", percent=25.0)


def test_ffmpeg_fast_speed_in_exponent_form_is_read() -> None:
    """ffmpeg prints the speed with %4.3g, so a fast copy shows as 1.2e+03x."""
    assert fed(FfmpegProgress(40.0), block(speed="1.2e+03x")).speed == 1200.0


def test_percent_never_goes_back_and_never_passes_100() -> None:
    parser = FfmpegProgress(10.0)
    seen = [
        fed(parser, block(out_time_us=str(us))).percent
        for us in (2_000_000, 1_000_000, 9_000_000, 8_000_000, 11_000_000)
    ]
    assert seen == [20.0, 20.0, 90.0, 90.0, UNFINISHED]
    assert fed(parser, block("end", out_time_us="11000000")).percent == 100.0


def test_nothing_is_shown_as_whole_before_the_tool_is_done() -> None:
    """A film is longer than its header says, or has more pictures: minutes at 100 % would be a lie."""
    longer = fed(FfmpegProgress(10.0), block(out_time_us="12000000"))
    assert (f"{longer.percent:.0f}", longer.eta) == ("99", 0.0)
    more = QSVENC.replace("1250", "2600")
    assert f"{fed(RigayaProgress(100.0, 25.0), more).percent:.0f}" == "99"


def test_a_line_of_a_subtitle_that_is_shown_for_an_hour_is_no_progress_of_the_film() -> None:
    """ffmpeg 9.0.2 says out_time=00:59:00 and speed=7e+03x after the first pictures."""
    parser = FfmpegProgress(3600.0, frame_total=90000)
    hour = {"out_time_us": "3540000000", "speed": "7.08e+03x", "fps": "50", "total_size": "1000"}
    early = fed(parser, block(frame="900", **hour))
    assert (early.percent, early.speed, early.eta) == (1.0, 2.0, 1782.0)
    assert early.projected_size is None
    for frame in range(9000, 45001, 9000):
        half = fed(parser, block(frame=str(frame), **hour))
    assert (half.percent, half.eta, half.projected_size) == (50.0, 900.0, 2000)


def test_pictures_are_counted_where_time_stands_still() -> None:
    parser = FfmpegProgress(40.0, frame_total=1000)
    still = {"out_time_us": "0", "fps": "25"}
    for frame in (100, 200, 300, 400, 500):
        latest = fed(parser, block(frame=str(frame), **still))
    assert (latest.percent, latest.speed, latest.eta) == (50.0, 1.0, 20.0)


@pytest.mark.parametrize(("guessed", "why"), [(500, "bob"), (1250, "telecine"), (100, "any")])
def test_a_number_of_pictures_that_was_guessed_wrongly_does_no_harm(guessed: int, why: str) -> None:
    parser = FfmpegProgress(40.0, frame_total=guessed)
    for step in range(1, 11):
        time = {"out_time_us": str(step * 4_000_000)}
        latest = fed(parser, block(frame=str(step * 100), **time))
        assert latest.percent == pytest.approx(min(step * 10.0, UNFINISHED)), why


def test_ffmpeg_end_is_told_and_does_not_pretend_to_be_complete() -> None:
    """A stopped ffmpeg says ``end`` too: the percent stays where the film ended."""
    parser = FfmpegProgress(40.0)
    assert not parser.finished
    assert fed(parser, block("end")).percent == 25.0
    assert parser.finished


def test_size_is_projected_only_after_enough_of_the_film() -> None:
    early = block(out_time_us="1000000", total_size="5000000")
    assert fed(FfmpegProgress(40.0), early).projected_size is None
    assert fed(FfmpegProgress(20.0), early).projected_size == 100_000_000


def test_a_result_already_larger_than_its_source_is_projected_at_once() -> None:
    early = block(out_time_us="1000000", total_size="5000000")
    assert fed(FfmpegProgress(40.0, source_size=4_000_000), early).projected_size == 5_000_000
    assert fed(FfmpegProgress(40.0, source_size=6_000_000), early).projected_size is None


def test_qsvenc_line_gives_every_figure() -> None:
    assert fed(RigayaProgress(100.0, 25.0), QSVENC) == Progress(
        step="encode",
        percent=50.0,
        frame=1250,
        fps=150.0,
        speed=6.0,
        eta=1250 / 150.0,
        output_size=8500 * 125 * 50,
        projected_size=int(601.0 * 1024 * 1024),
    )


def test_qsvenc_percent_is_the_encoders_not_the_demuxers() -> None:
    """The bracketed percent ran ahead by far on a short film (73 % at frame 112 of 500)."""
    assert fed(RigayaProgress(20.0, 25.0), "[73.0%] 112 frames: 90.00 fps, 800 kbps\r").percent == (
        pytest.approx(22.4)
    )


def test_qsvenc_without_frame_rate_falls_back_on_what_it_prints() -> None:
    latest = fed(RigayaProgress(100.0, None), QSVENC)
    assert (latest.percent, latest.eta, latest.speed) == (73.0, 58.0, None)


def test_qsvenc_line_without_extras_and_with_total_is_read() -> None:
    latest = fed(RigayaProgress(100.0, 25.0), "250/2500 frames: inf fps, 0 kbps\r")
    assert (latest.percent, latest.frame, latest.fps, latest.speed) == (10.0, 250, None, None)


def test_qsvenc_end_line_gives_the_final_size() -> None:
    parser = RigayaProgress(100.0, 25.0)
    latest = fed(parser, QSVENC + QSVENC_END)
    assert parser.finished
    assert (latest.percent, latest.frame) == (100.0, 2500)
    assert latest.output_size == latest.projected_size == int(101.28 * 1024 * 1024)


def test_qsvenc_failure_line_is_no_end() -> None:
    parser = RigayaProgress(100.0, 25.0)
    parser.feed(QSVENC + "QSVEncC.exe finished with error!\n")
    assert not parser.finished


def test_mkvpropedit_percent_and_end() -> None:
    parser = MkvtoolnixProgress()
    assert fed(parser, MKVPROPEDIT) == Progress("encode", percent=100.0)
    assert parser.finished


def test_mkvmerge_gui_mode_and_plain_mode_are_read() -> None:
    assert fed(MkvtoolnixProgress(), "#GUI#progress 42%\n").percent == 42.0
    assert fed(MkvtoolnixProgress(), "Progress: 42%\r").percent == 42.0


def test_a_file_name_in_a_message_is_not_taken_for_progress() -> None:
    parser = MkvtoolnixProgress()
    parser.feed("The file 'Progress: 42% Done.mkv' has been opened for writing.\n")
    assert parser.latest("properties") is None
    assert not parser.finished


def test_windows_line_ends_change_nothing() -> None:
    text = block() + block("end", out_time_us="20000000")
    assert fed(FfmpegProgress(40.0), text.replace("\n", "\r\n")) == fed(FfmpegProgress(40.0), text)


Make = Callable[[], ProgressParser]
PARSERS: List[Make] = [
    lambda: FfmpegProgress(40.0, 960, 500_000),
    lambda: RigayaProgress(100.0, 25.0),
    lambda: RigayaProgress(None, None),
    MkvtoolnixProgress,
]
TRANSCRIPTS: List[Tuple[Make, str]] = [
    (
        PARSERS[0],
        block(**NO_TIME).replace("\n", "\r\n") + block() + block("end", out_time_us="39000000"),
    ),
    (PARSERS[1], QSVENC + QSVENC_END),
    (PARSERS[2], QSVENC),
    (PARSERS[3], MKVPROPEDIT),
]


@given(st.sampled_from(TRANSCRIPTS), st.lists(st.integers(0, 900), max_size=30))
def test_any_cutting_into_pieces_gives_the_same_result(
    transcript: Tuple[Make, str], cuts: List[int]
) -> None:
    make, text = transcript
    whole, pieces = make(), make()
    whole.feed(text)
    edges = [0, *sorted(cuts), len(text)]
    for start, stop in zip(edges, edges[1:]):
        pieces.feed(text[start:stop])
    assert pieces.latest("x") == whole.latest("x")
    assert pieces.finished == whole.finished


def sane(progress: Optional[Progress]) -> bool:
    if progress is None:
        return True
    figures = (progress.percent, progress.fps, progress.speed, progress.eta)
    return all(figure is None or math.isfinite(figure) for figure in figures) and (
        progress.percent is None or 0.0 <= progress.percent <= 100.0
    )


KEYS = ["frame", "fps", "speed", "total_size", "out_time_us", "out_time", "progress"]
VALUES = st.one_of(
    st.text(max_size=12),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["N/A", "continue", "end", "inf", "nan", "-00:00:01.00", "9" * 500, "1e99"]),
)
FFMPEG_LIKE = st.builds("{}={}\n".format, st.sampled_from(KEYS), VALUES)
NUMBERS = st.one_of(st.integers(), st.floats())
QSVENC_LIKE = st.builds(
    "[{}%] {}/{} frames: {} fps, {} kbps, remain {}:00:00, est out size {}MB\r".format,
    *[NUMBERS] * 7,
)
GARBAGE = st.one_of(st.text(max_size=80), FFMPEG_LIKE, QSVENC_LIKE, st.just(block("end")))


@given(st.sampled_from(PARSERS), st.lists(GARBAGE, max_size=20))
def test_garbage_never_raises_and_never_gives_nonsense(make: Make, pieces: List[str]) -> None:
    parser, last = make(), 0.0
    for piece in pieces:
        parser.feed(piece)
        latest = parser.latest("x")
        assert sane(latest)
        if latest is not None and latest.percent is not None:
            assert latest.percent >= last
            last = latest.percent


def test_output_without_line_ends_does_not_pile_up() -> None:
    parser = FfmpegProgress(40.0)
    for _ in range(50):
        parser.feed("x" * 100_000)
    assert len(parser._pending) < 10_000
    assert fed(parser, "\n" + block()).percent == 25.0
