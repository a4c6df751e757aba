"""A chain of templates in one text: what a film takes where the templates before it cannot be used.

Each template begins with its program's placeholder at the beginning of a line, so a text of earlier versions,
with one template, is a chain of one.
"""

from __future__ import annotations

import re
from typing import List, Tuple

from core.encoders.listed import families
from core.encoders.templates import Template, parse_template
from core.errors import TemplateError
from core.text.sentence import Sentence

_NUMBERED = re.compile(r"_\d+$")


def texts_in(text: str) -> Tuple[str, ...]:
    """The templates of a chain, each as it was written; none in an empty text."""
    parts: List[List[str]] = []
    begun = False
    firsts = tuple({word for family in families() for word in family.placeholder.spellings})
    for line in text.splitlines(keepends=True):
        begins = line.split(maxsplit=1)[:1] != [] and line.split(maxsplit=1)[0] in firsts
        if not parts or (begins and begun):
            parts.append([])
            begun = False
        parts[-1].append(line)
        begun = begun or begins
    if len(parts) == 1:
        return (text,) if text.strip() else ()
    return tuple("".join(lines).strip() + "\n" for lines in parts)


def named_texts(name: str, text: str) -> Tuple[Tuple[str, str], ...]:
    """Each template of a chain with its name: normal_fallback, normal_fallback_2…"""
    return tuple(
        (name if number == 1 else f"{name}_{number}", template)
        for number, template in enumerate(texts_in(text), start=1)
    )


def name_in_chain(template_name: str) -> str:
    """The name without a template's place in its chain."""
    return _NUMBERED.sub("", template_name)


def setting_of(template_name: str) -> str:
    """The setting that the template of this name stands in."""
    return f"templates.{name_in_chain(template_name)}"


def parse_chain(text: str, setting: str) -> Tuple[Template, ...]:
    """Read all templates of a chain; raises TemplateError, which says which one is wrong."""
    texts = texts_in(text)
    if len(texts) < 2:
        return tuple(parse_template(template, setting) for template in texts)
    found = []
    for number, template in enumerate(texts, start=1):
        try:
            found.append(parse_template(template, setting))
        except TemplateError as error:
            raise TemplateError(
                setting,
                Sentence(
                    "in template {number} of {count}, {problem}",
                    number=number,
                    count=len(texts),
                    problem=error.problem,
                ),
            ) from None
    return tuple(found)
