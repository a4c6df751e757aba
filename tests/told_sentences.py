"""What is wrong with a sentence for a user of the Dutch or Turkish window: each text that stays English."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Counter as CounterOf
from typing import Dict, Iterator, List, Tuple

import polib

from core.text.sentence import Bytes, Field, LanguageName, Listed, Seconds, Sentence
from views import cldr, texts
from views.texts import sentence

LOCALE = Path(__file__).resolve().parent.parent / "assets" / "locale"
LANGUAGES = ("nl", "tr")
_PLACE = re.compile(r"\{\w+\}")
_LETTER = re.compile(r"[^\W\d_]")
# Words that only English has; a field with two of them is a sentence that was forgotten.
_ENGLISH = re.compile(
    r"\b(?:the|is|are|was|were|not|cannot|could|would|has|have|its|this|that|of|and|it|no|does|with)\b"
)
# Those of them, and others, that neither Dutch nor Turkish has.
_ENGLISH_ALONE = re.compile(
    r"\b(?:the|are|were|cannot|could|would|has|its|this|that|and|it|with|from|which|because|only|than|"
    r"removed|kept|track of|language|subtitles?|becomes)\b",
    re.IGNORECASE,
)
# What others say, in their own words, or a command to type.
_THEIR_OWN = ("line", "command", "remark", "choices")
# Names and units, which are the same in every language.
_SAME = re.compile(
    r"\b(?:Video|Audio|audio|video|Dolby Vision|HDR(?:10\+?)?|HLG|PQ|Opus|SDH|SQLite|JSON|Database|Planner|"
    r"kbit|bits?|profile?|lossless|min|s|kB|MB|GB|px|per pixel|tracks?)\b"
)


def _catalogues() -> Dict[str, Dict[str, polib.POEntry]]:
    files = {
        language: polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "mediaprocessor.po"))
        for language in LANGUAGES
    }
    return {
        language: {entry.msgid: entry for entry in file if not entry.obsolete}
        for language, file in files.items()
    }


class Told:
    """Judges sentences, and counts those that it has seen by their templates."""

    def __init__(self) -> None:
        self._catalogues = _catalogues()
        self.seen: CounterOf[str] = Counter()
        self._judged: Dict[Tuple[str, str], List[str]] = {}
        self._blank: Dict[str, Sentence] = {}  # each once, without what its fields hold

    def problems(self, text: str) -> List[str]:
        """Return what a Dutch or Turkish user could not read of this sentence; none where all is well."""
        if not text:
            return []
        if not isinstance(text, Sentence):
            return [f"no sentence: {text!r}"]
        key = (text.template, str.__str__(text))
        if key not in self._judged:
            blank = _blank(text)
            new = str.__str__(blank) not in self._blank
            self._blank.setdefault(str.__str__(blank), blank)
            self._judged[key] = [*self._of(text), *(self._shown(blank) if new else ())]
        return self._judged[key]

    def _of(self, text: Sentence) -> Iterator[str]:
        if _LETTER.search(_PLACE.sub("", text.template)):
            self.seen[text.template] += 1
            yield from self._untranslated(text.template)
        for name, value in text.fields.items():
            yield from self._of_field(name, value)

    def _of_field(self, name: str, value: Field) -> Iterator[str]:
        if isinstance(value, Sentence):
            yield from self._of(value)
        elif isinstance(value, Listed):
            for each in value:
                yield from self._of_field(name, each)
        elif isinstance(value, (Bytes, Seconds, LanguageName)):
            return
        elif isinstance(value, str) and name not in _THEIR_OWN:
            words = _ENGLISH.findall(value)
            if len(words) > 1:
                yield f"the field {name} is English text: {value!r}"

    def _untranslated(self, template: str) -> Iterator[str]:
        for language, entries in self._catalogues.items():
            entry = entries.get(template)
            if entry is None:
                yield f"not in the catalogue: {template!r}"
                return
            forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
            if not all(forms):
                yield f"{language} has no words for {template!r}"
            elif template in forms and _LETTER.search(_PLACE.sub("", _SAME.sub("", template))):
                yield f"{language} says it in English: {template!r}"

    def known(self, language: str) -> int:
        """Return how many of the sentences that were seen have words of their own in this language."""
        entries = self._catalogues[language]
        return sum(template in entries and entries[template].translated() for template in self.seen)

    def english_words(self, language: str) -> List[str]:
        """Return the English words in what was seen, as it is shown in this language."""
        before = cldr.language()
        try:
            texts.use_language(language, LOCALE)
            return [
                word
                for blank in self._blank.values()
                for word in _ENGLISH_ALONE.findall(_SAME.sub("", sentence(blank)))
            ]
        finally:
            texts.use_language(before or "en", LOCALE)

    def _shown(self, blank: Sentence) -> Iterator[str]:
        before = cldr.language()
        try:
            for language in LANGUAGES:
                texts.use_language(language, LOCALE)
                shown, plain = sentence(blank), str.__str__(blank)
                words = _LETTER.search(_SAME.sub("", plain))
                if shown == plain and words:
                    yield f"{language} shows it in English: {plain!r}"
        finally:
            texts.use_language(before or "en", LOCALE)


def _blank(text: Sentence) -> Sentence:
    """The same sentence without what its fields hold, but for the sentences in them."""
    return text.with_fields(**{name: _emptied(value) for name, value in text.fields.items()})


def _emptied(value: Field) -> Field:
    if isinstance(value, Sentence):
        return _blank(value)
    return Listed(map(_emptied, value)) if isinstance(value, Listed) else ""
