"""Whether a result holds what the film holds: the checks that look at content.

Copied tracks are compared packet by packet, encoded pictures by their number and times. What they show
is ``processing.likeness``.
"""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional, Tuple

from core.encoders.templates import family_of, keeps_every_picture
from core.media.model import TrackKind
from core.plan import OutputTrack, Plan, SubtitleConvert, VideoEncode
from core.text.sentence import Sentence
from processing.checks import Differs, Figure, Figures, track_name
from processing.likeness import Likeness
from processing.maker import MadeResult
from processing.packets import (
    Packet,
    PacketTables,
    Pictures,
    difference,
    packet_names,
    packet_outputs,
    parse_framehash,
    read_packet_tables,
    without_lead,
)
from processing.probing import Prober, Spans

# A container rounds times and a muxer may begin at zero; a viewer sees 0.25 s.
_LATE = 0.25
_ONE_PACKET = 0.1  # seconds that the first packet of a sound may last


class ContentProof:
    """Compares one result with its film; ``base`` begins the names of small files that go again."""

    def __init__(
        self,
        prober: Prober,
        plan: Plan,
        staged: Path,
        made: Optional[MadeResult] = None,
    ) -> None:
        self._prober = prober
        self._plan = plan
        self._staged = staged
        self._film = made.film if made else None
        self._result = PacketTables()
        self._film_base = staged.with_name(f"{staged.name}.film")
        self._base = staged.with_name(f"{staged.name}.proof")
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
            name = track_name(track)
            same = self._same(place, track, film)
            problem = None if same else self._difference(place, track)
            if problem:
                raise Differs(Sentence("{track} {problem}", track=name, problem=problem))
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
            return (
                Sentence("has {there} subtitles instead of {count}.", there=there, count=count)
                if there
                else Sentence("is empty.")
            )
        shown = self._as_in_matroska(track, place)
        if shown:
            return difference(without_lead(shown, found, self._lead), found)
        # ffmpeg's muxer does not write this one into a pipe: their number has to do.
        count, there = len(self._packets(film, track.source.index, "copy")), len(found)
        return (
            None
            if count == there
            else Sentence("has {there} packets instead of {count}.", there=there, count=count)
        )

    def _as_in_matroska(self, track: OutputTrack, place: int) -> Tuple[Packet, ...]:
        film, index = self._plan.media.path, track.source.index
        if track.source.codec == "aac":
            # The muxer wants the header before it has seen a packet of a transport stream.
            return self._packets(film, index, "copy", "-bsf:a", "aac_adtstoasc")
        output = self._base.with_name(f"{self._base.name}.packets{place}")
        self._prober.through_matroska(film, index, output)
        return _parsed(output)

    @property
    def _lead(self) -> float:
        """Up to where a result may lack the film's packets, in seconds after its beginning.

        Some encoders' programs leave out the sound before the first picture, and one packet (QSVEncC 8.22).
        """
        encode = self._plan.video_encode
        family = None if encode is None else family_of(encode.template)
        if family is None or family.keeps_lead:
            return -1.0
        starts = [
            pictures.times[0]
            for pictures in self._film_packets().pictures.values()
            if pictures.times
        ]
        return min(starts, default=0.0) + _ONE_PACKET

    def _packets(self, path: Path, stream: int, codec: str, *more: str) -> Tuple[Packet, ...]:
        output = self._base.with_name(f"{self._base.name}.packets{stream}")
        options = ["-i", f"file:{path}", "-map", f"0:{stream}", "-c", codec, *more]
        self._prober.errors([*options, "-f", "framehash", "-hash", "md5", f"file:{output}"])
        return _parsed(output)

    # ---- pictures

    def pictures(self) -> Figures:
        """Every picture of the film is there, once and in time."""
        figures: Figures = {}
        for place, track in self._encoded:
            name = track_name(track)
            found = self._result.pictures.get(place)
            if found is None or not found.count:
                raise Differs(Sentence("{track} has no pictures.", track=name))
            figures[f"{name}, pictures"] = found.count
            figures[f"{name}, in the film"] = self._demand_count(name, place, track, found.count)
            late = self._demand_times(name, place)
            if late is not None:
                figures[f"{name}, off by at most"] = round(late, 3)
        return figures

    def _demand_count(self, name: str, place: int, track: OutputTrack, found: int) -> Figure:
        """Return how many pictures the film has, where the result must have as many."""
        film = self._film_packets().pictures.get(place)
        if film is not None and film.count == found:
            return film.count
        assert isinstance(track.conversion, VideoEncode)
        if not keeps_every_picture(track.conversion.template):
            return Sentence("not compared: the template changes the number of pictures")
        # A packet of the film is not always a picture.
        media = self._plan.media
        count = self._prober.count_pictures(media.path, track.source.index, media.duration)
        if count is None:
            return Sentence("not counted: the film's picture cannot be decoded here")
        if count != found:
            raise Differs(
                Sentence(
                    "{track} has {found} pictures, the film has {count}.",
                    track=name,
                    found=found,
                    count=count,
                )
            )
        return count

    def _demand_no_hole(self, name: str, place: int) -> None:
        """Where pictures cannot be paired: none of the film's time is without them."""
        film = self._film_packets().pictures.get(place)
        if film is None:
            return
        usual, damage = film.largest_gap()[0] + _LATE, self._plan.media.damage
        for gap, start in self._result.pictures[place].gaps():
            own = damage is not None and damage.touches(start, start + gap)
            if gap > usual and not own:
                raise Differs(
                    Sentence(
                        "{track} has a hole of {gap} seconds at {start} seconds.",
                        track=name,
                        gap=round(gap, 1),
                        start=round(start, 1),
                    )
                )

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
            self._demand_no_hole(name, place)
            return None
        film, result = pair
        offset = result.times[0] - film.times[0]
        worst = 0.0
        for number, (wanted, found) in enumerate(zip(film.times, result.times), 1):
            late = found - wanted - offset
            worst = max(worst, abs(late))
            if abs(late) > _LATE:
                raise Differs(_mistimed(name, number, late))
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
            name = track_name(track)
            figures[f"{name}, off by at most"] = round(worst, 3)
            if abs(worst) > _LATE:
                raise Differs(_moved(name, worst))
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
            pairs = [(first.time, second.time) for first, second in zip(before, after)]
            return tuple(
                theirs - mine for mine, theirs in pairs if mine is not None and theirs is not None
            )
        if isinstance(track.conversion, VideoEncode) and self._pair(place) is None:
            return ()  # it may begin with other pictures
        mine, theirs = film.streams.get(track.source.index), result.streams.get(place)
        if mine is None or theirs is None:
            return ()
        began = max(mine.start - film.origin, self._lead)
        return ((theirs.start - result.origin) - began,)

    # ---- likeness

    def likeness(self, points: Tuple[float, ...], *, picture: bool) -> Figures:
        """What was encoded shows and sounds what the film does at these places (seconds).

        Without ``picture`` sound alone is compared.
        """
        likeness = Likeness(
            self._prober, self._plan, self._staged, self._base, self._pair, picture=picture
        )
        return likeness.compare(points)


def _mistimed(track: str, number: int, late: float) -> Sentence:
    seconds = round(abs(late), 1)
    if late > 0:
        return Sentence(
            "picture {number} of {track} comes {seconds} seconds too late.",
            number=number,
            track=track,
            seconds=seconds,
        )
    return Sentence(
        "picture {number} of {track} comes {seconds} seconds too early.",
        number=number,
        track=track,
        seconds=seconds,
    )


def _moved(track: str, late: float) -> Sentence:
    seconds = round(abs(late), 1)
    if late > 0:
        return Sentence(
            "{track} comes {seconds} seconds later than in the film.", track=track, seconds=seconds
        )
    return Sentence(
        "{track} comes {seconds} seconds earlier than in the film.", track=track, seconds=seconds
    )


def _parsed(path: Path) -> Tuple[Packet, ...]:
    try:
        text = path.read_text("utf-8", errors="replace")
        path.unlink()
    except OSError:
        return ()
    return parse_framehash(text)
