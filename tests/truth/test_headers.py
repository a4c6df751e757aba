"""What a Matroska header says and ffmpeg's tools do not tell: read, followed, kept."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import List

import pytest

from analyzer import Analyzer
from commandline.analyze import describe
from core.media.model import MediaFile, NativeLanguage
from core.plan import Plan
from core.planning.planner import build_plan
from processing.runner import ProcessRunner
from tests.films import FFPROBE, AudioSpec, make_film
from tests.mkv import merged, mkvtoolnix, srt
from tests.truth.pipeline import fast_settings, toolset_with
from tests.truth.sound import run
from tests.truth.whole_path import Workshop, workshop

ENGLISH = AudioSpec("ac3", bit_rate=192)


def source(folder: Path, *sounds: AudioSpec, seconds: float = 1) -> Path:
    noisy = ["-vf", "noise=alls=4:allf=t", "-crf", "14"]
    film = folder / "source.mkv"
    return make_film(film, seconds=seconds, audio=sounds or (ENGLISH,), video_options=noisy)


def look(film: Path) -> MediaFile:
    return Analyzer(ProcessRunner(), toolset_with()).analyze(film)


def plan(film: Path) -> Plan:
    return build_plan(look(film), NativeLanguage(), fast_settings(), toolset_with())


def processed(folder: Path, film: Path) -> Path:
    """The film after its whole way, in its place."""
    with workshop(folder, fast_settings()) as shop:
        return _carried_out(shop, film)


def _carried_out(shop: Workshop, film: Path) -> Path:
    return shop.carry_out(shop.plan(film)).path


def header(film: Path, word: str) -> List[str]:
    return [line for line in mkvtoolnix("mkvinfo", film).splitlines() if word in line]


def stereo_mode(film: Path) -> int:
    """What the header says of its eyes, in Matroska's numbers; mkvinfo's words for it change."""
    picture = json.loads(mkvtoolnix("mkvmerge", "-J", film))["tracks"][0]["properties"]
    return int(picture["stereo_mode"])


def test_the_language_is_the_newer_element_s_whichever_stands_last(tmp_path: Path) -> None:
    film = merged(tmp_path / "Two.mkv", source(tmp_path, ENGLISH, ENGLISH))
    mkvtoolnix("mkvpropedit", film, "--edit", "track:a2", "--set", "language=ger")
    mkvtoolnix("mkvpropedit", film, "--edit", "track:a2", "--set", "language-ietf=nl")
    assert [str(track.language) for track in look(film).audio] == ["en", "nl"]
    mkvtoolnix("mkvpropedit", film, "--edit", "track:a2", "--set", "language-ietf=pt-BR")
    assert str(look(film).audio[1].language) == "pt-BR"
    result = look(processed(tmp_path, film))
    assert [str(track.language) for track in result.audio] == ["en", "pt-BR"]


def test_a_file_without_the_newer_element_has_the_older_one_s_language(tmp_path: Path) -> None:
    film = merged(tmp_path / "Old.mkv", "--disable-language-ietf", source(tmp_path))
    assert str(look(film).audio[0].language) == "en"


def test_sdh_stays_beside_two_lines_and_goes_beside_as_many(tmp_path: Path) -> None:
    every = tuple((float(second), f"Line {second}") for second in range(20))
    few = srt(tmp_path / "few.srt", every[5:7])
    full = srt(tmp_path / "full.srt", every[:15])
    sdh = srt(tmp_path / "sdh.srt", every)
    deaf = ["--language", "0:eng", "--hearing-impaired-flag", "0:1", sdh]
    film = merged(
        tmp_path / "Parts.mkv", source(tmp_path, seconds=20), "--language", "0:eng", few, *deaf
    )
    found = plan(film)
    assert [(track.lines, track.coverage) for track in found.media.subtitles] == [
        (2, 0.1),
        (20, 1.0),
    ]
    assert [decision.kept for decision in found.decisions] == [True] * 4
    text = describe(found.media)
    assert "text, 2 lines, 10% of the film" in text
    assert "text, 20 lines, 100% of the film" in text

    film = merged(
        tmp_path / "Full.mkv", source(tmp_path, seconds=20), "--language", "0:eng", full, *deaf
    )
    assert [decision.kept for decision in plan(film).decisions] == [True, True, True, False]


def test_where_flag_and_title_contradict_each_other_the_lines_decide(tmp_path: Path) -> None:
    every = tuple((float(second), f"Line {second}") for second in range(20))
    few, full = srt(tmp_path / "few.srt", every[5:7]), srt(tmp_path / "full.srt", every)
    forced = ["--language", "0:eng", "--forced-display-flag", "0:1", "--track-name"]
    film = merged(
        tmp_path / "Contradiction.mkv",
        source(tmp_path, seconds=20),
        *(*forced, "0:English (Full)", full),
        *("--language", "0:eng", "--track-name", "0:Forced", full),
        *(*forced, "0:English full", few),
    )
    outputs = [output for output in plan(film).outputs if output.kind.value == "subtitle"]
    by_source = sorted(outputs, key=lambda output: output.source.index)
    assert [track.flags.forced for track in by_source] == [False, False, True]


def test_an_absent_original_flag_stays_absent_and_a_stated_one_stated(tmp_path: Path) -> None:
    film = merged(
        tmp_path / "Silent.mkv",
        *("--original-flag", "1:0", source(tmp_path, ENGLISH, ENGLISH, AudioSpec("flac"))),
    )
    assert [track.flags.stated for track in look(film).audio] == [("original",), (), ()]
    result = processed(tmp_path, film)
    assert [track.flags.stated for track in look(result).audio] == [("original",), (), ()]
    assert len(header(result, '"Original language" flag')) == 1


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        (1, "320x180"),  # side by side
        (3, "320x180"),  # top and bottom
        (1, "160x180"),  # one eye's, as ffmpeg and RFC 9559 have it
        (2, "320x90"),
    ],
)
def test_two_eyes_in_one_picture_keep_their_shape_in_the_stream_too(
    tmp_path: Path, mode: int, shown: str
) -> None:
    how = ["--stereo-mode", f"0:{mode}", "--display-dimensions", f"0:{shown}"]
    film = merged(tmp_path / "Sea 3D.mkv", *how, source(tmp_path))
    whole = Fraction(*map(int, shown.split("x")))
    assert look(film).video[0].pixel_aspect == whole / Fraction(320, 180)
    result = processed(tmp_path, film)
    assert stereo_mode(result) == mode
    width, height = (int(line.split()[-1]) for line in header(result, "Display "))
    assert Fraction(width, height) == whole
    assert look(result).video[0].pixel_aspect == whole / Fraction(320, 180)
    raw = tmp_path / "raw.hevc"
    ffmpeg = toolset_with().tools[0].path
    run([str(ffmpeg), "-v", "error", "-i", str(result), "-map", "0:v", "-c", "copy", str(raw)])
    asked = ["-show_entries", "stream=sample_aspect_ratio", "-of", "csv=p=0"]
    assert run([FFPROBE, "-v", "error", *asked, str(raw)]).split() == [b"1:1"]


def test_bars_that_the_header_cuts_off_are_gone_only_where_the_shape_is_clear(
    tmp_path: Path,
) -> None:
    cut = ["--cropping", "0:0,20,0,20"]
    unclear = plan(merged(tmp_path / "a.mkv", *cut, source(tmp_path)))
    assert unclear.video_encode is None
    assert "video.crop_unclear" in [omission.code for omission in unclear.omissions]
    film = merged(tmp_path / "b.mkv", *cut, "--display-dimensions", "0:320x140", source(tmp_path))
    picture = look(processed(tmp_path, film)).video[0]
    assert (picture.codec, picture.width, picture.height) == ("hevc", 320, 140)
    assert picture.pixel_aspect == 1.0


def test_a_header_that_tells_another_size_than_the_picture_has_hinders_nothing(
    tmp_path: Path,
) -> None:
    ffmpeg = str(toolset_with().tools[0].path)
    film = tmp_path / "Wrong Header.mkv"
    cut = ("-c", "copy", "-bsf:v", "h264_metadata=crop_top=20:crop_bottom=20")
    run([ffmpeg, "-v", "error", "-i", str(source(tmp_path)), *cut, str(film)])
    assert header(film, "Pixel height")[0].endswith("180")
    before = look(film).video[0]
    picture = look(processed(tmp_path, film)).video[0]
    assert (picture.codec, picture.width, picture.height) == ("hevc", before.width, before.height)
    assert before.height < 180


@pytest.mark.parametrize("mode", [13, 14])
def test_a_picture_of_two_views_is_copied_with_its_label(tmp_path: Path, mode: int) -> None:
    film = merged(tmp_path / "Sea MVC.mkv", "--stereo-mode", f"0:{mode}", source(tmp_path))
    found = plan(film)
    assert found.outputs[0].copied
    assert [reason.code for reason in found.outputs[0].reasons] == ["video.views"]
    assert stereo_mode(processed(tmp_path, film)) == stereo_mode(film) == mode
