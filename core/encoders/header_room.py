"""Room in a result's header for what mkvpropedit writes there afterwards.

mkvpropedit has no room for a larger track list in the header and then moves it behind the film, where
MediaInfo (24.12, 23.04) finds no tracks at all. So the muxer writes a long name that mkvpropedit replaces:
what it leaves is the room.
"""

from __future__ import annotations

from core.plan import Plan

_ROOM_PER_TRACK = 64  # an IETF language and eight flags, measured: 40 bytes
_ROOM = "-"


def header_room(plan: Plan) -> str:
    """A name for the first track that makes room for what mkvpropedit writes in its place."""
    return _ROOM * (_ROOM_PER_TRACK * (len(plan.outputs) + 2) + len(plan.outputs[0].title))
