"""``--native-language CODE`` of the commands that plan films."""

from __future__ import annotations

from commandline.options import option
from core.errors import UsageError


def native_language_option() -> str:
    """The option; ``check_language`` tells whether what was given is a language."""
    return option(
        "--native-language",
        default="",
        metavar="CODE",
        help="the original language of the films, if you know it (ja, jpn, Japanese…)",
    )


def check_language(text: str) -> None:
    """Raise UsageError where this is no language; "" is none that was given."""
    if not text:
        return
    from core.media.languages import UNDETERMINED, parse_language  # a large table

    if parse_language(text) == UNDETERMINED:
        raise UsageError(
            f"Unknown language {text!r}. Use a code or a name, such as ja or Japanese."
        )
