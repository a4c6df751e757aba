"""What one machine says another one shows in its own user's language."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Iterator

import pytest
from websockets.asyncio import client, server

from cluster.handshake import CLOSING_REASONS, LocalInstance, Peer
from cluster.leases import FAILURES_TO_QUARANTINE, Quarantine
from cluster.session import Answer, Session
from cluster.sockets import close, receive, short_reason
from core.errors import FilmGone, MediaProcessorError
from core.peer_errors import PeerError, PeerRefused, WrongField
from core.protocol.messages import InstanceRole
from core.protocol.peer_fields import PeerFields, sentence_data, sentence_in
from core.protocol.slave_result import NotMade, not_made, read_slave_result
from core.protocol.system_status import NodeStatus, SystemStatus, system_status_from
from core.text.sentence import Sentence, recognized
from views.shown import visible
from views.texts import use_language

LOCALE = Path(__file__).resolve().parents[2] / "assets" / "locale"
PAUSED = Sentence("It was paused there.")


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    use_language("nl", LOCALE)
    yield
    use_language("en", LOCALE)


def over_the_wire(data: Any) -> Any:
    return json.loads(json.dumps(data))


def sessions() -> tuple[Session, Session]:
    """A master's and a slave's end of one connection."""
    ends = []
    for role, other in ((InstanceRole.MASTER, "slave"), (InstanceRole.SLAVE, "master")):
        mine = "slave" if other == "master" else "master"
        local = LocalInstance(mine, mine, "1", lambda: 1000.0)
        ends.append(Session(local, role, Peer(other, other, "1", 1, 0.0, {})))
    return ends[0], ends[1]


def refused(error: MediaProcessorError) -> str:
    """What a master shows of a slave's refusal."""
    master, slave = sessions()
    answer = master.receive(slave.failure(7, error).encode())
    assert isinstance(answer, Answer)
    with pytest.raises(PeerRefused) as caught:
        answer.result()
    assert str(caught.value) == str(error)  # in a log it is English
    return visible(str(caught.value))


def test_a_refusal_of_another_machine_is_shown_in_the_language_of_the_one_who_looks() -> None:
    error = FilmGone(Path("/films/Film.mkv"), Sentence("it is not there any more."))
    assert refused(error) == visible(str(error)) != str(error)
    assert "/films/Film.mkv" in refused(error)


def test_a_refusal_of_an_older_program_is_known_by_its_text_where_it_has_no_fields() -> None:
    answer = Answer(1, {"error": str.__str__(PAUSED), "code": "peer"})
    with pytest.raises(PeerRefused) as caught:
        answer.result()
    assert visible(str(caught.value)) == visible(PAUSED) != PAUSED


def test_words_that_a_machine_makes_up_are_shown_as_they_are() -> None:
    forged = {"error": "Send {money}.", "parts": {"template": "It was paused there.", "fields": {}}}
    with pytest.raises(PeerRefused) as caught:
        Answer(1, forged).result()
    assert visible(str(caught.value)) == "Send {money}."


def test_why_a_machine_takes_no_films_is_told_to_all_in_parts() -> None:
    quarantine = Quarantine()
    for _failure in range(FAILURES_TO_QUARANTINE):
        quarantine.failed("a", PAUSED, 0.0)
    held = quarantine.reason("a", 0.0)
    status = SystemStatus(nodes=(NodeStatus("a", "attic", "online", held=held),))
    (node,) = system_status_from(over_the_wire(status.as_data())).nodes
    assert node.held == held
    assert visible(node.held) == visible(held) != held
    assert visible(PAUSED) in visible(node.held)


def test_a_reason_that_comes_with_an_answer_keeps_its_parts() -> None:
    data = over_the_wire(sentence_data(PAUSED, "reason", "reason_parts"))
    assert visible(sentence_in(data, "reason", "reason_parts")) == visible(PAUSED)
    assert sentence_in({}, "reason", "reason_parts") == ""


def test_a_disk_that_failed_on_a_machine_is_reported_in_words_that_can_be_translated() -> None:
    error = FileNotFoundError(2, "No such file or directory", "/work/film.mkv")
    report = read_slave_result(over_the_wire(not_made(error).as_data()))
    assert isinstance(report, NotMade)
    assert report.message.startswith("/work/film.mkv: ")
    assert visible(report.message) != report.message


def test_a_wrong_field_is_named_in_a_sentence_that_is_whole_in_every_language() -> None:
    fields = PeerFields({"part": {"size": "much"}}, Sentence("A machine's progress"))
    with pytest.raises(WrongField) as caught:
        fields.part("part").whole("size")
    shown = visible(str(caught.value))
    assert "progress" not in shown
    assert "(part)" in shown
    assert "'much'" in shown


@pytest.mark.parametrize("minutes", [7, 1004])
def test_a_reason_in_the_last_frame_of_a_connection_is_known_by_its_text(minutes: int) -> None:
    template = next(template for template in CLOSING_REASONS if "{skew}" in template)
    said = Sentence(template, skew=minutes)
    known = recognized(str.__str__(said), CLOSING_REASONS)
    assert visible(known) == visible(said) != said
    assert visible(recognized("Any other words.", CLOSING_REASONS)) == "Any other words."


def test_every_reason_of_an_end_fits_the_last_frame() -> None:
    for template in CLOSING_REASONS:
        said = Sentence(
            template, skew=1_000_000, instance_id="11111111-2222-4333-8444-555555555555"
        )
        assert short_reason(said) == said


def test_a_connection_that_is_refused_says_why_in_the_language_of_the_other_end() -> None:
    async def scene() -> str:
        async def refuse(connection: Any) -> None:
            await close(connection, 1008, Sentence("This machine did not prove itself in time."))

        async with server.serve(refuse, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            async with client.connect(f"ws://127.0.0.1:{port}") as connection:
                with pytest.raises(PeerError) as caught:
                    await receive(connection)
                return visible(str(caught.value))

    shown = asyncio.run(scene())
    assert "did not prove" not in shown
    assert "ended the connection" not in shown
