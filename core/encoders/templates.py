"""Command templates: text with named placeholders that becomes an argv list, split once.

A template is split into words first and filled afterwards, so a value (a path, a title) is never split,
unquoted or read as an option. The words are divided by white space; quotes of either kind keep a
word together; a backslash is an ordinary character, because Windows paths are full of them (a word
that holds one kind of quote is written in the other kind). Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from typing import Dict, Optional, Sequence, Tuple

from core.encoders.family import EncoderFamily, Placeholder, Template, Value, names_in
from core.encoders.listed import families
from core.encoders.new_user import (
    FFMPEG_DOLBY_VISION,
    FFMPEG_DOWNSCALE,
    FFMPEG_NORMAL,
    QSVENC_DOLBY_VISION,
    QSVENC_DOWNSCALE,
    QSVENC_NORMAL,
)
from core.errors import TemplateError
from core.text.sentence import Listed, Sentence

__all__ = [
    "FFMPEG_DOLBY_VISION",
    "FFMPEG_DOWNSCALE",
    "FFMPEG_NORMAL",
    "QSVENC_DOLBY_VISION",
    "QSVENC_DOWNSCALE",
    "QSVENC_NORMAL",
    "Template",
    "Value",
    "family_of",
    "parse_template",
    "placeholders",
    "runs_on_chip",
]

_KEPT = 256  # texts whose words are kept: each film is planned with the same few

_COMMON = (
    Placeholder("input", Sentence("The film; stands alone after -i."), required=True),
    Placeholder(
        "output",
        Sentence("The result; stands alone: after -o, or as the last word (ffmpeg)."),
        required=True,
    ),
    Placeholder(
        "tracks",
        Sentence(
            "Everything but the video: which tracks in which order, audio to Opus, subtitles, "
            "chapters, attachments, names, languages and flags."
        ),
        is_list=True,
        required=True,
    ),
    Placeholder(
        "hdr",
        Sentence(
            "What this film's HDR10, HDR10+ or Dolby Vision needs to survive; nothing for other films. "
            "A template without it is used for films without HDR only."
        ),
        is_list=True,
    ),
    Placeholder("width", Sentence("Width of the result in pixels, always even.")),
    Placeholder("height", Sentence("Height of the result in pixels, always even.")),
)


def placeholders() -> Tuple[Placeholder, ...]:
    """Every placeholder of every family, each once."""
    own = [family.placeholder for family in families()]
    own += [placeholder for family in families() for placeholder in family.placeholders]
    return tuple(dict.fromkeys((*own, *_COMMON)))


def parse_template(text: str, setting: str = "template") -> Template:
    """Read a template and check that it can be used.

    Raises TemplateError, with the sentence that says what is wrong; ``setting`` is named there.
    """
    return _parsed(text, setting, families())


@lru_cache(maxsize=_KEPT)
def _parsed(text: str, setting: str, known: Tuple[EncoderFamily, ...]) -> Template:
    words = _split(text, setting)
    if not words:
        raise TemplateError(setting, Sentence("the template is empty."))
    family = _family(words, setting, known)
    _check_placeholders(words, family, setting)
    _check_places(words, family, setting)
    return family.read(words, setting)


def family_of(text: str) -> Optional[EncoderFamily]:
    """The family of a template, by its encoder alone; None where no family here knows it.

    A plan may be another machine's, whose program knows more families.
    """
    try:
        return _family(_split(text, "template"), "template", families())
    except (TemplateError, IndexError):
        return None


def runs_on_chip(text: str) -> bool:
    """Whether a template's encoder is a graphics chip's."""
    family = family_of(text)
    return family is not None and family.on_chip(_split(text, "template"))


# Options and filters that leave out, double or make up pictures.
_OTHER_COUNT = re.compile(
    r"^-(?:r|fpsmax|vsync|fps_mode|filter_complex|lavfi|frames|vframes|ss|t|to)(?::|$)"
    r"|^--(?:fps|avsync|trim|seek|seekto|frames|interlace|tff|bff)$"
    r"|^--vpp-(?:deinterlace|afs|nnedi|yadif|bwdif|decimate|mpdecimate|rff|select-every|frc)$"
    r"|(?:^|[,;\]])(?:fps|framerate|minterpolate|decimate|mpdecimate|select|framestep|trim|telecine|detelecine"
    r"|pullup|yadif\w*|bwdif\w*|w3fdif|estdif|nnedi|deinterlace_\w+|vpp_\w+|separatefields|interlace|tinterlace"
    r"|repeatfields|loop|tmix|shuffleframes)(?:$|[=,;@\[])"
)


def keeps_every_picture(text: str) -> bool:
    """Whether a template's result has as many pictures as the film, as far as its words tell."""
    return not any(_OTHER_COUNT.search(word) for word in _split(text, "template"))


def template_words(text: str) -> Tuple[str, ...]:
    """A template's words as they stand there, placeholders and all; raises TemplateError."""
    return _split(text, "template")


@lru_cache(maxsize=_KEPT)
def _split(text: str, setting: str) -> Tuple[str, ...]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    lexer = shlex.shlex("\n".join(lines), posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = lexer.escapedquotes = ""
    try:
        return tuple(lexer)
    except ValueError:
        raise TemplateError(
            setting, Sentence("a quote is opened and never closed. Add the missing quote.")
        ) from None


def _family(words: Sequence[str], setting: str, known: Sequence[EncoderFamily]) -> EncoderFamily:
    for family in known:
        if words[0] in family.placeholder.spellings and family.claims(words):
            return family
    names = dict.fromkeys(f"${family.placeholder.name}" for family in known)
    *most, last = names
    raise TemplateError(
        setting,
        Sentence(
            "The command must begin with {programs} or {last}, but begins with {word}.",
            programs=Listed(most),
            last=last,
            word=repr(words[0]),
        ),
    )


def _check_placeholders(words: Sequence[str], family: EncoderFamily, setting: str) -> None:
    counts: Dict[str, int] = {}
    for word in words:
        try:
            names = names_in(word)
        except ValueError:
            raise TemplateError(
                setting,
                Sentence(
                    "the dollar sign in {word} begins no placeholder. Write $$ for a plain one.",
                    word=repr(word),
                ),
            ) from None
        for name in names:
            _check_placeholder(name, word, family, setting)
            counts[name] = counts.get(name, 0) + 1
    for placeholder in placeholders():
        count = counts.get(placeholder.name, 0)
        if placeholder.required and count == 0:
            raise TemplateError(
                setting,
                Sentence(
                    "${placeholder} is missing. {meaning}",
                    placeholder=placeholder.name,
                    meaning=placeholder.meaning,
                ),
            )
        if (placeholder.required or placeholder.is_list) and count > 1:
            raise TemplateError(
                setting,
                Sentence("${placeholder} may stand only once.", placeholder=placeholder.name),
            )


def _check_placeholder(name: str, word: str, family: EncoderFamily, setting: str) -> None:
    placeholder = next((known for known in placeholders() if known.name == name), None)
    if placeholder is None:
        known = ", ".join(f"${known.name}" for known in placeholders())
        raise TemplateError(
            setting,
            Sentence("${name} is not a placeholder. There are {known}.", name=name, known=known),
        )
    if placeholder not in (*_COMMON, family.placeholder, *family.placeholders):
        raise TemplateError(
            setting,
            Sentence(
                "${name} does not belong in a template for {program}.",
                name=name,
                program=family.program.name,
            ),
        )
    if (placeholder.is_list or placeholder.required) and word not in placeholder.spellings:
        raise TemplateError(
            setting,
            Sentence(
                "${name} must stand alone, but is part of the word {word}.",
                name=name,
                word=repr(word),
            ),
        )


def _check_places(words: Sequence[str], family: EncoderFamily, setting: str) -> None:
    before = {word: words[place - 1] for place, word in enumerate(words)}
    place_of = {
        placeholder.name: next(word for word in words if word in placeholder.spellings)
        for placeholder in _COMMON
        if placeholder.required and not placeholder.is_list
    }
    if before[place_of["input"]] not in ("-i", "--input"):
        raise TemplateError(setting, Sentence("$input must follow -i."))
    if family.output_last:
        if words[-1] != place_of["output"]:
            raise TemplateError(
                setting,
                Sentence(
                    "$output must be the last word: {program} ignores what follows it.",
                    program=family.program.name,
                ),
            )
    elif before[place_of["output"]] not in ("-o", "--output"):
        raise TemplateError(setting, Sentence("$output must follow -o."))
