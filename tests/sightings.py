"""What a film carries beyond its tracks, by ffprobe, ffmpeg, MediaInfo and MKVToolNix alone: no code of ours.

``sightings`` is what the corpus campaign and the tests of ``core.rules.traits.FATES`` hold before and after
against each other.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import (
    Any,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
)

import imageio_ffmpeg
from pymediainfo import MediaInfo

from core.media.model import Trait
from tests.films import FFMPEG, FFPROBE

Stream = Mapping[str, Any]

_NEWEST = imageio_ffmpeg.get_ffmpeg_exe()

_STREAMS = ("-show_streams", "-show_programs", "-show_format")
_FIRST = ("-show_frames", "-read_intervals", "%+#200", "-skip_frame", "nokey")
_IN_FRAMES = {
    "Film grain parameters": Trait.FILM_GRAIN,
    "Ambient viewing environment": Trait.AMBIENT_LIGHT,
    "Active format description": Trait.ACTIVE_FORMAT,
    "SMPTE 12-1 timecode": Trait.PICTURE_TIME_CODE,
}
_SEE_THROUGH = ("yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya8", "ya16", "pal8")
# What muxers write about packets and themselves.
_STATISTICS = ("BPS", "DURATION", "NUMBER_OF_FRAMES", "NUMBER_OF_BYTES", "SOURCE_ID", "ENCODER")
# (A track's TITLE is read as its name, and is that in the result.)
_MUXERS = (
    *_STATISTICS,
    "TITLE",
    "CREATION_TIME",
    "LANGUAGE",
    "ALPHA_MODE",
    "STEREO_MODE",
    "HANDLER_NAME",
    "VENDOR_ID",
    "TIMECODE",
)
_LATE = 0.1  # seconds between the beginnings or the ends of picture and sound
_HIDDEN = 0.25  # seconds; less is a decoder's run-up


@dataclass(frozen=True)
class Sighting:
    """One trait; ``track`` counts ffmpeg's streams, None is the whole film."""

    trait: Trait
    track: Optional[int] = None
    detail: str = ""


def sightings(film: Path, *, decode: bool = True) -> FrozenSet[Sighting]:
    """All that is seen. ``decode`` False leaves out what only a look at every frame shows."""
    with tempfile.TemporaryDirectory() as folder:
        # A plain name: some of these programs take others for something else.
        plain = Path(folder) / f"film{film.suffix.lower()}"
        plain.symlink_to(film.resolve())
        answer = _ffprobe(plain, *_STREAMS, *_FIRST, "-export_side_data", "film_grain")
        found = {*_of_streams(answer), *_of_mediainfo(plain)}
        if _is_matroska(answer):
            found |= {*_of_matroska(plain)}
        codecs = [str(stream.get("codec_name")) for stream in _pictures(answer)]
        if codecs and codecs[0] in ("av1", "hevc"):
            found |= {*_of_headers(plain, codecs[0])}
        if decode:
            found |= {*_of_times(plain, answer), *_captions(plain, answer)}
        return frozenset(found)


def _ffprobe(film: Path, *arguments: str) -> Dict[str, Any]:
    argv = [FFPROBE, "-v", "quiet", "-of", "json", *arguments, f"file:{film}"]
    done = subprocess.run(argv, stdout=subprocess.PIPE, timeout=120, check=False)
    answer = json.loads(done.stdout or b"{}")
    assert isinstance(answer, dict)
    return answer


def _is_matroska(answer: Mapping[str, Any]) -> bool:
    return "matroska" in str(answer.get("format", {}).get("format_name", ""))


def _pictures(answer: Mapping[str, Any]) -> List[Stream]:
    return [
        stream
        for stream in answer.get("streams", ())
        if stream.get("codec_type") == "video" and not stream["disposition"]["attached_pic"]
    ]


def _of_streams(answer: Mapping[str, Any]) -> Iterator[Sighting]:
    pictures = {stream["index"] for stream in _pictures(answer)}
    for stream in _pictures(answer):
        yield from _of_picture(stream, matroska=_is_matroska(answer))
    told = {stream["index"] for stream in _pictures(answer) if _side(stream, "Stereo 3D")}
    for frame in answer.get("frames", ()):
        index = frame.get("stream_index")
        for side in frame.get("side_data_list", ()) if index in pictures else ():
            trait = _IN_FRAMES.get(side.get("side_data_type"))
            if trait and side.get("active_format") not in (0, 8):
                yield Sighting(trait, index, _frame_detail(side))
            elif side.get("side_data_type") == "Stereo 3D" and index not in told:
                yield Sighting(Trait.FRAME_PACKING, index)
    for stream in answer.get("streams", ()):
        if stream.get("codec_tag_string") == "tmcd":
            yield Sighting(Trait.TIME_CODE, None, stream.get("tags", {}).get("timecode", ""))
        elif stream.get("codec_type") == "data" and stream.get("codec_tag_string") != "text":
            yield Sighting(Trait.DATA_TRACKS)
    programs = [program for program in answer.get("programs", ()) if program.get("streams")]
    if len(programs) > 1:
        yield Sighting(Trait.PROGRAMS, None, str(len(programs)))


def _of_picture(stream: Stream, *, matroska: bool) -> Iterator[Sighting]:
    index = stream["index"]
    stereo, sphere = _side(stream, "Stereo 3D"), _side(stream, "Spherical Mapping")
    crop = _side(stream, "Frame Cropping")
    if stereo and stereo.get("type") != "2D":
        kind = str(stereo.get("type"))
        trait = Trait.OTHER_STEREO if kind == "unspecified" else Trait.STEREO
        yield Sighting(trait, index, kind)
    if sphere:
        yield Sighting(Trait.PROJECTION, index, str(sphere.get("projection")))
    if crop and matroska:
        yield Sighting(Trait.CROPPING, index, json.dumps(crop, sort_keys=True))
    tags = {key.lower(): text for key, text in stream.get("tags", {}).items()}
    if str(stream.get("pix_fmt")).startswith(_SEE_THROUGH) or tags.get("alpha_mode") == "1":
        yield Sighting(Trait.ALPHA, index)


def _of_headers(film: Path, codec: str) -> Iterator[Sighting]:
    """What only a decoder of AV1 (this ffprobe has none) or a reader of HEVC's first header shows."""
    look = {
        "av1": ("-export_side_data", "film_grain", "-vf", "showinfo"),
        "hevc": ("-c", "copy", "-bsf:v", "trace_headers"),
    }[codec]
    split = 2 if codec == "av1" else 0
    before, after = (_NEWEST, "-hide_banner", *look[:split]), look[split:]
    done = subprocess.run(
        [*before, "-i", str(film), "-map", "0:v:0", *after, "-frames:v", "1", "-f", "null", "-"],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
    )
    if "Film grain parameters" in done.stderr:
        yield Sighting(Trait.FILM_GRAIN, 0)
    layers = re.search(r"vps_max_layers_minus1\s+[01]+ = (\d+)", done.stderr)
    if layers and int(layers.group(1)):
        yield Sighting(Trait.VIEWS, 0)


def _side(stream: Stream, kind: str) -> Mapping[str, Any]:
    found = (
        side for side in stream.get("side_data_list", ()) if side.get("side_data_type") == kind
    )
    return next(found, {})


def _frame_detail(side: Mapping[str, Any]) -> str:
    codes = [str(code.get("value", "")) for code in side.get("timecodes", ())]
    light = str(side.get("ambient_illuminance", ""))
    return str(side.get("active_format", next(iter(codes), light)))


def _of_mediainfo(film: Path) -> Iterator[Sighting]:
    tracks = [track.to_data() for track in MediaInfo.parse(film).tracks]
    tracks = [track for track in tracks if track["track_type"] in ("Video", "Audio")]
    for track in tracks:
        index = int(str(track.get("streamorder", "-1")).split("-")[-1])
        formats = str(track.get("hdr_format", "")).split(" / ")
        others = [name for name in formats if name.startswith(("HDR Vivid", "SL-HDR"))]
        if others:
            yield Sighting(Trait.OTHER_HDR, index, others[0])
        light = [track.get("mastering_display_luminance"), track.get("maximum_content_light_level")]
        if any(light):
            texts = [
                str(figure).split(" / ")[0].replace(" cd/m2", "") for figure in light if figure
            ]
            yield Sighting(Trait.STATIC_HDR, index, ", ".join(texts))
        if int(track.get("multiview_count") or 1) > 1:
            yield Sighting(Trait.VIEWS, 0)
        if track.get("channel_positions") == "Dual mono":
            yield Sighting(Trait.DUAL_MONO, index)


# ---- Matroska


def _of_matroska(film: Path) -> Iterator[Sighting]:
    if shutil.which("mkvmerge") is None or shutil.which("mkvextract") is None:
        return
    answer = json.loads(_output("mkvmerge", "-J", str(film)))
    uid = answer.get("container", {}).get("properties", {}).get("segment_uid")
    if uid:
        yield Sighting(Trait.SEGMENT, None, uid)
    chapters = _xml(film, "chapters")
    editions = [] if chapters is None else chapters.findall("EditionEntry")
    text = _flat(chapters)
    if any(mark in text for mark in ("EditionFlagOrdered=1", "ChapterSegment")):
        yield Sighting(Trait.ORDERED_CHAPTERS, None, text)
    elif len(editions) > 1 or any(
        edition.find(".//ChapterAtom/ChapterAtom") is not None for edition in editions
    ):
        yield Sighting(Trait.CHAPTER_SETS, None, text)
    numbers = {
        str(track["properties"].get("uid")): int(track["id"]) for track in answer.get("tracks", ())
    }
    tags = _xml(film, "tags")
    for tag in () if tags is None else tags.findall("Tag"):
        yield from _of_tag(tag, numbers)


def _of_tag(tag: ElementTree.Element, numbers: Mapping[str, int]) -> Iterator[Sighting]:
    names = sorted(
        f"{_of(simple, 'Name')}={_of(simple, 'String')}" for simple in tag.findall("Simple")
    )
    about = {kind: tag.findtext(f"Targets/{kind}UID") for kind in ("Chapter", "Track", "Edition")}
    level = tag.findtext("Targets/TargetTypeValue") or "50"
    if tag.find("Simple/Simple") is not None:
        yield Sighting(Trait.NESTED_TAGS, None, ", ".join(names))
    if about["Chapter"]:
        yield Sighting(Trait.CHAPTER_TAGS, None, f"{about['Chapter']}: {', '.join(names)}")
    elif about["Track"]:
        words = [name for name in names if not name.upper().startswith((*_MUXERS, "_STATISTICS"))]
        for word in words:
            yield Sighting(Trait.TRACK_TAGS, numbers.get(about["Track"]), word)
    elif about["Edition"] or (level != "50" and tag.find("Targets/AttachmentUID") is None):
        yield Sighting(Trait.TAG_LEVELS, None, ", ".join(names))


def _of(element: ElementTree.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _xml(film: Path, what: str) -> Optional[ElementTree.Element]:
    text = _output("mkvextract", str(film), what).lstrip("\ufeff").strip()
    text = re.sub(r"&#x?[0-9a-fA-F]+;", "?", text)  # some name characters that XML does not allow
    return ElementTree.fromstring(text) if text.startswith("<") else None


def _flat(element: Optional[ElementTree.Element]) -> str:
    if element is None:
        return ""
    return " ".join(f"{part.tag}={(part.text or '').strip()}" for part in element.iter())


def _output(*argv: str) -> str:
    done = subprocess.run(argv, stdout=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
    return done.stdout


# ---- times and changes


def _of_times(film: Path, answer: Mapping[str, Any]) -> Iterator[Sighting]:
    """Where tracks begin and end, how many samples are heard, and what changes inside.

    Of pictures key frames are decoded; the packets from the first of them on tell the rest.
    """
    entries = "frame=stream_index,media_type,pts_time,width,height,sample_aspect_ratio,channels,nb_samples"
    frames = _ffprobe(film, "-show_frames", "-skip_frame", "nokey", "-show_entries", entries)
    entries = "packet=stream_index,pts_time,flags,duration_time,side_data_list"
    packets = _by_track(
        _ffprobe(film, "-show_packets", "-show_entries", entries).get("packets", ())
    )
    shown = _by_track(frame for frame in frames.get("frames", ()) if "pts_time" in frame)
    pictures = [stream["index"] for stream in _pictures(answer) if stream["index"] in shown]
    begin = end = 0.0
    for index in pictures:
        first = _first_shown(film, index, float(shown[index][0]["pts_time"]))
        times = sorted(
            float(packet["pts_time"]) for packet in packets[index] if "pts_time" in packet
        )
        times = [moment for moment in times if moment >= first]
        begin, end = (first, times[-1]) if index == pictures[0] else (begin, end)
        yield from _of_pictures(index, shown[index], times)
    rates = {
        stream["index"]: int(stream["sample_rate"])
        for stream in answer.get("streams", ())
        if stream.get("sample_rate")
    }
    for index, rate in rates.items():
        if index in shown:
            yield from _of_sound(index, rate, shown[index], (begin, end))
    for index, of_track in packets.items():
        samples = sum(int(frame.get("nb_samples") or 0) for frame in shown.get(index, ()))
        yield from _of_packets(index, of_track, samples / rates.get(index, 1))


def _first_shown(film: Path, index: int, key: float) -> float:
    """When the first picture is shown: a decoder shows some before the first key frame (at ``key``)."""
    entries = ("-show_frames", "-show_entries", "frame=pts_time", "-read_intervals", "%+3")
    frames = _ffprobe(film, "-select_streams", str(index), *entries).get("frames", ())
    return min([key, *(float(frame["pts_time"]) for frame in frames if "pts_time" in frame)])


def _by_track(items: Iterable[Mapping[str, Any]]) -> Dict[int, List[Mapping[str, Any]]]:
    found: Dict[int, List[Mapping[str, Any]]] = {}
    for item in items:
        if "stream_index" in item:  # subtitles have none
            found.setdefault(int(item["stream_index"]), []).append(item)
    return found


def _of_pictures(
    index: int, frames: Sequence[Mapping[str, Any]], times: Sequence[float]
) -> Iterator[Sighting]:
    sizes = {(frame.get("width"), frame.get("height")) for frame in frames}
    shapes = {frame.get("sample_aspect_ratio", "1:1") for frame in frames} - {"N/A", "0:1"}
    steps = Counter(round(after - before, 2) for before, after in zip(times, times[1:]))
    if len(sizes) > 1:
        yield Sighting(Trait.SIZE_CHANGES, index, str(sorted(sizes, key=str)))
    if len(shapes) > 1:
        yield Sighting(Trait.SHAPE_CHANGES, index, str(sorted(shapes)))
    if len([step for step, count in steps.items() if count > 4]) > 1:
        yield Sighting(Trait.RATE_CHANGES, index, str(len(times)))


def _of_sound(
    index: int, rate: int, frames: Sequence[Mapping[str, Any]], picture: Tuple[float, float]
) -> Iterator[Sighting]:
    channels = sorted({int(frame.get("channels") or 0) for frame in frames})
    if len(channels) > 1:
        yield Sighting(Trait.CHANNELS_CHANGE, index, str(channels))
    begin = float(frames[0]["pts_time"])
    end = float(frames[-1]["pts_time"]) + int(frames[-1].get("nb_samples") or 0) / rate
    if begin - picture[0] < -_LATE:
        yield Sighting(Trait.LATE_PICTURE, index, f"{round((picture[0] - begin) * 20) / 20}")
    elif begin - picture[0] > _LATE or picture[1] - end > _LATE:
        yield Sighting(Trait.LATE_SOUND, index, f"{begin - picture[0]:.3f} {end - picture[0]:.3f}")


def _of_packets(
    index: int, packets: Sequence[Mapping[str, Any]], heard: float
) -> Iterator[Sighting]:
    """``heard`` is how many seconds of sound the decoder gives."""
    hidden = sum(
        float(packet.get("duration_time") or 0)
        for packet in packets
        if "D" in packet.get("flags", "")
    )
    if hidden > _HIDDEN:
        yield Sighting(Trait.HIDDEN_PART, index)
    skipped = [
        int(side.get("skip_samples") or 0) + int(side.get("discard_padding") or 0)
        for packet in packets
        for side in packet.get("side_data_list", ())
    ]
    if any(skipped):
        yield Sighting(Trait.GAPLESS, index, f"{heard:.3f}")


def _captions(film: Path, answer: Mapping[str, Any]) -> Iterator[Sighting]:
    """Words that ffmpeg's own decoder of captions reads from the first picture."""
    pictures = _pictures(answer)
    if not pictures:
        return
    argv = [
        FFMPEG,
        "-v",
        "quiet",
        "-nostdin",
        "-real_time",
        "1",
        "-f",
        "lavfi",
        "-i",
        f"movie={film.name}[out0+subcc]",
    ]
    done = subprocess.run(
        [*argv, "-map", "0:s", "-f", "srt", "-"],
        cwd=film.parent,
        stdout=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    if done.stdout.strip():
        yield Sighting(Trait.CAPTIONS, pictures[0]["index"])
