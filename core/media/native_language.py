"""Which language a film was made in: every answer weighed in one place.

The languages of the family are kept whatever comes out here, so a wrong answer does harm in one
direction only: a film taken for English (or any other kept language) loses its real one. That is why
"English" needs a second witness, and why what is weak or contradicted gets ``Confidence.LOW``, which
never lets a track be dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Dict, List, Optional, Sequence, Set, Tuple

from core.media.languages import UNDETERMINED, LanguageTag, parse_language
from core.media.model import Confidence, MediaFile, NativeLanguage

_ENGLISH = LanguageTag("en")

# Languages that a country's films are made in, by OMDb's names of countries (old and new forms).
# Only what settles a list of spoken languages: countries of many languages settle little.
_COUNTRY_LANGUAGES: Dict[str, Tuple[str, ...]] = {
    "argentina": ("es",),
    "australia": ("en",),
    "austria": ("de",),
    "belgium": ("nl", "fr"),
    "brazil": ("pt",),
    "bulgaria": ("bg",),
    "canada": ("en", "fr"),
    "chile": ("es",),
    "china": ("zh", "yue"),
    "colombia": ("es",),
    "croatia": ("hr",),
    "czech republic": ("cs",),
    "czechia": ("cs",),
    "denmark": ("da",),
    "egypt": ("ar",),
    "estonia": ("et",),
    "finland": ("fi", "sv"),
    "france": ("fr",),
    "georgia": ("ka",),
    "germany": ("de",),
    "greece": ("el",),
    "hong kong": ("yue", "zh"),
    "hungary": ("hu",),
    "iceland": ("is",),
    "india": ("hi", "ta", "te", "ml", "kn", "bn", "mr", "pa"),
    "indonesia": ("id",),
    "iran": ("fa",),
    "ireland": ("en", "ga"),
    "israel": ("he",),
    "italy": ("it",),
    "japan": ("ja",),
    "latvia": ("lv",),
    "lithuania": ("lt",),
    "mexico": ("es",),
    "netherlands": ("nl",),
    "new zealand": ("en",),
    "norway": ("no", "nb", "nn"),
    "philippines": ("tl", "fil"),
    "poland": ("pl",),
    "portugal": ("pt",),
    "romania": ("ro",),
    "russia": ("ru",),
    "serbia": ("sr",),
    "slovakia": ("sk",),
    "slovenia": ("sl",),
    "south korea": ("ko",),
    "spain": ("es", "ca"),
    "sweden": ("sv",),
    "switzerland": ("de", "fr", "it"),
    "taiwan": ("zh",),
    "thailand": ("th",),
    "turkey": ("tr",),
    "türkiye": ("tr",),
    "uk": ("en",),
    "ukraine": ("uk",),
    "united kingdom": ("en",),
    "united states": ("en",),
    "usa": ("en",),
    "vietnam": ("vi",),
}


class AnswerKind(str, Enum):
    """Where an answer comes from, which says how far it reaches."""

    ARR = "arr"  # Sonarr's or Radarr's original language
    OMDB = "omdb"  # OMDb's list of spoken languages, with the countries
    ORIGINAL_FLAG = "original flag"  # Matroska's flag on audio tracks
    ONLY_LANGUAGE = "only language"  # the file has no other
    DEFAULT_TRACK = "default track"


@dataclass(frozen=True)
class LanguageAnswer:
    """One source's answer about one title; without languages it knows none, and ``note`` may say why."""

    kind: AnswerKind
    source: str  # as the user knows it: "Radarr (Films)", "OMDb", "The file's original flag"
    languages: Tuple[LanguageTag, ...] = ()
    countries: Tuple[str, ...] = ()
    note: str = ""
    doubt: str = ""  # why the answer may be about another title

    def __str__(self) -> str:
        names = ", ".join(language.english_name for language in self.languages)
        where = f" ({', '.join(self.countries)})" if self.countries else ""
        text = names + where if names else self.note or "says nothing"
        return f"{self.source}: {text}{f' ({self.doubt})' if self.doubt else ''}"


def native_language(media: MediaFile, override: str = "") -> NativeLanguage:
    """Decide from the file alone."""
    return decide(file_answers(media), override)


def file_answers(media: MediaFile) -> Tuple[LanguageAnswer, ...]:
    """Return what the file's own tracks tell; commentaries do not count."""
    audio = [track for track in media.audio if not track.flags.commentary]
    found: List[LanguageAnswer] = []
    original = {track.language for track in audio if track.flags.original}
    if any(not language.is_special for language in original):
        found.append(_of_file(AnswerKind.ORIGINAL_FLAG, "The file's original flag", original))
    every = {track.language for track in audio}
    default = {track.language for track in audio if track.flags.default}
    if len(every) == 1 and not any(language.is_special for language in every):
        found.append(_of_file(AnswerKind.ONLY_LANGUAGE, "The file's only language", every))
    elif len(default) == 1 and not any(language.is_special for language in default):
        found.append(_of_file(AnswerKind.DEFAULT_TRACK, "The file's default track", default))
    return tuple(found)


def _of_file(kind: AnswerKind, source: str, languages: Set[LanguageTag]) -> LanguageAnswer:
    return LanguageAnswer(kind, source, tuple(sorted(languages, key=str)))


def decide(answers: Sequence[LanguageAnswer], override: str = "") -> NativeLanguage:
    """Weigh the answers: override > Sonarr/Radarr other than English > agreement > OMDb > the file.

    The order and its reasons are in docs/metadata.md. All answers stay in ``sources``. Only HIGH
    ever lets a track be dropped.
    """
    chain = tuple(str(answer) for answer in answers)
    if override:
        language = parse_language(override)
        if language != UNDETERMINED:
            return _known(
                language,
                (f"You: {language.english_name}", *chain),
                f"You set the film's language to {language}.",
            )
    arr = _first(answers, AnswerKind.ARR)
    omdb = _first(answers, AnswerKind.OMDB)
    flag = _first(answers, AnswerKind.ORIGINAL_FLAG)
    only = _first(answers, AnswerKind.ONLY_LANGUAGE)
    if arr is not None:
        found = _with_arr(arr, omdb, flag, chain)
    elif omdb is not None:
        found = _with_omdb(omdb, flag, chain)
    else:
        return _with_file(flag, only, _first(answers, AnswerKind.DEFAULT_TRACK), chain)
    services = [answer for answer in (arr, omdb) if answer is not None]
    if (
        found.confidence is Confidence.LOW
        and only
        and all(_speaks(answer, only) for answer in services)
    ):
        return _known(
            only.languages[0], chain, f"{only.languages[0]} is the only audio language in the file."
        )
    return found


def _first(answers: Sequence[LanguageAnswer], kind: AnswerKind) -> Optional[LanguageAnswer]:
    """Return the first answer of a kind that names a language; ``mul`` and the like do not count."""
    for answer in answers:
        if answer.kind is kind and any(not language.is_special for language in answer.languages):
            if kind is AnswerKind.ORIGINAL_FLAG:
                return answer
            named = tuple(language for language in answer.languages if not language.is_special)
            return replace(answer, languages=named)
    return None


def _with_arr(
    arr: LanguageAnswer,
    omdb: Optional[LanguageAnswer],
    flag: Optional[LanguageAnswer],
    chain: Tuple[str, ...],
) -> NativeLanguage:
    language = arr.languages[0]
    against = [answer for answer in (omdb, flag) if answer is not None and not _speaks(answer, arr)]
    if against:
        return _doubtful(
            language, chain, f"{arr.source} says {language}, {against[0].source} does not."
        )
    if not language.matches(_ENGLISH):
        return _known(language, chain, f"{arr.source} says {language}.")
    # Both programs say English as well when they do not know (docs/metadata.md).
    if omdb is not None and not omdb.doubt and _omdb_choice(omdb) == language:
        return _known(language, chain, f"{arr.source} and {omdb.source} agree on {language}.")
    if flag is not None and len(flag.languages) == 1:
        return _known(language, chain, f"{arr.source} and the file's own flag agree on {language}.")
    return _doubtful(
        language, chain, f"{arr.source} says English, as it does too when it does not know."
    )


def _with_omdb(
    omdb: LanguageAnswer, flag: Optional[LanguageAnswer], chain: Tuple[str, ...]
) -> NativeLanguage:
    if flag is not None and not _speaks(omdb, flag):
        return _doubtful(
            flag.languages[0], chain, "The file flags it as the original, OMDb does not know it."
        )
    if flag is not None and len(flag.languages) == 1:
        return _known(flag.languages[0], chain, f"The file's own flag and {omdb.source} agree.")
    choice = _omdb_choice(omdb)
    if omdb.doubt:
        return _doubtful(choice or omdb.languages[0], chain, f"{omdb.source}: {omdb.doubt}.")
    if choice is None:
        return _doubtful(
            omdb.languages[0],
            chain,
            f"{omdb.source}'s spoken languages and countries do not settle it.",
        )
    many = f"; of those spoken it is the one of {', '.join(omdb.countries)}"
    return _known(
        choice, chain, f"{omdb.source} says {choice}{many if len(omdb.languages) > 1 else ''}."
    )


def _with_file(
    flag: Optional[LanguageAnswer],
    only: Optional[LanguageAnswer],
    default: Optional[LanguageAnswer],
    chain: Tuple[str, ...],
) -> NativeLanguage:
    """Decide from the file alone. An only language can be trusted, since there is no other to choose; a
    default track proves little, since dubs are often the default."""
    if flag is not None and len(flag.languages) > 1:
        names = ", ".join(language.english_name for language in flag.languages)
        reason = f"Several languages are flagged original ({names}), so none is trusted."
        return NativeLanguage(sources=chain, reason=reason)
    if flag is not None:
        tag = flag.languages[0]
        return _known(tag, chain, f"The file flags {tag.english_name} as its original language.")
    if only is not None:
        tag = only.languages[0]
        return _known(tag, chain, f"{tag.english_name} is the only audio language in the file.")
    if default is not None:
        tag = default.languages[0]
        return _doubtful(tag, chain, f"Guessed from the default audio track ({tag.english_name}).")
    return NativeLanguage(sources=chain)


def _omdb_choice(omdb: LanguageAnswer) -> Optional[LanguageTag]:
    """Return the language of OMDb's list that the countries confirm; None when they do not.

    English is believed only where the list begins with it, and not from countries that all speak
    something else: many films made elsewhere name the USA, and many dubs are all that OMDb knows.
    """
    national = [_COUNTRY_LANGUAGES.get(country.lower(), ()) for country in omdb.countries]
    codes = {code for languages in national for code in languages}
    if len(omdb.languages) == 1:
        foreign = all(national) and codes and _ENGLISH.bcp47 not in codes
        return None if foreign and omdb.languages[0].matches(_ENGLISH) else omdb.languages[0]
    spoken = [language for language in omdb.languages if language.primary in codes]
    others = [language for language in spoken if not language.matches(_ENGLISH)]
    if len(spoken) == 1 and (others or omdb.languages[0].matches(_ENGLISH)):
        return spoken[0]
    return None


def _speaks(answer: LanguageAnswer, other: LanguageAnswer) -> bool:
    """Whether the two have a language in common."""
    return any(tag.matches(language) for tag in answer.languages for language in other.languages)


def _known(language: LanguageTag, chain: Tuple[str, ...], reason: str) -> NativeLanguage:
    return NativeLanguage(language, Confidence.HIGH, chain, reason)


def _doubtful(language: LanguageTag, chain: Tuple[str, ...], reason: str) -> NativeLanguage:
    return NativeLanguage(language, Confidence.LOW, chain, f"{reason} No track is dropped for it.")
