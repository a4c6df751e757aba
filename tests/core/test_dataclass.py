"""Our ``dataclass`` makes what Python's own makes; only when it does so differs."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from typing import Any, Callable, List, Tuple

import pytest

from core import dataclass as module
from core.dataclass import dataclass


@dataclass(frozen=True)
class Track:
    """A frozen one with all kinds of fields."""

    index: int
    codec: str = "h264"
    titles: List[str] = field(default_factory=list)
    seen: float = field(default=0.0, compare=False, repr=False)
    notes: Tuple[str, ...] = field(default=("none",), init=False)


@dataclass(frozen=True)
class Picture(Track):
    """One more field."""

    width: int = 0


@dataclass(frozen=True)
class Empty:
    """No field at all."""


@dataclass(frozen=True, eq=False)
class Himself:
    """Equal to itself alone."""

    name: str


@dataclass
class Counter:
    """One that changes."""

    count: int = 0

    def __post_init__(self) -> None:
        self.count += 1


@dataclass(frozen=True)
class Named:
    """One that says itself how it is shown and compared."""

    name: str

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and other.name.lower() == self.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())


def twins(decorate: Callable[..., Any]) -> Tuple[Any, Any]:
    """A class and one derived from it, made by ours or by Python's own."""

    @decorate(frozen=True)
    class Base:
        """Some fields."""

        one_: int
        two: Tuple[str, ...] = ()
        hidden: int = field(default=1, repr=False, compare=False)

    @decorate(frozen=True)
    class Derived(Base):
        """And one more."""

        three: str = "3"

    return Base, Derived


def test_objects_are_made_shown_and_compared_as_pythons_own_are() -> None:
    for ours, theirs in zip(twins(dataclass), twins(dataclasses.dataclass)):
        for values in ((1,), (1, ("a",)), (2, ("a", "b"), 7)):
            assert repr(ours(*values)) == repr(theirs(*values)).replace("dataclasses.", "")
            assert hash(ours(*values)) == hash(theirs(*values))
            assert asdict(ours(*values)) == asdict(theirs(*values))
            assert ours(*values) == ours(*values) != ours(9)
            assert ours(*values) != theirs(*values)
        assert ours(1, hidden=2) == ours(1, hidden=3)
        assert [f.name for f in fields(ours)] == [f.name for f in fields(theirs)]


@pytest.mark.parametrize("values", [(), (1, (), 1, "3", 5)])
def test_wrong_arguments_are_refused_in_pythons_words(values: Tuple[Any, ...]) -> None:
    said = []
    for decorate in (dataclass, dataclasses.dataclass):
        with pytest.raises(TypeError) as refusal:
            twins(decorate)[1](*values)
        said.append(str(refusal.value))
    assert said[0] == said[1]


def test_a_default_of_a_factory_is_made_for_each_object() -> None:
    first, second = Track(1), Track(1)
    first.titles.append("a")
    assert second.titles == []
    assert Track(1, titles=["b"]).titles == ["b"]
    assert Track(1).notes == ("none",)


def test_a_frozen_object_refuses_any_change() -> None:
    for thing in (Track(1), Picture(1, width=2)):
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'codec'"):
            thing.codec = "av1"  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'codec'"):
            del thing.codec
        with pytest.raises(FrozenInstanceError):
            thing.another = 1  # type: ignore[attr-defined]
        assert replace(thing, codec="av1").codec == "av1"


def test_a_class_that_is_no_dataclass_may_add_to_a_frozen_one() -> None:
    class Noted(Track):
        note: str

    noted = Noted(1)
    noted.note = "kept"
    assert noted.note == "kept"
    del noted.note
    with pytest.raises(FrozenInstanceError):
        noted.codec = "av1"  # type: ignore[misc]


def test_objects_of_another_class_are_never_equal() -> None:
    assert Track(1) != Picture(1)
    assert Empty() == Empty()
    assert len({Empty(), Empty()}) == 1
    assert Himself("a") != Himself("a")
    assert len({Himself("a"), Himself("a")}) == 2


def test_one_that_changes_has_no_hash_and_is_finished_after_its_fields() -> None:
    counter = Counter(4)
    counter.count += 1
    assert counter == Counter(5)
    with pytest.raises(TypeError, match="unhashable"):
        hash(counter)


def test_what_a_class_defines_stays() -> None:
    assert repr(Named("A film")) == "A film"
    assert Named("A") == Named("a")
    assert len({Named("A"), Named("a")}) == 1


def test_objects_go_through_a_pipe() -> None:
    film = Picture(3, "av1", ["x"], width=1920)
    assert pickle.loads(pickle.dumps(film)) == film


def test_no_method_is_compiled_before_its_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: List[str] = []

    def counting(source: str, name: str, mode: str) -> Any:
        compiled.append(source.splitlines()[0])
        return compile(source, name, mode)

    monkeypatch.setattr(module, "compile", counting, raising=False)
    base, derived = twins(dataclass)
    assert compiled == []
    made = base(1), base(2)
    assert compiled == ["def __init__(self, one_, two=_default_two, hidden=_default_hidden):"]
    assert made[0] != made[1]
    assert made[0] != base(3)
    assert len(compiled) == 2
    derived(1)
    assert len(compiled) == 3
