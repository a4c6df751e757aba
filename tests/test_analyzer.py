"""Real films through MediaInfo and ffprobe; every kind of file that is none."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import List, Sequence

import pytest

from analyzer import Analyzer
from core.errors import FileUnavailable, ProbeError, ToolNotFound
from core.media.model import Attachment, BitRateSource, Confidence, HdrFormat
from core.ports import Captured, CommandRunner
from core.tools import Toolset
from tests.films import FONT, PNG_COVER, AudioSpec, SubtitleSpec, jpeg_cover, make_film

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


class Counting:
    """A runner that notes what it was asked."""

    def __init__(self, inner: CommandRunner) -> None:
        self.inner = inner
        self.asked: List[Sequence[str]] = []

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        self.asked.append(argv)
        return self.inner.capture(argv, timeout=timeout)


@pytest.fixture
def analyzer(runner: CommandRunner, toolset: Toolset) -> Analyzer:
    return Analyzer(runner, toolset)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "film.mkv")


def test_scanning_starts_no_program_and_a_plan_needs_one(
    runner: CommandRunner, toolset: Toolset, film: Path
) -> None:
    counting = Counting(runner)
    analyzer = Analyzer(counting, toolset)
    media = analyzer.probe(film)
    assert counting.asked == []
    assert not media.flags_complete
    assert analyzer.complete(media).flags_complete
    assert len(counting.asked) == 1


def test_a_film_with_everything(tmp_path: Path, analyzer: Analyzer) -> None:
    path = make_film(
        tmp_path / "Film (2010) {imdb-tt1375666}.mkv",
        audio=[
            AudioSpec("eac3", 6, "5.1(side)", "jpn", "Main", original=True, bit_rate=448),
            AudioSpec("flac", 8, "7.1", "eng"),
            AudioSpec("opus", 6, "5.1", "dut"),
            AudioSpec("ac3", 2, language="eng", title="Director", commentary=True),
        ],
        subtitles=[
            SubtitleSpec("subrip", "eng", "Forced", forced=True),
            SubtitleSpec("ass", "tur", hearing_impaired=True),
            SubtitleSpec("hdmv_pgs_subtitle", "fre"),
        ],
        chapters=["One", "Two"],
        attachments=[FONT, jpeg_cover()],
        title="A Film",
        tags={"MEDIAPROCESSOR": "abc"},
    )
    media = analyzer.analyze(path)
    assert (media.container, media.title, media.imdb_id) == ("Matroska", "A Film", "tt1375666")
    assert (media.chapter_count, media.plan_signature, media.truncated) == (2, "abc", False)
    assert media.duration == pytest.approx(1.0, abs=0.1)
    picture = media.video[0]
    assert (picture.codec, picture.width, picture.height, picture.bit_depth) == (
        "h264",
        320,
        180,
        8,
    )
    assert [
        (track.codec, track.channel_layout, str(track.language), track.lossless)
        for track in media.audio
    ] == [
        ("eac3", "5.1(side)", "ja", False),
        ("flac", "7.1", "en", True),
        ("opus", "5.1", "nl", False),
        ("ac3", "stereo", "en", False),
    ]
    assert (media.audio[0].bit_rate, media.audio[0].bit_rate_source) == (448, BitRateSource.STREAM)
    assert [track.flags.original for track in media.audio] == [True, False, False, False]
    assert [track.flags.commentary for track in media.audio] == [False, False, False, True]
    assert [track.flags.default for track in media.audio] == [True, False, False, False]
    assert [(track.codec, str(track.language), track.is_text) for track in media.subtitles] == [
        ("subrip", "en", True),
        ("ass", "tr", True),
        ("hdmv_pgs_subtitle", "fr", False),
    ]
    assert media.subtitles[0].flags.forced
    assert media.subtitles[1].flags.hearing_impaired
    assert media.attachments == (
        Attachment("Film Sans.ttf", "font/ttf", 8),
        Attachment("cover.jpg", "image/jpeg", 9, picture_stream=True),
    )
    native = analyzer.native_language(media)
    assert (str(native.language), native.confidence) == ("ja", Confidence.HIGH)


@pytest.mark.parametrize(
    ("hdr", "expected"),
    [("hdr10", HdrFormat.HDR10), ("pq", HdrFormat.PQ), ("hlg", HdrFormat.HLG)],
)
def test_dynamic_range(tmp_path: Path, analyzer: Analyzer, hdr: str, expected: HdrFormat) -> None:
    picture = analyzer.analyze(make_film(tmp_path / "film.mkv", hdr=hdr, audio=[])).video[0]
    assert (picture.hdr, picture.bit_depth, picture.color_primaries) == (expected, 10, "bt2020")
    if expected is HdrFormat.HDR10:
        assert picture.mastering_display == "Display P3, min: 0.0050 cd/m2, max: 1000 cd/m2"
        assert (picture.max_cll, picture.max_fall) == (1000, 400)


def test_an_mp4_with_a_cover_and_a_text_track(tmp_path: Path, analyzer: Analyzer) -> None:
    path = make_film(
        tmp_path / "film.mp4",
        audio=[AudioSpec("aac", language="tur")],
        subtitles=[SubtitleSpec("mov_text")],
        attachments=[jpeg_cover()],
    )
    media = analyzer.analyze(path)
    assert [track.codec for track in media.tracks] == ["h264", "aac", "mov_text"]
    assert [(attachment.picture_stream, attachment.index) for attachment in media.attachments] == [
        (True, 3)
    ]
    assert (media.audio[0].title, media.audio[0].bit_rate_source) == ("", BitRateSource.STATISTICS)


def test_a_cover_that_this_ffmpeg_cannot_open_is_marked(tmp_path: Path, analyzer: Analyzer) -> None:
    media = analyzer.analyze(make_film(tmp_path / "film.mkv", attachments=[PNG_COVER]))
    cover = media.attachments[0]
    assert (cover.name, cover.mime_type, cover.picture_stream) == ("cover.png", "image/png", True)
    assert isinstance(cover.readable, bool)


@pytest.mark.parametrize(
    ("suffix", "codec", "sound", "container"),
    [
        ("ts", "libx264", "ac3", "MPEG-TS"),
        ("avi", "mpeg4", "mp3", "AVI"),
        ("webm", "vp9", "opus", "WebM"),
        ("mpg", "mpeg2video", "mp2", "MPEG-PS"),
        ("flv", "libx264", "aac", "Flash Video"),
    ],
)
def test_other_containers(
    tmp_path: Path, analyzer: Analyzer, suffix: str, codec: str, sound: str, container: str
) -> None:
    media = analyzer.analyze(
        make_film(tmp_path / f"film.{suffix}", codec=codec, audio=[AudioSpec(sound)])
    )
    assert media.container == container
    assert media.duration == pytest.approx(1.0, abs=0.2)
    assert [track.index for track in media.tracks] == [0, 1]
    assert media.audio[0].codec == sound


def test_sound_that_starts_late(tmp_path: Path, analyzer: Analyzer) -> None:
    late = ["-af", "asetpts=PTS+0.5/TB"]
    media = analyzer.analyze(make_film(tmp_path / "film.mkv", output_options=late))
    assert media.audio[0].delay == pytest.approx(0.5, abs=0.02)
    assert media.duration == pytest.approx(1.5, abs=0.05)


def test_interlaced_lines_and_pixels_that_are_not_square(
    tmp_path: Path, analyzer: Analyzer
) -> None:
    options = ["-vf", "setsar=64/45,setfield=tff", "-flags", "+ilme+ildct", "-x264-params", "tff=1"]
    media = analyzer.analyze(make_film(tmp_path / "film.mkv", video_options=options))
    picture = media.video[0]
    assert picture.scan_type.interlaced
    assert picture.pixel_aspect == pytest.approx(64 / 45)
    assert picture.shown_size == (455, 180)


def test_a_name_with_control_characters_is_read_as_it_is(
    tmp_path: Path, analyzer: Analyzer
) -> None:
    name = "bell \x07 tab \t <&> \u202e"
    media = analyzer.analyze(make_film(tmp_path / "film.mkv", audio=[AudioSpec(title=name)]))
    assert media.audio[0].title == name


@pytest.mark.parametrize(
    "name",
    [
        'it\'s "quoted".mkv',
        "$(touch PWNED) `id` $HOME.mkv",
        "-leading dash.mkv",
        "--help.mkv",
        "new\nline.mkv",
        "frame%03d.mkv",
        "star * question ? [set].mkv",
        "concat:a|b.mkv",
        "back\\slash.mkv",
        "emoji 🎬 İstanbul 千と灯.mkv",
        "a" * 246 + ".mkv",
        "no extension",
        os.fsdecode(b"latin1 \xe9t\xe9.mkv"),
    ],
)
@posix
def test_hostile_names(tmp_path: Path, analyzer: Analyzer, film: Path, name: str) -> None:
    path = tmp_path / "names" / name
    path.parent.mkdir()
    shutil.copyfile(film, path)
    media = analyzer.analyze(path)
    assert [track.codec for track in media.tracks] == ["h264", "ac3"]
    assert [entry.name for entry in path.parent.iterdir()] == [name]


def test_a_relative_path_that_looks_like_an_option(
    tmp_path: Path, analyzer: Analyzer, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(film, tmp_path / "-version")
    monkeypatch.chdir(tmp_path)
    assert analyzer.analyze(Path("-version")).audio[0].codec == "ac3"


def test_what_a_file_is_told_apart_by(film: Path, analyzer: Analyzer) -> None:
    os.link(film, film.with_name("other.mkv"))
    media = analyzer.probe(film)
    state = film.stat()
    assert (media.identity.size, media.identity.mtime_ns) == (state.st_size, state.st_mtime_ns)
    assert (media.identity.inode, media.hard_links) == (state.st_ino, 2)


def refused(analyzer: Analyzer, path: Path) -> str:
    with pytest.raises(ProbeError) as caught:
        analyzer.analyze(path)
    assert "\n" not in caught.value.problem
    return caught.value.problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"x", "is a text"),
        (b"\x00" * 70_000, "is full of zeros"),
        (os.urandom(70_000), ""),
        (b"Just some text.\n" * 9, "is a text"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "is a web page"),
        (b"\x00\x05\x16\x07\x00\x02\x00\x00" + bytes(4088), "a Mac keeps beside a file"),
    ],
    ids=["empty", "one byte", "zeros", "random", "text", "html", "AppleDouble"],
)
def test_files_that_are_no_films(
    tmp_path: Path, analyzer: Analyzer, content: bytes, problem: str
) -> None:
    path = tmp_path / "film.mkv"
    path.write_bytes(content)
    assert problem in refused(analyzer, path)


def test_a_picture_and_sound_alone_are_no_films(tmp_path: Path, analyzer: Analyzer) -> None:
    picture = tmp_path / "picture.mkv"
    picture.write_bytes(jpeg_cover().content)
    assert refused(analyzer, picture) == "this is a picture (JPEG), not a film."
    sound = make_film(tmp_path / "sound.mkv", codec="", audio=[AudioSpec()])
    assert refused(analyzer, sound) == "the file has no video track; its format is Matroska."


def test_a_header_alone(tmp_path: Path, analyzer: Analyzer, film: Path) -> None:
    path = tmp_path / "header.mkv"
    path.write_bytes(film.read_bytes()[:64])
    assert "is incomplete" in refused(analyzer, path)


def test_a_film_cut_in_half_is_truncated_and_one_with_a_foreign_end_is_not(
    tmp_path: Path, analyzer: Analyzer
) -> None:
    whole = make_film(tmp_path / "film.mkv", seconds=20, size=(64, 36), fps="5").read_bytes()
    half = tmp_path / "half.mkv"
    half.write_bytes(whole[: len(whole) // 2])
    almost = tmp_path / "almost.mkv"
    almost.write_bytes(whole[: len(whole) * 95 // 100])
    longer = tmp_path / "longer.mkv"
    longer.write_bytes(whole + os.urandom(3000))
    assert analyzer.probe(half).truncated
    assert analyzer.analyze(half).truncated
    assert analyzer.analyze(almost).truncated
    assert not analyzer.analyze(longer).truncated


def test_an_mp4_without_its_index(tmp_path: Path, analyzer: Analyzer) -> None:
    whole = make_film(tmp_path / "film.mp4", audio=[AudioSpec("aac")]).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    assert "is incomplete" in refused(analyzer, path)


def test_foreign_bytes_before_a_film(tmp_path: Path, analyzer: Analyzer, film: Path) -> None:
    path = tmp_path / "junk.mkv"
    path.write_bytes(b"\x17" * 512 + film.read_bytes())
    assert refused(analyzer, path)


def test_a_missing_file_a_folder_and_a_dangling_link(tmp_path: Path, analyzer: Analyzer) -> None:
    with pytest.raises(FileUnavailable, match="does not exist"):
        analyzer.probe(tmp_path / "away.mkv")
    assert refused(analyzer, tmp_path) == "this is a folder, not a film: name the films in it."


@posix
def test_links_pipes_and_files_that_may_not_be_read(
    tmp_path: Path, analyzer: Analyzer, film: Path
) -> None:
    link = tmp_path / "link.mkv"
    link.symlink_to(tmp_path / "away.mkv")
    with pytest.raises(FileUnavailable, match="is a link to a file that does not exist"):
        analyzer.probe(link)
    loop = tmp_path / "loop.mkv"
    loop.symlink_to(loop)
    with pytest.raises(FileUnavailable, match="cannot be read"):
        analyzer.probe(loop)
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe.mkv")
        assert refused(analyzer, tmp_path / "pipe.mkv") == "it is not a regular file."
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / "s.mkv"))
            assert refused(analyzer, tmp_path / "s.mkv") == "it is not a regular file."
        if os.geteuid() != 0:
            film.chmod(0)
            with pytest.raises(FileUnavailable, match="cannot be read"):
                analyzer.probe(film)


def test_without_ffprobe_no_plan_can_be_made(runner: CommandRunner, film: Path) -> None:
    analyzer = Analyzer(runner, Toolset())
    with pytest.raises(ToolNotFound):
        analyzer.complete(analyzer.probe(film))
