"""How the library's films, groups and conditions are called in the window."""

from __future__ import annotations

from enum import Enum
from typing import Dict, Optional

from core.library.film import FilmHealth, LibraryFilm, LibraryState
from core.library.grouping import GroupBy, LibraryGroup, band_label
from core.library.progress import CheckProgress, LookProgress
from core.library.savings import saving_text
from core.media.languages import LanguageTag
from core.settings.choices import CheckTime
from core.text.formatting import duration_text
from core.text.sentence import LanguageName, Sentence
from views.cldr import in_digits
from views.film_signs import of_film
from views.numbers import count_text, percent_text, size_text
from views.shown import visible
from views.table_parts import Column, Row
from views.texts import N_, _, ngettext, sentence

STATES: Dict[LibraryState, str] = {
    LibraryState.TO_PROCESS: N_("To process"),
    LibraryState.PENDING: N_("In the queue"),
    LibraryState.PROCESSED: N_("Processed"),
    LibraryState.LEFT_ALONE: N_("Left alone"),
    LibraryState.UNREADABLE: N_("Not readable"),
    LibraryState.UNKNOWN: N_("Not looked at yet"),
}
CONDITIONS: Dict[FilmHealth, str] = {
    FilmHealth.UNKNOWN: N_("Not checked"),
    FilmHealth.SOUND: N_("Undamaged"),
    FilmHealth.DAMAGED: N_("Damaged"),
    FilmHealth.UNREADABLE: N_("Not readable"),
    FilmHealth.NO_DECODER: N_("Cannot be checked"),
}
GROUPS: Dict[GroupBy, str] = {
    GroupBy.CODEC: N_("Codec"),
    GroupBy.RESOLUTION: N_("Resolution"),
    GroupBy.SIZE: N_("Size"),
    GroupBy.FOLDER: N_("Folder"),
    GroupBy.LANGUAGE: N_("Language"),
}
CHECK_TIMES: Dict[CheckTime, str] = {
    CheckTime.IDLE: N_("when the queue has nothing to do"),
    CheckTime.AT_ONCE: N_("at once"),
}
_CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "av1": "AV1",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4",
    "msmpeg4v3": "MS MPEG-4",
    "vc1": "VC-1",
    "wmv3": "WMV 9",
    "vp8": "VP8",
    "vp9": "VP9",
}
# The list's columns; where there is little room the first to go is the one that says least.
COLUMNS = (
    Column("name", N_("Film"), 220, stretch=True, least=200, always=True),
    Column("codec", N_("Codec"), 76, gives_way=8),
    Column("resolution", N_("Picture"), 76, gives_way=7),
    Column("hdr", N_("HDR"), 96, gives_way=3),
    Column("length", N_("Length"), 76, numeric=True, gives_way=4),
    Column("size", N_("Size"), 86, numeric=True),
    Column("rate", N_("Bit rate"), 100, numeric=True, gives_way=2),
    Column("languages", N_("Languages"), 140, gives_way=5),
    Column("state", N_("Status"), 130, gives_way=10),
    Column("saving", N_("Would save"), 166, numeric=True, gives_way=9),
    Column("health", N_("Condition"), 124, gives_way=6),
    Column("folder", N_("Folder"), 240, stretch=True, least=120, gives_way=1),
)
_NOT_FILMS = {
    "und": N_("Unknown language"),
    "zxx": N_("No language"),
    "mul": N_("Several languages"),
}


def word_of(member: Enum) -> str:
    """Return what a film's state or condition is called."""
    if isinstance(member, LibraryState):
        return _(STATES[member])
    return _(CONDITIONS[FilmHealth(member)])


def codec_text(codec: str) -> str:
    """Return what people call a codec."""
    return _CODECS.get(codec, codec.upper())


def language_text(code: str) -> str:
    """Return a language's name in the language of the window."""
    if code in _NOT_FILMS:
        return _(_NOT_FILMS[code])
    name = LanguageName(code, LanguageTag(code).english_name)
    return sentence(Sentence("{language}", language=name))


def group_text(by: GroupBy, group: LibraryGroup, root: str = "") -> str:
    """Return what a group is called."""
    if not group.value:
        return _("Not known")
    if by is GroupBy.SIZE:
        return sentence(band_label(int(group.value)))
    if by is GroupBy.LANGUAGE:
        return language_text(group.value)
    if by is GroupBy.CODEC:
        return codec_text(group.value)
    return visible(group.value[len(root) :] if root else group.value)


def row_of_film(film: LibraryFilm) -> Row:
    """Return a film as a row of the list."""
    facts, rate = film.facts, film.bit_rate
    cells = (
        film.path.name,
        codec_text(facts.codec),
        facts.resolution,
        facts.hdr,
        duration_text(facts.duration) if facts.duration else "",
        size_text(film.size),
        "" if rate is None else in_digits(f"{rate / 1000:.1f} Mbit/s"),
        ", ".join(map(language_text, facts.languages)),
        _(STATES[film.state]),
        in_digits(saving_text(film.saving)),
        "" if film.health is FilmHealth.UNKNOWN else _(CONDITIONS[film.health]),
        str(film.path.parent),
    )
    wrong = film.health in (FilmHealth.DAMAGED, FilmHealth.UNREADABLE)
    muted = film.state in (LibraryState.UNKNOWN, LibraryState.LEFT_ALONE)
    return Row(
        tuple(map(visible, cells)),
        tag="error" if wrong else "muted" if muted else "",
        sign=of_film(film),
    )


def row_of_none() -> Row:
    """A placeholder row for a film that is gone, until the list is read again."""
    return Row(("",) * len(COLUMNS))


def about_film(film: Optional[LibraryFilm]) -> str:
    """Return two lines about a film: where it is; its damage, and what would be done or why nothing."""
    if film is None:
        return ""
    told = (sentence(film.health_sentence), sentence(film.message))
    return f"{visible(film.path)}\n{' '.join(filter(None, map(visible, told)))}"


def look_text(progress: LookProgress) -> str:
    """Return how far looking into films is; "" where nobody looks."""
    if progress.problem:
        return sentence(progress.problem)
    if not progress.running:
        return ""
    return _("{done} of {total} looked at").format(
        done=count_text(progress.done), total=count_text(progress.total)
    )


def check_text(progress: CheckProgress) -> str:
    """Return how far checking films is."""
    if progress.problem:
        return sentence(progress.problem)
    if not progress.running:
        return ""
    parts = [
        _("{done} of {total} checked").format(
            done=count_text(progress.done), total=count_text(progress.total)
        ),
        ngettext("{number} damaged", "{number} damaged", progress.damaged).format(
            number=count_text(progress.damaged)
        ),
    ]
    if progress.waiting:
        parts.append(_("waiting until the queue has nothing to do"))
    elif progress.film is not None:
        speed = in_digits(f", {progress.speed:.1f}×") if progress.speed else ""
        if progress.left is not None:
            parts.append(_("{time} left").format(time=duration_text(progress.left)))
        parts.append(f"{percent_text(progress.percent)}{speed}: {visible(progress.film.name)}")
    return "; ".join(parts)
