"""``dataclass`` as Python has it, but each method is compiled when it is first called.

Python's own compiles six methods while a class is made: a third of a millisecond, for hundreds of classes, of
which a command uses some. Fields, ``replace``, ``asdict`` and type checkers see Python's own.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Callable, Dict

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, *, frozen=False, eq=True):
        """Make a class a dataclass; Python's other options, and ``InitVar``, are not known here."""
        if cls is None:
            return lambda decorated: _made(decorated, frozen, eq)
        return _made(cls, frozen, eq)


_NOT_GIVEN = object()


def _made(cls: Any, frozen: bool, eq: bool) -> Any:
    # Without a docstring Python's own writes the signature there, which takes as long as all of this.
    cls.__doc__ = cls.__doc__ or cls.__name__
    cls = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    methods: Dict[str, Any] = {
        "__init__": _when_called(cls, "__init__", _init),
        "__repr__": _when_called(cls, "__repr__", _repr),
    }
    if eq:
        methods["__eq__"] = _when_called(cls, "__eq__", _eq)
        methods["__hash__"] = _when_called(cls, "__hash__", _hash) if frozen else None
    if frozen:
        methods["__setattr__"] = _refusing(cls, "__setattr__", "assign to")
        methods["__delattr__"] = _refusing(cls, "__delattr__", "delete")
    for name, method in methods.items():
        # What a class defines stays. Python sets ``__hash__`` to None beside an ``__eq__`` that it defines.
        if vars(cls).get(name) is None:
            setattr(cls, name, method)
    return cls


def _when_called(cls: Any, name: str, make: Callable[[Any], Callable[..., Any]]) -> Any:
    """A method that makes the real one when it is first called, and is replaced by it."""

    def method(self: object, *values: object, **named: object) -> Any:
        real = make(cls)
        real.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, real)
        return real(self, *values, **named)

    return method


def _compiled(cls: Any, name: str, source: str, known: Dict[str, Any]) -> Any:
    exec(compile(source, f"<fields of {cls.__qualname__}>", "exec"), known)  # noqa: S102 - as Python's own
    return known[name]


def _init(cls: Any) -> Any:
    known: Dict[str, Any] = {"_NOT_GIVEN": _NOT_GIVEN, "_set": object.__setattr__}
    parameters, lines = ["self"], []
    for field in dataclasses.fields(cls):
        name, value = field.name, field.name
        if field.default_factory is not MISSING:
            known[f"_make_{name}"] = field.default_factory
            value = f"_make_{name}()"
            if field.init:
                parameters.append(f"{name}=_NOT_GIVEN")
                value += f" if {name} is _NOT_GIVEN else {name}"
        elif not field.init:
            continue  # the class has its default
        elif field.default is not MISSING:
            known[f"_default_{name}"] = field.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f" _set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    head = f"def __init__({', '.join(parameters)}):"
    return _compiled(cls, "__init__", "\n".join([head, *lines, " return None"]), known)


def _repr(cls: Any) -> Any:
    shown = ", ".join(f"{f.name}={{self.{f.name}!r}}" for f in dataclasses.fields(cls) if f.repr)
    source = f"def __repr__(self):\n return self.__class__.__qualname__ + f'({shown})'"
    return recursive_repr()(_compiled(cls, "__repr__", source, {}))


def _eq(cls: Any) -> Any:
    source = (
        "def __eq__(self, other):\n"
        " if other.__class__ is self.__class__:\n"
        f"  return {_values(cls, 'self')} == {_values(cls, 'other')}\n"
        " return NotImplemented"
    )
    return _compiled(cls, "__eq__", source, {})


def _hash(cls: Any) -> Any:
    source = f"def __hash__(self):\n return hash({_values(cls, 'self')})"
    return _compiled(cls, "__hash__", source, {})


def _values(cls: Any, thing: str) -> str:
    """The tuple of an object's values that are compared, as an expression."""
    return f"({''.join(f'{thing}.{f.name}, ' for f in dataclasses.fields(cls) if f.compare)})"


def _refusing(cls: Any, name: str, action: str) -> Any:
    fields = {field.name for field in dataclasses.fields(cls)}

    def method(self: object, attribute: str, *value: object) -> None:
        if type(self) is cls or attribute in fields:
            raise FrozenInstanceError(f"cannot {action} field {attribute!r}")
        getattr(super(cls, self), name)(attribute, *value)

    return method
