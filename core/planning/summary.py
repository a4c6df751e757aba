"""A plan in a person's words: a line for the video, one for each thing that becomes of audio and subtitles.

Made from a plan as it is kept (``plan_json``), so that a plan of today and one of last year read alike;
what older versions did not keep is left out.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from core.encoders.templates import family_of
from core.media.codec_names import codec_name
from core.media.languages import LanguageTag
from core.media.model import HdrFormat
from core.plan import Plan
from core.planning.forecast import Expected
from core.planning.plan_json import plan_text
from core.queue.overview import Estimate
from core.text.sentence import (
    Bytes,
    Field,
    Listed,
    Sentence,
    counted_sentence,
    from_json,
    joined,
    listed,
)

Record = Mapping[str, Any]

_MOST_NAMED = 4  # languages of the tracks that go
_MATROSKA = "Matroska"


def summary_of(
    plan: Plan, expected: Optional[Expected] = None, time: Optional[Estimate] = None
) -> Tuple[Sentence, ...]:
    """Return what a plan comes to, line by line, with what is expected of it where that is known."""
    lines = summarize(json.loads(plan_text(plan)))
    if plan.refused or plan.empty:
        return lines
    told = outlook(plan.media.size, expected, time)
    return (*lines, told) if told else lines


def summarize(record: Record) -> Tuple[Sentence, ...]:
    """Return what a kept plan comes to, line by line."""
    refusals = record.get("refusals") or ()
    if refusals:
        why = joined(
            from_json(reason.get("message", ""), reason.get("parts")) for reason in refusals
        )
        return (Sentence("This film is left alone. {reason}", reason=why),)
    if not record.get("changes"):
        return (Sentence("Nothing needs doing."),)
    media = record.get("media") or {}
    outputs = record.get("outputs") or ()
    return (
        *_video(media, outputs),
        *_converted(outputs, "audio"),
        *_unchanged(outputs, "audio"),
        *_removed(record, media, "audio"),
        *_converted(outputs, "subtitle"),
        *_unchanged(outputs, "subtitle"),
        *_removed(record, media, "subtitle"),
        *_file(record, media),
    )


def in_one_line(lines: Iterable[Sentence]) -> Sentence:
    """Return the lines of a summary as one."""
    return listed(lines, "; ")


def outlook(
    size: Optional[int], expected: Optional[Expected], time: Optional[Estimate]
) -> Optional[Sentence]:
    """Return what becomes of a film's size (bytes) in which time; None where neither is known."""
    if size and expected is not None:
        sizes: Dict[str, Field] = {"before": Bytes(size), "after": Bytes(round(expected.likely))}
        if time is None:
            return Sentence("{before} → about {after}", **sizes)
        took = rough_time(time.likely)
        return Sentence("{before} → about {after} in about {time}", **sizes, time=took)
    if time is not None:
        return Sentence("about {time}", time=rough_time(time.likely))
    return None


def rough_time(seconds: float) -> Sentence:
    """Return a length of time as people say it who do not know it exactly: 8 min, 1 h 20 min, 14 h."""
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return Sentence("{minutes} min", minutes=minutes)
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    if rest and hours < 10:
        return Sentence("{hours} h {minutes} min", hours=hours, minutes=rest)
    return Sentence("{hours} h", hours=round(minutes / 60) if hours >= 10 else hours)


def _video(media: Record, outputs: Iterable[Record]) -> List[Sentence]:
    found: List[Sentence] = []
    tracks = _by_index(media)
    for output in outputs:
        if output.get("kind") != "video":
            continue
        made = output.get("conversion")
        if not made:
            found.append(Sentence("Video unchanged"))
            continue
        codec = codec_name(str(made.get("codec", "")))
        family = family_of(str(made.get("template", "")))
        encoded = (
            Sentence("Video → {codec} ({encoder})", codec=codec, encoder=family.name)
            if family
            else Sentence("Video → {codec}", codec=codec)
        )
        size = made.get("width"), made.get("height")
        track = tracks.get(output.get("track", -1), {})
        if track and size != (track.get("width"), track.get("height")) and all(size):
            encoded = Sentence(
                "{video}, {width} × {height}",
                video=encoded,
                width=str(size[0]),
                height=str(size[1]),
            )
        if made.get("target") and set(made.get("hdr_formats", ())) <= {HdrFormat.SDR.value}:
            encoded = Sentence(
                "{video}, quality {target}, number chosen when it is encoded",
                video=encoded,
                target=f"{made['target']:g}",
            )
        found.append(encoded)
    return list(dict.fromkeys(found))


def _converted(outputs: Iterable[Record], kind: str) -> List[Sentence]:
    counts: Dict[str, int] = {}
    for output in outputs:
        if output.get("kind") == kind and output.get("conversion"):
            codec = codec_name(str(output.get("codec", "")))
            counts[codec] = counts.get(codec, 0) + 1
    if kind == "audio":
        return [
            counted_sentence(
                "{number} audio track → {codec}",
                "{number} audio tracks → {codec}",
                count,
                codec=codec,
            )
            for codec, count in counts.items()
        ]
    return [
        counted_sentence(
            "{number} subtitle → {codec}", "{number} subtitles → {codec}", count, codec=codec
        )
        for codec, count in counts.items()
    ]


def _unchanged(outputs: Iterable[Record], kind: str) -> List[Sentence]:
    count = sum(output.get("kind") == kind and not output.get("conversion") for output in outputs)
    if not count:
        return []
    if kind == "audio":
        return [
            counted_sentence(
                "{number} audio track unchanged", "{number} audio tracks unchanged", count
            )
        ]
    return [counted_sentence("{number} subtitle unchanged", "{number} subtitles unchanged", count)]


def _removed(record: Record, media: Record, kind: str) -> List[Sentence]:
    tracks = _by_index(media)
    kept = {output.get("track") for output in record.get("outputs") or ()}
    gone = [
        decision
        for decision in record.get("decisions") or ()
        if decision.get("kind") == kind and decision.get("track") not in kept
    ]
    if not gone:
        return []
    words = dict.fromkeys(_what_goes(decision, tracks) for decision in gone)
    named: List[Field] = list(words)[:_MOST_NAMED]
    if len(words) > _MOST_NAMED:
        named.append("…")
    if kind == "audio":
        return [
            counted_sentence(
                "{number} audio track removed ({names})",
                "{number} audio tracks removed ({names})",
                len(gone),
                names=Listed(named),
            )
        ]
    return [
        counted_sentence(
            "{number} subtitle removed ({names})",
            "{number} subtitles removed ({names})",
            len(gone),
            names=Listed(named),
        )
    ]


def _what_goes(decision: Record, tracks: Mapping[int, Record]) -> Field:
    """What a track that goes is called: by why it goes, or by its language."""
    codes = {str(reason.get("code", "")) for reason in decision.get("rejections") or ()}
    if any(code.endswith(("commentary_title", "commentary_flag")) for code in codes):
        return Sentence("commentary")
    if any(code.endswith(("sdh_title", "sdh_flag")) for code in codes):
        return Sentence("for the hard of hearing")
    return language_name(str(tracks.get(decision.get("track", -1), {}).get("language", "")))


def language_name(code: str) -> Field:
    """Return a language by its BCP 47 code, for people."""
    if not code or code == "und":
        return Sentence("unknown language")
    return LanguageTag(code).name


def _file(record: Record, media: Record) -> List[Sentence]:
    found: List[Sentence] = []
    container = str(media.get("container", ""))
    if container and container != _MATROSKA:
        found.append(Sentence("{container} → Matroska", container=container))
    gone = len(media.get("attachments") or ()) - len(record.get("attachments") or ())
    if gone > 0:
        found.append(
            counted_sentence("{number} attachment removed", "{number} attachments removed", gone)
        )
    renamed = _renamed(record, media)
    if renamed:
        found.append(
            counted_sentence(
                "name or flags of {number} track corrected",
                "names or flags of {number} tracks corrected",
                renamed,
            )
        )
    return found


def _renamed(record: Record, media: Record) -> int:
    """How many tracks that stay get another name, language or other flags."""
    tracks = _by_index(media)
    count = 0
    for output in record.get("outputs") or ():
        track = tracks.get(output.get("track", -1))
        if track is None:
            continue
        before = {**(track.get("flags") or {}), "stated": ()}
        after = {**(output.get("flags") or {}), "stated": ()}
        same = all(output.get(key, "") == track.get(key, "") for key in ("title", "language"))
        count += not same or before != after
    return count


def _by_index(media: Record) -> Dict[int, Record]:
    """The film's tracks by ffmpeg's index of their stream."""
    return {
        track["index"]: track
        for kind in ("video", "audio", "subtitles")
        for track in media.get(kind) or ()
    }
