"""A queue that rings when something is put into it: whoever takes that out need not look again and again."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Callable, Optional, TypeVar

Message = TypeVar("Message")

if TYPE_CHECKING:
    _Queue = queue.SimpleQueue
else:

    class _Queue(queue.SimpleQueue):
        """As the library's, whose form in 3.8 cannot be written with what it holds."""

        def __class_getitem__(cls, _held):
            return cls


class Inbox(_Queue[Message]):
    """Thread-safe. ``bell`` is called after each ``put``, in the thread that put; it returns at once."""

    bell: Optional[Callable[[], None]] = None

    def put(self, item: Message, block: bool = True, timeout: Optional[float] = None) -> None:
        """Put a message into the queue, which never waits."""
        super().put(item, block, timeout)
        bell = self.bell
        if bell is not None:
            bell()
