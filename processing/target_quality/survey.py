"""Reading what a film's picture holds over time, by bounded reads of its packets."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Tuple, Union

from core.commands.chunks import encoded_track
from core.plan import Plan, Reason
from core.target_quality.places import Lengths, PicturePacket, Survey, Track, places_in
from core.target_quality.reasons import unmeasured
from core.text.sentence import Sentence
from processing.chunks.borders import picture_beginning
from processing.probing import Prober

# A film of so many seconds is read as a whole; of a longer one so many places are looked at.
_READ_WHOLE = 1200.0
_LOOKS = 120
_AT_ONCE = 40  # in one call of ffprobe
_EARLY = 0.5  # seconds more before a place, where its key frame may lie
_LATE = 1.0  # and behind it: pictures are stored later than they are shown


def survey_film(
    plan: Plan, prober: Prober, lengths: Lengths, *, fresh: bool = False
) -> Union[Survey, Reason]:
    """Return the film's survey, or why its pictures cannot be told apart.

    ``fresh``: its places lie between those of another survey of the same film.
    """
    beginning = picture_beginning(plan, prober)
    if isinstance(beginning, Reason):
        why = Sentence("its pictures cannot be told apart by their times.")
        return unmeasured("times", why, beginning.code)
    origin = float(beginning.stamp * beginning.time_base) - beginning.time
    track = Track(beginning.time_base, beginning.stamp, origin)
    end = plan.media.duration
    seconds = end - beginning.time
    read_whole = seconds <= _READ_WHOLE
    starts = _starts(beginning.time, seconds, lengths, read_whole=read_whole, fresh=fresh)
    intervals = [""]
    if not read_whole:
        before, after = lengths.lead + _EARLY, lengths.span + lengths.tail + _LATE
        moments = [origin + start for start in starts]
        intervals = [f"{max(0.0, at - before):.3f}%{at + after:.3f}" for at in moments]
    packets = _packets(plan, prober, intervals)
    places = places_in(packets, track, starts, lengths, end)
    whole = track.whole(seconds, len(packets) if read_whole else 0)
    return Survey(places, seconds, track.time_base, track.first_stamp, whole)


def _starts(
    begin: float, seconds: float, lengths: Lengths, *, read_whole: bool, fresh: bool
) -> Tuple[float, ...]:
    """Where spans may begin: side by side in a short film, evenly over a long one."""
    room = seconds - lengths.span
    if room <= 0:
        return ()
    number = max(1, int(seconds / lengths.span)) if read_whole else _LOOKS
    step = seconds / number
    shift = 0.5 if fresh else 0.0
    return tuple(
        begin + step * (place + shift) for place in range(number) if step * (place + shift) <= room
    )


def _packets(plan: Plan, prober: Prober, intervals: Sequence[str]) -> List[PicturePacket]:
    found: Dict[int, PicturePacket] = {}
    index = encoded_track(plan).source.index
    for first in range(0, len(intervals), _AT_ONCE):
        wanted = ",".join(intervals[first : first + _AT_ONCE])
        options = ["-select_streams", str(index), "-show_entries", "packet=pts,size,flags"]
        options += ["-read_intervals", wanted] if wanted else []
        for packet in prober.ask(options, plan.media.path).get("packets", []):
            picture = _picture(packet)
            if picture is not None:
                found[picture.stamp] = picture
    return [found[stamp] for stamp in sorted(found)]


def _picture(packet: Mapping[str, Any]) -> Union[PicturePacket, None]:
    try:
        is_key = str(packet.get("flags", "")).startswith("K")
        return PicturePacket(int(packet["pts"]), int(packet["size"]), is_key)
    except (KeyError, ValueError):
        return None
