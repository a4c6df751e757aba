"""Families that are encoders in ffmpeg: one pass over the film, in the order of the result."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, List, Sequence, Tuple

from core.encoders.family import (
    FILTERS,
    PIXEL_FORMAT,
    Candidate,
    EncodeRequest,
    EncoderFamily,
    Feature,
    HarmlessOptions,
    Placeholder,
    Template,
    TrialEncode,
    Value,
    Way,
    encoder_fault,
    filled,
    last_value,
)
from core.encoders.ffmpeg_options import FLAGS, VALUES
from core.encoders.quality import Choice
from core.errors import TemplateError
from core.media.model import HdrFormat, VideoTrack
from core.media.picture_size import even_size, upright_size
from core.plan import ContentClass, Reason, VideoEncode
from core.programs.ffmpeg import CONTROL, FFMPEG, HDR_SAFE
from core.steps import ToolCommand
from core.text.sentence import Sentence

CROPS = (7, 1)
# ffmpeg's own decoder named av1 needs graphics hardware.
AV1_DECODERS = ("libdav1d", "libaom-av1", "libgav1")
_ENCODER_OPTIONS = ("-c:v", "-c:v:0", "-codec:v", "-codec:v:0", "-vcodec")
_CODECS = (  # in an encoder's name: libx265, hevc_qsv, libsvtav1, av1_nvenc…
    ("265", "hevc"),
    ("hevc", "hevc"),
    ("264", "h264"),
    ("av1", "av1"),
    ("vp9", "vp9"),
)
# Without a stream these reach libopus too: the first three end it ("Quality-based encoding not supported",
# "Tag … incompatible"), the others change the sound without a word (run with ffmpeg 9.0.2).
_REACH_THE_SOUND = frozenset(
    "-global_quality -q -tag -compression_level -vbr -cutoff -application -frame_duration".split()
)
_BIT_RATE_OPTIONS = ("-b", "-b:v", "-b:v:0", "-vb")
# What the encoders' own parameters call it: x265 and x264, SVT-AV1 (rc=1 and 2 aim at one too).
_BIT_RATE_PARAMETER = re.compile(r"(?:^|:)(?:bitrate|tbr)=|(?:^|:)rc=[12](?:$|:)")
_PARAMETER_OPTIONS = ("-x265-params", "-x264-params", "-x264opts", "-svtav1-params")
_PASSES = ("-pass", "-pass:v", "-pass:v:0")
_PIXEL_FORMAT_OPTIONS = ("-pix_fmt", "-pix_fmt:v", "-pix_fmt:v:0")
_DEEP_FORMAT = re.compile(r"p0?(10|12)(?:le|be)?\b")
_PLACEHOLDER = Placeholder(
    "ffmpeg",
    Sentence(
        "The first word of an ffmpeg template: the program, with the options that report progress, "
        "keep it from asking, and switch off Dolby's night-time compression of the sound."
    ),
    is_list=True,
)
_PLAIN = """\
$ffmpeg -i $input
-c:v {name} -pix_fmt $pixel_format
-filter:v:0 $filters
$hdr
$tracks
$output
"""


# Why these words, and what was run of them: docs/templates.md.
_CHOSEN = """\
$ffmpeg -i $input
-c:v {name} {options} -pix_fmt $pixel_format
-filter:v:0 $filters
$hdr
$tracks
$output
"""


class ByFfmpeg(EncoderFamily):
    """``formats`` is what the encoder takes for 10 and for 8 bits; ``keeps`` what it was proven to keep.

    What a graphics chip's encoder keeps is believed only where a trial has shown it.
    """

    program = FFMPEG
    placeholder = _PLACEHOLDER
    placeholders = (FILTERS, PIXEL_FORMAT)
    output_last = True
    way = Way.FFMPEG
    lowest = (5, 1)  # ``-fps_mode`` is as old
    harmless = HarmlessOptions(FLAGS, VALUES)
    formats: Tuple[str, str] = ("p010le", "nv12")
    keeps: FrozenSet[HdrFormat] = frozenset()
    trial_quality: Tuple[str, ...] = ()

    # ---- templates

    def claims(self, words: Sequence[str]) -> bool:
        """Whether it names one of this family's encoders; the last of several counts, as in ffmpeg."""
        return encoder_in(words) in self.encoders.values()

    def read(self, words: Tuple[str, ...], setting: str) -> Template:
        """Read the encoder and the bits of the result."""
        name = encoder_in(words)
        codec = next((codec for part, codec in _CODECS if part in name), "")
        if not codec:
            problem = (
                Sentence("-c:v {name} names none that is known", name=name)
                if name
                else Sentence("-c:v is missing")
            )
            raise encoder_fault(setting, problem)
        reaching = next((word for word in words if word in _REACH_THE_SOUND), None)
        if reaching is not None:
            raise TemplateError(
                setting,
                Sentence(
                    "{reaching} also reaches the audio encoder, which fails or changes because of it. "
                    "Write {reaching}:v.",
                    reaching=reaching,
                ),
            )
        return Template(self, words, name, codec, self.bit_depth(words))

    def bit_depth(self, words: Sequence[str]) -> int:
        """Bits of the result, by the pixel format."""
        pixel_format = last_value(words, *_PIXEL_FORMAT_OPTIONS)
        if pixel_format in PIXEL_FORMAT.spellings:
            return 10
        deep = _DEEP_FORMAT.search(pixel_format)
        return int(deep[1]) if deep else 8

    def holds_bit_rate(self, words: Sequence[str]) -> bool:
        """By an option of ffmpeg's, or one among the encoder's own parameters; 0 is none."""
        rate = last_value(words, *_BIT_RATE_OPTIONS)
        parameters = last_value(words, *_PARAMETER_OPTIONS)
        several_passes = any(word in _PASSES for word in words)
        return (
            rate not in ("", "0") or several_passes or bool(_BIT_RATE_PARAMETER.search(parameters))
        )

    def plain_template(self, encoder_name: str, bit_depth: int) -> str:  # noqa: ARG002
        """The bits follow from what the encoder can do."""
        return _PLAIN.format(name=encoder_name)

    def template(self, choice: Choice, content: ContentClass) -> str:
        """The encoder with the words of its scale; the rest is the same for all of them."""
        name = self.encoders[choice.codec.value]
        return _CHOSEN.format(name=name, options=self.scales[choice.codec].words(choice, content))

    def label(self, encoder_name: str, codec: str) -> str:  # noqa: ARG002
        """ffmpeg's name of the encoder tells both."""
        return f"{encoder_name} ({self.name})" if self.hardware else encoder_name

    # ---- what it can do

    def objections(self, candidate: Candidate) -> Iterator[Reason]:
        """What this ffmpeg cannot read, filter or keep."""
        template, tool, track = candidate.template, candidate.tool, candidate.track
        if track.scan_type.interlaced and "bwdif" not in tool.abilities:
            yield _missing(candidate, "bwdif")
        if track.codec == "av1" and tool.abilities.isdisjoint(AV1_DECODERS):
            yield Reason(
                "tool.av1_unread", Sentence("ffmpeg here cannot decode AV1 (it has no libdav1d).")
            )
        if self.needs_filters(candidate) and not template.uses(FILTERS.name):
            yield Reason(
                "template.no_filters",
                Sentence(
                    "Template {template} has no $filters, but this video needs some.",
                    template=candidate.name,
                ),
            )
        if track.hdr is not HdrFormat.SDR:
            yield from self._dynamic_range(candidate)
        if track.cropped and not tool.at_least(*CROPS) and abs(track.pixel_aspect - 1.0) <= 0.005:
            yield Reason(
                "tool.crop_lost",
                Sentence(
                    "ffmpeg {version} does not know what the header cuts off; 7.1 or newer does.",
                    version=tool.version,
                ),
            )

    def needs_filters(self, candidate: Candidate) -> bool:
        """Whether the template must use ``$filters`` for this picture."""
        return candidate.filtered

    def _dynamic_range(self, candidate: Candidate) -> Iterator[Reason]:
        name, tool, keep = candidate.template.encoder_name, candidate.tool, candidate.keep
        if not tool.at_least(*HDR_SAFE):
            yield Reason(
                "tool.hdr_lost",
                Sentence(
                    "ffmpeg {version} would lose the video's HDR data; 7.1 or newer keeps it.",
                    version=tool.version,
                ),
            )
        if HdrFormat.HDR10 not in self.keeps and not candidate.can(Feature.HDR10):
            yield Reason(
                "tool.hdr_unproven",
                Sentence(
                    "{encoder} is not proven to keep HDR here; libx265 and libsvtav1 are.",
                    encoder=name,
                ),
            )
        if HdrFormat.HDR10_PLUS in keep and not candidate.can(Feature.HDR10_PLUS):
            yield Reason(
                "tool.hdr10plus_lost",
                Sentence(
                    "ffmpeg's encoders lose HDR10+ (the setting video.lossy_hdr can allow that)."
                ),
            )
        if HdrFormat.DOLBY_VISION in keep and HdrFormat.DOLBY_VISION not in self.keeps:
            yield Reason(
                "tool.dolby_vision_lost",
                Sentence(
                    "{encoder} does not keep Dolby Vision; libx265 and libsvtav1 do.",
                    encoder=name,
                ),
            )

    # ---- commands

    def commands(self, request: EncodeRequest) -> Tuple[ToolCommand, ...]:
        """One pass."""
        encode, template = request.encode, request.template
        values: Dict[str, Value] = {
            "hdr": self.hdr_options(encode.hdr_formats, (encode.width, encode.height)),
            FILTERS.name: self.filters(
                video_filters(request.track, encode), encode.bit_depth, template
            ),
            PIXEL_FORMAT.name: self.pixel_format(encode.bit_depth),
        }
        before = self.before_input(template.words)
        return (request.ffmpeg.over_film(template, filled(values, encode), before),)

    def before_input(self, words: Sequence[str]) -> Tuple[str, ...]:  # noqa: ARG002
        """What the family adds before the film: the chip that it runs on, where that must be named."""
        return ()

    def hdr_options(
        self,
        formats: Tuple[HdrFormat, ...],  # noqa: ARG002
        size: Tuple[int, int],  # noqa: ARG002
    ) -> Tuple[str, ...]:
        """What ``$hdr`` stands for; from 7.1 on ffmpeg keeps all but Dolby Vision by itself."""
        return ()

    def filters(self, needed: str, bit_depth: int, template: Template) -> str:  # noqa: ARG002
        """What ``$filters`` stands for, where the picture needs these."""
        return needed

    def pixel_format(self, bit_depth: int) -> str:
        """What ``$pixel_format`` stands for."""
        return self.formats[0] if bit_depth >= 10 else self.formats[1]

    def trial_arguments(self, program: Path, trial: TrialEncode) -> Tuple[str, ...]:
        """The picture of a film, with all that its formats need."""
        name = self.encoders[trial.codec]
        words = ("$ffmpeg", "-filter:v:0", "$filters")
        template = Template(self, words, name, trial.codec, trial.bit_depth)
        return (
            *(str(program), *CONTROL, *self.before_input(words), "-i", f"file:{trial.source}"),
            *("-map", "0:v:0", "-c:v", name, *self.trial_quality),
            *("-pix_fmt", self.pixel_format(trial.bit_depth)),
            *("-filter:v:0", self.filters("null", trial.bit_depth, template)),
            *self.hdr_options(trial.formats, trial.size),
            *("-fps_mode:v:0", "passthrough", "-f", "matroska", f"file:{trial.output}"),
        )


def _missing(candidate: Candidate, ability: str) -> Reason:
    program = candidate.template.program.name
    return Reason(
        "template.ability_missing",
        Sentence(
            "Template {template} cannot be used: {program} here has no {ability}.",
            template=candidate.name,
            program=program,
            ability=ability,
        ),
        f"{program} {candidate.tool.version}".strip(),
    )


def encoder_in(words: Sequence[str]) -> str:
    """The picture's encoder among the words of a template, as ffmpeg names it."""
    return last_value(words, *_ENCODER_OPTIONS)


def video_filters(track: VideoTrack, encode: VideoEncode) -> str:
    """What a picture needs; ffmpeg has already turned a rotated one upright."""
    filters: List[str] = []
    if track.shape_changes:
        shape = Fraction(track.pixel_aspect).limit_denominator(255)
        filters.append(f"setsar={shape.numerator}/{shape.denominator}")
    if track.scan_type.interlaced:
        filters.append("bwdif=mode=send_frame:deint=interlaced")
    size = (encode.width, encode.height)
    if size != even_size(*upright_size(track)):
        filters.append(f"scale={encode.width}:{encode.height}:flags=lanczos")
    elif size != upright_size(track):
        filters.append(f"crop={encode.width}:{encode.height}:0:0")
    return ",".join(filters) or "null"
