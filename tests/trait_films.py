"""A small film for each row of ``core.rules.traits.FATES``, made with real tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Callable, Dict, Sequence

import imageio_ffmpeg

from core.media.model import Trait
from tests import user_data
from tests.captions import captioned
from tests.dual_mono import dual_mono
from tests.films import AudioSpec, make_film

# The newer of the two: it decodes AV1, and its libx265 makes transparent pictures.
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
Maker = Callable[[Path], Path]

CHAPTERS = """<?xml version="1.0"?>
<Chapters>
  <EditionEntry>
    <EditionUID>111</EditionUID><EditionFlagDefault>1</EditionFlagDefault>
    <EditionFlagOrdered>1</EditionFlagOrdered>
    <ChapterAtom>
      <ChapterUID>1</ChapterUID>
      <ChapterTimeStart>00:00:00.000</ChapterTimeStart><ChapterTimeEnd>00:00:01.000</ChapterTimeEnd>
      <ChapterSegmentUID format="hex">00112233445566778899aabbccddeeff</ChapterSegmentUID>
      <ChapterDisplay><ChapterString>Opening</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>
      <ChapterDisplay><ChapterString>Begin</ChapterString><ChapterLanguage>dut</ChapterLanguage></ChapterDisplay>
    </ChapterAtom>
  </EditionEntry>
  <EditionEntry>
    <EditionUID>222</EditionUID>
    <ChapterAtom>
      <ChapterUID>2</ChapterUID><ChapterTimeStart>00:00:00.500</ChapterTimeStart>
      <ChapterDisplay><ChapterString>Part</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>
      <ChapterAtom>
        <ChapterUID>3</ChapterUID><ChapterTimeStart>00:00:00.700</ChapterTimeStart>
        <ChapterFlagHidden>1</ChapterFlagHidden>
        <ChapterDisplay><ChapterString>Scene</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>
      </ChapterAtom>
    </ChapterAtom>
  </EditionEntry>
</Chapters>
"""
TAGS = """<?xml version="1.0"?>
<Tags>
  <Tag><Targets/><Simple><Name>ACTOR</Name><String>A. Ctor</String>
    <Simple><Name>CHARACTER</Name><String>Hero</String></Simple></Simple></Tag>
  <Tag><Targets><ChapterUID>1</ChapterUID></Targets><Simple><Name>SCENE</Name><String>1</String></Simple></Tag>
</Tags>
"""
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=0.6")
_ONE_SLICE = ("-bf", "0", "-x264-params", "slices=1:sliced-threads=0")
_UNREORDERED = ("-x265-params", "bframes=0:log-level=error:info=0")


class MissingTool(Exception):
    """MKVToolNix is not installed."""


def films() -> Dict[Trait, Maker]:
    """The maker of each film; the keys without one are not of a film's making (``GAPLESS``: every AAC)."""
    return {
        Trait.SEGMENT: lambda folder: mkvmerge(
            folder, "--segment-uid", "00112233445566778899aabbccddee42"
        ),
        Trait.CHAPTER_SETS: chapter_sets,
        Trait.ORDERED_CHAPTERS: ordered_chapters,
        Trait.CHAPTER_TAGS: chapter_tags,
        Trait.TRACK_TAGS: track_tags,
        Trait.TAG_LEVELS: tag_levels,
        Trait.NESTED_TAGS: nested_tags,
        Trait.PROGRAMS: programs,
        Trait.DATA_TRACKS: data_track,
        Trait.TIME_CODE: time_code,
        Trait.PICTURE_TIME_CODE: lambda folder: hevc(folder, user_data.TIME_CODE),
        Trait.CAPTIONS: captions,
        Trait.ACTIVE_FORMAT: lambda folder: h264(folder, user_data.AFD),
        Trait.STATIC_HDR: lambda folder: hevc(folder, *user_data.SCREEN),
        Trait.OTHER_HDR: lambda folder: hevc(folder, user_data.VIVID),
        Trait.AMBIENT_LIGHT: lambda folder: hevc(folder, user_data.AMBIENT),
        Trait.FILM_GRAIN: lambda folder: h264(folder, user_data.GRAIN["h264"]),
        Trait.STEREO: lambda folder: mkvmerge(folder, "--stereo-mode", "0:1"),
        Trait.OTHER_STEREO: stereo_of_phones,
        Trait.FRAME_PACKING: lambda folder: h264(folder, user_data.SIDE_BY_SIDE["h264"]),
        Trait.VIEWS: second_layer,
        Trait.PROJECTION: lambda folder: mkvmerge(folder, "--projection-type", "0:1"),
        Trait.CROPPING: lambda folder: mkvmerge(
            folder, "--cropping", "0:0,20,0,20", "--display-dimensions", "0:320x140"
        ),
        Trait.ALPHA: transparent,
        Trait.HIDDEN_PART: trimmed,
        Trait.LATE_PICTURE: lambda folder: mkvmerge(folder, "--sync", "0:400"),
        Trait.LATE_SOUND: lambda folder: mkvmerge(folder, "--sync", "1:400"),
        Trait.GAPLESS: gapless,
        Trait.DUAL_MONO: two_programmes,
        Trait.CHANNELS_CHANGE: channels_change,
        Trait.SHAPE_CHANGES: lambda folder: changing(
            folder, "128x96,setsar=1", "128x96,setsar=4/3"
        ),
        Trait.SIZE_CHANGES: lambda folder: changing(folder, "128x96", "160x96"),
        Trait.RATE_CHANGES: rate_changes,
    }


def ffmpeg(film: Path, *arguments: object) -> Path:
    argv = [FFMPEG, "-v", "quiet", "-nostdin", "-y", *map(str, arguments), str(film)]
    subprocess.run(argv, stderr=subprocess.DEVNULL, check=True)
    return film


def mkvmerge(folder: Path, *arguments: str) -> Path:
    """The plain film through mkvmerge; raises MissingTool."""
    if shutil.which("mkvmerge") is None:
        raise MissingTool
    plain = make_film(folder / "plain.mkv", seconds=1, audio=(AudioSpec(),))
    film = folder / "film.mkv"
    subprocess.run(["mkvmerge", "-q", "-o", str(film), *arguments, str(plain)], check=True)
    plain.unlink()
    return film


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


# ---- chapters, tags, tracks


def chapter_sets(folder: Path) -> Path:
    unordered = CHAPTERS.replace("Ordered>1", "Ordered>0")
    start = unordered.index("<ChapterSegmentUID")
    end = unordered.index("</ChapterSegmentUID>") + len("</ChapterSegmentUID>")
    return mkvmerge(
        folder, "--chapters", written(folder, "c.xml", unordered[:start] + unordered[end:])
    )


def ordered_chapters(folder: Path) -> Path:
    after = "10112233445566778899aabbccddeeff"
    chapters = written(folder, "c.xml", CHAPTERS)
    return mkvmerge(folder, "--chapters", chapters, "--link-to-next", after)


def track_tags(folder: Path) -> Path:
    tags = TAGS.split("<Tag>")[0] + (
        "<Tag><Targets/><Simple><Name>RESTORER</Name><String>R. Estorer</String></Simple></Tag></Tags>"
    )
    path = written(folder, "t.xml", tags)
    return mkvmerge(folder, "--tags", f"0:{path}", "--tags", f"1:{path}")


def nested_tags(folder: Path) -> Path:
    return _tagged(folder, TAGS)


def chapter_tags(folder: Path) -> Path:
    first, second = TAGS.index("<Tag>"), TAGS.rindex("<Tag>")
    return _tagged(folder, TAGS[:first] + TAGS[second:])


def tag_levels(folder: Path) -> Path:
    one = "<Tag><Targets>{}</Targets><Simple><Name>{}</Name><String>{}</String></Simple></Tag>"
    tags = (
        one.format("<EditionUID>111</EditionUID>", "DIRECTOR", "D. Irector"),
        one.format("<TargetTypeValue>70</TargetTypeValue>", "TITLE", "The Trilogy"),
    )
    return _tagged(folder, f'<?xml version="1.0"?><Tags>{"".join(tags)}</Tags>')


def _tagged(folder: Path, tags: str) -> Path:
    chapters = written(folder, "c.xml", CHAPTERS.replace("Ordered>1", "Ordered>0"))
    return mkvmerge(folder, "--chapters", chapters, "--global-tags", written(folder, "t.xml", tags))


def programs(folder: Path) -> Path:
    sources = [
        word
        for source in ("testsrc2=s=64x64:d=1", "sine=d=1", "smptebars=s=64x64:d=1", "sine=d=1")
        for word in ("-f", "lavfi", "-i", source)
    ]
    maps = [word for number in range(4) for word in ("-map", str(number))]
    layout = ("-program", "title=One:st=0:st=1", "-program", "title=Two:st=2:st=3")
    return ffmpeg(folder / "film.ts", *sources, *maps, "-c:a", "ac3", *layout)


def time_code(folder: Path) -> Path:
    plain = make_film(folder / "plain.mp4", seconds=1, audio=(AudioSpec("aac"),))
    film = ffmpeg(folder / "film.mov", "-i", plain, "-c", "copy", "-timecode", "01:00:00:00")
    plain.unlink()
    return film


def data_track(folder: Path) -> Path:
    """Timed metadata as cameras and drones write it (KLV) beside picture and sound."""
    klv = folder / "film.klv"
    klv.write_bytes((b"\x06\x0e\x2b\x34\x02\x0b\x01\x01" + bytes(8) + b"\x04test") * 8)
    sound = ("-f", "lavfi", "-i", "sine=d=0.6")
    maps = ("-map", "0", "-map", "1", "-map", "2", "-c:a", "ac3", "-c:d", "copy")
    film = ffmpeg(folder / "film.ts", *PICTURE, *sound, "-f", "data", "-i", klv, *maps)
    klv.unlink()
    return film


# ---- pictures


def h264(folder: Path, *messages: user_data.Message) -> Path:
    return _with_messages(folder, "h264", ("-c:v", "libx264", *_ONE_SLICE), messages)


def hevc(folder: Path, *messages: user_data.Message) -> Path:
    return _with_messages(folder, "hevc", ("-c:v", "libx265", *_UNREORDERED), messages)


def _with_messages(
    folder: Path, codec: str, encoder: Sequence[str], messages: Sequence[user_data.Message]
) -> Path:
    raw = ffmpeg(folder / "raw", *PICTURE, *encoder, "-preset", "ultrafast", "-f", codec)
    raw.write_bytes(user_data.with_messages(raw.read_bytes(), codec, messages))
    return _muxed(folder, raw, codec)


def _muxed(folder: Path, raw: Path, codec: str) -> Path:
    film = ffmpeg(
        folder / "film.mkv", "-fflags", "+genpts", "-r", 25, "-f", codec, "-i", raw, "-c", "copy"
    )
    raw.unlink()
    return film


def captions(folder: Path) -> Path:
    encoder = ("-c:v", "libx264", *_ONE_SLICE, "-crf", "10", "-t", "2")
    source = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2")
    raw = ffmpeg(folder / "raw", *source, *encoder, "-f", "h264")
    raw.write_bytes(captioned(raw.read_bytes()))
    return _muxed(folder, raw, "h264")


def stereo_of_phones(folder: Path) -> Path:
    """An MP4 whose ``vexu`` box says that there are two eyes, not where."""
    labelled = mkvmerge(folder, "--stereo-mode", "0:1")
    film = ffmpeg(folder / "film.mp4", "-i", labelled, "-c", "copy", "-strict", "unofficial")
    labelled.unlink()
    return film


def with_st3d(film: bytes, mode: int) -> bytes:
    """An MP4 without sound whose header lies behind its pictures, with the box that cameras for 3D write
    (1: top and bottom, 2: side by side)."""
    box = (13).to_bytes(4, "big") + b"st3d" + bytes((0, 0, 0, 0, mode))
    data, start, end = bytearray(film), 0, len(film)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"):
        while bytes(data[start + 4 : start + 8]) != kind:
            start += int.from_bytes(data[start : start + 4], "big")
        size = int.from_bytes(data[start : start + 4], "big")
        data[start : start + 4] = (size + len(box)).to_bytes(4, "big")
        end = start + size
        start += 16 if kind == b"stsd" else 8
    return bytes(data[:end] + box + data[end:])


def second_layer(folder: Path) -> Path:
    """HEVC whose second layer is what is transparent, as libx265 makes it."""
    picture = (*PICTURE, "-vf", "format=yuva420p", "-c:v", "libx265", *_UNREORDERED)
    return ffmpeg(folder / "film.mp4", *picture, "-preset", "ultrafast", "-tag:v", "hvc1")


def transparent(folder: Path) -> Path:
    picture = "testsrc2=s=64x64:d=0.4,format=yuva444p10"
    prores = ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le")
    return ffmpeg(folder / "film.mov", "-f", "lavfi", "-i", picture, *prores)


def trimmed(folder: Path) -> Path:
    """The beginning was cut off in a phone: it is still there, and hidden."""
    options = ["-g", "100", "-keyint_min", "100", "-sc_threshold", "0"]
    sound = AudioSpec("aac", bit_rate=128)
    whole = make_film(folder / "w.mp4", seconds=2, audio=[sound], video_options=options)
    film = ffmpeg(folder / "film.mp4", "-ss", 1, "-i", whole, "-map", 0, "-c", "copy")
    whole.unlink()
    return film


def rate_changes(folder: Path) -> Path:
    """25 frames a second, then 50."""
    picture = "testsrc2=s=128x96:r=50:d=1.2,select='lt(t,0.6)*not(mod(n,2))+gte(t,0.6)'"
    encoder = ("-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "ultrafast")
    return ffmpeg(folder / "film.mkv", "-f", "lavfi", "-i", picture, *encoder)


def changing(folder: Path, first: str, second: str) -> Path:
    """A recording whose first fifth has another picture than the rest; ``128x96,setsar=1``."""
    film, parts = folder / "film.ts", b""
    for picture, seconds in ((first, 2), (second, 8)):
        source = ("-f", "lavfi", "-i", f"testsrc2=r=25:d={seconds}:s={picture}")
        encoder = ("-c:v", "mpeg2video", "-b:v", "1M", "-g", "10", "-bf", "0")
        part = ffmpeg(folder / "part", *source, *encoder, "-f", "mpeg2video")
        parts += part.read_bytes()
    part.write_bytes(parts)
    read = ("-fflags", "+genpts", "-f", "mpegvideo", "-framerate", 25, "-i", part)
    ffmpeg(film, *read, "-c", "copy", "-f", "mpegts")
    part.unlink()
    return film


# ---- sound


def gapless(folder: Path) -> Path:
    sound = ("-f", "lavfi", "-i", "sine=d=0.612345", "-c:a", "libmp3lame", "-b:a", "192k")
    return ffmpeg(folder / "film.mkv", *PICTURE, *sound, "-c:v", "libx264", "-preset", "ultrafast")


def two_programmes(folder: Path) -> Path:
    sound = folder / "sound.ac3"
    sound.write_bytes(dual_mono(0.6))
    film = folder / "film.mkv"
    encoder = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy")
    ffmpeg(film, *PICTURE, "-i", sound, "-map", "0", "-map", "1", *encoder)
    os.unlink(sound)
    return film


def channels_change(folder: Path) -> Path:
    """Stereo in the announcement, 5.1 in the film."""
    sound, parts = folder / "sound.ac3", b""
    for layout, seconds in (("stereo", 1), ("5.1", 5)):
        source = (
            "-f",
            "lavfi",
            "-i",
            f"anoisesrc=d={seconds}:a=0.1,aformat=channel_layouts={layout}",
        )
        parts += ffmpeg(folder / "part.ac3", *source, "-c:a", "ac3", "-b:a", "384k").read_bytes()
    sound.write_bytes(parts)
    picture = ("-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=6", "-i", sound)
    encoder = ("-map", "0", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy")
    film = ffmpeg(folder / "film.ts", *picture, *encoder)
    for path in (sound, folder / "part.ac3"):
        path.unlink()
    return film
