"""A property that is made at its first use, once, whichever threads ask for it together.

``functools.cached_property`` has no lock since Python 3.12: two threads of the window that asked for the
network together each got one of their own.
"""

from __future__ import annotations

import threading
from typing import Any, Callable, Generic, Optional, Type, TypeVar, overload

_Made = TypeVar("_Made")
_Owner = TypeVar("_Owner")


class MadeOnce(Generic[_Made]):
    """What ``made_once`` puts into a class; the value stands in the instance afterwards.

    What one value is made of may be made by others of its class, as long as those need not this one.
    """

    def __init__(self, make: Callable[[Any], _Made]) -> None:
        self._make = make
        self._name = make.__name__
        self._lock = threading.RLock()
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: Type[_Owner]) -> MadeOnce[_Made]: ...

    @overload
    def __get__(self, instance: _Owner, owner: Type[_Owner]) -> _Made: ...

    def __get__(self, instance: Optional[_Owner], owner: Type[_Owner]) -> object:
        """Make it, or return what was made while the lock was awaited."""
        if instance is None:
            return self
        with self._lock:
            made = vars(instance)
            if self._name not in made:
                made[self._name] = self._make(instance)
            return made[self._name]


def made_once(make: Callable[[Any], _Made]) -> MadeOnce[_Made]:
    """Turn a method into a property that is made at its first use, once for all threads."""
    return MadeOnce(make)
