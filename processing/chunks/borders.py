"""Reading a film's key frames near the wanted borders, and no more of it."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from core.chunks.borders import (
    WANTED_SECONDS,
    Beginning,
    KeyFrame,
    best,
    candidates,
    cut,
    out_of_turn,
    reach,
    wanted_borders,
)
from core.chunks.chunk import ChunkPlan, in_one_piece
from core.chunks.eligibility import reasons_for_one_piece
from core.commands.chunks import encoded_track
from core.plan import Plan, Reason
from core.text.sentence import Sentence
from processing.probing import Prober

# ``-enc_time_base demux``, exact ``trim`` and side data that reach the encoder (run with 8.1.2 and 9.0.2).
_FFMPEG = (8, 0)
_FINEST = 500_000  # ticks a second: what ffmpeg moves by whole microseconds stays exact
_OPENING = 2.0  # seconds that are read for the film's first picture
_BORDERS_AT_ONCE = 50  # in one call of ffprobe
# Counted from the first of the tracks that a command reads, where ffmpeg knows no beginning of the file.
_STREAMS = ("MPEG-TS", "BDAV")
_SCORE = re.compile(r"lavfi\.scd\.score=([\d.]+)")
_SHOWN = "packet=pts,pts_time,flags:stream=index,time_base,start_time:format=start_time"
_MARGIN = 0.2  # seconds
_EARLY = 1.0  # seconds: a transport stream is sought by guessing, and ffprobe comes in late


def plan_chunks(plan: Plan, prober: Prober, wanted: float = WANTED_SECONDS) -> ChunkPlan:
    """Return the film's chunks of about ``wanted`` seconds, or why it is encoded in one piece.

    Costs some bounded reads around each border. The same film, plan and ``wanted`` give the same chunks.
    """
    whole = (*reasons_for_one_piece(plan, wanted), *_of_tool(prober))
    if whole:
        return ChunkPlan(whole=whole)
    look = _Look(plan, prober)
    beginning = look.beginning()
    if isinstance(beginning, Reason):
        return ChunkPlan(whole=(beginning,))
    duration = plan.media.duration
    within = reach(beginning.time, duration, wanted)
    near = wanted_borders(beginning.time, duration, wanted)
    found = look.key_frames(near, within, beginning.time_base)
    chosen: List[KeyFrame] = []
    for border in near:
        frames = candidates(border, within, found)
        around = [frame for frame in found if abs(frame.time - border) <= within + _EARLY]
        border_frame = best(border, look.with_changes(frames, out_of_turn(frames, around)))
        if border_frame is not None:
            chosen.append(border_frame)
    return cut(duration, beginning, chosen)


def picture_beginning(plan: Plan, prober: Prober) -> Union[Beginning, Reason]:
    """Return where the picture that is encoded begins, or why its pictures cannot be told by their stamps."""
    return _Look(plan, prober).beginning()


def _of_tool(prober: Prober) -> Tuple[Reason, ...]:
    tool = prober.ffmpeg
    if tool is not None and tool.at_least(*_FFMPEG):
        return ()
    version = tool.version if tool is not None else ""
    why = Sentence("cutting is not proven with ffmpeg {version}.", version=version)
    return (in_one_piece("ffmpeg", why),)


class _Look:
    """What is read of one film."""

    def __init__(self, plan: Plan, prober: Prober) -> None:
        self._plan = plan
        self._prober = prober
        self._path = plan.media.path
        self._index = encoded_track(plan).source.index
        self._origin = 0.0

    def beginning(self) -> Union[Beginning, Reason]:
        """Return where the picture begins, or why the film cannot be cut."""
        answer = self._ask(f"%+{_OPENING:g}")
        streams = {stream.get("index"): stream for stream in answer.get("streams", [])}
        try:
            time_base = Fraction(streams[self._index]["time_base"])
            self._origin = float(answer["format"]["start_time"])
            packets = answer["packets"]
            first = min(int(packet["pts"]) for packet in packets)
            shown_at = float(first * time_base) - self._clock()
        except (KeyError, ValueError, ZeroDivisionError):
            return in_one_piece(
                "times",
                Sentence("the container does not tell exactly when each picture is shown."),
            )
        if time_base.numerator != 1 or time_base.denominator > _FINEST:
            return in_one_piece(
                "time_base",
                Sentence("its pictures' times are too fine to be kept."),
                str(time_base),
            )
        if not str(packets[0].get("flags", "")).startswith("K"):
            return in_one_piece("opening", Sentence("it does not begin with a key frame."))
        return Beginning(float(first * time_base) - self._origin, first, time_base, shown_at)

    def _clock(self) -> float:
        """Return the moment, on the container's clock, that a pass over the film calls 0."""
        if self._plan.media.container not in _STREAMS:
            return self._origin
        # ffprobe was asked for the picture alone: all streams' beginnings are another question.
        shown = ["-show_entries", "stream=index,start_time"]
        answer = self._prober.ask(shown, self._path)
        used = {track.source.index for track in self._plan.outputs}
        starts = [
            float(stream["start_time"])
            for stream in answer.get("streams", [])
            if stream.get("index") in used and "start_time" in stream
        ]
        return min(starts, default=self._origin)

    def key_frames(
        self, borders: Sequence[float], within: float, time_base: Fraction
    ) -> Tuple[KeyFrame, ...]:
        """Return the key frames near each border, all times in seconds after the film's beginning."""
        found: Dict[int, KeyFrame] = {}
        for first in range(0, len(borders), _BORDERS_AT_ONCE):
            moments = (
                self._origin + border for border in borders[first : first + _BORDERS_AT_ONCE]
            )
            answer = self._ask(
                ",".join(
                    f"{max(0.0, at - within - _EARLY):.3f}%{at + within:.3f}" for at in moments
                )
            )
            for packet in answer.get("packets", []):
                stamp = _whole(packet.get("pts"))
                if stamp is not None and str(packet.get("flags", "")).startswith("K"):
                    time = float(stamp * time_base) - self._origin
                    found[stamp] = KeyFrame(time, stamp)
        return tuple(found[stamp] for stamp in sorted(found))

    def with_changes(
        self, frames: Sequence[KeyFrame], looked_at: Sequence[KeyFrame]
    ) -> Tuple[KeyFrame, ...]:
        """Look how much some of a few neighbouring key frames differ from the picture before them."""
        return tuple(
            replace(frame, change=self._change(frame.time)) if frame in looked_at else frame
            for frame in frames
        )

    def _change(self, time: float) -> float:
        """Decode a few pictures around a key frame, small, and return scdet's score at it."""
        begin = max(0.0, time - _MARGIN)
        lines = self._prober.written(
            [
                *("-ss", f"{begin:.6f}", "-t", f"{2 * _MARGIN:.3f}", "-copyts"),
                *("-i", f"file:{self._path}", "-map", f"0:{self._index}"),
                *(
                    "-vf",
                    "scale=160:90:flags=fast_bilinear,scdet=threshold=0,metadata=print:file=-",
                ),
                *("-f", "null"),
            ]
        )
        wanted = time + self._origin
        shown = 0.0
        for line in lines:
            moment = re.search(r"pts_time:([\d.]+)", line)
            if moment:
                shown = float(moment[1])
            score = _SCORE.search(line)
            if score and abs(shown - wanted) < 0.005:
                return float(score[1])
        return 0.0

    def _ask(self, intervals: str) -> Mapping[str, Any]:
        options = ["-select_streams", str(self._index), "-read_intervals", intervals]
        return self._prober.ask([*options, "-show_entries", _SHOWN], self._path)


def _whole(text: object) -> Optional[int]:
    try:
        return int(str(text))
    except ValueError:
        return None
