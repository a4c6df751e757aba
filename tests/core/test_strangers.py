"""Who may stay of those that have not shown who they are, and how it is told."""

from __future__ import annotations

from typing import List, Tuple

from hypothesis import given
from hypothesis import strategies as st

from core.protocol.strangers import Aggregate, Strangers, place_of


def test_the_oldest_of_an_address_goes_for_its_own_newest_and_of_all_for_anybodys() -> None:
    there: Strangers[int] = Strangers(most=3, share=2)
    assert there.add(1, "10.0.0.1") == ()
    assert there.add(2, "10.0.0.1") == ()
    assert there.add(3, "10.0.0.1") == (1,)
    assert there.add(4, "10.0.0.2") == ()
    assert there.add(5, "10.0.0.3") == (2,)
    assert there.all() == (3, 4, 5)
    assert there.remove(3)
    assert not there.remove(1), "it had to go before"
    assert there.add(6, "10.0.0.4") == ()


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=200))
def test_whoever_comes_is_let_in_and_there_are_never_too_many(said: List[Tuple[int, bool]]) -> None:
    there: Strangers[int] = Strangers(most=8, share=3)
    addresses = {}
    for number, (host, goes) in enumerate(said):
        there.add(number, f"10.0.0.{host}")
        addresses[number] = host
        assert number in there.all()
        assert len(there) <= 8
        mine = [stranger for stranger in there.all() if addresses[stranger] == host]
        assert len(mine) <= 3
        if goes:
            assert there.remove(number)


def test_a_network_of_ipv6_and_an_address_written_twice_are_one_place() -> None:
    assert place_of("2001:db8::1") == place_of("2001:db8::ffff:2") != place_of("2001:db8:0:1::1")
    assert place_of("::ffff:10.0.0.7") == place_of("10.0.0.7") == "10.0.0.7"
    assert place_of("fe80::1%eth0") == place_of("fe80::2%eth0")
    assert place_of("unknown") == "unknown"


def test_what_happens_often_is_one_line_at_once_and_one_line_a_minute() -> None:
    lines = Aggregate()
    assert lines.met("10.0.0.1", "10.0.0.1 was refused.") == "10.0.0.1 was refused."
    for number in range(200):
        address = "10.0.0.1" if number % 4 else f"10.0.1.{number}"
        assert lines.met(address, f"{address} was refused.") is None
    summary = lines.summary()
    assert summary.startswith("200 more within a minute, from 10.0.0.1 (150), ")
    assert "and 48 other addresses; the last: 10.0.0.1 was refused." in summary
    assert lines.met("10.0.0.1", "again") is None, "a line was just said"
    assert lines.summary() == "1 more within a minute, from 10.0.0.1 (1); the last: again"
    assert lines.summary() == ""
    assert lines.met("10.0.0.1", "later") == "later"
