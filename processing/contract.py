"""Whether a result is what its plan promised: pure comparisons, each problem a sentence."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from core.media.languages import LanguageTag
from core.media.model import (
    AudioTrack,
    HdrFormat,
    MediaFile,
    Track,
    TrackFlags,
    TrackKind,
    VideoTrack,
)
from core.media.picture_size import upright_size
from core.media.track_text import FLAG_NAMES
from core.plan import OpusEncode, OutputTrack, Plan, Reason, VideoEncode
from core.text.sentence import Listed, Sentence, listed
from processing.checks import track_name
from processing.probing import PictureFacts

# An even size and a shape in whole numbers move it a little; the wrong shape of a pixel is 6 % or more.
_SHAPE_TOLERANCE = 0.03
_NOT_STATED = Sentence("not stated")
_KINDS = {
    TrackKind.VIDEO: Sentence("video"),
    TrackKind.AUDIO: Sentence("audio"),
    TrackKind.SUBTITLE: Sentence("subtitle"),
}
_FLAGS = ("default", "forced", "original", "commentary", "hearing_impaired", "visual_impaired")


def track_problems(plan: Plan, found: MediaFile, *, exact_languages: bool) -> Tuple[str, ...]:
    """Compare the result's tracks, chapters, attachments and tags with the plan's.

    Without mkvpropedit the muxer sets a language without its region (``exact_languages`` False).
    """
    kinds = [track.kind for track in plan.outputs]
    found_kinds = [track.kind for track in found.tracks]
    if kinds != found_kinds:
        return (
            Sentence(
                "it has the tracks {kinds} instead of {wanted}.",
                kinds=_names(found_kinds),
                wanted=_names(kinds),
            ),
        )
    problems: List[str] = []
    for wanted, track in zip(plan.outputs, found.tracks):
        problems += [
            Sentence("{track} {problem}", track=track_name(wanted), problem=problem)
            for problem in _one_track(wanted, track, exact_languages)
        ]
    return (*problems, *_container_problems(plan, found, exact_languages))


def _names(kinds: List[TrackKind]) -> str:
    return listed(_KINDS[kind] for kind in kinds) or Sentence("none")


def _one_track(wanted: OutputTrack, track: Track, exact_languages: bool) -> List[str]:
    problems: List[str] = []
    if track.codec != wanted.codec:
        problems.append(
            Sentence("is {codec} instead of {wanted}.", codec=track.codec, wanted=wanted.codec)
        )
    problems += _size_problems(wanted, track)
    if not _same_language(wanted.language, track.language, exact_languages):
        problems.append(
            Sentence(
                "has the language {language} instead of {wanted}.",
                language=track.language.name,
                wanted=wanted.language.name,
            )
        )
    if track.title != wanted.title:
        problems.append(
            Sentence(
                "is named {title} instead of {wanted}.",
                title=repr(track.title),
                wanted=repr(wanted.title),
            )
        )
    wrong = [
        FLAG_NAMES[name] for name in _FLAGS if _flag(track.flags, name) != _flag(wanted.flags, name)
    ]
    if wrong:
        problems.append(Sentence("has other flags than planned: {flags}.", flags=Listed(wrong)))
    return problems


def _flag(flags: TrackFlags, name: str) -> bool:
    return bool(getattr(flags, name))


def _size_problems(wanted: OutputTrack, track: Track) -> List[str]:
    """Channels of sound, dimensions and depth of a picture."""
    if isinstance(track, AudioTrack) and isinstance(wanted.source, AudioTrack):
        encode = wanted.conversion
        channels = encode.channels if isinstance(encode, OpusEncode) else wanted.source.channels
        if track.channels != channels:
            return [
                Sentence(
                    "has {channels} channels instead of {wanted}.",
                    channels=track.channels,
                    wanted=channels,
                )
            ]
    if isinstance(track, VideoTrack) and isinstance(wanted.conversion, VideoEncode):
        size = (wanted.conversion.width, wanted.conversion.height)
        problems: List[str] = []
        if (track.width, track.height) != size:
            problems.append(
                Sentence(
                    "is {size} instead of {wanted} pixels.",
                    size=f"{track.width}x{track.height}",
                    wanted=f"{size[0]}x{size[1]}",
                )
            )
        before = _shape(wanted.source) if isinstance(wanted.source, VideoTrack) else 0.0
        if abs(_shape(track) - before) > before * _SHAPE_TOLERANCE:
            problems.append(
                Sentence(
                    "is shown {shape}:1 instead of {before}:1.",
                    shape=format(_shape(track), ".2f"),
                    before=format(before, ".2f"),
                )
            )
        if track.bit_depth != wanted.conversion.bit_depth:
            problems.append(
                Sentence(
                    "has {bits} bits instead of {wanted}.",
                    bits=track.bit_depth,
                    wanted=wanted.conversion.bit_depth,
                )
            )
        return problems
    return []


def _shape(track: VideoTrack) -> float:
    """How many times wider than high a picture is shown."""
    width, height = upright_size(track)
    turned = round(track.rotation) % 180 == 90
    aspect = 1 / track.pixel_aspect if turned else track.pixel_aspect
    return width * aspect / height if height else 0.0


def _same_language(wanted: LanguageTag, found: LanguageTag, exact: bool) -> bool:
    if exact:
        return wanted == found
    return wanted.bcp47.partition("-")[0] == found.bcp47.partition("-")[0]


def _container_problems(plan: Plan, found: MediaFile, exact: bool) -> List[str]:
    problems: List[str] = []
    if found.chapter_count < plan.media.chapter_count:
        problems.append(
            Sentence(
                "it has {chapters} chapters, the film has {wanted}.",
                chapters=found.chapter_count,
                wanted=plan.media.chapter_count,
            )
        )
    if len(found.attachments) != len(plan.attachments):
        problems.append(
            Sentence(
                "it has {number} attachments instead of {wanted}.",
                number=len(found.attachments),
                wanted=len(plan.attachments),
            )
        )
    fonts = {attachment.name for attachment in plan.attachments if attachment.is_font}
    missing = fonts - {attachment.name for attachment in found.attachments}
    if missing:
        problems.append(Sentence("fonts are missing: {fonts}.", fonts=Listed(sorted(missing))))
    if found.title != plan.title:
        problems.append(
            Sentence(
                "its title is {title} instead of {wanted}.",
                title=repr(found.title),
                wanted=repr(plan.title),
            )
        )
    if exact and plan.media.segment.uid and found.segment.uid != plan.media.segment.uid:
        problems.append(
            Sentence("it has another segment UID, by which other files may play the film.")
        )
    if plan.signature and found.plan_signature != plan.signature:
        problems.append(Sentence("it does not carry the mark that says how it was made."))
    return problems


def encoded_picture_problems(
    encode: VideoEncode,
    source: VideoTrack,
    facts: PictureFacts,
    found: VideoTrack,
    warnings: Sequence[Reason] = (),
) -> Tuple[str, ...]:
    """Compare what an encoded picture carries with what its plan promised; ``warnings`` are the plan's."""
    problems: List[str] = []
    wanted = encode.dolby_vision_profile
    if facts.dolby_vision_profile != wanted:
        problems.append(_dolby_vision_sentence(wanted, facts.dolby_vision_profile))
    elif wanted is not None and not facts.rpu:
        problems.append(
            Sentence("it is labelled Dolby Vision, but its frames carry no Dolby Vision data.")
        )
    formats = set(encode.hdr_formats)
    if HdrFormat.HDR10 in formats and source.mastering_display and not facts.mastering_display:
        problems.append(Sentence("the HDR10 mastering data is lost."))
    if HdrFormat.HDR10_PLUS in formats and not (
        facts.hdr10_plus or HdrFormat.HDR10_PLUS in found.hdr_formats
    ):
        problems.append(Sentence("the HDR10+ data is lost."))
    transfer = facts.transfer or found.transfer
    if formats & {HdrFormat.HDR10, HdrFormat.HDR10_PLUS, HdrFormat.PQ}:
        if transfer != "smpte2084":
            problems.append(
                Sentence(
                    "its transfer is {transfer} instead of PQ.", transfer=transfer or _NOT_STATED
                )
            )
    elif HdrFormat.HLG in formats and transfer != "arib-std-b67":
        problems.append(
            Sentence("its transfer is {transfer} instead of HLG.", transfer=transfer or _NOT_STATED)
        )
    dropped = any(reason.code == "video.captions_dropped" for reason in warnings)
    if source.captions and not found.captions and not dropped:
        problems.append(Sentence("the closed captions inside the picture are lost."))
    return tuple(problems)


def copied_picture_problems(before: PictureFacts, after: PictureFacts) -> Tuple[str, ...]:
    """Compare what a copied picture carries with what it carried in the film."""
    problems: List[str] = []
    if before.dolby_vision_profile != after.dolby_vision_profile:
        problems.append(
            _dolby_vision_sentence(before.dolby_vision_profile, after.dolby_vision_profile)
        )
    for lost, name in (
        (before.rpu and not after.rpu, Sentence("Dolby Vision data")),
        (before.hdr10_plus and not after.hdr10_plus, Sentence("HDR10+ data")),
        (
            before.mastering_display and not after.mastering_display,
            Sentence("HDR10 mastering data"),
        ),
    ):
        if lost:
            problems.append(Sentence("the {data} is lost.", data=name))
    if before.transfer and after.transfer and before.transfer != after.transfer:
        problems.append(
            Sentence(
                "its transfer is {transfer} instead of {wanted}.",
                transfer=after.transfer,
                wanted=before.transfer,
            )
        )
    return tuple(problems)


def _dolby_vision_sentence(wanted: Optional[int], found: Optional[int]) -> str:
    def label(profile: Optional[int]) -> Sentence:
        if profile is None:
            return Sentence("no Dolby Vision")
        return Sentence("Dolby Vision profile {profile}", profile=profile)

    return Sentence(
        "it is labelled {found} instead of {wanted}.", found=label(found), wanted=label(wanted)
    )
