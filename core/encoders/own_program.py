"""Families whose program does nothing but encode: it reads the film and writes Matroska.

Such a program writes tracks in the order of the film. Where the result's order differs, or a track needs
what only ffmpeg can do, the program copies the tracks into a pipe and ffmpeg does the rest on the other side;
the film is read once and the result written once either way.
"""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence, Tuple

from core.encoders.family import (
    Candidate,
    EncodeRequest,
    EncoderFamily,
    Template,
    Value,
    Way,
    filled,
    last_value,
    needed_features,
)
from core.errors import TemplateError
from core.media.model import HdrFormat, Track, TrackKind
from core.plan import Plan, Reason, SubtitleConvert, VideoEncode
from core.steps import ToolCommand
from core.text.sentence import Listed, Sentence
from core.text.windows_names import for_old_tools

# Sound that Matroska cannot hold as it is: the pipe would have to.
PIPE_UNFIT_AUDIO = ("pcm_bluray", "pcm_dvd", "wmav1", "wmav2", "wmapro")


class OwnProgram(EncoderFamily):
    """``codecs`` are the codecs that the program knows, the first one without being asked for.

    ``dolby_vision_ability`` is what the program must be built with to keep Dolby Vision; where it is empty, a
    trial has to show it.
    """

    way = Way.OWN_PROGRAM
    codecs: Sequence[str]
    codec_options: Tuple[str, ...] = ("-c", "--codec")
    depth_option: str = "--output-depth"
    dolby_vision_ability: str = ""

    def read(self, words: Tuple[str, ...], setting: str) -> Template:
        """Read the codec and the bits of the result."""
        codec = last_value(words, *self.codec_options) or self.codecs[0]
        if codec not in self.codecs:
            raise TemplateError(
                setting,
                Sentence(
                    "-c {codec} is no codec of {program} ({codecs}).",
                    codec=codec,
                    program=self.name,
                    codecs=", ".join(self.codecs),
                ),
            )
        depth = last_value(words, self.depth_option)  # 8 without it, for 10-bit films too
        return Template(self, words, codec, codec, int(depth) if depth.isdigit() else 8)

    def is_encoder(self, name: str) -> bool:
        """Its encoders are called after codecs."""
        return name in self.codecs

    def label(self, encoder_name: str, codec: str) -> str:  # noqa: ARG002
        """QSVEnc HEVC."""
        return f"{self.name} {codec.upper()}"

    def abilities_in_words(self, abilities: FrozenSet[str]) -> Tuple[str, ...]:
        """What it was built with is of no use where it encodes nothing."""
        works = any(name in abilities for name in self.encoders.values())
        return super().abilities_in_words(abilities) if works else ()

    @property
    def all_abilities(self) -> FrozenSet[str]:
        """With what the program may be built with."""
        return super().all_abilities | {self.dolby_vision_ability} - {""}

    def objections(self, candidate: Candidate) -> Iterator[Reason]:
        """What was never seen to come out right goes to the next template."""
        template = candidate.template
        if candidate.downscaled and not (template.uses("width") and template.uses("height")):
            yield Reason(
                "template.no_size",
                Sentence(
                    "Template {template} does not use $width and $height to downscale.",
                    template=candidate.name,
                ),
            )
        yield from self._dynamic_range(candidate)
        for doubt, present in _doubts(candidate).items():
            if present:
                yield Reason(
                    "tool.unproven",
                    Sentence(
                        "{program} is not proven with video {doubt}.",
                        program=self.name,
                        doubt=doubt,
                    ),
                    doubt,
                )

    def _dynamic_range(self, candidate: Candidate) -> Iterator[Reason]:
        """What it keeps hangs on the chip and its driver: it was seen here, or is not tried."""
        built, abilities = self.dolby_vision_ability, candidate.tool.abilities
        if HdrFormat.DOLBY_VISION in candidate.keep and built and built not in abilities:
            yield Reason(
                "tool.no_libdovi",
                Sentence(
                    "{program} here was built without {built}, so it cannot keep Dolby Vision; its "
                    "author's own packages have it.",
                    program=self.program.name,
                    built=built,
                ),
            )
            return
        needed = dict.fromkeys(needed_features(candidate.keep))
        missing = [feature.label for feature in needed if not candidate.can(feature)]
        if missing:
            yield Reason(
                "tool.hdr_unproven",
                Sentence(
                    "{program} is not proven to keep {formats} on this machine.",
                    program=self.name,
                    formats=Listed(missing),
                ),
            )

    # ---- commands

    def commands(self, request: EncodeRequest) -> Tuple[ToolCommand, ...]:
        """Alone, or as one half of a pipe."""
        plan = request.plan
        whole = self.whole_tracks(plan) if request.named_later else None
        values: Dict[str, Value] = {
            self.placeholder.name: self.start(request.program, plan.media.path),
            "input": path_argument(plan.media.path),
            "output": "-" if whole is None else path_argument(request.staged),
            "tracks": self.piped_tracks(plan) if whole is None else whole,
            "hdr": self.hdr_options(request.encode),
        }
        argv = request.template.expand(filled(values, request.encode))
        encoder = ToolCommand(self.program.name, argv)
        if whole is not None:
            return (encoder,)
        return (encoder, request.ffmpeg.behind_pipe(pipe_selectors(plan)))

    @abstractmethod
    def start(self, program: Path, film: Path) -> Tuple[str, ...]:
        """What the first placeholder stands for."""

    def hdr_options(self, encode: VideoEncode) -> Tuple[str, ...]:  # noqa: ARG002
        """What ``$hdr`` stands for."""
        return ()

    def whole_tracks(self, plan: Plan) -> Optional[Tuple[str, ...]]:  # noqa: ARG002
        """What ``$tracks`` stands for where the program writes the result; None where it cannot.

        mkvpropedit adds names, languages and flags.
        """
        return None

    @abstractmethod
    def piped_tracks(self, plan: Plan) -> Tuple[str, ...]:
        """What ``$tracks`` stands for where ffmpeg takes over: every track of ``in_pipe``, as it is."""


def _doubts(candidate: Candidate) -> Mapping[Sentence, bool]:
    track, media = candidate.track, candidate.media
    return {
        Sentence("interlaced"): track.scan_type.interlaced,
        Sentence("rotated"): round(track.rotation) % 360 != 0,
        Sentence("of variable frame rate"): track.variable_frame_rate,
        Sentence("of odd size"): bool(track.width % 2 or track.height % 2),
        Sentence("anamorphic"): abs(track.pixel_aspect - 1.0) > 0.001,
        Sentence("whose shape changes"): track.shape_changes,
        Sentence("one of several"): len(media.video) > 1,
        Sentence("beside sound that its pipe cannot carry"): any(
            audio.codec in PIPE_UNFIT_AUDIO for audio in media.audio
        ),
    }


def path_argument(path: Path) -> str:
    """A path that cannot be taken for an option."""
    return for_old_tools(path) if path.is_absolute() else f"./{path}"


def keeps_the_films_order(plan: Plan) -> bool:
    """Whether the result is made of the film's tracks in their order, with nothing that needs ffmpeg."""
    indexes = [track.source.index for track in plan.outputs]
    converted = any(isinstance(track.conversion, SubtitleConvert) for track in plan.outputs)
    pictures = any(attachment.picture_stream for attachment in plan.media.attachments)
    all_attached = len(plan.attachments) == len(plan.media.attachments)
    return indexes == sorted(indexes) and not converted and not pictures and all_attached


def in_pipe(plan: Plan) -> List[Track]:
    """The tracks in the order in which such a program writes them: by kind, then as in the film."""
    order = list(TrackKind)
    tracks = [track.source for track in plan.outputs]
    return sorted(tracks, key=lambda track: (order.index(track.kind), track.number))


def pipe_selectors(plan: Plan) -> Dict[int, str]:
    """Where the pipe has each stream of the film; attachments are all there, in their order."""
    selectors = {track.index: str(place) for place, track in enumerate(in_pipe(plan))}
    files = [attachment for attachment in plan.media.attachments if not attachment.picture_stream]
    selectors.update(
        (attachment.index, f"t:{place}")
        for place, attachment in enumerate(files)
        if attachment.index is not None
    )
    return selectors
