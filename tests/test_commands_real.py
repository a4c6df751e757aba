"""The commands run for real: what ffmpeg and mkvpropedit make of them, read back with ffprobe."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import pytest

from core.commands import build_steps
from core.encoders.templates import FFMPEG_DOWNSCALE, FFMPEG_NORMAL, QSVENC_NORMAL
from core.media.languages import LanguageTag
from core.media.model import (
    Attachment,
    AudioTrack,
    FileIdentity,
    MediaFile,
    NativeLanguage,
    ScanType,
    SubtitleTrack,
    Track,
    TrackFlags,
    VideoTrack,
)
from core.plan import (
    ContentClass,
    Conversion,
    OpusEncode,
    OutputTrack,
    Plan,
    SubtitleConvert,
    VideoEncode,
)
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import ProcessingSettings, Settings
from core.tools import ToolInfo, ToolName, Toolset
from tests.films import FFMPEG, FFPROBE, FONT, AudioSpec, SubtitleSpec, jpeg_cover, make_film

MKVPROPEDIT = shutil.which("mkvpropedit")
WITHOUT_PROPEDIT = Settings(
    processing=ProcessingSettings(missing_mkvpropedit=MissingPropeditPolicy.CONTINUE)
)
needs_mkvpropedit = pytest.mark.skipif(MKVPROPEDIT is None, reason="mkvpropedit is not installed")

NO_FLAGS = TrackFlags()
ENGLISH, DUTCH, TURKISH = LanguageTag("en"), LanguageTag("nl"), LanguageTag("tr")
QUICK = FFMPEG_NORMAL.replace("-preset fast", "-preset ultrafast")


def toolset(mkvpropedit: bool = False) -> Toolset:
    tools = [ToolInfo(ToolName.FFMPEG, Path(FFMPEG), "8.1.2", (8, 1, 2))]
    if mkvpropedit:
        assert MKVPROPEDIT
        tools.append(ToolInfo(ToolName.MKVPROPEDIT, Path(MKVPROPEDIT), "74", (74,)))
    return Toolset(tuple(tools))


@dataclass
class Film:
    """A film on the disk, described by hand; its tracks are numbered as they are added."""

    path: Path
    container: str = "Matroska"
    tracks: List[Track] = field(default_factory=list)
    attachments: List[Attachment] = field(default_factory=list)

    def video(self, width: int = 320, height: int = 180, **more: Any) -> VideoTrack:
        track = VideoTrack(len(self.tracks), 1, "h264", width, height, frame_rate=25.0, **more)
        self.tracks.append(track)
        return track

    def audio(self, codec: str, channels: int, layout: str = "") -> AudioTrack:
        number = sum(isinstance(track, AudioTrack) for track in self.tracks) + 1
        track = AudioTrack(len(self.tracks), number, codec, channels, layout)
        self.tracks.append(track)
        return track

    def subtitle(self, codec: str) -> SubtitleTrack:
        number = sum(isinstance(track, SubtitleTrack) for track in self.tracks) + 1
        track = SubtitleTrack(len(self.tracks), number, codec)
        self.tracks.append(track)
        return track

    def plan(self, *outputs: OutputTrack, title: str = "", attached: bool = True) -> Plan:
        media = MediaFile(
            path=self.path,
            identity=FileIdentity(1, 1),
            container=self.container,
            duration=1.0,
            video=tuple(track for track in self.tracks if isinstance(track, VideoTrack)),
            audio=tuple(track for track in self.tracks if isinstance(track, AudioTrack)),
            subtitles=tuple(track for track in self.tracks if isinstance(track, SubtitleTrack)),
            attachments=tuple(self.attachments),
        )
        return Plan(
            media=media,
            native_language=NativeLanguage(),
            target=self.path,
            decisions=(),
            outputs=outputs,
            attachments=media.attachments if attached else (),
            title=title,
            signature="abc123",
        )


def out(
    track: Track,
    conversion: Optional[Conversion] = None,
    language: LanguageTag = ENGLISH,
    title: str = "",
    flags: TrackFlags = NO_FLAGS,
) -> OutputTrack:
    codec = "opus" if isinstance(conversion, OpusEncode) else track.codec
    return OutputTrack(track, codec, conversion, language, title, flags)


def encode(
    width: int = 320, height: int = 180, template: str = QUICK, bit_depth: int = 8
) -> VideoEncode:
    return VideoEncode(
        ContentClass.NORMAL, "normal", template, "hevc", width, height, bit_depth, ()
    )


def run(plan: Plan, tools: Optional[Toolset] = None, staged: Optional[Path] = None) -> Path:
    """Run every step; any word on stderr is a failure, as it is for the processor."""
    staged = staged or plan.media.path.parent / ".mediaprocessor" / "7-1.partial"
    staged.parent.mkdir(exist_ok=True)
    for step in build_steps(plan, WITHOUT_PROPEDIT, tools or toolset(), staged):
        (command,) = step.commands
        done = subprocess.run(
            command.argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, (command.argv, done.stderr)
        assert done.stderr == b"", command.argv
    return staged


def probe(path: Path, *more: str) -> Dict[str, Any]:
    argv = [FFPROBE, "-v", "error", "-show_streams", "-show_format", "-show_chapters", *more]
    done = subprocess.run(
        [*argv, "-of", "json", f"file:{path}"], stdout=subprocess.PIPE, check=True, timeout=60
    )
    answer: Dict[str, Any] = json.loads(done.stdout)
    return answer


def codecs(answer: Dict[str, Any]) -> List[str]:
    return [str(stream.get("codec_name")) for stream in answer["streams"]]


def tags(answer: Dict[str, Any], name: str) -> List[Optional[str]]:
    return [stream.get("tags", {}).get(name) for stream in answer["streams"]]


def flags_of(stream: Dict[str, Any]) -> List[str]:
    return sorted(name for name, value in stream["disposition"].items() if value)


def frame_times(path: Path, which: str = "v:0") -> List[float]:
    """Seconds, in the order in which they are shown."""
    argv = [FFPROBE, "-v", "error", "-select_streams", which, "-show_entries", "packet=pts_time"]
    done = subprocess.run(
        [*argv, "-of", "csv=p=0", f"file:{path}"], stdout=subprocess.PIPE, check=True, timeout=60
    )
    return sorted(float(line.split(b",")[0]) for line in done.stdout.split())


def first_time(path: Path, which: str) -> float:
    return frame_times(path, which)[0]


def test_tracks_come_out_in_the_plans_order_with_its_names_languages_and_flags(
    tmp_path: Path,
) -> None:
    audio = [AudioSpec("ac3", 6, layout="5.1(side)"), AudioSpec("aac", 2), AudioSpec("flac", 2)]
    subtitles = [SubtitleSpec(), SubtitleSpec("ass", forced=True), SubtitleSpec()]
    film = Film(
        make_film(tmp_path / "film.mkv", audio=audio, subtitles=subtitles, title="Old title")
    )
    video = film.video()
    surround, commentary, stereo = (
        film.audio("ac3", 6, "5.1(side)"),
        film.audio("aac", 2, "stereo"),
        film.audio("flac", 2, "stereo"),
    )
    first, forced, last = film.subtitle("subrip"), film.subtitle("ass"), film.subtitle("subrip")
    del commentary, first
    plan = film.plan(
        out(video, encode(), flags=TrackFlags(default=True), title='A "quoted" $(name)'),
        out(stereo, OpusEncode(64, 2, "stereo"), DUTCH, flags=TrackFlags(default=True)),
        out(surround, OpusEncode(256, 6, "5.1"), flags=TrackFlags(original=True, commentary=True)),
        out(last, None, TURKISH, flags=TrackFlags(hearing_impaired=True)),
        out(forced, None, flags=TrackFlags(forced=True, default=True), title="-Forced\n=é"),
        title="New; title = 'x'",
    )

    answer = probe(run(plan))

    assert codecs(answer) == ["hevc", "opus", "opus", "subrip", "ass"]
    assert tags(answer, "language") == ["eng", "dut", "eng", "tur", "eng"]
    assert tags(answer, "title") == ['A "quoted" $(name)', None, None, None, "-Forced\n=é"]
    assert [flags_of(stream) for stream in answer["streams"]] == [
        ["default"],
        ["default"],
        ["comment", "original"],
        ["hearing_impaired"],
        ["default", "forced"],
    ]
    assert [stream.get("channel_layout") for stream in answer["streams"][1:3]] == ["stereo", "5.1"]
    assert answer["format"]["tags"]["title"] == "New; title = 'x'"
    assert answer["format"]["tags"]["MEDIAPROCESSOR"] == "abc123"


@needs_mkvpropedit
def test_mkvpropedit_finishes_with_region_enabled_flag_and_no_stale_statistics(
    tmp_path: Path,
) -> None:
    path = make_film(tmp_path / "film.mkv", audio=[AudioSpec("flac", title="old"), AudioSpec()])
    subprocess.run([str(MKVPROPEDIT), str(path), "--add-track-statistics-tags"], check=True)
    assert "BPS" in probe(path)["streams"][1]["tags"]
    film = Film(path)
    video, sound, other = film.video(), film.audio("flac", 2, "stereo"), film.audio("ac3", 2)
    brazil = LanguageTag("pt-BR")
    plan = film.plan(
        out(video),
        out(sound, OpusEncode(64, 2, "stereo"), brazil, flags=TrackFlags(enabled=False)),
        out(other, title="@a name, --set x"),
        title="@ title",
    )

    result = run(plan, toolset(mkvpropedit=True))

    answer = probe(result)
    assert answer["format"]["tags"]["title"] == "@ title"
    assert answer["format"]["tags"]["MEDIAPROCESSOR"] == "abc123"
    assert tags(answer, "title") == [None, None, "@a name, --set x"]
    assert all("BPS" not in stream.get("tags", {}) for stream in answer["streams"])
    done = subprocess.run(
        ["mkvmerge", "-J", str(result)], stdout=subprocess.PIPE, check=True, timeout=60
    )
    tracks = [track["properties"] for track in json.loads(done.stdout)["tracks"]]
    assert [track["language_ietf"] for track in tracks] == ["en", "pt-BR", "en"]
    assert [track["language"] for track in tracks] == ["eng", "por", "eng"]
    assert [track["enabled_track"] for track in tracks] == [True, False, True]


def test_stale_statistics_of_an_encoded_track_go_even_without_mkvpropedit(tmp_path: Path) -> None:
    path = make_film(
        tmp_path / "film.mkv",
        audio=[AudioSpec("flac"), AudioSpec()],
        output_options=["-metadata:s:a:0", "BPS=999", "-metadata:s:a:1", "BPS=192000"],
    )
    film = Film(path)
    video, first, second = film.video(), film.audio("flac", 2), film.audio("ac3", 2)
    answer = probe(run(film.plan(out(video), out(first, OpusEncode(64, 2, "stereo")), out(second))))
    assert tags(answer, "BPS")[1:] == [None, "192000"]


@pytest.mark.parametrize("encoded", [False, True])
def test_chapters_fonts_and_the_cover_survive(tmp_path: Path, encoded: bool) -> None:
    cover = jpeg_cover()
    path = make_film(
        tmp_path / "film.mkv",
        subtitles=[SubtitleSpec("ass")],
        chapters=["Öne", "Two"],
        attachments=[FONT, cover],
    )
    streams = probe(path)["streams"]
    assert [stream["codec_type"] for stream in streams] == [
        *("video", "audio", "subtitle", "attachment", "video")
    ]
    film = Film(path)
    video, audio, subtitle = film.video(), film.audio("ac3", 2), film.subtitle("ass")
    film.attachments = [
        Attachment(FONT.name, FONT.mime_type, 3),
        Attachment(cover.name, cover.mime_type, 4, picture_stream=True),
    ]
    plan = film.plan(out(video, encode() if encoded else None), out(audio), out(subtitle))

    result = run(plan)

    answer = probe(result)
    assert [chapter["tags"]["title"] for chapter in answer["chapters"]] == ["Öne", "Two"]
    assert tags(answer, "filename") == [None, None, None, FONT.name, cover.name]
    assert tags(answer, "mimetype")[3:] == [FONT.mime_type, cover.mime_type]
    assert flags_of(answer["streams"][4]) == ["attached_pic"]
    assert attachment(result, "0:4") == cover.content
    assert len([stream for stream in answer["streams"] if stream["codec_type"] == "video"]) == 2


def attachment(path: Path, stream: str) -> bytes:
    argv = [FFMPEG, "-v", "error", "-i", f"file:{path}", "-map", stream, "-c", "copy"]
    done = subprocess.run(
        [*argv, "-f", "image2pipe", "-"], stdout=subprocess.PIPE, check=True, timeout=60
    )
    return done.stdout


def test_a_cover_of_an_mp4_becomes_an_attachment(tmp_path: Path) -> None:
    cover = jpeg_cover()
    path = make_film(tmp_path / "film.mp4", audio=[AudioSpec("aac")], attachments=[cover])
    film = Film(path, "MPEG-4")
    video, audio = film.video(), film.audio("aac", 2)
    film.attachments = [Attachment("", "", 2, picture_stream=True)]
    answer = probe(run(film.plan(out(video), out(audio))))
    assert codecs(answer) == ["h264", "aac", "mjpeg"]
    assert tags(answer, "mimetype")[2] == "image/jpeg"


def test_attachments_that_the_plan_drops_are_gone(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mkv", attachments=[FONT])
    film = Film(path)
    video, audio = film.video(), film.audio("ac3", 2)
    film.attachments = [Attachment(FONT.name, FONT.mime_type, 2)]
    assert codecs(probe(run(film.plan(out(video), out(audio), attached=False)))) == ["h264", "ac3"]


def test_mp4_text_becomes_subrip_and_blu_ray_pictures_stay(tmp_path: Path) -> None:
    mp4 = make_film(
        tmp_path / "film.mp4", audio=[AudioSpec("aac")], subtitles=[SubtitleSpec("mov_text")]
    )
    film = Film(mp4, "MPEG-4")
    video, audio, text = film.video(), film.audio("aac", 2), film.subtitle("mov_text")
    result = run(film.plan(out(video), out(audio), out(text, SubtitleConvert())))
    assert codecs(probe(result)) == ["h264", "aac", "subrip"]
    argv = [FFMPEG, "-v", "error", "-i", str(result), "-map", "0:s", "-f", "srt", "-"]
    shown = subprocess.run(argv, stdout=subprocess.PIPE, check=True, timeout=60).stdout
    assert b"Good evening." in shown

    mkv = make_film(tmp_path / "film.mkv", subtitles=[SubtitleSpec("hdmv_pgs_subtitle")])
    film = Film(mkv)
    video, audio, pictures = film.video(), film.audio("ac3", 2), film.subtitle("hdmv_pgs_subtitle")
    result = run(film.plan(out(video), out(pictures), out(audio)))
    assert codecs(probe(result)) == ["h264", "hdmv_pgs_subtitle", "ac3"]


@pytest.mark.parametrize("encoded", [False, True])
def test_a_track_that_starts_late_still_starts_late(tmp_path: Path, encoded: bool) -> None:
    plain = make_film(tmp_path / "plain.mkv", audio=[AudioSpec("flac")])
    late = tmp_path / "late.mkv"
    argv = [FFMPEG, "-v", "error", "-i", str(plain), "-itsoffset", "0.511", "-i", str(plain)]
    argv += ["-map", "0:v", "-map", "1:a", "-c", "copy", str(late)]
    subprocess.run(argv, check=True, timeout=60)
    film = Film(late)
    video, audio = film.video(), film.audio("flac", 2)
    plan = film.plan(
        out(video, encode() if encoded else None), out(audio, OpusEncode(64, 2, "stereo"))
    )
    result = run(plan)
    assert first_time(result, "v:0") == pytest.approx(0.0, abs=0.001)
    # Opus' first packet carries 6.5 ms that players skip.
    assert first_time(result, "a:0") == pytest.approx(0.511, abs=0.008)


def test_a_picture_that_starts_late_keeps_its_moment_to_the_millisecond(tmp_path: Path) -> None:
    plain = make_film(tmp_path / "plain.mkv", audio=[AudioSpec("flac")])
    late = tmp_path / "late.mkv"
    argv = [FFMPEG, "-v", "error", "-itsoffset", "0.511", "-i", str(plain), "-i", str(plain)]
    argv += ["-map", "0:v", "-map", "1:a", "-c", "copy", str(late)]
    subprocess.run(argv, check=True, timeout=60)
    film = Film(late)
    video, audio = film.video(), film.audio("flac", 2)
    result = run(film.plan(out(video, encode()), out(audio)))
    assert first_time(result, "v:0") == pytest.approx(0.511, abs=0.001)


def test_frames_of_a_variable_rate_keep_their_times(tmp_path: Path) -> None:
    options = "-vf settb=1/1000,setpts=30*N+N*N -fps_mode passthrough -enc_time_base 1:1000"
    path = make_film(tmp_path / "film.mkv", video_options=options.split())
    film = Film(path)
    video, audio = film.video(variable_frame_rate=True), film.audio("ac3", 2)
    result = run(film.plan(out(video, encode()), out(audio)))
    assert frame_times(result) == frame_times(path)
    assert len(set(frame_times(path))) > 20


HOSTILE = [
    "-i.mkv",
    "a:b%03d%d.mkv",
    "$(touch x) `id` \"'.mkv",
    "new\nline.mkv",
    "concat:a|b.mkv",
    "[x],y=z;.mkv",
    "🎬" * 60 + ".mkv",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_of_films_and_folders_are_names_and_nothing_else(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    film = Film(make_film(folder / name, attachments=[jpeg_cover()]))
    video, audio = film.video(), film.audio("ac3", 2)
    film.attachments = [Attachment("cover.jpg", "image/jpeg", 2, picture_stream=True)]
    tools = toolset(mkvpropedit=MKVPROPEDIT is not None)
    result = run(film.plan(out(video), out(audio, OpusEncode(64, 2, "stereo"))), tools)
    assert codecs(probe(result)) == ["h264", "opus", "mjpeg"]
    assert sorted(os.listdir(folder)) == sorted([".mediaprocessor", name])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_is_no_utf_8_reaches_the_programs_as_it_is(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    film = Film(make_film(folder / "film.mkv"))
    video, audio = film.video(), film.audio("ac3", 2)
    tools = toolset(mkvpropedit=MKVPROPEDIT is not None)
    result = run(film.plan(out(video), out(audio)), tools)
    assert result.is_file()


def test_a_relative_name_with_a_leading_dash_is_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_film(tmp_path / "-y.mkv")
    monkeypatch.chdir(tmp_path)
    film = Film(Path("-y.mkv"))
    video, audio = film.video(), film.audio("ac3", 2)
    run(film.plan(out(video), out(audio)), staged=tmp_path / "-o.partial")
    assert (tmp_path / "-o.partial").is_file()


def test_an_interlaced_picture_is_deinterlaced_at_its_frame_rate(tmp_path: Path) -> None:
    path = make_film(
        tmp_path / "film.mkv",
        video_options=[
            "-vf",
            "tinterlace=interleave_top",
            "-flags",
            "+ilme+ildct",
            "-x264-params",
            "tff=1",
        ],
    )
    film = Film(path)
    video, audio = film.video(scan_type=ScanType.INTERLACED_TFF), film.audio("ac3", 2)
    result = run(film.plan(out(video, encode()), out(audio)))
    stream = probe(result, "-count_packets")["streams"][0]
    assert stream.get("field_order", "progressive") == "progressive"
    assert (
        stream["nb_read_packets"] == probe(path, "-count_packets")["streams"][0]["nb_read_packets"]
    )


@pytest.mark.parametrize(
    ("source", "wanted", "template"),
    [
        ((319, 181), (318, 180), QUICK),
        ((640, 360), (320, 180), FFMPEG_DOWNSCALE.replace("fast", "ultrafast")),
    ],
)
def test_odd_sizes_lose_a_line_and_large_ones_shrink(
    tmp_path: Path, source: Tuple[int, int], wanted: Tuple[int, int], template: str
) -> None:
    options = ["-pix_fmt", "yuv444p"] if source[0] % 2 else []
    path = make_film(tmp_path / "film.mkv", size=source, video_options=options)
    film = Film(path)
    video, audio = film.video(*source), film.audio("ac3", 2)
    stream = probe(run(film.plan(out(video, encode(*wanted, template)), out(audio))))["streams"][0]
    assert (stream["width"], stream["height"]) == wanted
    assert stream["pix_fmt"] == "yuv420p"


def rotated(path: Path, degrees: str) -> Path:
    plain = make_film(path.with_name("plain.mp4"), audio=[AudioSpec("aac")])
    argv = [FFMPEG, "-v", "error", "-display_rotation:v:0", degrees, "-i", str(plain)]
    subprocess.run([*argv, "-c", "copy", str(path)], check=True, timeout=60)
    return path


def test_a_turned_picture_is_upright_after_an_encode_and_still_turned_after_a_copy(
    tmp_path: Path,
) -> None:
    film = Film(rotated(tmp_path / "film.mp4", "90"), "MPEG-4")
    video, audio = film.video(rotation=90.0), film.audio("aac", 2)
    encoded = probe(run(film.plan(out(video, encode(180, 320)), out(audio))))["streams"][0]
    assert (encoded["width"], encoded["height"]) == (180, 320)
    assert "side_data_list" not in encoded or not any(
        side.get("rotation") for side in encoded["side_data_list"]
    )
    copied = probe(run(film.plan(out(video), out(audio))))["streams"][0]
    assert (copied["width"], copied["height"]) == (320, 180)
    assert any(abs(side.get("rotation", 0)) == 90 for side in copied["side_data_list"])


def test_pixel_shape_and_colours_of_a_dvd_are_kept(tmp_path: Path) -> None:
    colours = "color_primaries=bt470bg:color_trc=bt470bg:colorspace=bt470bg:range=tv"
    path = make_film(
        tmp_path / "film.mkv",
        video_options=["-vf", f"setsar=16/15,setparams={colours}"],
    )
    film = Film(path)
    video, audio = film.video(pixel_aspect=16 / 15), film.audio("ac3", 2)
    stream = probe(run(film.plan(out(video, encode()), out(audio))))["streams"][0]
    assert stream["sample_aspect_ratio"] == "16:15"
    assert [
        stream["color_primaries"],
        stream["color_transfer"],
        stream["color_space"],
        stream["color_range"],
    ] == ["bt470bg", "bt470bg", "bt470bg", "tv"]


def test_of_two_pictures_one_is_encoded_and_both_are_kept(tmp_path: Path) -> None:
    single = make_film(tmp_path / "single.mkv")
    double = tmp_path / "double.mkv"
    argv = [FFMPEG, "-v", "error", "-i", str(single), "-map", "0:v", "-map", "0:v", "-map", "0:a"]
    subprocess.run([*argv, "-c", "copy", str(double)], check=True, timeout=60)
    film = Film(double)
    first = film.video()
    second = replace(film.video(), number=2)
    audio = film.audio("ac3", 2)
    answer = probe(run(film.plan(out(first, encode()), out(second), out(audio))))
    assert codecs(answer) == ["hevc", "h264", "ac3"]


def loudness(path: Path, stream: str, drc: Sequence[str] = ()) -> float:
    argv = [FFMPEG, "-hide_banner", *drc, "-i", str(path), "-map", stream, "-af", "volumedetect"]
    done = subprocess.run(
        [*argv, "-f", "null", "-"], stderr=subprocess.PIPE, check=True, timeout=60
    )
    (line,) = [text for text in done.stderr.splitlines() if b"mean_volume" in text]
    return float(line.split(b":")[1].split()[0])


def test_the_second_dolby_tracks_night_mode_is_off_beside_other_codecs(tmp_path: Path) -> None:
    path = make_film(
        tmp_path / "film.mkv", audio=[AudioSpec("aac"), AudioSpec("ac3"), AudioSpec("flac")]
    )
    film = Film(path)
    video, aac, ac3, flac = (
        film.video(),
        film.audio("aac", 2),
        film.audio("ac3", 2),
        film.audio("flac", 2),
    )
    opus = OpusEncode(64, 2, "stereo")
    plan = film.plan(out(video), out(ac3, opus), out(flac, opus), out(aac, opus))
    (step,) = build_steps(plan, WITHOUT_PROPEDIT, toolset(), tmp_path / "x.partial")
    argv = step.commands[0].argv
    assert argv[argv.index("-drc_scale:2") + 1] == "0"
    result = run(plan)
    wanted = loudness(path, "0:a:1", ["-drc_scale", "0"])
    assert loudness(result, "0:a:0") == pytest.approx(wanted, abs=0.5)


def test_what_comes_out_of_qsvencs_pipe_is_put_in_order_and_finished(tmp_path: Path) -> None:
    """QSVEnc's half is played by ffmpeg: the same tracks in the order in which QSVEnc writes them."""
    cover = jpeg_cover()
    path = make_film(
        tmp_path / "film.mkv",
        audio=[AudioSpec("ac3", 6, layout="5.1(side)"), AudioSpec("aac"), AudioSpec("flac")],
        subtitles=[SubtitleSpec(), SubtitleSpec("ass")],
        chapters=["One", "Two"],
        attachments=[FONT, cover],
    )
    film = Film(path)
    video, surround = film.video(), film.audio("ac3", 6, "5.1(side)")
    film.audio("aac", 2)
    stereo, subtitle, styled = (
        film.audio("flac", 2),
        film.subtitle("subrip"),
        film.subtitle("ass"),
    )
    film.attachments = [
        Attachment(FONT.name, FONT.mime_type, 6),
        Attachment(cover.name, cover.mime_type, 7, picture_stream=True),
    ]
    plan = film.plan(
        out(video, encode(template=QSVENC_NORMAL)),
        out(stereo, OpusEncode(64, 2, "stereo"), DUTCH),
        out(surround, OpusEncode(256, 6, "5.1"), flags=TrackFlags(default=True)),
        out(styled),
        out(subtitle, flags=TrackFlags(forced=True)),
    )
    tools = Toolset((*toolset().tools, ToolInfo(ToolName("QSVEncC"), Path("qsvencc"))))
    staged = tmp_path / "7-1.partial"
    extract, main = build_steps(plan, WITHOUT_PROPEDIT, tools, staged)
    subprocess.run(extract.commands[0].argv, check=True, timeout=60)
    _, muxer = main.commands
    piped = [FFMPEG, "-v", "error", "-i", str(path), "-map", "0:v:0", "-map", "0:a:0"]
    piped += ["-map", "0:a:2", "-map", "0:s", "-map", "0:t", "-c", "copy", "-f", "matroska", "-"]
    with subprocess.Popen(piped, stdout=subprocess.PIPE) as encoder:
        done = subprocess.run(
            muxer.argv, stdin=encoder.stdout, capture_output=True, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (0, b"")

    answer = probe(staged)
    assert codecs(answer)[:5] == ["h264", "opus", "opus", "ass", "subrip"]
    assert tags(answer, "filename")[5:] == [FONT.name, cover.name]
    assert tags(answer, "language")[:3] == ["eng", "dut", "eng"]
    assert [stream["channels"] for stream in answer["streams"][1:3]] == [2, 6]
    assert [flags_of(stream) for stream in answer["streams"][:5]] == [
        *([], [], ["default"], [], ["forced"])
    ]
    assert [chapter["tags"]["title"] for chapter in answer["chapters"]] == ["One", "Two"]
    assert answer["format"]["tags"]["MEDIAPROCESSOR"] == "abc123"
    assert float(answer["format"]["duration"]) == pytest.approx(1.0, abs=0.05)
