"""Which subtitles stay, and what they become (the specification's "Subtitle Management")."""

from __future__ import annotations

from typing import Callable, Iterator, Optional, Sequence, Tuple

from core.media.languages import UNDETERMINED, LanguageTag, parse_language
from core.media.model import MediaFile, SubtitleTrack
from core.plan import Reason, SubtitleConvert, TrackDecision
from core.rules import titles
from core.settings.tree import SubtitleSettings
from core.text.sentence import Sentence

# What ffmpeg's Matroska muxer takes as it is, and players show. WebVTT is not among them: ffmpeg
# writes it in WebM's form (D_WEBVTT), which Matroska does not have.
COPIED = frozenset({
    "subrip", "srt", "ass", "ssa", "hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle",
    "hdmv_text_subtitle",
})  # fmt: skip
# Texts that ffmpeg can read, and that become SubRip.
CONVERTED = frozenset({
    "mov_text", "webvtt", "text", "microdvd", "subviewer", "subviewer1", "sami", "realtext",
    "jacosub", "mpl2", "pjs", "stl", "vplayer",
})  # fmt: skip
# What a broadcast carries beside the film, and no Matroska file can hold.
BROADCAST = frozenset({
    "dvb_teletext", "eia_608", "cea_608", "cea_708", "arib_caption", "ivtv_vbi",
})  # fmt: skip

# A rule about one subtitle: yields why it is dropped, nothing where it may stay.
Rejection = Callable[[SubtitleTrack, SubtitleSettings], Iterator[Reason]]

# The share of an SDH subtitle's lines that a plain one needs to stand in for it.
LEAST_SHARE = 0.5
_COMMENTARY_FLAG = Sentence("commentary flag")
_SDH_FLAG = Sentence("hearing-impaired flag")


def decide_subtitles(media: MediaFile, settings: SubtitleSettings) -> Tuple[TrackDecision, ...]:
    """Decide about every subtitle, in file order."""
    first = [_reject_alone(track, settings) for track in media.subtitles]
    remaining = [track for track, reasons in zip(media.subtitles, first) if not reasons]
    decisions = []
    for track, reasons in zip(media.subtitles, first):
        found = reasons or _reject_sdh(track, remaining, settings)
        notes = () if found else (_why_kept(track, settings),)
        decisions.append(TrackDecision(track, found, notes))
    return tuple(decisions)


def is_forced(track: SubtitleTrack) -> bool:
    """Whether it holds only what most viewers would not understand, by flag or by title.

    Where the two contradict each other, or it is SDH as well (which is made of all that is heard), what
    it holds decides; SDH of an unknown number of lines is taken for full.
    """
    flagged, titled = track.flags.forced, bool(titles.forced(track.title))
    if not (flagged or titled):
        return False
    # A title without a flag, or a flag on what is titled as full: one of the two is wrong.
    contradicts = not flagged or bool(titles.full(track.title))
    if (contradicts or is_hearing_impaired(track)) and track.holds_few is not None:
        return track.holds_few
    return not is_hearing_impaired(track)


def is_hearing_impaired(track: SubtitleTrack) -> bool:
    """Whether it is made for the deaf and hard of hearing, by flag or by title."""
    return track.flags.hearing_impaired or bool(titles.hearing_impaired(track.title))


def is_commentary(track: SubtitleTrack) -> bool:
    """Whether it writes down what a commentary says, by flag or by title."""
    return track.flags.commentary or bool(titles.commentary(track.title))


def wanted_languages(settings: SubtitleSettings) -> Tuple[LanguageTag, ...]:
    """The languages of the settings, in their order."""
    return tuple(parse_language(text) for text in settings.languages)


def counted_language(language: LanguageTag) -> LanguageTag:
    """A language for the rules: codes that say nothing (mis, mul, zxx, private ones) count as und."""
    return UNDETERMINED if language.is_special or not language.is_listed else language


def can_be_carried(track: SubtitleTrack) -> bool:
    """Whether ffmpeg can bring it into a Matroska file, as it is or as SubRip.

    A codec that it knows in one container it may not know in another: WebVTT as mkvmerge writes it.
    """
    return track.readable and (track.codec in COPIED or track.codec in CONVERTED)


def decide_conversion(track: SubtitleTrack) -> Tuple[Optional[SubtitleConvert], Reason]:
    """What a subtitle that stays becomes: SubRip, or None where it is copied, and why."""
    if track.codec in CONVERTED:
        return SubtitleConvert("subrip"), Reason(
            "subtitle.to_subrip",
            Sentence(
                "It is converted to SubRip, because not all players show its format in Matroska."
            ),
            track.codec,
        )
    return None, Reason("subtitle.copy", Sentence("It is copied unchanged."), track.codec)


def _unwanted_language(track: SubtitleTrack, settings: SubtitleSettings) -> Iterator[Reason]:
    language = counted_language(track.language)
    if not any(language.matches(wanted) for wanted in wanted_languages(settings)):
        yield Reason(
            "subtitle.language",
            Sentence(
                "{language} is not one of the subtitle languages to keep.",
                language=track.language.name,
            ),
            str(track.language),
        )


def _commentary(track: SubtitleTrack, settings: SubtitleSettings) -> Iterator[Reason]:
    if not (settings.drop_commentary and is_commentary(track)):
        return
    words = titles.commentary(track.title)
    if words and not track.flags.commentary:
        yield Reason(
            "subtitle.commentary_title", Sentence("Its title says that it is commentary."), words
        )
    else:
        yield Reason(
            "subtitle.commentary_flag",
            Sentence("It is flagged as commentary."),
            _COMMENTARY_FLAG,
        )


def _broadcast(track: SubtitleTrack, settings: SubtitleSettings) -> Iterator[Reason]:  # noqa: ARG001
    if track.codec in BROADCAST:
        yield Reason(
            "subtitle.broadcast",
            Sentence("Teletext and caption streams of a broadcast cannot be stored in Matroska."),
            track.codec,
        )


# Each says why a subtitle is dropped, whatever else the film has; a new one goes here.
REJECTIONS: Tuple[Rejection, ...] = (_unwanted_language, _commentary)
# The same of what Matroska cannot hold; said only where nothing else rejects the track.
UNFIT: Tuple[Rejection, ...] = (_broadcast,)


def _reject_alone(track: SubtitleTrack, settings: SubtitleSettings) -> Tuple[Reason, ...]:
    for rules in (REJECTIONS, UNFIT):
        reasons = tuple(reason for rule in rules for reason in rule(track, settings))
        if reasons:
            return reasons
    return ()


def _reject_sdh(
    track: SubtitleTrack, remaining: Sequence[SubtitleTrack], settings: SubtitleSettings
) -> Tuple[Reason, ...]:
    """Drop SDH where a plain subtitle of the same kind and language stays; forced is not full."""
    if not settings.drop_sdh or not is_hearing_impaired(track):
        return ()
    if not any(_replaces(other, track) for other in remaining):
        return ()
    if track.flags.hearing_impaired:
        return (
            Reason(
                "subtitle.sdh_flag",
                Sentence("It is flagged as SDH."),
                _SDH_FLAG,
            ),
        )
    words = titles.hearing_impaired(track.title)
    return (Reason("subtitle.sdh_title", Sentence("Its title says that it is SDH."), words),)


def _replaces(other: SubtitleTrack, track: SubtitleTrack) -> bool:
    return (
        not is_hearing_impaired(other)
        and not is_commentary(other)
        and is_forced(other) == is_forced(track)
        and can_be_carried(other)
        and _same_language(other.language, track.language)
        and _holds_about_as_much(other, track)
    )


def _holds_about_as_much(other: SubtitleTrack, track: SubtitleTrack) -> bool:
    """Whether it has about as many lines: SDH has those of doors and music, too. Unknown: yes."""
    if other.lines is None or track.lines is None:
        return True
    return other.lines >= track.lines * LEAST_SHARE


def _same_language(first: LanguageTag, second: LanguageTag) -> bool:
    """Whether a reader of either language can read both: Brazil's and Portugal's are two, pt is either."""
    first_tag, second_tag = counted_language(first).bcp47, counted_language(second).bcp47
    return first_tag == second_tag or (
        first.primary == second.primary
        and (first_tag == first.primary or second_tag == second.primary)
    )


def _why_kept(track: SubtitleTrack, settings: SubtitleSettings) -> Reason:
    if is_hearing_impaired(track) and settings.drop_sdh:
        why = (
            Sentence("It is kept although it is SDH: it is the only forced one in its language.")
            if is_forced(track)
            else Sentence("It is kept although it is SDH: it is the only full one in its language.")
        )
        return Reason(
            "subtitle.only_one",
            why,
            titles.hearing_impaired(track.title) or _SDH_FLAG,
        )
    name = counted_language(track.language).name
    return Reason(
        "subtitle.wanted",
        Sentence("{language} subtitles are kept.", language=name),
        str(track.language),
    )
