from __future__ import annotations

from cluster.limits import BURST, MESSAGES_A_SECOND, MessageBudget
from cluster.pairing import CODE_LIFE, FREE_FAILURES, LONGEST_WAIT, FailedProofs, PairingCodes


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_code_is_good_for_ten_minutes() -> None:
    clock = Clock()
    codes = PairingCodes(clock)
    assert codes.current() == ""
    code = codes.show()
    assert codes.current() == code.text
    clock.now += CODE_LIFE - 1
    assert codes.current() == code.text
    clock.now += 1
    assert codes.current() == ""


def test_a_code_is_good_for_one_slave() -> None:
    codes = PairingCodes(Clock())
    code = codes.show().text
    assert codes.use(code)
    assert not codes.use(code)
    assert codes.current() == ""


def test_a_newer_code_makes_the_older_worthless() -> None:
    codes = PairingCodes(Clock())
    older = codes.show().text
    newer = codes.show().text
    assert not codes.use(older)
    assert codes.use(newer)
    codes.show()
    codes.hide()
    assert codes.current() == ""


def test_an_address_waits_longer_with_each_wrong_proof_and_not_for_ever() -> None:
    clock = Clock()
    proofs = FailedProofs(clock)
    waits = []
    for _ in range(FREE_FAILURES + 15):
        proofs.failed("10.0.0.7")
        waits.append(proofs.wait("10.0.0.7"))
    assert waits[:FREE_FAILURES] == [0.0] * FREE_FAILURES
    assert waits[FREE_FAILURES : FREE_FAILURES + 4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == LONGEST_WAIT
    assert proofs.wait("10.0.0.8") == 0.0
    clock.now += LONGEST_WAIT
    assert proofs.wait("10.0.0.7") == 0.0


def test_who_proves_himself_begins_anew() -> None:
    proofs = FailedProofs(Clock())
    for _ in range(10):
        proofs.failed("10.0.0.7")
    proofs.succeeded("10.0.0.7")
    assert proofs.wait("10.0.0.7") == 0.0
    proofs.failed("10.0.0.7")
    assert proofs.wait("10.0.0.7") == 0.0


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    proofs = FailedProofs(Clock())
    for number in range(30_000):
        for _ in range(FREE_FAILURES + 1):
            proofs.failed(str(number))
    assert len(proofs._failures) == len(proofs._until) == 10_000
    assert proofs.wait("29999") > 0


def test_a_peer_may_say_much_at_once_and_a_little_for_ever() -> None:
    clock = Clock()
    budget = MessageBudget(clock)
    assert all(budget.take() for _ in range(BURST))
    assert not budget.take()
    clock.now += 1.0
    assert sum(budget.take() for _ in range(1000)) == MESSAGES_A_SECOND
    clock.now -= 500.0
    assert not budget.take()
    clock.now += 10_000.0
    assert sum(budget.take() for _ in range(1000)) == BURST
