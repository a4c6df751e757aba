"""Which audio tracks stay, and what they become (the specification's "Audio Processing").

Only a track in a language that is surely not wanted, or a commentary, is dropped, and never the last one
with which a viewer can follow the film.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Iterator, Optional, Sequence, Tuple

from core.media.languages import LanguageTag, parse_language
from core.media.model import AudioTrack, BitRateSource, Confidence, MediaFile, NativeLanguage
from core.plan import OpusEncode, Reason, TrackDecision
from core.rules import titles
from core.settings.tree import AudioSettings
from core.text.sentence import Sentence, joined

# Opus has a variable bit rate: a track set to 64 kbit/s measures a little more or less.
OPUS_TOLERANCE = 1.2
_FLAG = Sentence("commentary flag")
# libopus makes nothing useful with less, so a source that claims it is not believed.
LEAST_PER_CHANNEL = 6
NINE_ONE = 10  # channels: the one large layout that the specification names
LOSSLESS_CODECS = ("flac", "alac", "truehd", "mlp", "wavpack", "tta", "ape", "tak", "wmalossless")
# Matroska cannot hold these, so they are converted even where conversion is switched off.
UNFIT_FOR_MATROSKA = ("pcm_bluray", "pcm_dvd")


# A rule about one sound track: yields why it is dropped, nothing where it may stay.
Rejection = Callable[[AudioTrack, NativeLanguage, AudioSettings], Iterator[Reason]]


def decide_audio(
    media: MediaFile, native: NativeLanguage, settings: AudioSettings
) -> Tuple[TrackDecision, ...]:
    """Decide about every sound track, in file order; at least one stays where there are any."""
    decisions = tuple(_decide(track, native, settings) for track in media.audio)
    missed = _missed(media.audio, decisions, wanted_languages(native, settings))
    return tuple(
        _kept_after_all(decision) if decision.track is missed else decision
        for decision in decisions
    )


def is_commentary(track: AudioTrack) -> bool:
    """Whether people talk about the film in it, by flag or by title."""
    return track.flags.commentary or bool(titles.commentary(track.title))


def is_described(track: AudioTrack) -> bool:
    """Whether it describes the picture for the blind, by flag or by title."""
    return track.flags.visual_impaired or bool(titles.visual_impaired(track.title))


def is_wordless(track: AudioTrack) -> bool:
    """Whether nothing is spoken in it: an isolated score, music and effects, a crowd's noise."""
    silent = track.language.primary == "zxx" or bool(titles.wordless(track.title))
    return silent and not is_commentary(track)


def carries_the_film(track: AudioTrack) -> bool:
    """Whether a viewer can follow the film with it: not a commentary, described, or without words."""
    return not (is_commentary(track) or is_described(track) or is_wordless(track))


def native_is_sure(native: NativeLanguage) -> bool:
    """Whether the film's language is known so well that other languages may be left out."""
    return native.confidence is Confidence.HIGH and not _unknown(native.language)


def language_rank(language: LanguageTag, wanted: Sequence[LanguageTag]) -> int:
    """The place of a language among the wanted ones, from 0; behind them all when it is not there."""
    for rank, wanted_language in enumerate(wanted):
        if language.matches(wanted_language):
            return rank
    return len(wanted)


def wanted_languages(native: NativeLanguage, settings: AudioSettings) -> Tuple[LanguageTag, ...]:
    """The film's own language, where anything tells it, then those of the settings."""
    listed = tuple(parse_language(text) for text in settings.languages)
    return listed if _unknown(native.language) else (native.language, *listed)


def _unknown(language: LanguageTag) -> bool:
    return language.is_special or not language.is_listed


def _commentary(
    track: AudioTrack,
    native: NativeLanguage,  # noqa: ARG001 - every rule gets the same
    settings: AudioSettings,
) -> Iterator[Reason]:
    if not settings.drop_commentary:
        return
    words = titles.commentary(track.title)
    if track.flags.commentary:
        yield Reason(
            "audio.commentary_flag",
            Sentence("It is flagged as commentary."),
            _FLAG,
        )
    elif words:
        yield Reason(
            "audio.commentary_title", Sentence("Its title says that it is commentary."), words
        )


def _unwanted_language(
    track: AudioTrack, native: NativeLanguage, settings: AudioSettings
) -> Iterator[Reason]:
    wanted = wanted_languages(native, settings)
    foreign = language_rank(track.language, wanted) == len(wanted)
    if foreign and not _unknown(track.language) and native_is_sure(native):
        yield Reason(
            "audio.language",
            Sentence(
                "{language} is neither the film's original language ({original}) nor a language to keep.",
                language=track.language.name,
                original=native.language.name,
            ),
            str(track.language),
        )


# Each says why a sound track is dropped, whatever else the film has; a new one goes here.
REJECTIONS: Tuple[Rejection, ...] = (_commentary, _unwanted_language)


def _decide(track: AudioTrack, native: NativeLanguage, settings: AudioSettings) -> TrackDecision:
    rejections = tuple(reason for rule in REJECTIONS for reason in rule(track, native, settings))
    notes = () if rejections else (_why_kept(track, native, settings),)
    return TrackDecision(track, rejections, notes)


def _why_kept(track: AudioTrack, native: NativeLanguage, settings: AudioSettings) -> Reason:
    language = track.language
    if _unknown(language):
        return Reason(
            "audio.language_unknown",
            Sentence("Tracks without a language tag are always kept."),
            str(language),
        )
    if native_is_sure(native) and language.matches(native.language):
        return Reason(
            "audio.native", Sentence("It is in the film's original language."), str(language)
        )
    if any(language.matches(parse_language(text)) for text in settings.languages):
        return Reason(
            "audio.wanted",
            Sentence("{language} is kept.", language=language.name),
            str(language),
        )
    return Reason(
        "audio.native_unknown",
        Sentence("The film's original language is uncertain, so every language is kept."),
        str(language),
    )


def _missed(
    tracks: Sequence[AudioTrack],
    decisions: Sequence[TrackDecision],
    wanted: Sequence[LanguageTag],
) -> Optional[AudioTrack]:
    """Return the best track where only side tracks, or none, would stay without it.

    Viewers follow a match or a race by its commentary, so that comes before wordless audio.
    """
    spoken = [track for track in tracks if not is_wordless(track)]
    groups = (
        [track for track in tracks if carries_the_film(track)],
        [track for track in spoken if not is_commentary(track)],
        spoken,
        tracks,
    )
    kept = [decision.track for decision in decisions if decision.kept]
    group: Sequence[AudioTrack] = next((group for group in groups if group), ())
    if not group or any(track in kept for track in group):
        return None
    return min(group, key=lambda track: _worth(track, wanted))


def _worth(track: AudioTrack, wanted: Sequence[LanguageTag]) -> Tuple[object, ...]:
    flags = track.flags
    rank = language_rank(track.language, wanted)
    return (not flags.original, rank, not flags.default, -track.channels, track.index)


def _kept_after_all(decision: TrackDecision) -> TrackDecision:
    against = joined(reason.message for reason in decision.rejections)
    note = Reason(
        "audio.last_one",
        Sentence("It is kept although this speaks against it: {reasons}", reasons=against),
        Sentence("no better audio track is left"),
    )
    return replace(decision, rejections=(), notes=(note,))


def decide_opus(track: AudioTrack, settings: AudioSettings) -> Tuple[Optional[OpusEncode], Reason]:
    """Return what a track becomes: its Opus settings, or None where it is copied, and why."""
    unfit = track.codec in UNFIT_FOR_MATROSKA
    if not settings.convert_to_opus and not unfit:
        return None, Reason("audio.copy", Sentence("Conversion to Opus is switched off."))
    if track.object_audio and settings.keep_object_audio:
        return None, Reason(
            "audio.objects_kept",
            Sentence("Its object audio (Atmos or DTS:X) is kept."),
            track.commercial_name or track.codec,
        )
    if track.dual_mono:
        return None, Reason(
            "audio.dual_mono",
            Sentence(
                "It stays: its two channels are two programmes (1+1), and Opus would play both at once."
            ),
        )
    if track.channels <= 0:
        return None, Reason(
            "audio.channels_unknown", Sentence("Its number of channels is unknown.")
        )
    if track.channels > 8 and track.channels != NINE_ONE and not track.channel_layout:
        return None, Reason(
            "audio.layout_unknown",
            Sentence("Its channel layout is unknown, so it cannot be mixed."),
            _channels(track),
        )
    target = opus_for(track, settings)
    if _good_opus(track, target, settings):
        return None, Reason(
            "audio.opus_already", Sentence("It is already Opus, at or below the target bit rate.")
        )
    layout = track.channel_layout or _channels(track)
    return target, Reason(
        "audio.opus",
        Sentence(
            "It becomes Opus {layout} at {rate} kbit/s.",
            layout=target.channel_layout,
            rate=target.bit_rate,
        ),
        Sentence("{codec} {layout}, {rate}", codec=track.codec, layout=layout, rate=_rate(track)),
    )


def _channels(track: AudioTrack) -> Sentence:
    return Sentence("{channels} channels", channels=track.channels)


def _rate(track: AudioTrack) -> Sentence:
    if _lossless(track):
        return Sentence("lossless")
    rate = _sure_rate(track)
    return (
        Sentence("{rate} kbit/s", rate=str(round(rate))) if rate else Sentence("unknown bit rate")
    )


def opus_for(track: AudioTrack, settings: AudioSettings) -> OpusEncode:
    """The row of the channel rules for a track of at least one channel."""
    channels, layout, rate = _row(track, settings)
    source = _sure_rate(track)
    if source and not _lossless(track):
        rate = min(rate, max(int(source), LEAST_PER_CHANNEL * channels))
    return OpusEncode(bit_rate=rate, channels=channels, channel_layout=layout)


def _row(track: AudioTrack, settings: AudioSettings) -> Tuple[int, str, int]:
    if track.channels == 1:
        return 1, "mono", settings.mono_rate
    if track.channels <= 4:
        return 2, "stereo", settings.stereo_rate
    rate = _surround_rate(track, settings)
    if track.channels == 5 and track.channel_layout in ("", "5.0", "5.0(side)"):
        return 5, "5.0", rate
    return 6, "5.1", rate


def _surround_rate(track: AudioTrack, settings: AudioSettings) -> int:
    source = _sure_rate(track)
    if source is None or _lossless(track) or track.codec == "opus":
        return settings.surround_rate
    if source <= settings.surround_low_limit:
        return settings.surround_low_rate
    below = source <= settings.surround_middle_limit
    return settings.surround_middle_rate if below else settings.surround_rate


def _good_opus(track: AudioTrack, target: OpusEncode, settings: AudioSettings) -> bool:
    if track.codec != "opus" or track.channels > target.channels:
        return False
    source = _sure_rate(track)
    return source is None or source <= _row(track, settings)[2] * OPUS_TOLERANCE


def _sure_rate(track: AudioTrack) -> Optional[float]:
    """Return the source's kbit/s where the file itself tells it; a guess does not count."""
    if track.bit_rate_source is BitRateSource.ESTIMATED:
        return None
    return track.bit_rate if track.bit_rate and track.bit_rate > 0 else None


def _lossless(track: AudioTrack) -> bool:
    return track.lossless or track.codec in LOSSLESS_CODECS or track.codec.startswith("pcm_")
