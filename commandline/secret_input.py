"""Secrets come from standard input: what stands on a command line, others on the machine can read."""

from __future__ import annotations

import getpass
import sys

from core.errors import UsageError


def read_secret(what: str, *, twice: bool = False) -> str:
    """Ask for a secret without showing it, or read a line; ``twice`` is for one that is new.

    Raises UsageError where there is no standard input, or where the two are not the same.
    """
    if sys.stdin is None:
        raise UsageError(f"Give the {what} on standard input.")
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    prompt = f"{what[:1].upper()}{what[1:]}: "
    secret = getpass.getpass(prompt).strip()
    if twice and getpass.getpass(f"{prompt.rstrip(': ')} again: ").strip() != secret:
        raise UsageError("The two are not the same; nothing was done.")
    return secret
