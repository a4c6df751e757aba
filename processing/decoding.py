"""Whether ffmpeg can decode the tracks that a plan converts, seen before hours are spent on the encode.

A glance at each track's beginning costs a short call of ffprobe. Where little comes out of it, or ffmpeg has
failed later on, ffprobe tells at several places how much decodes well: a damaged passage is no reason to
leave a film alone, a track of which nearly nothing can be decoded is.
"""

from __future__ import annotations

from typing import Iterator

from core.encoders.templates import parse_template
from core.film_errors import CannotDecode
from core.media.model import TrackKind
from core.plan import OutputTrack, Plan, VideoEncode
from core.tools import ToolName
from processing.complaints import Decoded
from processing.probing import Prober, Spans, cannot_decode

_GLANCE = 0.5  # seconds of the film's beginning
_PLACES = 5  # spread over the film, beside its beginning
# Seconds that are looked at in each place. In a recording a picture first has to come to a key frame.
_SECONDS = {TrackKind.VIDEO: 12.0, TrackKind.AUDIO: 2.0, TrackKind.SUBTITLE: 60.0}
# ffmpeg gives up where it could decode less than this (``-max_error_rate``, fftools/ffmpeg_opt.c).
_LEAST_DECODED = 1 / 3
_INDEXED = "MPEG-4"  # where subtitles are found without reading all that lies between


def demand_decodable(prober: Prober, plan: Plan, spans: Spans) -> None:
    """Raise CannotDecode for a track that would be converted and cannot be decoded.

    ``spans`` are where the film's tracks lie: of some codecs ffmpeg's readers pass nothing on that they
    find no beginning in. A track that holds nothing is made as empty as it is. Texts lie far apart; in most
    containers only the conversion comes to them.
    """
    for track in _converted(plan):
        if track.kind is TrackKind.SUBTITLE:
            doubtful = plan.media.container == _INDEXED
        elif track.source.index not in spans.streams:
            if prober.has_packets(plan.media.path, track.source.index):
                raise CannotDecode(plan.media.path, track.source)
            doubtful = False
        else:
            doubtful = _begins_badly(prober, plan, track)
        if doubtful:
            _demand(prober, plan, track)


def demand_decoded(prober: Prober, plan: Plan) -> None:
    """The same after ffmpeg has complained about the film somewhere: all these tracks are looked at."""
    for track in _converted(plan):
        _demand(prober, plan, track)


def _converted(plan: Plan) -> Iterator[OutputTrack]:
    """The tracks that ffmpeg decodes; some encoders have decoders of their own."""
    for track in plan.outputs:
        encode = track.conversion
        own = isinstance(encode, VideoEncode) and (
            parse_template(encode.template).tool is not ToolName.FFMPEG
        )
        if encode is not None and not own:
            yield track


def _begins_badly(prober: Prober, plan: Plan, track: OutputTrack) -> bool:
    """Whether ffprobe and ffmpeg, which may be of two versions, both fail at a track's beginning."""
    path, index = plan.media.path, track.source.index
    if not _is_rejected(prober.decoded(path, index, 0.0, _GLANCE)):
        return False
    begin = ["-xerror", "-t", f"{_GLANCE:g}", "-i", f"file:{path}", "-map", f"0:{index}"]
    lines = prober.errors([*begin, "-f", "null", "-"])
    return bool(lines) and not cannot_decode(lines)


def _demand(prober: Prober, plan: Plan, track: OutputTrack) -> None:
    path, duration, source = plan.media.path, plan.media.duration, track.source
    spread = (duration * (number + 0.5) / _PLACES for number in range(_PLACES))
    looks = [
        prober.decoded(path, source.index, start, _SECONDS[track.kind]) for start in (0.0, *spread)
    ]
    total = Decoded(sum(look.packets for look in looks), sum(look.good for look in looks))
    if _is_rejected(total):
        raise CannotDecode(path, source)


def _is_rejected(look: Decoded) -> bool:
    return look.good < look.packets * _LEAST_DECODED
