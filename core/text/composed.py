"""One form for text that reads the same: macOS writes "é" as two characters, others as one."""

from __future__ import annotations

import unicodedata


def composed(text: str) -> str:
    """The text with each accent in its letter (Unicode's NFC); for comparing, never for opening a file."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
