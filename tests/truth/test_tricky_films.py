"""Films that other programs lost something of: pictures, covers, colours, lines of subtitles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from core.plan import Plan
from core.settings.tree import Settings
from core.tools import ToolName
from tests.films import FFPROBE, AudioSpec, make_film, png
from tests.mkv import merged, mkvtoolnix
from tests.processing.bench import with_section
from tests.truth.pipeline import fast_settings, plan_for, toolset_with
from tests.truth.sound import run
from tests.truth.whole_path import workshop

SETTINGS = with_section(fast_settings(), "files", largest_ratio=4.0)
COPYING = with_section(SETTINGS, "video", encode=False)
SVT_AV1 = with_section(
    SETTINGS, "templates", normal="$ffmpeg -i $input -c:v libsvtav1 -preset 13 $tracks $output"
)
STEREO = AudioSpec("ac3", bit_rate=192)


def plan(film: Path, settings: Settings = SETTINGS) -> Plan:
    return plan_for(film, settings, toolset_with())


def processed(film: Path, settings: Settings = SETTINGS) -> Path:
    with workshop(film.parent.parent, settings) as shop:
        return shop.carry_out(plan(film, settings)).path


def ffmpeg(*arguments: object) -> None:
    tool = toolset_with().get(ToolName.FFMPEG)
    assert tool is not None
    run([str(tool.path), "-v", "error", "-nostdin", "-y", *map(str, arguments)])


def ffprobe(film: Path, *questions: str) -> Dict[str, List[Dict[str, str]]]:
    answer = run([FFPROBE, "-v", "error", "-of", "json", *questions, str(film)])
    found: Dict[str, List[Dict[str, str]]] = json.loads(answer)
    return found


def picture_times(film: Path) -> List[float]:
    found = ffprobe(film, "-select_streams", "v:0", "-show_entries", "packet=pts_time")
    return sorted(float(packet["pts_time"]) for packet in found["packets"])


def colours(film: Path) -> Tuple[str, ...]:
    names = ("color_range", "color_space", "color_transfer", "color_primaries")
    asked = ["-select_streams", "v:0", "-show_entries", "stream=" + ",".join(names)]
    (stream,) = ffprobe(film, *asked)["streams"]
    return tuple(stream.get(name, "") for name in names)


def lines(film: Path) -> List[Tuple[float, float]]:
    """When each line of the first subtitle is shown and for how long, in seconds."""
    asked = ["-select_streams", "s:0", "-show_entries", "packet=pts_time,duration_time"]
    return [
        (float(packet["pts_time"]), float(packet.get("duration_time", 0)))
        for packet in ffprobe(film, *asked)["packets"]
    ]


@pytest.mark.parametrize("settings", [SETTINGS, SVT_AV1], ids=["x265", "SVT-AV1"])
def test_no_picture_is_lost_where_times_collide(home: Path, settings: Settings) -> None:
    plain = make_film(
        home.parent / "plain.mkv", seconds=4, audio=[STEREO], video_options=["-bf", "2"]
    )
    times = home.parent / "times.txt"
    stamps = [(number - 1) * 40 + 1 if number % 20 == 19 else number * 40 for number in range(100)]
    times.write_text("\n".join(["# timestamp format v2", *map(str, stamps), ""]), encoding="ascii")
    film = merged(home / "Collide.mkv", "--timestamps", f"0:{times}", plain)
    before = picture_times(film)
    assert len(before) == 100
    assert picture_times(processed(film, settings)) == pytest.approx(before, abs=0.0015)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("a.mkv", SETTINGS), ("a.mp4", SETTINGS), ("a.mp4", SVT_AV1), ("a.mp4", COPYING)],
    ids=["Matroska, x265", "MP4, x265", "MP4, SVT-AV1", "MP4, copied"],
)
def test_a_cover_larger_than_the_film_stays_what_it_is(
    home: Path, name: str, settings: Settings
) -> None:
    cover = home.parent / "cover.png"
    cover.write_bytes(png(3840, 2160))
    plain = make_film(home.parent / "plain.mkv", audio=[AudioSpec("aac", bit_rate=320)])
    attached = ["-i", cover, "-map", "0", "-map", "1", "-disposition:v:1", "attached_pic"]
    if name.endswith(".mkv"):
        attached = ["-attach", cover, "-metadata:s:t", "mimetype=image/png"]
    film = home / name
    ffmpeg("-i", plain, *attached, "-c", "copy", film)
    before = picture_times(film)
    result = processed(film, settings)
    out = home.parent / "cover.out"
    mkvtoolnix("mkvextract", result, "attachments", f"1:{out}")
    assert out.read_bytes() == cover.read_bytes()
    assert picture_times(result) == pytest.approx(before, abs=0.0015)


@pytest.mark.parametrize("settings", [SETTINGS, SVT_AV1], ids=["x265", "SVT-AV1"])
@pytest.mark.parametrize("full", [True, False], ids=["full range", "studio range"])
def test_colours_of_standard_definition_are_those_of_the_stream_too(
    home: Path, settings: Settings, full: bool
) -> None:
    tagged = "color_primaries=smpte170m:color_trc=smpte170m:colorspace=smpte170m"
    options = ["-vf", f"setparams={tagged}:range={'pc' if full else 'tv'}"]
    film = make_film(home / "Colours.mkv", audio=[STEREO], video_options=options)
    wanted = ("pc" if full else "tv", "smpte170m", "smpte170m", "smpte170m")
    assert colours(film) == wanted
    result = processed(film, settings)
    bare = home.parent / ("bare.ivf" if settings is SVT_AV1 else "bare.hevc")
    ffmpeg("-i", result, "-map", "0:v", "-c", "copy", bare)
    assert colours(result) == colours(bare) == wanted


OVERLAPPING = """WEBVTT

00:00:00.200 --> 00:00:01.500
The first goes on and on

00:00:00.400 --> 00:00:00.900
while a second is said

00:00:00.400 --> 00:00:00.900 line:0
<v Somebody>and a third at the same time.
"""
SHOWN = [(0.2, 1.3), (0.4, 0.5), (0.4, 0.5)]


def with_text(film: Path, text: str, codec: str) -> Path:
    """A film with this WebVTT as its subtitle."""
    plain = make_film(film.parent.parent / "plain.mkv", seconds=2, audio=[STEREO])
    source = film.parent.parent / "text.vtt"
    source.write_text(text, encoding="utf-8")
    language = ["-metadata:s:s:0", "language=eng"]
    ffmpeg(
        "-i",
        plain,
        "-i",
        source,
        "-map",
        "0",
        "-map",
        "1",
        "-c",
        "copy",
        "-c:s",
        codec,
        *language,
        film,
    )
    return film


@pytest.mark.parametrize("codec", ["webvtt", "srt", "ass"])
def test_lines_that_overlap_are_all_there_at_their_time(home: Path, codec: str) -> None:
    film = with_text(home / "Overlap.mkv", OVERLAPPING, codec)
    assert lines(processed(film, COPYING)) == SHOWN


def test_webvtt_that_ffmpeg_cannot_read_refuses_the_film_before_any_work(home: Path) -> None:
    """mkvmerge writes it as S_TEXT/WEBVTT, for which ffmpeg has neither a reader nor a muxer."""
    plain = make_film(home.parent / "plain.mkv", seconds=2, audio=[STEREO])
    source = home.parent / "text.vtt"
    source.write_text(OVERLAPPING, encoding="utf-8")
    film = merged(home / "WebVTT.mkv", plain, "--language", "0:eng", source)
    refused = plan(film)
    assert [(reason.code, reason.matched) for reason in refused.refusals] == [
        ("refused.track", "webvtt")
    ]
    merged(film, plain, "--language", "0:fre", source)
    assert not plan(film).refused
