"""What speaks against a template for one picture: what its program would lose, or was never proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator, Tuple

from core.encoders.templates import Template
from core.media.model import HdrFormat, MediaFile, VideoTrack
from core.plan import Reason
from core.rules import traits
from core.rules.picture_size import even_size, upright_size
from core.tools import ToolInfo, ToolName

# ffmpeg's encoders lose HDR10's mastering data before 7.1, and keep a false Dolby Vision label.
FFMPEG_KEEPS_HDR = (7, 1)
FFMPEG_CROPS = (7, 1)
FFMPEG_KEEPS_CAPTIONS = (8, 0)
CAPTION_ENCODERS = ("libx265", "libx264")  # by -a53cc
HDR_ENCODERS = ("libx265", "libsvtav1")
# AV1's RPU was repaired in 7.83; HEVC's had been right since 7.75.
QSVENC_KEEPS_DOLBY_VISION = (7, 83)
# Sound that Matroska cannot hold as it is: QSVEnc's pipe would have to.
PIPE_UNFIT_AUDIO = ("pcm_bluray", "pcm_dvd", "wmav1", "wmav2", "wmapro")
# ffmpeg's own decoder named av1 needs graphics hardware.
AV1_DECODERS = ("libdav1d", "libaom-av1", "libgav1")


@dataclass(frozen=True)
class Candidate:
    """One template under test for one picture; ``tool`` is its program."""

    name: str
    text: str
    template: Template
    tool: ToolInfo
    track: VideoTrack
    media: MediaFile
    keep: Tuple[HdrFormat, ...]  # what the result must still carry
    width: int
    height: int

    @property
    def filtered(self) -> bool:
        """Whether the picture needs a filter of ffmpeg's."""
        size = (self.width, self.height)
        track = self.track
        return track.scan_type.interlaced or track.shape_changes or size != upright_size(track)

    @property
    def downscaled(self) -> bool:
        """Whether the result is smaller by more than an odd line."""
        return (self.width, self.height) != even_size(*upright_size(self.track))

    @property
    def bit_depth(self) -> int:
        """Bits of the result: 8 where the encoder is built for no more and the template lets it be."""
        template = self.template
        if not template.uses("pixel_format"):
            return template.bit_depth
        shallow = template.encoder_name in HDR_ENCODERS and (
            f"{template.encoder_name}_10bit" not in self.tool.abilities
        )
        return 8 if shallow else 10

    @property
    def dolby_vision_5(self) -> bool:
        """Whether the result must carry profile 5, which means nothing without its data."""
        record = self.track.dolby_vision
        kept = HdrFormat.DOLBY_VISION in self.keep
        return kept and record is not None and record.profile == 5


Rule = Callable[[Candidate], Iterator[Reason]]


def _program_has_it(candidate: Candidate) -> Iterator[Reason]:
    template, abilities = candidate.template, candidate.tool.abilities
    needed = [template.encoder_name]
    told = template.tool is ToolName.QSVENC or template.encoder_name in HDR_ENCODERS
    if told and template.bit_depth > 8 and not template.uses("pixel_format"):
        needed.append(f"{template.encoder_name}_10bit")
    if template.tool is ToolName.FFMPEG and candidate.track.scan_type.interlaced:
        needed.append("bwdif")
    missing = [ability for ability in needed if ability not in abilities]
    if missing:
        yield Reason(
            "template.ability_missing",
            f"Template {candidate.name} cannot be used: {template.tool.value} here has no "
            f"{' and no '.join(missing)}.",
            f"{template.tool.value} {candidate.tool.version}".strip(),
        )


def _program_reads_it(candidate: Candidate) -> Iterator[Reason]:
    if candidate.template.tool is not ToolName.FFMPEG or candidate.track.codec != "av1":
        return
    if candidate.tool.abilities.isdisjoint(AV1_DECODERS):
        yield Reason("tool.av1_unread", "ffmpeg here cannot decode AV1 (it has no libdav1d).")


def _template_has_what_is_needed(candidate: Candidate) -> Iterator[Reason]:
    template, name = candidate.template, candidate.name
    by_ffmpeg = template.tool is ToolName.FFMPEG
    if by_ffmpeg and candidate.filtered and not template.uses("filters"):
        yield Reason(
            "template.no_filters", f"Template {name} has no $filters, and this picture needs some."
        )
    sized = template.uses("width") and template.uses("height")
    if not by_ffmpeg and candidate.downscaled and not sized:
        yield Reason(
            "template.no_size", f"Template {name} does not use $width and $height to downscale."
        )
    if candidate.keep and not template.uses("hdr"):
        yield Reason("template.no_hdr", f"Template {name} has no $hdr, and this picture is HDR.")


def _bits_stay(candidate: Candidate) -> Iterator[Reason]:
    needed = 10 if candidate.track.hdr is not HdrFormat.SDR else min(candidate.track.bit_depth, 10)
    if candidate.bit_depth < needed:
        yield Reason(
            "template.bit_depth",
            f"Template {candidate.name} makes {candidate.bit_depth} bits here, "
            f"and this picture needs {needed}.",
        )


def _ffmpeg_keeps_hdr(candidate: Candidate) -> Iterator[Reason]:
    template, tool = candidate.template, candidate.tool
    if template.tool is not ToolName.FFMPEG or candidate.track.hdr is HdrFormat.SDR:
        return
    if not tool.at_least(*FFMPEG_KEEPS_HDR):
        yield Reason(
            "tool.hdr_lost",
            f"ffmpeg {tool.version} would lose the picture's HDR data; 7.1 or newer keeps it.",
        )
    if template.encoder_name not in HDR_ENCODERS:
        yield Reason(
            "tool.hdr_unproven",
            f"{template.encoder_name} is not proven to keep HDR; {' and '.join(HDR_ENCODERS)} are.",
        )
    if HdrFormat.HDR10_PLUS in candidate.keep:
        yield Reason(
            "tool.hdr10plus_lost",
            "ffmpeg's encoders lose HDR10+ (the setting video.lossy_hdr can allow that).",
        )


def _dolby_vision_stays(candidate: Candidate) -> Iterator[Reason]:
    template, tool = candidate.template, candidate.tool
    if HdrFormat.DOLBY_VISION not in candidate.track.hdr_formats:
        return
    if template.tool is ToolName.QSVENC and not tool.at_least(*QSVENC_KEEPS_DOLBY_VISION):
        yield Reason(
            "tool.dolby_vision_lost",
            f"QSVEnc {tool.version} does not keep Dolby Vision safely; 7.83 or newer does.",
        )
    if template.codec not in ("hevc", "av1"):
        yield Reason("tool.dolby_vision_codec", "Dolby Vision needs HEVC or AV1.")
    if template.codec == "av1" and candidate.dolby_vision_5:
        yield Reason("tool.profile_5", "No AV1 encoder is proven with Dolby Vision profile 5.")


def _qsvenc_is_proven(candidate: Candidate) -> Iterator[Reason]:
    """What was never seen to come out right of QSVEnc goes to the other template."""
    if candidate.template.tool is not ToolName.QSVENC:
        return
    track, media = candidate.track, candidate.media
    doubts = {
        "interlaced": track.scan_type.interlaced,
        "rotated": round(track.rotation) % 360 != 0,
        "of variable frame rate": track.variable_frame_rate,
        "of odd size": bool(track.width % 2 or track.height % 2),
        "anamorphic": abs(track.pixel_aspect - 1.0) > 0.001,
        "whose shape changes": track.shape_changes,
        "one of several": len(media.video) > 1,
        "beside sound that its pipe cannot carry": any(
            audio.codec in PIPE_UNFIT_AUDIO for audio in media.audio
        ),
    }
    for doubt, present in doubts.items():
        if present:
            yield Reason("tool.unproven", f"QSVEnc is not proven with a picture {doubt}.", doubt)


def _header_is_followed(candidate: Candidate) -> Iterator[Reason]:
    """Bars that the header cuts off: the shape must be the same whether a player does so or not."""
    track, tool = candidate.track, candidate.tool
    if not track.cropped:
        return
    if abs(track.pixel_aspect - 1.0) > 0.005:
        yield Reason(
            "video.crop_unclear",
            "The header cuts off a part of the picture, but tells the shape of the whole.",
        )
    elif candidate.template.tool is ToolName.FFMPEG and not tool.at_least(*FFMPEG_CROPS):
        yield Reason(
            "tool.crop_lost",
            f"ffmpeg {tool.version} does not know what the header cuts off; 7.1 or newer does.",
        )


def _traits_stay(candidate: Candidate) -> Iterator[Reason]:
    tool = candidate.template.tool
    yield from traits.objections(candidate.media, candidate.track.index, tool)


def keeps_captions(candidate: Candidate) -> bool:
    """Whether closed captions inside the picture come through this encoder (seen with 8.1.2 and 9.0.2)."""
    template, tool = candidate.template, candidate.tool
    proven = template.tool is ToolName.FFMPEG and template.encoder_name in CAPTION_ENCODERS
    return proven and tool.at_least(*FFMPEG_KEEPS_CAPTIONS)


def captions_stay(candidate: Candidate) -> Iterator[Reason]:
    """No rule among others: a setting lets captions go."""
    if candidate.track.captions and not keeps_captions(candidate):
        yield Reason(
            "tool.captions_lost",
            f"Template {candidate.name} would lose the closed captions inside the picture "
            "(the setting video.drop_captions allows that).",
            candidate.template.encoder_name,
        )


RULES: Tuple[Rule, ...] = (
    _program_has_it,
    _program_reads_it,
    _template_has_what_is_needed,
    _bits_stay,
    _ffmpeg_keeps_hdr,
    _dolby_vision_stays,
    _qsvenc_is_proven,
    _header_is_followed,
    _traits_stay,
)
