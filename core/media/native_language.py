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
from core.text.sentence import Listed, Sentence, listed

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
    source: (
        str  # as the user knows it: "Radarr (Films)", "OMDb", Sentence("The file's original flag")
    )
    languages: Tuple[LanguageTag, ...] = ()
    countries: Tuple[str, ...] = ()
    note: str = ""
    doubt: str = ""  # why the answer may be about another title

    def __str__(self) -> str:
        names: str = listed(language.name for language in self.languages)
        if names and self.countries:
            names = Sentence(
                "{languages} ({countries})", languages=names, countries=Listed(self.countries)
            )
        text = names or self.note or Sentence("says nothing")
        if self.doubt:
            text = Sentence("{languages} ({doubt})", languages=text, doubt=self.doubt)
        return Sentence("{source}: {languages}", source=self.source, languages=text)


def native_language(media: MediaFile, override: str = "") -> NativeLanguage:
    """Decide from the file alone."""
    return decide(file_answers(media), override)


def file_answers(media: MediaFile) -> Tuple[LanguageAnswer, ...]:
    """Return what the file's own tracks tell; commentaries do not count."""
    audio = [track for track in media.audio if not track.flags.commentary]
    found: List[LanguageAnswer] = []
    original = {track.language for track in audio if track.flags.original}
    if any(not language.is_special for language in original):
        found.append(
            _of_file(AnswerKind.ORIGINAL_FLAG, Sentence("The file's original flag"), original)
        )
    every = {track.language for track in audio}
    default = {track.language for track in audio if track.flags.default}
    if len(every) == 1 and not any(language.is_special for language in every):
        found.append(
            _of_file(AnswerKind.ONLY_LANGUAGE, Sentence("The file's only language"), every)
        )
    elif len(default) == 1 and not any(language.is_special for language in default):
        found.append(
            _of_file(AnswerKind.DEFAULT_TRACK, Sentence("The file's default track"), default)
        )
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
                (Sentence("You: {language}", language=language.name), *chain),
                Sentence("You set the film's language to {language}.", language=language.name),
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
        return _only(only.languages[0], chain)
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
            language,
            chain,
            Sentence(
                "{source} says {language}, {other} does not.",
                source=arr.source,
                language=language.name,
                other=against[0].source,
            ),
        )
    if not language.matches(_ENGLISH):
        return _known(language, chain, _says(arr, language))
    # Both programs say English as well when they do not know (docs/metadata.md).
    if omdb is not None and not omdb.doubt and _omdb_choice(omdb) == language:
        return _known(language, chain, _agree(arr, omdb.source, language))
    if flag is not None and len(flag.languages) == 1:
        return _known(language, chain, _agree(arr, flag.source, language))
    return _doubtful(
        language,
        chain,
        Sentence("{source} says English, as it does too when it does not know.", source=arr.source),
    )


def _with_omdb(
    omdb: LanguageAnswer, flag: Optional[LanguageAnswer], chain: Tuple[str, ...]
) -> NativeLanguage:
    if flag is not None and not _speaks(omdb, flag):
        return _doubtful(
            flag.languages[0],
            chain,
            Sentence("The file flags it as the original, OMDb does not know it."),
        )
    if flag is not None and len(flag.languages) == 1:
        return _known(flag.languages[0], chain, _agree(omdb, flag.source, flag.languages[0]))
    choice = _omdb_choice(omdb)
    if omdb.doubt:
        doubt = Sentence("{source}: {doubt}.", source=omdb.source, doubt=omdb.doubt)
        return _doubtful(choice or omdb.languages[0], chain, doubt)
    if choice is None:
        return _doubtful(
            omdb.languages[0],
            chain,
            Sentence(
                "The spoken languages and countries of {source} do not settle it.",
                source=omdb.source,
            ),
        )
    if len(omdb.languages) == 1:
        return _known(choice, chain, _says(omdb, choice))
    why = Sentence(
        "{source} says {language}; of those spoken it is the one of {countries}.",
        source=omdb.source,
        language=choice.name,
        countries=Listed(omdb.countries),
    )
    return _known(choice, chain, why)


def _says(answer: LanguageAnswer, language: LanguageTag) -> Sentence:
    return Sentence("{source} says {language}.", source=answer.source, language=language.name)


def _agree(answer: LanguageAnswer, other: str, language: LanguageTag) -> Sentence:
    return Sentence(
        "{source} and {other} agree on {language}.",
        source=answer.source,
        other=other,
        language=language.name,
    )


def _only(language: LanguageTag, chain: Tuple[str, ...]) -> NativeLanguage:
    why = Sentence("{language} is the only audio language in the file.", language=language.name)
    return _known(language, chain, why)


def _with_file(
    flag: Optional[LanguageAnswer],
    only: Optional[LanguageAnswer],
    default: Optional[LanguageAnswer],
    chain: Tuple[str, ...],
) -> NativeLanguage:
    """Decide from the file alone. An only language can be trusted, since there is no other to choose; a
    default track proves little, since dubs are often the default."""
    if flag is not None and len(flag.languages) > 1:
        reason = Sentence(
            "Several languages are flagged original ({languages}), so none is trusted.",
            languages=Listed(language.name for language in flag.languages),
        )
        return NativeLanguage(sources=chain, reason=reason)
    if flag is not None:
        tag = flag.languages[0]
        why = Sentence("The file flags {language} as its original language.", language=tag.name)
        return _known(tag, chain, why)
    if only is not None:
        return _only(only.languages[0], chain)
    if default is not None:
        tag = default.languages[0]
        why = Sentence("Guessed from the default audio track ({language}).", language=tag.name)
        return _doubtful(tag, chain, why)
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


def _known(language: LanguageTag, chain: Tuple[str, ...], reason: Sentence) -> NativeLanguage:
    return NativeLanguage(language, Confidence.HIGH, chain, reason)


def _doubtful(language: LanguageTag, chain: Tuple[str, ...], reason: Sentence) -> NativeLanguage:
    kept = Sentence("{reason} No track is removed for it.", reason=reason)
    return NativeLanguage(language, Confidence.LOW, chain, kept)
