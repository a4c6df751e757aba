"""Removes secrets from text, and makes text safe to show."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import FrozenSet, Iterable, Optional, Pattern, Tuple

HIDDEN = "***"
SHORTEST_SECRET = 4  # a shorter one would black out half of every text

_KEY = (
    r"[\w-]{0,30}(?:api[_-]?key|access[_-]?token|auth[_-]?token|password|passwd|client[_-]?secret)"
)
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def secret_forms(secret: str) -> FrozenSet[str]:
    """Return how a secret may be spelled in a log: as it is, and as URLs, JSON, HTML and base64 do."""
    if len(secret) < SHORTEST_SECRET:
        return frozenset()
    import base64  # what a command that knows no secret is spared
    import html
    from urllib.parse import quote, quote_plus

    forms = {secret, html.escape(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    forms |= {quote(secret, safe, errors="backslashreplace") for safe in ("", "/")}
    forms.add(quote_plus(secret, errors="backslashreplace"))
    data = secret.encode("utf-8", "backslashreplace")
    for skipped in range(3):  # where in a longer text the secret begins shifts its letters
        coded = base64.b64encode(b"\0" * skipped + data)
        whole = coded[(0, 2, 3)[skipped] : len(coded) - (0, 3, 2)[(skipped + len(data)) % 3]]
        if len(whole) >= SHORTEST_SECRET:
            text = whole.decode("ascii")
            forms |= {text, text.translate(str.maketrans("+/", "-_"))}
    return frozenset(forms)


def secrets_pattern(secrets: Iterable[str]) -> Optional[Pattern[str]]:
    """Return one pattern that finds all these secrets in every form; None where there are none."""
    forms = {form for secret in secrets for form in secret_forms(secret)}
    longest_first = sorted(forms, key=len, reverse=True)
    # The digits of a percent escape may be of either case.
    patterns = (
        re.sub("%[0-9A-F]{2}", r"(?i:\g<0>)", re.escape(secret)) for secret in longest_first
    )
    return re.compile("|".join(patterns)) if forms else None


def redact(text: str, secrets: Optional[Pattern[str]] = None) -> str:
    """Hide these secrets, and whatever looks like an API key, a password or a log-in."""
    if secrets is not None:
        text = secrets.sub(HIDDEN, text)
    for pattern, replacement in _patterns():
        text = pattern.sub(replacement or rf"\1{HIDDEN}", text)
    return text


@lru_cache(maxsize=None)
def _patterns() -> Tuple[Tuple[Pattern[str], Optional[str]], ...]:
    """What looks like a secret, and what it becomes; None: its name stays. Made where something is logged."""
    return (
        # Authorization: Basic …, Cookie: …: the rest of the line, since some schemes have many parts
        (
            re.compile(
                r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"
            ),
            rf"\1\2{HIDDEN}",
        ),
        # X-Api-Key: …, apikey=…, "apiKey": "…"
        (
            re.compile(rf"(?i)\b({_KEY}['\"]?\s*[:=]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s'\"&,;}}\])]+)"),
            None,
        ),
        # OMDb takes its key in the address, and so do the web hooks of many services
        (re.compile(r"(?i)([?&](?:key|token|secret|sig)=)[^\s&'\"]+"), None),
        # https://user:password@host
        (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^/\s?#'\"]*@"), rf"\1{HIDDEN}@"),
    )


def printable(text: str) -> str:
    """Write control characters, text direction marks and what is not Unicode as escapes.

    Tabs and line ends stay.
    """
    return _UNSHOWABLE.sub(lambda match: match.group().encode("unicode_escape").decode(), text)
