"""A span for an encoder that is a program of its own: it reads files from their beginning to their end.

Its own seeking is not exact everywhere, so the span's pictures are put into a small file first, without any
loss, and that file is encoded as if it were the film.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.commands import build_steps
from core.commands.chunks import encoded_track
from core.encoders.family import Way
from core.encoders.templates import parse_template
from core.media.model import FileIdentity, HdrFormat, MediaFile, Segment, VideoTrack
from core.plan import Plan, VideoEncode
from core.settings.choices import MissingPropeditPolicy
from core.steps import Step, StepName
from processing.step_tools import StepTools

# Graphics chips decode HEVC; what its main profiles hold without loss as well.
_LOSSLESS = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -x265-params lossless=1:log-level=error "
    "-pix_fmt {pixel_format} $tracks $output"
)
# What lies beside the pictures and would have to be cut out for each of them; it changes no pixel.
_DYNAMIC = (HdrFormat.DOLBY_VISION, HdrFormat.HDR10_PLUS)


def lossless_plan(plan: Plan) -> Plan:
    """Return the plan that keeps the film's picture as it is, in what every such program can read."""
    track = encoded_track(plan)
    source, encode = track.source, track.conversion
    assert isinstance(source, VideoTrack)
    assert isinstance(encode, VideoEncode)
    depth = 10 if source.bit_depth > 8 else 8
    conversion = replace(
        encode,
        template=_LOSSLESS.format(pixel_format="yuv420p10le" if depth == 10 else "yuv420p"),
        codec="hevc",
        width=source.width,
        height=source.height,
        bit_depth=depth,
        hdr_formats=(),
        dolby_vision_profile=None,
    )
    return replace(plan, outputs=(replace(track, codec="hevc", conversion=conversion),))


def encode_step(plan: Plan, tools: StepTools, piece: Path, seconds: float, output: Path) -> Step:
    """Return the step that encodes ``piece``, the film's picture alone, by the plan's template.

    ``seconds`` is the piece's length. Raises TemplateError when the template cannot be used.
    """
    track = encoded_track(plan)
    source, encode = track.source, track.conversion
    assert isinstance(source, VideoTrack)
    assert isinstance(encode, VideoEncode)
    static = tuple(form for form in encode.hdr_formats if form not in _DYNAMIC)
    picture = replace(
        source, index=0, number=1, ffmpeg_number=0, codec="hevc", duration=seconds, captions=False
    )
    conversion = replace(encode, hdr_formats=static, dolby_vision_profile=None)
    media = MediaFile(
        path=piece,
        identity=FileIdentity(tools.files.size(piece) or 0, 0),
        container="MPEG-4",
        duration=seconds,
        video=(picture,),
        segment=Segment(),
    )
    alone = replace(
        plan,
        media=media,
        target=output,
        decisions=(),
        outputs=(replace(track, source=picture, conversion=conversion),),
        attachments=(),
    )
    names_later = replace(
        tools.settings,
        processing=replace(
            tools.settings.processing, missing_mkvpropedit=MissingPropeditPolicy.WAIT
        ),
    )
    steps = build_steps(alone, names_later, tools.toolset, output)
    return next(step for step in steps if step.name is StepName.ENCODE)


def reads_whole_files(plan: Plan) -> bool:
    """Whether the plan's encoder is a program of its own."""
    encode = plan.video_encode
    assert encode is not None
    return parse_template(encode.template).family.way is Way.OWN_PROGRAM
