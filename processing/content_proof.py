"""Whether a result holds what the film holds: the rungs of the ladder that look at content.

Copied tracks are compared packet by packet, encoded pictures by their number and, at the sample points,
by what they show, encoded sound by how it sounds there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Tuple, Union

from core.likeness import compare_pictures, compare_sound
from core.model import TrackKind, VideoTrack
from core.plan import OpusEncode, OutputTrack, Plan, SubtitleConvert, VideoEncode
from core.templates import keeps_every_picture
from processing.making import Made
from processing.packets import (
    Packet,
    PacketTables,
    Pictures,
    difference,
    packet_names,
    packet_outputs,
    parse_framehash,
    read_packet_tables,
)
from processing.probing import Prober, Spans
from processing.samples import RUN_UP, Sample, Sampler

# A container rounds times and a muxer may begin at zero; a viewer sees 0.25 s.
_LATE = 0.25
_DEFAULT_RATE = 25.0
_LONGEST_RUN_UP = 600.0  # seconds

Figure = Union[None, bool, int, float, str]
Figures = Dict[str, Figure]


class Differs(Exception):
    """What differs from the film: a sentence."""


def track_name(number: int, track: OutputTrack) -> str:
    """Return what a track of the result is called in a sentence."""
    return f"track {number + 1} ({track.kind.value})"


@dataclass(frozen=True)
class _Place:
    """Where a sample point lies in either file, in seconds after the file's beginning."""

    film: float
    result: float


@dataclass(frozen=True)
class _Comparison:
    """How much of two samples was compared, and the first that differs."""

    compared: int
    problem: str = ""


class ContentProof:
    """Compares one result with its film; ``base`` begins the names of small files that go again."""

    def __init__(
        self,
        prober: Prober,
        plan: Plan,
        staged: Path,
        made: Optional[Made] = None,
    ) -> None:
        self._prober = prober
        self._plan = plan
        self._staged = staged
        self._made = made
        self._film = made.film if made else None
        self._result = PacketTables()
        self._jumps: Dict[int, bool] = {}
        self._film_base = staged.with_name(f"{staged.name}.film")
        self._base = staged.with_name(f"{staged.name}.proof")
        self._sampler = Sampler(prober, plan, self._base, True)
        self._encoded: List[Tuple[int, OutputTrack]] = [
            (place, track)
            for place, track in enumerate(plan.outputs)
            if isinstance(track.conversion, VideoEncode)
        ]

    # ---- packets

    def outputs(self) -> Tuple[str, ...]:
        """Return what is to be written while the result is read as a whole."""
        return packet_outputs(self._plan, self._base, film=False)

    def take_in(self) -> None:
        """Read what was written of the result."""
        self._result = read_packet_tables(self._plan, self._base)

    def clear(self) -> None:
        """Remove the small files."""
        for base in (self._base, self._film_base):
            for path in packet_names(self._plan, base):
                if path.exists():
                    path.unlink()

    def _film_packets(self) -> PacketTables:
        """Return the film's packets; it is read for them where its encode did not tell."""
        if self._film is None:
            outputs = packet_outputs(self._plan, self._film_base, film=True)
            if outputs:
                self._prober.errors(["-i", f"file:{self._plan.media.path}", *outputs])
            self._film = read_packet_tables(self._plan, self._film_base)
        return self._film

    def packets(self) -> Figures:
        """Each copied track has the film's packets, each converted subtitle as many."""
        figures: Figures = {}
        film = self._film_packets()
        for place, track in enumerate(self._plan.outputs):
            if not track.copied and not isinstance(track.conversion, SubtitleConvert):
                continue
            name = track_name(place, track)
            same = self._same(place, track, film)
            problem = None if same else self._difference(place, track)
            if problem:
                raise Differs(f"{name} {problem}")
            figures[name] = "the film's" if same else "the film's, in another container's form"
        return figures

    def _same(self, place: int, track: OutputTrack, film: PacketTables) -> bool:
        if track.kind is TrackKind.SUBTITLE:
            return (
                difference(film.subtitles.get(place, ()), self._result.subtitles.get(place, ()))
                is None
            )
        wanted = film.digests.get(place)
        return wanted is not None and wanted == self._result.digests.get(place)

    def _difference(self, place: int, track: OutputTrack) -> Optional[str]:
        """Compare packet by packet: the film's as the result's container would hold them."""
        film = self._plan.media.path
        found = self._packets(self._staged, place, "copy")
        if isinstance(track.conversion, SubtitleConvert):
            shown = self._packets(film, track.source.index, track.conversion.codec)
            count = sum(1 for packet in shown if packet.size)
            there = sum(1 for packet in found if packet.size)
            if there >= count:
                return None
            return f"has {there} subtitles instead of {count}." if there else "is empty."
        output = self._base.with_name(f"{self._base.name}.packets{place}")
        self._prober.through_matroska(film, track.source.index, output)
        return difference(_parsed(output), found)

    def _packets(self, path: Path, stream: int, codec: str) -> Tuple[Packet, ...]:
        output = self._base.with_name(f"{self._base.name}.packets{stream}")
        options = ["-i", f"file:{path}", "-map", f"0:{stream}", "-c", codec]
        self._prober.errors([*options, "-f", "framehash", "-hash", "md5", f"file:{output}"])
        return _parsed(output)

    # ---- pictures

    def pictures(self) -> Figures:
        """Every picture of the film is there, once and in time."""
        figures: Figures = {}
        for place, track in self._encoded:
            name = track_name(place, track)
            found = self._result.pictures.get(place)
            if found is None or not found.count:
                raise Differs(f"{name} has no pictures.")
            figures[f"{name}, pictures"] = found.count
            figures[f"{name}, in the film"] = self._demand_count(name, place, track, found.count)
            late = self._demand_times(name, place)
            if late is not None:
                figures[f"{name}, off by at most"] = round(late, 3)
        return figures

    def _demand_count(self, name: str, place: int, track: OutputTrack, found: int) -> Figure:
        """Return how many pictures the film has, where the result must have as many."""
        encoded = self._made.pictures if self._made else None
        if encoded is not None and len(self._encoded) == 1 and found != encoded:
            raise Differs(f"{name} has {found} pictures, but the encoder made {encoded}.")
        film = self._film_packets().pictures.get(place)
        if film is not None and film.count == found:
            return film.count
        assert isinstance(track.conversion, VideoEncode)
        if not keeps_every_picture(track.conversion.template):
            return "not compared: the template changes the number of pictures"
        if encoded is not None:
            return encoded  # a packet of the film is not always a picture; ffmpeg decoded so many
        media = self._plan.media
        count = self._prober.count_pictures(media.path, track.source.index, media.duration)
        if count is None:
            return "not counted: the film's picture cannot be decoded here"
        if count != found:
            raise Differs(f"{name} has {found} pictures, the film has {count}.")
        return count

    def _pair(self, place: int) -> Optional[Tuple[Pictures, Pictures]]:
        """Return the pictures of film and result where those with the same number are the same."""
        film = self._film_packets().pictures.get(place)
        result = self._result.pictures.get(place)
        if film is None or result is None or film.count != result.count:
            return None
        return (film, result) if film.times and result.times else None

    def _demand_times(self, name: str, place: int) -> Optional[float]:
        pair = self._pair(place)
        if pair is None:
            return None
        film, result = pair
        offset = result.times[0] - film.times[0]
        worst = 0.0
        for number, (wanted, found) in enumerate(zip(film.times, result.times), 1):
            late = found - wanted - offset
            worst = max(worst, abs(late))
            if abs(late) > _LATE:
                raise Differs(
                    f"picture {number} of {name} comes {abs(late):.1f} seconds too "
                    f"{'late' if late > 0 else 'early'}."
                )
        return worst

    # ---- times

    def sync(self, film: Spans, result: Spans) -> Figures:
        """Every track comes as long after the picture as in the film."""
        figures: Figures = {}
        reference: Optional[float] = None
        for place, track in enumerate(self._plan.outputs):
            offsets = self._offsets(place, track, film, result)
            if not offsets:
                continue
            if reference is None:
                reference = offsets[0]
            worst = max((offset - reference for offset in offsets), key=abs)
            name = track_name(place, track)
            figures[f"{name}, off by at most"] = round(worst, 3)
            if abs(worst) > _LATE:
                raise Differs(
                    f"{name} comes {abs(worst):.1f} seconds {'later' if worst > 0 else 'earlier'} "
                    "than in the film."
                )
        return figures

    def _offsets(
        self, place: int, track: OutputTrack, film: Spans, result: Spans
    ) -> Tuple[float, ...]:
        """Return how much later a track's packets come in the result, in seconds, where that is known."""
        if track.kind is TrackKind.SUBTITLE:
            before = self._film_packets().subtitles.get(place, ())
            after = self._result.subtitles.get(place, ())
            if len(before) != len(after):
                return ()
            pairs = [(one.time, two.time) for one, two in zip(before, after)]
            return tuple(
                theirs - mine for mine, theirs in pairs if mine is not None and theirs is not None
            )
        if isinstance(track.conversion, VideoEncode) and self._pair(place) is None:
            return ()  # it may begin with other pictures
        mine, theirs = film.streams.get(track.source.index), result.streams.get(place)
        if mine is None or theirs is None:
            return ()
        return ((theirs.start - result.origin) - (mine.start - film.origin),)

    # ---- likeness

    def likeness(self, points: Tuple[float, ...], *, picture: bool) -> Figures:
        """What was encoded shows and sounds what the film does at these places (seconds).

        Without ``picture`` sound alone is compared.
        """
        figures: Figures = {"samples": len(points)}
        self._sampler = Sampler(self._prober, self._plan, self._base, picture)
        for point in points:
            place = self._place(point)
            first = self._compare(place, 0.0, figures)
            if first.problem:
                # Where a film can be cut into badly, a run-up shows what is really there.
                again = self._compare(place, RUN_UP, figures)
                if again.problem or again.compared < first.compared // 2:
                    problem = again.problem or first.problem
                    raise Differs(f"at {point:.0f} seconds {problem}.")
        return figures

    def _place(self, point: float) -> _Place:
        for place, _ in self._encoded:
            pair = self._pair(place)
            if pair is not None:
                film, result = pair
                number = result.number_at(point)
                # Half a picture early: a seek to its own time, rounded, may give the next one.
                early = 0.4 / self._rate(place)
                return _Place(
                    max(0.0, film.times[number] - early),
                    max(0.0, result.times[number] - early),
                )
        return _Place(point, point)

    def _rate(self, place: int) -> float:
        source = self._plan.outputs[place].source
        rate = source.frame_rate if isinstance(source, VideoTrack) else None
        return rate or _DEFAULT_RATE

    def _compare(self, place: _Place, run_up: float, figures: Figures) -> _Comparison:
        """Compare one place of both files."""
        result = self._sampler.take(self._staged, place.result, film=False, run_up=run_up)
        film = self._sampler.take(self._plan.media.path, place.film, film=True, run_up=run_up)
        if film.empty and place.film < _LONGEST_RUN_UP:
            # Some films cannot be sought in at all.
            film = self._sampler.take(
                self._plan.media.path, place.film, film=True, run_up=place.film
            )
        compared = [
            *(
                self._compare_picture(number, track, place, film, result, figures)
                for number, track in self._encoded
            ),
            *(
                self._compare_sound(number, track, film, result, figures)
                for number, track in enumerate(self._plan.outputs)
                if isinstance(track.conversion, OpusEncode)
            ),
        ]
        problems = [one.problem for one in compared if one.problem]
        return _Comparison(sum(one.compared for one in compared), "; ".join(problems[:1]))

    def _compare_picture(
        self,
        number: int,
        track: OutputTrack,
        place: _Place,
        film: Sample,
        result: Sample,
        figures: Figures,
    ) -> _Comparison:
        pair = self._pair(number)
        tables = pair or (None, None)
        before = self._numbered(film.pictures.get(number, ()), place.film, tables[0], number)
        after = self._numbered(result.pictures.get(number, ()), place.result, tables[1], number)
        found = compare_pictures(before, after, self._rate(number))
        if not found.compared:
            return _Comparison(0)
        figures["pictures"] = int(figures.get("pictures") or 0) + found.compared
        _keep_largest(figures, "luma, share of what is allowed", found.luma_share)
        _keep_largest(figures, "chroma, share of what is allowed", found.chroma_share)
        problem = f"the picture of {track_name(number, track)} {found.problem}"
        return _Comparison(found.compared, problem if found.problem else "")

    def _compare_sound(
        self, number: int, track: OutputTrack, film: Sample, result: Sample, figures: Figures
    ) -> _Comparison:
        others = [sound for other, sound in film.sound.items() if other != number]
        found = compare_sound(film.sound.get(number, ()), result.sound.get(number, ()), others)
        name = track_name(number, track)
        if found.problem and self._clock_jumps(track):
            figures[f"{name}, sound"] = "not compared: its clock jumps back in the film"
            return _Comparison(0)
        _keep_largest(figures, "loudness, dB", found.level)
        _keep_largest(figures, "sound, dB", found.distance)
        problem = f"the sound of {name} {found.problem}"
        return _Comparison(found.compared, problem if found.problem else "")

    def _clock_jumps(self, track: OutputTrack) -> bool:
        """Whether a film's track goes back in time, as parts that were glued together do.

        What lies at a time in the film lies elsewhere in any result then.
        """
        index = track.source.index
        if index not in self._jumps:
            times = self._prober.packet_times(self._plan.media.path, index)
            self._jumps[index] = any(
                after < before - _LATE for before, after in zip(times, times[1:])
            )
        return self._jumps[index]

    def _numbered(
        self,
        pictures: Tuple[Tuple[float, bytes], ...],
        position: float,
        table: Optional[Pictures],
        place: int,
    ) -> Mapping[int, bytes]:
        """Give each picture its number; by the film's rate where there is no table of them."""
        if table is None:
            rate = self._rate(place)
            return {round((position + time) * rate): picture for time, picture in pictures}
        return {table.number_at(position + time): picture for time, picture in pictures}


def _keep_largest(figures: Figures, name: str, value: float) -> None:
    figures[name] = max(float(figures.get(name) or 0.0), round(value, 3))


def _parsed(path: Path) -> Tuple[Packet, ...]:
    try:
        text = path.read_text("utf-8", errors="replace")
        path.unlink()
    except OSError:
        return ()
    return parse_framehash(text)
