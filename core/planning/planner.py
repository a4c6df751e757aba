"""From a film and the settings to one plan: every track decided, everything with its reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

from core.media.model import (
    Attachment,
    AudioTrack,
    MediaFile,
    NativeLanguage,
    Track,
    VideoTrack,
)
from core.media.track_text import FLAG_NAMES, track_name
from core.plan import (
    OpusEncode,
    OutputTrack,
    Plan,
    Reason,
    SubtitleConvert,
    TrackDecision,
    VideoEncode,
)
from core.planning.signature import signature_of
from core.rules import audio, naming, order, refusals, subtitles, traits
from core.rules.video import VideoDecision, decide_video
from core.settings.tree import Settings
from core.text.sentence import Sentence, listed
from core.tools import Toolset


def build_plan(
    media: MediaFile, native: NativeLanguage, settings: Settings, toolset: Toolset
) -> Plan:
    """Decide what is done with one film, and what is not; changes nothing.

    A film that carries our own signature needs nothing: its plan is empty and says so.
    """
    if media.plan_signature:
        return _untouched(media, native)
    pictures = {track.index: decide_video(track, media, settings, toolset) for track in media.video}
    decisions = _decide_tracks(media, native, settings, pictures)
    outputs = order.with_flags(
        order.in_order(
            (
                _output(decision.track, media, settings, pictures)
                for decision in decisions
                if decision.kept
            ),
            native,
            settings,
        ),
        native,
    )
    notes = [note for picture in pictures.values() for note in picture.omissions]
    plan = Plan(
        media=media,
        native_language=native,
        target=_target(media),
        decisions=decisions,
        outputs=outputs,
        attachments=media.attachments,
        title=media.title,
        refusals=(
            *refusals.of_file(media, settings),
            *refusals.of_tracks(decisions, media, toolset),
            *refusals.of_picture(outputs, settings),
            *refusals.of_copies(outputs, media),
            *traits.refusals(media, settings, toolset),
            *(reason for picture in pictures.values() for reason in picture.refusals),
        ),
        omissions=(*notes, *_omissions(media, decisions)),
        warnings=(
            *(reason for picture in pictures.values() for reason in picture.warnings),
            *_warnings(media, outputs),
            *traits.warnings(media, outputs, toolset),
        ),
    )
    return _finished(plan, settings)


def with_video_copied(plan: Plan, settings: Settings, reason: Reason) -> Plan:
    """Return the same plan with the picture copied for this reason.

    It can become empty by that, and does where a copy would show again what the container hides."""
    encoded = {
        track.source.index for track in plan.outputs if isinstance(track.conversion, VideoEncode)
    }
    copied = replace(
        plan,
        decisions=tuple(
            replace(decision, notes=(reason,)) if decision.track.index in encoded else decision
            for decision in plan.decisions
        ),
        outputs=tuple(_copied(track, plan.media, reason) for track in plan.outputs),
        omissions=(*plan.omissions, reason),
        warnings=tuple(
            warning for warning in plan.warnings if not warning.code.startswith("video.")
        ),
    )
    finished = _finished(copied, settings)
    lost = any(
        refusals.cannot_be_copied(track, plan.media) for track in copied.outputs if track.copied
    )
    return replace(finished, changes=()) if lost else finished


def _finished(plan: Plan, settings: Settings) -> Plan:
    """Work out what follows from the outputs: attachments, changes and signature."""
    plan = replace(plan, attachments=plan.media.attachments)
    if not plan.properties_only:
        plan = _with_fitting_attachments(plan)
    changes = tuple(_changes(plan))
    plan = replace(plan, changes=changes, signature=signature_of(plan, settings))
    if changes:
        return plan
    nothing = Reason(
        "plan.nothing_to_do", Sentence("Nothing to do: the film is already as it should be.")
    )
    return replace(plan, omissions=(*plan.omissions, nothing))


def _untouched(media: MediaFile, native: NativeLanguage) -> Plan:
    done = Reason(
        "plan.already_done",
        Sentence("This film was already processed by MediaProcessor."),
        media.plan_signature,
    )
    return Plan(
        media=media,
        native_language=native,
        target=media.path,
        decisions=tuple(TrackDecision(track, notes=(done,)) for track in media.tracks),
        outputs=tuple(
            OutputTrack(track, track.codec, None, track.language, track.title, track.flags, (done,))
            for track in media.tracks
        ),
        attachments=media.attachments,
        title=media.title,
        omissions=(done,),
        signature=media.plan_signature,
    )


def _decide_tracks(
    media: MediaFile,
    native: NativeLanguage,
    settings: Settings,
    pictures: Dict[int, VideoDecision],
) -> Tuple[TrackDecision, ...]:
    every = [
        *(TrackDecision(track, notes=pictures[track.index].reasons) for track in media.video),
        *audio.decide_audio(media, native, settings.audio),
        *subtitles.decide_subtitles(media, settings.subtitles),
    ]
    return tuple(sorted(every, key=lambda decision: decision.track.index))


def _output(
    track: Track, media: MediaFile, settings: Settings, pictures: Dict[int, VideoDecision]
) -> OutputTrack:
    if isinstance(track, VideoTrack):
        picture = pictures[track.index]
        encode = picture.encode
        title = naming.video_title(track, encode is not None, media.container)
        codec = encode.codec if encode else track.codec
        return OutputTrack(
            track, codec, encode, track.language, title, track.flags, picture.reasons
        )
    if isinstance(track, AudioTrack):
        opus, why = audio.decide_opus(track, settings.audio)
        title = naming.audio_title(track, opus, media.container)
        codec = "opus" if opus else track.codec
        return OutputTrack(track, codec, opus, track.language, title, track.flags, (why,))
    conversion, why = subtitles.decide_conversion(track)
    title = naming.kept_title(track.title, media.container)
    codec = conversion.codec if conversion else track.codec
    return OutputTrack(track, codec, conversion, track.language, title, track.flags, (why,))


def _copied(track: OutputTrack, media: MediaFile, reason: Reason) -> OutputTrack:
    source = track.source
    if not isinstance(source, VideoTrack) or track.copied:
        return track
    title = naming.video_title(source, False, media.container)
    return replace(track, codec=source.codec, conversion=None, title=title, reasons=(reason,))


def _target(media: MediaFile) -> Path:
    """The film's name with the ending that tells the truth about the result, in the same folder."""
    if media.path.suffix.lower() in (".mkv", ".mk3d"):
        return media.path
    return media.path.with_name(media.path.stem + ".mkv")


def _with_fitting_attachments(plan: Plan) -> Plan:
    """Leave out what ffmpeg cannot carry, and fonts whose last ASS or SSA subtitle goes."""
    had = any(track.codec in ("ass", "ssa") for track in plan.media.subtitles)
    orphaned = had and not any(track.codec in ("ass", "ssa") for track in plan.outputs)
    kept: List[Attachment] = []
    omissions: List[Reason] = []
    for attachment in plan.media.attachments:
        if not attachment.readable:
            omissions.append(
                Reason(
                    "attachment.unreadable",
                    Sentence(
                        "ffmpeg cannot read this attached picture, so the result does not have it."
                    ),
                    attachment.name,
                )
            )
        elif orphaned and attachment.is_font:
            omissions.append(
                Reason(
                    "attachment.font",
                    Sentence("None of the remaining subtitles uses this font."),
                    attachment.name,
                )
            )
        else:
            kept.append(attachment)
    others = (
        omission for omission in plan.omissions if not omission.code.startswith("attachment.")
    )
    return replace(plan, attachments=tuple(kept), omissions=(*others, *omissions))


def _omissions(media: MediaFile, decisions: Tuple[TrackDecision, ...]) -> Iterator[Reason]:
    if media.data_track_count:
        yield Reason(
            "plan.data_tracks",
            Sentence("Data tracks (timed metadata, time codes) cannot be stored in Matroska."),
            str(media.data_track_count),
        )
    notes = [note for decision in decisions for note in decision.notes]
    yield from dict.fromkeys(
        replace(note, matched="") for note in notes if note.code == "audio.native_unknown"
    )
    yield from (
        reason
        for decision in decisions
        for reason in decision.rejections
        if reason.code == "subtitle.broadcast"
    )


def _warnings(media: MediaFile, outputs: Tuple[OutputTrack, ...]) -> Iterator[Reason]:
    if not media.flags_complete:
        yield Reason(
            "plan.flags_unread",
            Sentence("Commentary and SDH flags have not been read; only titles tell such tracks."),
        )
    if media.damage is not None and media.damage.places:
        yield Reason(
            "film.damaged",
            Sentence(
                "This film is damaged: {damage} are broken, and stay so in the result.",
                damage=media.damage.where,
            ),
        )
    for track in outputs:
        source = track.source
        if isinstance(source, VideoTrack) and source.shape_changes:
            yield Reason(
                "film.shape_changes",
                Sentence(
                    "The aspect ratio changes during the film; the result has the one that most of it has."
                ),
                "{}x{}".format(*source.shown_size),
            )
        if isinstance(source, AudioTrack) and source.channels_met:
            yield Reason(
                "audio.channels_change",
                Sentence(
                    "{track} changes its number of channels during the film; the result has the highest.",
                    track=track_name(source),
                ),
                ", ".join(map(str, source.channels_met)),
            )
        if isinstance(source, AudioTrack) and source.object_audio and not track.copied:
            yield Reason(
                "audio.objects_lost",
                Sentence(
                    "{track} loses its object audio (Atmos or DTS:X); its channels are kept.",
                    track=track_name(source),
                ),
                source.commercial_name or source.codec,
            )


def _changes(plan: Plan) -> Iterator[Reason]:
    """Return each change that makes the plan worth carrying out."""
    media = plan.media
    if media.container != "Matroska":
        yield Reason(
            "change.container", Sentence("The container is changed to Matroska."), media.container
        )
    for decision in plan.decisions:
        if not decision.kept:
            yield Reason(
                "change.dropped", Sentence("{track} is removed.", track=track_name(decision.track))
            )
    for track in plan.outputs:
        yield from _track_changes(track)
    indices = [track.source.index for track in plan.outputs]
    if indices != sorted(indices):
        yield Reason("change.order", Sentence("The tracks are reordered."))


def _track_changes(track: OutputTrack) -> Iterator[Reason]:
    source, name = track.source, track_name(track.source)
    if isinstance(track.conversion, VideoEncode):
        yield Reason("change.picture", Sentence("{track} is re-encoded.", track=name), track.codec)
    elif isinstance(track.conversion, (OpusEncode, SubtitleConvert)):
        yield Reason(
            "change.converted",
            Sentence("{track} becomes {codec}.", track=name, codec=track.codec),
            source.codec,
        )
    if track.title != source.title:
        yield Reason(
            "change.title",
            _title_set(name, track.title),
            source.title,
        )
    if track.language != source.language:
        yield Reason(
            "change.language",
            Sentence(
                "{track}: language set to {language}.",
                track=name,
                language=track.language.name,
            ),
            str(source.language),
        )
    if not track.flags.same_as(source.flags):
        before, after = vars(source.flags), vars(track.flags)
        changed = [
            Sentence("{flag} on", flag=FLAG_NAMES[key])
            if after[key]
            else Sentence("{flag} off", flag=FLAG_NAMES[key])
            for key in after
            if key != "stated" and after[key] != before[key]
        ]
        yield Reason(
            "change.flags",
            Sentence("{track}: its flags are updated.", track=name),
            listed(changed),
        )


def _title_set(name: Sentence, title: str) -> Sentence:
    if not title:
        return Sentence("{track}: its title is removed.", track=name)
    return Sentence("{track}: title set to {title}.", track=name, title=repr(title))
