"""The order of the result's tracks, and the flags by which players choose.

Both are worked out from the result's own tracks alone, so that a result planned again stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Iterable, List, Sequence, Tuple

from core.media.languages import LanguageTag
from core.media.model import AudioTrack, NativeLanguage, SubtitleTrack, TrackFlags, VideoTrack
from core.plan import OpusEncode, OutputTrack
from core.rules import audio, subtitles
from core.settings.tree import Settings


def in_order(
    outputs: Iterable[OutputTrack], native: NativeLanguage, settings: Settings
) -> Tuple[OutputTrack, ...]:
    """Picture, sound, subtitles; each by language, then as the specification says. Stable.

    Sound: the film's own language, the settings' in their order, then others as they come; in each
    language commentary, described and wordless tracks last, more channels first. Subtitles: the settings'
    languages in their order, forced before full.
    """
    heard = audio.wanted_languages(native, settings.audio)
    read = subtitles.wanted_languages(settings.subtitles)
    tracks = list(outputs)
    others = _order_of_others([t for t in tracks if isinstance(t.source, AudioTrack)], heard)

    def place(track: OutputTrack) -> Tuple[int, ...]:
        source = track.source
        if isinstance(source, AudioTrack):
            rank = audio.language_rank(source.language, heard)
            if rank == len(heard):
                rank += others[source.language.primary]
            beside = not audio.carries_the_film(source)
            return (1, rank, int(audio.is_commentary(source)), int(beside), -channels_of(track))
        if isinstance(source, SubtitleTrack):
            language = subtitles.counted_language(source.language)
            rank = audio.language_rank(language, read)
            commentary = subtitles.is_commentary(source)
            return (2, rank, int(commentary), int(not subtitles.is_forced(source)))
        return (0,)

    return tuple(sorted(tracks, key=place))


def channels_of(track: OutputTrack) -> int:
    """How many channels a sound track has in the result."""
    if isinstance(track.conversion, OpusEncode):
        return track.conversion.channels
    return track.source.channels if isinstance(track.source, AudioTrack) else 0


def with_flags(outputs: Sequence[OutputTrack], native: NativeLanguage) -> Tuple[OutputTrack, ...]:
    """Set each track's flags; the tracks are in the result's order."""
    first_audio = _default_audio(outputs)
    first_subtitle = _default_subtitle(outputs, first_audio)
    flagged: List[OutputTrack] = []
    for number, track in enumerate(outputs):
        source = track.source
        if isinstance(source, VideoTrack):
            flags = source.flags
        elif isinstance(source, AudioTrack):
            flags = _audio_flags(source, number == first_audio, native)
        else:
            flags = _subtitle_flags(source, number == first_subtitle)
        flagged.append(replace(track, flags=flags))
    return tuple(flagged)


def _order_of_others(
    tracks: Sequence[OutputTrack], wanted: Sequence[LanguageTag]
) -> Dict[str, int]:
    """Return the order of the languages that are not in the settings: as in the file."""
    places: Dict[str, int] = {}
    for track in sorted(tracks, key=lambda track: track.source.index):
        language = track.source.language
        if audio.language_rank(language, wanted) == len(wanted):
            places.setdefault(language.primary, len(places))
    return places


def _default_audio(outputs: Sequence[OutputTrack]) -> int:
    """Where the sound track stands that plays by itself; -1 where there is none."""
    sound = [
        (number, track.source)
        for number, track in enumerate(outputs)
        if isinstance(track.source, AudioTrack)
    ]
    carrying = [number for number, track in sound if audio.carries_the_film(track)]
    plain = [number for number, track in sound if not audio.is_commentary(track)]
    return next(iter(carrying or plain or [number for number, _ in sound]), -1)


def _default_subtitle(outputs: Sequence[OutputTrack], first_audio: int) -> int:
    """Where the forced subtitle for the default sound stands; -1 where there is none."""
    if first_audio < 0:
        return -1
    heard = outputs[first_audio].language
    for number, track in enumerate(outputs):
        source = track.source
        if (
            isinstance(source, SubtitleTrack)
            and subtitles.is_forced(source)
            and not subtitles.is_commentary(source)
            and source.language.matches(heard)
        ):
            return number
    return -1


def _audio_flags(track: AudioTrack, default: bool, native: NativeLanguage) -> TrackFlags:
    original, stated = track.flags.original, track.flags.stated
    if audio.native_is_sure(native) and track.language.is_listed and not track.language.is_special:
        original = track.language.matches(native.language)
        stated = (*stated, "original")
    return replace(
        track.flags,
        default=default,
        original=original,
        commentary=audio.is_commentary(track),
        visual_impaired=audio.is_described(track),
        stated=tuple(sorted(set(stated))),
    )


def _subtitle_flags(track: SubtitleTrack, default: bool) -> TrackFlags:
    return replace(
        track.flags,
        default=default,
        forced=subtitles.is_forced(track),
        hearing_impaired=subtitles.is_hearing_impaired(track),
        commentary=subtitles.is_commentary(track),
    )
