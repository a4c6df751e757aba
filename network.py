"""Messages between instances: so far only their form.

Master and slave do not talk to each other yet: this release works on one machine, and the window says
*Standalone*. What stands is the language that they will speak, the nine message types in the
specification's envelope, so that it can be relied upon.
"""

from __future__ import annotations

from core.messages import InstanceRole, Message, MessageType, decode

__all__ = ["InstanceRole", "Message", "MessageType", "decode", "role"]


def role() -> InstanceRole:
    """The part that this instance plays: standalone, until there is a network to play another in."""
    return InstanceRole.STANDALONE
