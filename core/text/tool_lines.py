"""What outside programs write, without what only their own programmers read."""

from __future__ import annotations

import re

# ``@ 0x55d4cf7d3840``; on Windows ffmpeg writes ``@ 000001d2c1f0a6e0``.
_ADDRESS = re.compile(
    r"\s*@\s*(?:0x)?[0-9a-fA-F]{6,}(?=\])|\s*@\s*0x[0-9a-fA-F]+|0x[0-9a-fA-F]{6,}"
)
# The parts of ffmpeg that speak, each with its address: ``[aist#0:1/truehd @ 0x…] [dec:truehd @ 0x…]``.
_SPEAKERS = re.compile(r"^\s*(?:\[[^][]*@\s*(?:0x)?[0-9a-fA-F]{2,}\]\s*)+")


def plain(line: str) -> str:
    """A line without the addresses that change from run to run."""
    return _ADDRESS.sub("", line).strip()


def spoken(line: str) -> str:
    """A line as a user reads it: without the parts of the program that speak, and their addresses.

    A line that is nothing else stays, without the addresses.
    """
    return plain(_SPEAKERS.sub("", line)) or plain(line)
