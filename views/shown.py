"""What is shown of a text from elsewhere: in the user's language where it is a sentence, and harmless."""

from __future__ import annotations

from typing import Iterable

from core.text import formatting
from views.texts import sentence


def visible(text: object) -> str:
    """A sentence in the language in use, any other text as it is; broken characters as escapes."""
    return formatting.visible(sentence(text) if isinstance(text, str) else text)


def together(texts: Iterable[str], between: str = " ") -> str:
    """Several texts after each other, those that are empty left out."""
    return between.join(visible(text) for text in texts if text)
