"""Which films the rules refuse: those that could not be kept whole."""

from __future__ import annotations

import math
from typing import Callable, Iterator, Sequence, Tuple

from core.media.model import AudioTrack, MediaFile, SubtitleTrack, VideoTrack
from core.media.track_text import track_name
from core.plan import OutputTrack, Reason, TrackDecision
from core.rules import subtitles
from core.settings.choices import HardLinkPolicy
from core.settings.tree import Settings
from core.text.sentence import Sentence, counted_sentence
from core.tools import ToolName, Toolset

# ffprobe's words for a codec that it does not know, and codecs that ffmpeg has no decoder for.
_UNKNOWN_CODECS = ("", "unknown", "none")
# ffmpeg's ``max_streams``, which its readers can be told otherwise and its writers cannot (8.1.2, 9.0.2).
MOST_STREAMS = 1000
_UNDECODABLE_SOUND = ("ac4", "mpegh_3d_audio")
# Pictures stand there in the order of decoding, and nothing says when each is shown. (AVI, and a stream
# without a container; Video for Windows in Matroska is marked at its track.)
_WITHOUT_TIMES = ("AVI", "MPEG Video", "MPEG-4 Visual", "AVC", "HEVC", "VC-1")
# ffmpeg works the times out for codecs that give one picture for each that they take. For these it gives the
# order of decoding for that of showing, without a word (8.1.2, 9.0.2).
_WITHOUT_WAY_BACK = ("h264", "hevc", "vvc")
LEAST_SHORTFALL = 5.0  # seconds, and a share of the sound: what a picture may end earlier
SHORTFALL = 0.01


# A rule about the file as a whole: yields why it is left alone, nothing where it may be worked on.
FileRule = Callable[[MediaFile, Settings], Iterator[Reason]]


def of_file(media: MediaFile, settings: Settings) -> Iterator[Reason]:
    """Why the file as a whole is left alone."""
    for rule in FILE_RULES:
        yield from rule(media, settings)


def _nothing_to_see(media: MediaFile, settings: Settings) -> Iterator[Reason]:  # noqa: ARG001
    if not media.tracks:
        yield Reason("refused.no_tracks", Sentence("No track of this file was recognised."))
    elif not media.video:
        yield Reason("refused.no_video", Sentence("This file has no video."))


def _no_duration(media: MediaFile, settings: Settings) -> Iterator[Reason]:  # noqa: ARG001
    if not math.isfinite(media.duration) or media.duration <= 0:
        yield Reason("refused.no_duration", Sentence("The length of this film is unknown."))


def _too_many_streams(media: MediaFile, settings: Settings) -> Iterator[Reason]:  # noqa: ARG001
    streams = len(media.tracks) + len(media.attachments) + media.data_track_count
    if streams > MOST_STREAMS:
        yield Reason(
            "refused.too_many_streams",
            Sentence(
                "It has {streams} tracks and attached files, and ffmpeg carries no more than "
                "{most}. Take out the fonts that its subtitles do not use, and try again.",
                streams=streams,
                most=MOST_STREAMS,
            ),
            counted_sentence(
                "{number} attached file", "{number} attached files", len(media.attachments)
            ),
        )


def _truncated(media: MediaFile, settings: Settings) -> Iterator[Reason]:
    # Where some seconds may be lost, verification counts them.
    if media.truncated and not settings.verification.damage_seconds:
        yield Reason("refused.truncated", Sentence("This file is incomplete: its end is missing."))


def _damaged(media: MediaFile, settings: Settings) -> Iterator[Reason]:
    damage = media.damage
    if damage is not None and damage.seconds > settings.verification.damage_seconds:
        yield Reason(
            "refused.damaged",
            Sentence("This film is damaged: {problem}", problem=damage.sentence),
        )


def _hard_linked(media: MediaFile, settings: Settings) -> Iterator[Reason]:
    if media.hard_links > 1 and settings.files.hard_links is HardLinkPolicy.SKIP:
        yield Reason(
            "refused.hard_links",
            Sentence(
                "This file is hard-linked and may still be seeding "
                "(the setting files.hard_links allows it)."
            ),
            Sentence("{links} hard links", links=media.hard_links),
        )


# In this order the user reads them; a new one goes here.
FILE_RULES: Tuple[FileRule, ...] = (
    _nothing_to_see,
    _no_duration,
    _too_many_streams,
    _truncated,
    _damaged,
    _hard_linked,
)


def of_tracks(
    decisions: Sequence[TrackDecision], media: MediaFile, toolset: Toolset
) -> Iterator[Reason]:
    """Why the tracks that should stay cannot all be carried over."""
    for decision in decisions:
        track = decision.track
        if not decision.kept:
            continue
        unfit = track.codec in _UNKNOWN_CODECS
        if isinstance(track, AudioTrack):
            unfit = unfit or track.codec in _UNDECODABLE_SOUND
        elif isinstance(track, SubtitleTrack):
            unfit = not subtitles.can_be_carried(track)
        if unfit:
            yield Reason(
                "refused.track",
                Sentence(
                    "{track} should stay, but ffmpeg cannot carry it into the result.",
                    track=track_name(track),
                ),
                track.codec or Sentence("unknown codec"),
            )
    yield from _compressed(media, toolset)


def of_copies(outputs: Sequence[OutputTrack], media: MediaFile) -> Iterator[Reason]:
    """Why a film is left alone of which a track would only be copied, and be another one then."""
    for track in outputs:
        if track.copied and brings_back(track):
            yield Reason(
                "refused.edited",
                Sentence(
                    "A part of {track} was cut off without being removed; a copy would bring it back, so "
                    "the video must be re-encoded, or the film is skipped.",
                    track=track_name(track.source),
                ),
                Sentence("edit list"),
            )
        if track.copied and loses_order(track, media):
            yield Reason(
                "refused.order",
                Sentence(
                    "Nothing in this file says when each picture of {track} is shown; a copy would show "
                    "them in the wrong order, so the video must be re-encoded, or the film is skipped.",
                    track=track_name(track.source),
                ),
                track.source.codec,
            )


def cannot_be_copied(track: OutputTrack, media: MediaFile) -> bool:
    """Whether a copy of this track would be another one."""
    return brings_back(track) or loses_order(track, media)


def is_timeless(track: VideoTrack, media: MediaFile) -> bool:
    """Whether a film tells in which order its pictures are decoded, but not when they are shown."""
    return track.timeless or media.container in _WITHOUT_TIMES


def loses_order(track: OutputTrack, media: MediaFile) -> bool:
    """Whether a copy of this track would show its pictures in a wrong order."""
    source = track.source
    return (
        isinstance(source, VideoTrack)
        and source.reordered
        and source.codec in _WITHOUT_WAY_BACK
        and is_timeless(source, media)
    )


def brings_back(track: OutputTrack) -> bool:
    """Whether copying this track would show again what its container hides."""
    return isinstance(track.source, (VideoTrack, AudioTrack)) and track.source.edited


def of_picture(outputs: Sequence[OutputTrack], settings: Settings) -> Iterator[Reason]:
    """Why a film is left alone whose picture stops while all sound continues, as far as its header tells."""
    if settings.video.allow_short_picture:
        return
    pictures = [
        output.source.duration for output in outputs if isinstance(output.source, VideoTrack)
    ]
    sounds = [
        output.source.duration + output.source.delay if output.source.duration else None
        for output in outputs
        if isinstance(output.source, AudioTrack)
    ]
    ends = [end for end in pictures if end], [end for end in sounds if end]
    if len(ends[0]) < len(pictures) or len(ends[1]) < len(sounds) or not all(ends):
        return
    problem = short_picture(max(ends[0]), min(ends[1]))
    if problem:
        yield Reason(
            "refused.short_picture", Sentence("This film is damaged: {problem}", problem=problem)
        )


def short_picture(picture: float, sound: float) -> str:
    """What is wrong with a picture that ends so much before the sound (seconds); empty: nothing.

    Black at the end or a track that is a little longer is no damage.
    """
    if picture >= sound - max(LEAST_SHORTFALL, sound * SHORTFALL):
        return ""
    return Sentence(
        "its picture ends after {picture} seconds, while the sound goes on to {sound}. Get it again (or "
        "the setting video.allow_short_picture takes it as it is).",
        picture=round(picture, 1),
        sound=round(sound, 1),
    )


def _compressed(media: MediaFile, toolset: Toolset) -> Iterator[Reason]:
    """A ffmpeg built without zlib copies compressed packets as garbage, and says so only in its log."""
    ffmpeg = toolset.get(ToolName.FFMPEG)
    packed = [track for track in media.tracks if track.compression]
    if not packed or ffmpeg is None or "zlib" in ffmpeg.abilities:
        return
    track = packed[0]
    yield Reason(
        "refused.compression",
        Sentence(
            "{track} is compressed inside the file, which the ffmpeg here cannot read; set "
            "tools.ffmpeg to one that was built with zlib.",
            track=track_name(track),
        ),
        track.compression,
    )
