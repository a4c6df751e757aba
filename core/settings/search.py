"""Finds settings by what a person types: parts of words, with or without accents, in any order."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Iterable, Tuple

_DOTLESS = str.maketrans("ıI", "ii")  # Turkish writes both, and a keyboard may have one


@dataclass(frozen=True)
class Searchable:
    """A setting or page: ``name`` is what its hit is called, ``title`` and ``texts`` what is looked in."""

    name: str
    title: Tuple[str, ...]  # in each language
    texts: Tuple[str, ...]  # explanations and synonyms


def folded(text: str) -> str:
    """Text without accents and capitals: ``Altyazı`` and ``ALTYAZI`` are ``altyazi``."""
    parts = unicodedata.normalize("NFKD", text)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain.translate(_DOTLESS).casefold()


def found(wanted: str, searchables: Iterable[Searchable]) -> Tuple[str, ...]:
    """The names of what holds every word of ``wanted``, best first: whole titles, titles, then texts."""
    words = folded(wanted).split()
    if not words:
        return ()
    hits = []
    for place, searchable in enumerate(searchables):
        titles = folded("\n".join(searchable.title))
        everything = titles + "\n" + folded("\n".join(searchable.texts))
        if all(word in everything for word in words):
            whole = " ".join(words) in titles.split("\n")
            rank = 0 if whole else 1 if all(word in titles for word in words) else 2
            hits.append((rank, place, searchable.name))
    return tuple(name for _rank, _place, name in sorted(hits))
