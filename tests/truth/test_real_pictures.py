"""Pictures as recorders, phones and old rips make them, through the whole way: nothing goes silently."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional, Sequence, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import Analyzer
from core.errors import FilmDamaged, NoGain, ProbeError
from core.media.languages import parse_language
from core.media.model import Confidence, MediaFile, NativeLanguage, VideoTrack
from core.media.probing.mp4 import edited_tracks
from core.plan import OpusEncode, Plan
from core.planning.planner import build_plan
from core.settings.tree import Settings
from core.tools import ToolName
from processing.runner import ProcessRunner
from tests.captions import captioned
from tests.films import FFPROBE, AudioSpec, make_film
from tests.mkv import merged
from tests.processing.bench import with_section
from tests.trait_films import with_st3d
from tests.truth.pipeline import fast_settings, toolset_with
from tests.truth.sound import run
from tests.truth.whole_path import workshop

SETTINGS = with_section(fast_settings(), "files", largest_ratio=2.0)
COPYING = with_section(SETTINGS, "video", encode=False)
ENGLISH = NativeLanguage(parse_language("eng"), Confidence.HIGH, ("test",), "A test says so.")
STEREO = AudioSpec("ac3", bit_rate=192)


def ffmpeg(*arguments: object) -> None:
    tool = toolset_with().get(ToolName.FFMPEG)
    assert tool is not None
    run([str(tool.path), "-v", "error", "-nostdin", "-y", *map(str, arguments)])


def look(film: Path) -> MediaFile:
    return Analyzer(ProcessRunner(), toolset_with()).analyze(film)


def plan(film: Path, wanted: Settings = SETTINGS, native: NativeLanguage = ENGLISH) -> Plan:
    return build_plan(look(film), native, wanted, toolset_with())


def picture(film: Path, settings: Settings = SETTINGS) -> VideoTrack:
    """The film's picture after its whole way."""
    return look(processed(film, settings)).video[0]


def processed(film: Path, settings: Settings = SETTINGS, of: Optional[Plan] = None) -> Path:
    with workshop(film.parent.parent, settings) as shop:
        return shop.carry_out(of or plan(film, settings)).path


# ---- captions


def captioned_film(folder: Path, text: str = "HELLO FROM LINE 21") -> Path:
    options = ["-bf", "0", "-x264-params", "slices=1:sliced-threads=0", "-crf", "10"]
    plain = make_film(folder.parent / "plain.mkv", seconds=2, video_options=options)
    raw, other = folder.parent / "plain.h264", folder.parent / "captioned.h264"
    ffmpeg("-i", plain, "-map", "0:v", "-c", "copy", raw)
    other.write_bytes(captioned(raw.read_bytes(), text))
    return merged(folder / "Captions.mkv", "--default-duration", "0:25fps", other, "-D", plain)


def caption_packets(film: Path) -> int:
    shown = ["-select_streams", "s", "-show_entries", "packet=size", "-of", "csv=p=0"]
    source = f"movie={film.name}[out+subcc]"
    done = subprocess.run(
        [FFPROBE, "-v", "error", "-f", "lavfi", "-i", source, *shown],
        cwd=film.parent,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return len(done.stdout.split())


def test_captions_inside_the_picture_are_kept_and_the_plan_says_so(home: Path) -> None:
    film = captioned_film(home)
    before = caption_packets(film)
    found = plan(film)
    assert found.video_encode is not None
    assert "video.captions" in [reason.code for reason in found.outputs[0].reasons]
    result = processed(film, of=found)
    assert look(result).video[0].captions
    assert caption_packets(result) == before > 40


def test_a_picture_whose_captions_an_encoder_loses_is_copied_unless_a_setting_allows_it(
    home: Path,
) -> None:
    film = captioned_film(home)
    template = SETTINGS.templates.normal.replace("libx265", "libsvtav1").replace("ultrafast", "12")
    settings = with_section(SETTINGS, "templates", normal=template, normal_fallback="")
    copied = plan(film, settings)
    assert copied.video_encode is None
    assert "tool.captions_lost" in [omission.code for omission in copied.omissions]
    lossy = plan(film, with_section(settings, "video", drop_captions=True))
    assert lossy.video_encode is not None
    assert "video.captions_dropped" in [warning.code for warning in lossy.warnings]


def test_empty_carriers_of_captions_hinder_nothing(home: Path) -> None:
    assert not look(captioned_film(home, "")).video[0].captions


# ---- old rips


def old_rip(folder: Path, quality: int) -> Path:
    options = ["-bf", "2", "-qscale:v", str(quality), "-vtag", "XVID", "-vf", "noise=alls=8:allf=t"]
    sound = AudioSpec("mp3", bit_rate=128)
    return make_film(
        folder / "Old Rip (1998).avi",
        seconds=3,
        codec="mpeg4",
        audio=[sound],
        video_options=options,
    )


def test_the_picture_of_an_avi_with_b_frames_can_be_copied(home: Path) -> None:
    film = old_rip(home, 3)
    times = ["-show_entries", "packet=pts_time", "-select_streams", "v", "-of", "csv=p=0"]
    result = processed(film, COPYING)
    stamps = run([FFPROBE, "-v", "error", *times, str(result)]).split()
    assert len(set(stamps)) == len(stamps) == 75


def rip(folder: Path, codec: str, between: int, name: str) -> Path:
    """An old rip with so many B-frames in a row; in Matroska as mkvmerge keeps it, as Video for Windows."""
    avi = folder / "Rip.avi" if name.endswith(".avi") else folder.parent / "rip.avi"
    options = ["-bf", str(between), "-crf", "12", "-vf", "noise=alls=8:allf=t"]
    sound = AudioSpec("mp3", bit_rate=128)
    make_film(avi, seconds=3, codec=codec, audio=[sound], video_options=options)
    return avi if avi.parent == folder else merged(folder / name, *_KEEP_VFW, avi)


_KEEP_VFW = ("--engage", "allow_avc_in_vfw_mode")


@pytest.mark.parametrize(
    ("codec", "between", "name"),
    [("mpeg4", 2, "Rip.mkv"), ("libx264", 0, "Rip.mkv"), ("libx264", 0, "Rip.avi")],
)
def test_the_picture_of_an_old_rip_is_copied_in_its_order(
    home: Path, codec: str, between: int, name: str
) -> None:
    result = processed(rip(home, codec, between, name), COPYING)
    asked = ["-show_entries", "frame=best_effort_timestamp_time", "-select_streams", "v"]
    shown = run([FFPROBE, "-v", "error", *asked, "-of", "csv=p=0", str(result)]).split()
    times = [float(line.strip(b",")) for line in shown]
    assert times == sorted(set(times))
    assert len(times) == 75


@pytest.mark.parametrize("name", ["Rip.avi", "Rip.mkv"])
def test_a_picture_whose_order_ffmpeg_cannot_tell_is_encoded_or_the_film_left_alone(
    home: Path, name: str
) -> None:
    film = rip(home, "libx264", 2, name)
    assert [reason.code for reason in plan(film, COPYING).refusals] == ["refused.order"]
    small = with_section(SETTINGS, "files", largest_ratio=0.05)
    with pytest.raises(NoGain):
        processed(film, small)
    found = plan(film)
    assert found.video_encode is not None
    assert not found.refused


def test_an_old_rip_whose_encode_grows_is_made_with_its_picture_copied(home: Path) -> None:
    small = with_section(SETTINGS, "files", largest_ratio=1.0)
    assert picture(old_rip(home, 31), small).codec == "mpeg4"


def test_a_film_whose_encode_gains_nothing_and_that_cannot_be_copied_is_skipped(home: Path) -> None:
    raw = ["-pix_fmt", "bgr24"]  # Matroska's muxer refuses it
    sound = AudioSpec("mp3", bit_rate=128)
    film = make_film(
        home / "Capture.avi", seconds=1, codec="rawvideo", audio=[sound], video_options=raw
    )
    with workshop(home.parent, with_section(SETTINGS, "files", largest_ratio=0.001)) as shop:
        found = shop.plan(film)
        with pytest.raises(NoGain):
            shop.carry_out(found)
    assert found.video_encode is not None
    assert film.is_file()


# ---- lengths


def test_only_what_stays_decides_how_long_the_film_is(home: Path) -> None:
    plain = make_film(home.parent / "p.mkv", seconds=3, audio=[STEREO])
    dub = make_film(home.parent / "d.mkv", seconds=9, audio=[replace(STEREO, language="fre")])
    film = merged(home / "Longer Dub.mkv", plain, "-D", dub)
    found = plan(film)
    assert [decision.kept for decision in found.decisions] == [True, True, False]
    assert round(found.duration) == 3
    assert round(look(processed(film, of=found)).duration) == 3


def test_a_picture_that_stops_long_before_the_sound_is_refused_unless_a_setting_allows_it(
    home: Path,
) -> None:
    plain = make_film(home.parent / "p.mkv", seconds=4, audio=[])
    sound = make_film(home.parent / "s.mkv", seconds=12, codec="", audio=[STEREO])
    film = merged(home / "Half a Picture.mkv", plain, sound)
    found = plan(film)
    assert [refusal.code for refusal in found.refusals] == ["refused.short_picture"]
    assert "This film is damaged: its picture ends after 4.0 seconds" in found.refusals[0].message
    allowed = with_section(SETTINGS, "video", allow_short_picture=True)
    assert picture(film, allowed).codec == "hevc"


def test_a_picture_is_held_against_the_sound_by_its_packets_where_the_header_says_nothing(
    home: Path,
) -> None:
    plain = make_film(home.parent / "p.ts", seconds=4, audio=[])
    sound = make_film(home.parent / "s.ts", seconds=12, codec="", audio=[STEREO])
    film = home / "Half a Picture.ts"
    ffmpeg("-i", plain, "-i", sound, "-map", "0", "-map", "1", "-c", "copy", film)
    found = plan(film)
    unsaid = tuple(replace(track, duration=None) for track in found.media.video)
    outputs = tuple(
        replace(output, source=unsaid[0]) if isinstance(output.source, VideoTrack) else output
        for output in found.outputs
    )
    unsaid_plan = replace(found, outputs=outputs, refusals=())
    with pytest.raises(ProbeError, match="its picture ends after"):
        processed(film, of=unsaid_plan)
    assert film.is_file()


# ---- recordings


def recording(folder: Path, name: str, parts: Sequence[Tuple[float, str]], *sound: Path) -> Path:
    """A transport stream whose MPEG-2 picture has these parts (seconds, pixel aspect) one after the other."""
    whole = folder.parent / "whole.m2v"
    data = b""
    for number, (seconds, aspect) in enumerate(parts):
        part = folder.parent / f"{number}.m2v"
        source = f"testsrc2=s=352x288:r=25:d={seconds}"
        shown = f"noise=alls=4:allf=t,setsar={aspect}"
        coded = ("-c:v", "mpeg2video", "-b:v", "3M", "-g", "12", "-bf", "0", "-f", "mpeg2video")
        ffmpeg("-f", "lavfi", "-i", source, "-vf", shown, "-pix_fmt", "yuv420p", *coded, part)
        data += part.read_bytes()
    whole.write_bytes(data)
    film = folder / name
    inputs = [word for path in sound for word in ("-i", path)]
    picture_input = ("-fflags", "+genpts", "-f", "mpegvideo", "-framerate", "25", "-i", whole)
    maps = [word for number in range(len(sound) + 1) for word in ("-map", number)]
    ffmpeg(*picture_input, *inputs, *maps, "-c", "copy", "-f", "mpegts", film)
    return film


def ac3(folder: Path, channels: int, seconds: float) -> Path:
    spec = AudioSpec("ac3", channels=channels, bit_rate={2: 192, 6: 448}[channels])
    name = folder.parent / f"{channels}-{seconds}.ac3"
    return make_film(name, seconds=seconds, codec="", audio=[spec])


def test_sound_that_is_stereo_in_the_announcement_and_surround_in_the_film_stays_surround(
    home: Path,
) -> None:
    both = home.parent / "both.ac3"
    both.write_bytes(ac3(home, 2, 3).read_bytes() + ac3(home, 6, 6).read_bytes())
    film = recording(home, "Evening Film.ts", [(9, "1/1")], both)
    found = plan(film)
    assert "audio.channels_change" in [warning.code for warning in found.warnings]
    result = look(processed(film, of=found)).audio[0]
    assert (result.channels, found.outputs[1].conversion) == (6, OpusEncode(256, 6, "5.1"))


@pytest.mark.parametrize("name", ["by mkvmerge.mkv", "by ffmpeg.mkv", "by ffmpeg.mp4"])
def test_a_recording_that_was_put_into_another_container_is_still_one(
    home: Path, name: str
) -> None:
    both = home.parent / "both.ac3"
    both.write_bytes(ac3(home, 2, 2).read_bytes() + ac3(home, 6, 4).read_bytes())
    film = home / name
    if name.startswith("by mkvmerge"):  # nothing but its statistics betrays it
        plain = make_film(
            home.parent / "plain.mkv", seconds=6, audio=[], video_options=["-g", "25"]
        )
        merged(film, plain, both)
    else:
        ffmpeg("-i", recording(home, "whole.ts", [(6, "1/1")], both), "-c", "copy", film)
        (home / "whole.ts").unlink()
    assert [track.channels_met for track in look(film).audio] == [(2, 6)]
    assert "audio.channels_change" in [reason.code for reason in plan(film).warnings]


@pytest.mark.parametrize("encode", [True, False])
def test_a_picture_whose_shape_changes_has_that_of_most_of_the_film(
    home: Path, encode: bool
) -> None:
    film = recording(home, "Late Film.ts", [(1, "12/11"), (5, "16/11")], ac3(home, 2, 6))
    settings = with_section(SETTINGS, "video", encode=encode)
    found = plan(film, settings)
    assert "film.shape_changes" in [warning.code for warning in found.warnings]
    with workshop(home.parent, settings) as shop:
        result = look(shop.carry_out(found).path).video[0]
    assert result.codec == ("hevc" if encode else "mpeg2video")
    assert result.pixel_aspect == pytest.approx(16 / 11, rel=0.01)


@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
def test_a_recording_that_begins_within_a_group_of_pictures_is_processed(
    home: Path, codec: str
) -> None:
    film = mid_group(home, codec)
    assert look(processed(film)).video[0].codec == "hevc"


def test_damage_in_the_middle_of_such_a_recording_is_still_damage(home: Path) -> None:
    film = mid_group(home, "mpeg2video")
    data = bytearray(film.read_bytes())
    middle = len(data) // 2 // 188 * 188
    for packet in range(middle, middle + 60 * 188, 188):
        data[packet + 8 : packet + 188] = b"\xff" * 180
    film.write_bytes(data)
    with pytest.raises(FilmDamaged, match=r"seconds at 0:00:0[2-5]"):
        processed(film)


def mid_group(folder: Path, codec: str) -> Path:
    options = ["-b:v", "2M", "-g", "25", "-bf", "2", "-vf", "noise=alls=4:allf=t"]
    sound = AudioSpec("mp2", bit_rate=192)
    whole = make_film(
        folder.parent / "whole.ts", seconds=8, codec=codec, audio=[sound], video_options=options
    )
    film = folder / "DVR.ts"
    data = whole.read_bytes()
    film.write_bytes(data[len(data) // 9 // 188 * 188 :])
    return film


# ---- stereo 3D


@pytest.mark.parametrize(("mode", "shape"), [(1, 32 / 9), (2, 8 / 9)], ids=["above", "beside"])
@pytest.mark.parametrize("encode", [True, False])
def test_two_eyes_that_an_mp4_tells_of_are_told_of_in_matroska(
    home: Path, mode: int, shape: float, encode: bool
) -> None:
    film = make_film(home / "VR.mp4", seconds=1)
    film.write_bytes(with_st3d(film.read_bytes(), mode))
    result = look(processed(film, with_section(SETTINGS, "video", encode=encode))).video[0]
    assert result.stereo_mode == {1: 3, 2: 1}[mode]
    assert result.width / result.height * result.pixel_aspect == pytest.approx(shape, rel=0.01)


# ---- edit lists


def trimmed(folder: Path, seconds: float, **more: Any) -> Path:
    """A phone's video whose beginning was cut off in the gallery: it is still there, and hidden."""
    options = ["-g", "100", "-keyint_min", "100", "-sc_threshold", "0", *more.get("options", [])]
    sound = AudioSpec("aac", bit_rate=128)
    whole = make_film(
        folder.parent / "whole.mp4", seconds=4, fps="30", audio=[sound], video_options=options
    )
    film = folder / "IMG_2042.mp4"
    ffmpeg("-ss", seconds, "-i", whole, "-map", "0", "-c", "copy", film)
    return film


@pytest.mark.parametrize("hidden", [0.3, 2.0])
def test_what_a_phone_has_cut_off_does_not_come_back(home: Path, hidden: float) -> None:
    film = trimmed(home, hidden)
    (refusal,) = plan(film, COPYING).refusals
    assert refusal.code == "refused.edited"
    assert "was cut off without being removed" in refusal.message
    counted = ["-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames"]
    result = processed(film)
    frames = run([FFPROBE, "-v", "error", *counted, "-of", "csv=p=0", str(result)])
    assert int(frames) == round((4 - hidden) * 30)


def test_a_trimmed_video_whose_encode_gains_nothing_is_skipped(home: Path) -> None:
    film = trimmed(home, 2.0, options=["-crf", "40"])
    small = with_section(SETTINGS, "files", largest_ratio=0.1)
    with pytest.raises(NoGain):
        processed(film, small)
    assert film.is_file()


@pytest.mark.parametrize("frames", [0, 3])
def test_a_whole_video_is_not_taken_for_a_trimmed_one(home: Path, frames: int) -> None:
    sound = AudioSpec("aac", bit_rate=128)
    options = ["-bf", str(frames)]
    film = make_film(home / "Whole.mp4", seconds=2, audio=[sound], video_options=options)
    found = look(film)
    assert not found.video[0].edited
    assert not found.audio[0].edited
    assert not plan(film, COPYING).refused


def test_a_damaged_mp4_is_read_without_an_error(home: Path) -> None:
    data = trimmed(home, 2.0).read_bytes()

    @given(st.integers(0, len(data) - 1), st.binary(min_size=1, max_size=8))
    @settings(max_examples=100, database=None, deadline=None)
    def damaged(position: int, damage: bytes) -> None:
        broken = data[:position] + damage + data[position + len(damage) :]
        for content in (broken, data[:position]):

            def read(offset: int, size: int, content: bytes = content) -> bytes:
                return content[offset : offset + size]

            edited_tracks(read, len(content))

    damaged()
