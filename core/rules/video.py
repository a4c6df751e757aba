"""Whether the video is re-encoded, by which template, and how its HDR is kept.

A template is used if no rule objects to it. What each program keeps of HDR10, HDR10+ and Dolby Vision was
measured (docs/templates.md); what is not proven is not tried: the video is copied, which is always safe.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterator, Optional, Tuple

from core.encoders.chain import named_texts, setting_of
from core.encoders.family import Candidate
from core.encoders.quality_number import fixed_number, quality_number
from core.encoders.templates import parse_template
from core.errors import TemplateError
from core.media.model import AudioTrack, DolbyVision, HdrFormat, MediaFile, VideoTrack
from core.media.picture_size import even_size, result_size, upright_size
from core.media.track_text import scan_text
from core.plan import ContentClass, Reason, VideoEncode
from core.rules.encoders import RULES, captions_stay, keeps_captions
from core.settings.choices import LossyHdrPolicy
from core.settings.quality_target import target_of
from core.settings.tree import Settings
from core.text.composed import composed
from core.text.sentence import Sentence
from core.tools import Toolset

# HLG and HDR10 fall-backs; 2 (SDR) was not proven with any encoder.
PROVEN_COMPATIBILITIES = (1, 4)
UNKNOWN_FRAME_RATE = 25.0


@dataclass(frozen=True)
class VideoDecision:
    """What becomes of one picture; ``encode`` is None where it is copied."""

    encode: Optional[VideoEncode] = None
    reasons: Tuple[Reason, ...] = ()
    omissions: Tuple[Reason, ...] = ()  # what was wanted and cannot be done here
    warnings: Tuple[Reason, ...] = ()
    refusals: Tuple[Reason, ...] = ()


def decide_video(
    track: VideoTrack, media: MediaFile, settings: Settings, toolset: Toolset
) -> VideoDecision:
    """Decide about one picture of a film; never refuses, since copying is always possible."""
    decision = _decide(track, media, settings, toolset)
    if not track.captions or any(
        warning.code == "video.captions_dropped" for warning in decision.warnings
    ):
        return decision
    kept = Reason("video.captions", Sentence("The closed captions inside the video are kept."))
    return replace(decision, reasons=(*decision.reasons, kept))


def _decide(
    track: VideoTrack, media: MediaFile, settings: Settings, toolset: Toolset
) -> VideoDecision:
    if not settings.video.encode:
        return _copied("video.off", Sentence("The video is copied: re-encoding is switched off."))
    if track.number != media.video[0].number:
        return _copied(
            "video.second",
            Sentence("The video is copied: only a film's first video track is re-encoded."),
        )
    if track.views > 1:
        return _copied(
            "video.views",
            Sentence(
                "The video is copied: it has a second layer (3D or transparency), "
                "and every encoder here keeps only one."
            ),
        )
    if track.size_changes:
        return _copied(
            "video.size_changes",
            Sentence(
                "The video is copied: its resolution changes during the film, which no encoder supports."
            ),
        )
    content, notes = content_class(track, media, settings)
    if content is not ContentClass.DOWNSCALE:
        rate = bits_per_pixel(track, media)
        good = settings.video.good_bits_per_pixel
        if track.codec in settings.video.target_codecs and rate is not None and rate < good:
            return VideoDecision(
                reasons=(
                    Reason(
                        "video.good_already",
                        Sentence(
                            "The video is copied: it is already {codec} with a low bit rate.",
                            codec=track.codec.upper(),
                        ),
                        Sentence(
                            "{rate} bits per pixel, below {good}",
                            rate=round(rate, 3),
                            good=good,
                        ),
                    ),
                ),
                omissions=notes,
            )
    decision = _choose(content, track, media, settings, toolset)
    return replace(decision, omissions=notes + decision.omissions)


def content_class(
    track: VideoTrack, media: MediaFile, settings: Settings
) -> Tuple[ContentClass, Tuple[Reason, ...]]:
    """Which kind of content the film is, and a note where its downscale tag means nothing."""
    tag = composed(settings.video.downscale_tag).casefold()
    names = [composed(path.name).casefold() for path in (media.path, media.path.parent)]
    notes: Tuple[Reason, ...] = ()
    label = composed(settings.metadata.downscale_tag).casefold()
    tagged = bool(label) and label in (composed(tag).casefold() for tag in media.tags)
    if tagged or (tag and any(tag in name for name in names)):
        if result_size(track, settings.video.downscale_height) != even_size(*upright_size(track)):
            return ContentClass.DOWNSCALE, ()
        notes = (
            Reason(
                "video.small_already",
                Sentence(
                    "Not downscaled: the video is no larger than {lines} lines.",
                    lines=str(settings.video.downscale_height),
                ),
                f"{track.width}x{track.height}",
            ),
        )
    if HdrFormat.DOLBY_VISION in track.hdr_formats:
        return ContentClass.DOLBY_VISION, notes
    return ContentClass.NORMAL, notes


def bits_per_pixel(track: VideoTrack, media: MediaFile) -> Optional[float]:
    """Bits that each pixel of each frame takes; None where no bit rate can be known.

    Without a bit rate of its own the picture has what the sound leaves of the whole file's.
    """
    rate = track.bit_rate
    if rate is None and media.duration > 0:
        whole = media.bit_rate or media.size * 8 / media.duration / 1000
        rate = whole - sum(_audio_rate(audio) for audio in media.audio)
        rate -= sum(other.bit_rate or 0.0 for other in media.video if other is not track)
    if not rate or rate <= 0 or not track.width or not track.height:
        return None
    frame_rate = track.frame_rate or UNKNOWN_FRAME_RATE
    return rate * 1000 / (track.width * track.height * frame_rate)


def _audio_rate(audio: AudioTrack) -> float:
    """kbit/s; a lossless track without a figure takes about this much a channel."""
    if audio.bit_rate is not None:
        return audio.bit_rate
    return audio.channels * (350.0 if audio.lossless else 64.0)


def _copied(code: str, message: Sentence) -> VideoDecision:
    return VideoDecision(reasons=(Reason(code, message),))


def _choose(
    content: ContentClass,
    track: VideoTrack,
    media: MediaFile,
    settings: Settings,
    toolset: Toolset,
) -> VideoDecision:
    """Use the first template that nothing objects to; else copy the picture, and say why."""
    unsafe = _dolby_vision_objection(track, settings)
    if unsafe is not None:
        return VideoDecision(reasons=(_keeps_picture(),), omissions=(unsafe,))
    objections: Tuple[Reason, ...] = ()
    for keep in _demands(track, settings):
        for name, text in _texts(content, settings):
            candidate, problem = _candidate(name, text, content, track, media, settings, toolset)
            if candidate is None:
                objections += () if problem is None else (problem,)
                continue
            candidate = replace(candidate, keep=keep)
            problems = tuple(found for rule in RULES for found in rule(candidate))
            if not settings.video.drop_captions:
                problems += tuple(captions_stay(candidate))
            if not problems:
                return _encoded(candidate, content, objections, settings)
            objections += problems
    once = tuple(dict.fromkeys(objections))
    return VideoDecision(reasons=(_keeps_picture(),), omissions=once)


def _keeps_picture() -> Reason:
    return Reason(
        "video.copied", Sentence("The video is copied: no template on this computer can encode it.")
    )


def _demands(track: VideoTrack, settings: Settings) -> Iterator[Tuple[HdrFormat, ...]]:
    """What the result must carry: all of it, then, where the user agreed, the static part."""
    everything = tuple(
        hdr_format for hdr_format in track.hdr_formats if hdr_format is not HdrFormat.SDR
    )
    yield everything
    static = tuple(
        hdr_format
        for hdr_format in everything
        if hdr_format not in (HdrFormat.DOLBY_VISION, HdrFormat.HDR10_PLUS)
    )
    # Profile 5 has no base that could be shown without its Dolby Vision data.
    needs_base = track.dolby_vision is None or track.dolby_vision.profile in (7, 8)
    if (
        settings.video.lossy_hdr is LossyHdrPolicy.DROP_DYNAMIC
        and static != everything
        and needs_base
    ):
        yield static or _base_format(track)


def _base_format(track: VideoTrack) -> Tuple[HdrFormat, ...]:
    hlg = track.dolby_vision is not None and track.dolby_vision.compatibility == 4
    return (HdrFormat.HLG,) if hlg else (HdrFormat.HDR10,)


def _texts(content: ContentClass, settings: Settings) -> Tuple[Tuple[str, str], ...]:
    texts = settings.templates
    if content is ContentClass.DOLBY_VISION:
        main, fallback = texts.dolby_vision, texts.dolby_vision_fallback
    elif content is ContentClass.DOWNSCALE:
        main, fallback = texts.downscale, texts.downscale_fallback
    else:
        main, fallback = texts.normal, texts.normal_fallback
    return ((content.value, main), *named_texts(f"{content.value}_fallback", fallback))


def _candidate(
    name: str,
    text: str,
    content: ContentClass,
    track: VideoTrack,
    media: MediaFile,
    settings: Settings,
    toolset: Toolset,
) -> Tuple[Optional[Candidate], Optional[Reason]]:
    if not text.strip():
        return None, None  # an empty fall-back: the user wants the picture copied
    try:
        template = parse_template(text, setting_of(name))
    except TemplateError as error:
        return None, Reason("template.unusable", str(error), name)
    tool = toolset.get(template.program.name)
    if tool is None:
        missing = Sentence(
            "{program} was not found, so template {template} is not used.",
            program=template.program.name,
            template=name,
        )
        return None, Reason("template.tool_missing", missing, name)
    downscaled = settings.video.downscale_height if content is ContentClass.DOWNSCALE else None
    width, height = result_size(track, downscaled)
    return Candidate(name, text, template, tool, track, media, (), width, height), None


def _encoded(
    candidate: Candidate,
    content: ContentClass,
    objections: Tuple[Reason, ...],
    settings: Settings,
) -> VideoDecision:
    template, track = candidate.template, candidate.track
    profile = None
    if HdrFormat.DOLBY_VISION in candidate.keep and track.dolby_vision is not None:
        profile = result_profile(track.dolby_vision, template.codec)
    encode = VideoEncode(
        content_class=content,
        template_name=candidate.name,
        template=candidate.text,
        codec=template.codec,
        width=candidate.width,
        height=candidate.height,
        bit_depth=candidate.bit_depth,
        hdr_formats=candidate.keep or (HdrFormat.SDR,),
        dolby_vision_profile=profile,
    )
    target, aimed = _target(candidate, settings)
    encode = replace(encode, target=target)
    reason = Reason(
        "video.encode",
        Sentence(
            "The video is re-encoded to {codec} with {encoder}.",
            codec=template.codec.upper(),
            encoder=template.encoder,
        ),
        Sentence(
            "template {template}: {codec} {size}",
            template=candidate.name,
            codec=track.codec,
            size=f"{track.width}x{track.height}",
        ),
    )
    return VideoDecision(
        encode=encode,
        reasons=(reason, *aimed),
        omissions=tuple(dict.fromkeys(objections)),
        warnings=tuple(_losses(candidate)),
    )


def _target(candidate: Candidate, settings: Settings) -> Tuple[Optional[float], Tuple[Reason, ...]]:
    """The quality that is aimed at, and what is said of it; None where it is off or the template cannot."""
    target = target_of(settings.video.target)
    if target is None:
        return None, ()
    number = quality_number(candidate.text)
    if isinstance(number, Reason):
        return None, (fixed_number(number),)
    if candidate.track.hdr is not HdrFormat.SDR:
        fixed = Sentence(
            "For HDR no quality is aimed at, since no measure was made for it: the template's number stays, "
            "and what the film has is only measured."
        )
        return target, (Reason("video.target_hdr", fixed),)
    aimed = Sentence(
        "A quality of {target} is aimed at: the number for {option} is chosen when it is encoded.",
        target=f"{target:g}",
        option=number.option,
    )
    return target, (Reason("video.target", aimed),)


def result_profile(record: DolbyVision, codec: str) -> int:
    """The Dolby Vision profile that a re-encode of this one carries: 7 becomes 8.1, AV1 has 10."""
    if codec == "av1":
        return 10
    return 8 if record.profile == 7 else record.profile


def _losses(candidate: Candidate) -> Iterator[Reason]:
    track = candidate.track
    if track.captions and not keeps_captions(candidate):
        yield Reason(
            "video.captions_dropped", Sentence("The closed captions inside the video are removed.")
        )
    for hdr_format in track.hdr_formats:
        if (
            hdr_format in (HdrFormat.DOLBY_VISION, HdrFormat.HDR10_PLUS)
            and hdr_format not in candidate.keep
        ):
            yield Reason(
                "video.hdr_dropped",
                Sentence("The video's {format} data is removed.", format=hdr_format),
            )
    record = track.dolby_vision
    if record is not None and record.profile == 7:
        yield Reason(
            "video.enhancement_layer",
            Sentence("Dolby Vision profile 7 loses its enhancement layer and becomes profile 8.1."),
        )
    if track.chroma not in ("", "4:2:0"):
        yield Reason("video.chroma", Sentence("The colour format becomes 4:2:0."), track.chroma)
    if track.bit_depth > candidate.bit_depth:
        yield Reason(
            "video.bit_depth",
            Sentence(
                "The bit depth changes from {before} to {after}.",
                before=track.bit_depth,
                after=candidate.bit_depth,
            ),
        )
    if track.scan_type.interlaced:
        yield Reason(
            "video.deinterlaced", Sentence("The video is deinterlaced."), scan_text(track.scan_type)
        )


def _dolby_vision_objection(track: VideoTrack, settings: Settings) -> Optional[Reason]:
    """What no program may encode: Dolby Vision whose way through an encoder is not proven."""
    if HdrFormat.DOLBY_VISION not in track.hdr_formats:
        return None
    record = track.dolby_vision
    if record is None:
        return Reason(
            "video.dolby_vision_unknown", Sentence("Its Dolby Vision profile is unknown.")
        )
    matched = Sentence(
        "profile {profile}, compatibility {compatibility}",
        profile=record.profile,
        compatibility=record.compatibility,
    )
    if not record.rpu:
        return Reason(
            "video.dolby_vision_label",
            Sentence("It is labelled Dolby Vision but carries no data."),
            matched,
        )
    if record.profile == 7:
        if settings.video.dolby_vision_7:
            return None
        return Reason(
            "video.dolby_vision_7",
            Sentence(
                "Dolby Vision profile 7 would lose its enhancement layer "
                "(the setting video.dolby_vision_7 allows it)."
            ),
            matched,
        )
    proven = record.profile == 5 or (
        record.profile == 8 and record.compatibility in PROVEN_COMPATIBILITIES
    )
    if track.codec == "hevc" and proven:
        return None
    return Reason(
        "video.dolby_vision_unproven",
        Sentence("No encoder is proven with this Dolby Vision."),
        matched,
    )
