"""What will be done with a film and why: pure data, made by ``core.planning.planner``, carried out elsewhere.

Yes or no is never stored beside its reasons: a track is kept when nothing rejects it, a plan is
refused when it has refusals, and it is empty when it has no changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import FrozenSet, Optional, Tuple, Union

from core.media.languages import LanguageTag
from core.media.model import (
    Attachment,
    HdrFormat,
    MediaFile,
    NativeLanguage,
    Track,
    TrackFlags,
    TrackKind,
)


@dataclass(frozen=True)
class Reason:
    """The reason for a decision: a stable code, a sentence for people, and what matched."""

    code: str
    message: str
    matched: str = ""


@dataclass(frozen=True)
class TrackDecision:
    """The fate of one track of the source."""

    track: Track
    rejections: Tuple[Reason, ...] = ()
    notes: Tuple[Reason, ...] = ()  # why it stays, or what does not count against it

    @property
    def kept(self) -> bool:
        """Whether the track goes into the result."""
        return not self.rejections


class ContentClass(str, Enum):
    """Which of the three templates a film takes."""

    NORMAL = "normal"
    DOLBY_VISION = "dolby_vision"
    DOWNSCALE = "downscale"


@dataclass(frozen=True)
class VideoEncode:
    """The picture is re-encoded by this template (its whole text, as the user wrote it)."""

    content_class: ContentClass
    template_name: str
    template: str
    codec: str  # of the result: hevc, av1…
    width: int  # of the result, as stored
    height: int
    bit_depth: int
    hdr_formats: Tuple[HdrFormat, ...]  # what the result must still carry
    dolby_vision_profile: Optional[int] = None  # of the result; None when it carries none
    target: Optional[float] = (
        None  # the quality that is aimed at (VMAF); None: the template's number
    )


@dataclass(frozen=True)
class OpusEncode:
    """Sound to Opus; ``bit_rate`` in kbit/s, layout in ffmpeg's names (mono, stereo, 5.1)."""

    bit_rate: int
    channels: int
    channel_layout: str


@dataclass(frozen=True)
class SubtitleConvert:
    """A text subtitle that Matroska cannot hold as it is becomes ``codec``."""

    codec: str = "subrip"


Conversion = Union[VideoEncode, OpusEncode, SubtitleConvert]


@dataclass(frozen=True)
class OutputTrack:
    """One track of the result in its place, with everything that the container says about it."""

    source: Track
    codec: str  # in the result
    conversion: Optional[Conversion]  # None: copied as it is
    language: LanguageTag
    title: str
    flags: TrackFlags
    reasons: Tuple[Reason, ...] = ()

    @property
    def kind(self) -> TrackKind:
        """Video, audio or subtitle."""
        return self.source.kind

    @property
    def copied(self) -> bool:
        """Whether the packets are copied unchanged."""
        return self.conversion is None


@dataclass(frozen=True)
class Plan:
    """All that will be done with one film, and all that will not."""

    media: MediaFile
    native_language: NativeLanguage
    target: Path  # the film's new path; its extension differs when the container changes
    decisions: Tuple[TrackDecision, ...]  # every track of the source, in file order
    outputs: Tuple[OutputTrack, ...]  # the result's tracks, in its order
    attachments: Tuple[Attachment, ...]  # those that stay
    title: str  # the segment title of the result
    refusals: Tuple[Reason, ...] = ()  # if any: the file is left alone
    changes: Tuple[Reason, ...] = ()  # what makes it worth doing; none: nothing to do
    omissions: Tuple[Reason, ...] = ()  # what will not be done, and why
    warnings: Tuple[Reason, ...] = ()  # what the user should know before agreeing
    signature: str = ""  # hash of the rules and decisions, written into the result

    @property
    def refused(self) -> bool:
        """Whether the rules forbid touching this file."""
        return bool(self.refusals)

    @property
    def empty(self) -> bool:
        """Whether nothing needs doing."""
        return not self.changes

    @property
    def video_encode(self) -> Optional[VideoEncode]:
        """How the picture is re-encoded; None when it is copied."""
        for track in self.outputs:
            if isinstance(track.conversion, VideoEncode):
                return track.conversion
        return None

    @property
    def duration(self) -> float:
        """Return the result's duration in seconds: that of the longest video or audio that stays."""
        ends = [
            track.source.duration + getattr(track.source, "delay", 0.0)
            for track in self.outputs
            if track.kind is not TrackKind.SUBTITLE and track.source.duration
        ]
        return max(ends, default=0.0) or self.media.duration

    @property
    def timed_streams(self) -> FrozenSet[int]:
        """ffmpeg's indexes of the kept tracks that run through the film: picture and sound."""
        return frozenset(
            track.source.index for track in self.outputs if track.kind is not TrackKind.SUBTITLE
        )

    @property
    def properties_only(self) -> bool:
        """Whether names, languages and flags are all that changes (mkvpropedit alone)."""
        same = [track.source.index for track in self.outputs] == [
            track.index for track in self.media.tracks
        ]
        return (
            same
            and all(track.copied for track in self.outputs)
            and len(self.attachments) == len(self.media.attachments)
            and self.media.container == "Matroska"
            and self.target == self.media.path
        )
