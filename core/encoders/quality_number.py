"""The number in a template that says how good the picture becomes: read, changed, and its range."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from core.encoders.number_option import NumberOption, NumberScale
from core.encoders.templates import Template, parse_template, template_words
from core.errors import TemplateError
from core.plan import Plan, Reason, VideoEncode
from core.text.sentence import Sentence

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COMMENT = re.compile(r"^[^\S\n]*#.*$", re.MULTILINE)
# One word as ``core.encoders.templates`` splits them: quotes of either kind keep white space in it.
_WORD = re.compile(r"""(?:'[^']*'|"[^"]*"|[^\s'"])+""")


@dataclass(frozen=True)
class QualityNumber:
    """What a template says: ``option`` as it stands there (``-crf``), ``value`` its number."""

    option: str
    value: float
    scale: NumberScale


@dataclass(frozen=True)
class _Found:
    """An option with its number, and the places of the words that hold its value and those that follow it."""

    option: NumberOption
    value: float
    places: Tuple[int, ...]
    followers: Tuple[int, ...]
    name: str


def quality_number(template: str) -> Union[QualityNumber, Reason]:
    """Return the number of a template's text, or why its quality cannot be chosen by a number."""
    try:
        parsed = parse_template(template)
    except TemplateError as error:
        return Reason("target.template", str(error))
    if parsed.family.holds_bit_rate(parsed.words):
        return Reason(
            "target.bit_rate",
            Sentence("its template aims at a bit rate, not at a quality."),
        )
    found = _found(parsed)
    if found is None:
        return Reason(
            "target.no_number",
            Sentence(
                "no number for the quality of {encoder} is known in its template.",
                encoder=parsed.encoder,
            ),
        )
    return QualityNumber(found.name, found.value, found.option.scale)


def fixed_number(why: Reason) -> Reason:
    """Return what is said of a film that is encoded with its template's own number; ``why`` is a clause."""
    message = Sentence("No quality is aimed at, its number is fixed: {reason}", reason=why.message)
    return Reason("video.target_fixed", message, why.code)


def with_number(template: str, number: float) -> str:
    """Return the template's text with another number; raises ValueError where it has none.

    All that is not the number stays as its author wrote it. Numbers of other kinds of pictures keep their
    distance from it.
    """
    parsed = parse_template(template)
    found = _found(parsed)
    if found is None:
        raise ValueError(template)
    scale = found.option.scale
    shift = number - found.value

    def changed(value: str) -> str:
        return ":".join(_shifted(part, shift, scale) for part in value.split(":"))

    def named(value: str) -> str:
        if found.option.parameter:
            return _with_parameter(value, found.option, number)
        return _with_first(value, number, changed)

    replaced: Dict[int, Callable[[str], str]] = dict.fromkeys(found.followers, changed)
    replaced.update(dict.fromkeys(found.places, named))
    return _rewritten(template, replaced)


def number_in(plan: Plan) -> Optional[float]:
    """Return the number that a film with a quality that is aimed at is encoded with; None without one."""
    encode = plan.video_encode
    if encode is None or encode.target is None:
        return None
    number = quality_number(encode.template)
    return number.value if isinstance(number, QualityNumber) else None


def plan_with_number(plan: Plan, number: float) -> Plan:
    """Return the plan with another number in the template of the picture that is encoded."""
    outputs = tuple(
        replace(track, conversion=_encode_with(track.conversion, number))
        if isinstance(track.conversion, VideoEncode)
        else track
        for track in plan.outputs
    )
    return replace(plan, outputs=outputs)


def _encode_with(encode: VideoEncode, number: float) -> VideoEncode:
    return replace(encode, template=with_number(encode.template, number))


def template_mark(template: str) -> str:
    """Return a hash of a template that does not change with its number, its comments and its line ends."""
    if isinstance(quality_number(template), QualityNumber):
        template = with_number(template, 0)
    words = json.dumps(template_words(template))
    return hashlib.blake2b(words.encode("ascii"), digest_size=16).hexdigest()


def encode_mark(encode: VideoEncode) -> str:
    """Return a hash of all that decides about an encoded picture but the film, the tool and the number."""
    parts = (
        template_mark(encode.template),
        encode.width,
        encode.height,
        encode.bit_depth,
        [hdr_format.value for hdr_format in encode.hdr_formats],
        encode.dolby_vision_profile,
    )
    return hashlib.blake2b(json.dumps(parts).encode("ascii"), digest_size=16).hexdigest()


def _found(template: Template) -> Optional[_Found]:
    words = template.words
    for option in template.family.number_options(template):
        if option.needs and option.needs not in words:
            continue
        places = tuple(_places(words, option.names))
        values = [_value(words[place], option) for place in places]
        value = values[-1] if values else None
        if value is None or not option.scale.lowest <= value <= option.scale.highest:
            continue
        followers = tuple(_places(words, option.followers))
        return _Found(option, value, places, followers, _name(words[places[-1] - 1], option))
    return None


def _name(word: str, option: NumberOption) -> str:
    return f"{word} {option.parameter}=" if option.parameter else word


def _places(words: Sequence[str], names: Tuple[str, ...]) -> Iterator[int]:
    """Where the values of these options stand."""
    return (place + 1 for place, word in enumerate(words[:-1]) if word in names)


def _value(word: str, option: NumberOption) -> Optional[float]:
    """The number in an option's value: alone, before those of other pictures, or among parameters."""
    text = word.partition(":")[0]
    if option.parameter:
        found = [
            value
            for name, _equals, value in (part.partition("=") for part in word.split(":"))
            if name == option.parameter
        ]
        text = found[-1] if found else ""
    return float(text) if _NUMBER.fullmatch(text) else None


def _with_first(value: str, number: float, changed: Callable[[str], str]) -> str:
    """The value with the number itself; others behind a colon follow it."""
    _first, colon, others = value.partition(":")
    return _text(number) + (colon + changed(others) if colon else "")


def _with_parameter(value: str, option: NumberOption, number: float) -> str:
    parts = [
        f"{option.parameter}={_text(number)}"
        if part.partition("=")[0] == option.parameter
        else part
        for part in value.split(":")
    ]
    return ":".join(parts)


def _shifted(text: str, shift: float, scale: NumberScale) -> str:
    if not _NUMBER.fullmatch(text):
        return text
    return _text(min(max(float(text) + shift, scale.lowest), scale.highest))


def _text(number: float) -> str:
    return f"{number:g}"


def _rewritten(template: str, replaced: Mapping[int, Callable[[str], str]]) -> str:
    """The text with some of its words changed, each by its place among the words."""
    blanked = _COMMENT.sub(lambda comment: " " * len(comment[0]), template)
    pieces: List[str] = []
    end = 0
    for place, word in enumerate(_WORD.finditer(blanked)):
        change = replaced.get(place)
        if change is not None:
            value = re.sub("""['"]""", "", word[0])
            pieces += [template[end : word.start()], _quoted(change(value))]
            end = word.end()
    return "".join((*pieces, template[end:]))


def _quoted(word: str) -> str:
    return f'"{word}"' if re.search(r"\s", word) else word
