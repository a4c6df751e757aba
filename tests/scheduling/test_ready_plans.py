"""What is planned for a machine is ready before it asks: its answer needs no look at a film and few rows."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from core.protocol.messages import MessageType
from core.tools import ToolName, Toolset
from scheduling import attempt
from sharing.master import film_choice
from store.connection import Database
from store.jobs import JobStore
from tests.processing.bench import open_bench, with_section
from tests.scheduling.lone_node import a_node, offer_to
from tests.scheduling.pair import Master, Pair
from tests.scheduling.shared_films import queue_film

# Of SQL, for an answer with a film: the planned films, what is known of its content, how many wait, and one
# transaction. At each of them a thread that computes may keep the answer waiting.
_STATEMENTS = 24
_QUESTION = {"free": ["remux"], "holding": []}


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench))
        yield pair
        pair.end()


def planned(pair: Pair, job_id: int) -> None:
    """Wait until a film only waits for a machine."""
    master = pair.master
    master.until(lambda: master.job(job_id).kind.value, "the plan")
    master.until(lambda: not master.manager.shared.running.get(job_id), "the planner to be done")


def test_an_answer_looks_at_no_film_plans_nothing_and_reads_few_rows(
    pair: Pair, tmp_path: Path, toolset: Toolset, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    planned(pair, job_id)
    asked = threading.current_thread()
    statements: List[str] = []
    enter = Database._enter

    def watched(database: Database) -> Any:
        session = enter(database)
        if threading.current_thread() is asked:
            session.connection.set_trace_callback(statements.append)
        return session

    def too_late(*_arguments: object) -> str:
        assert threading.current_thread() is not asked, "a machine waits while its film is planned"
        return ""

    with monkeypatch.context() as patched:
        patched.setattr(Database, "_enter", watched)
        patched.setattr(film_choice, "build_plan", too_late)
        patched.setattr(attempt, "build_plan", too_late)
        patched.setattr(attempt, "fingerprint", too_late)
        answer = node.line.ask(MessageType.JOB_REQUEST, _QUESTION)
    assert answer["offer"]["job"] == job_id
    assert 0 < len(statements) <= _STATEMENTS, "\n".join(statements)


def test_a_plan_that_was_ready_when_the_settings_changed_is_given_to_nobody(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    planned(pair, job_id)
    before = pair.master.manager.shared.attempts.kept(job_id)
    assert before is not None
    bench = pair.master.bench
    bench.settings = with_section(bench.settings, "audio", languages=("fra",))
    pair.master.work.settings_changed()
    offer = offer_to(pair, node)
    assert offer["signature"] != before.plan.signature


def test_two_machines_that_ask_at_the_same_moment_are_never_given_the_same_film(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    films = {queue_film(pair, f"{number}.mkv") for number in range(3)}
    nodes = [a_node(pair, tmp_path, toolset, f"node{number}") for number in range(4)]
    pair.master.start()
    for job_id in films:
        planned(pair, job_id)
    given: List[int] = []
    together = threading.Barrier(len(nodes))

    def ask(node: Any) -> None:
        together.wait(10.0)
        answer = node.line.ask(MessageType.JOB_REQUEST, _QUESTION)
        given.extend([answer["offer"]["job"]] if "offer" in answer else [])

    threads = [threading.Thread(target=ask, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30.0)
    assert sorted(given) == sorted(films)


def test_a_job_shows_the_plan_of_the_machine_that_makes_it_where_its_tools_are_others(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    bench = pair.master.bench
    bench.settings = with_section(bench.settings, "video", encode=True)
    job_id = queue_film(pair)
    theirs = Toolset(
        tuple(
            replace(tool, abilities=frozenset(a for a in tool.abilities if "x265" not in a))
            for tool in toolset.tools
            if tool.name is not ToolName("QSVEncC")
        )
    )
    node = a_node(pair, tmp_path, theirs)
    pair.master.start()
    planned(pair, job_id)
    ours = pair.master.manager.shared.attempts.kept(job_id)
    assert ours is not None
    offer = offer_to(pair, node)
    assert offer["signature"] != ours.plan.signature

    def shown() -> Dict[str, Any]:
        text, _commands, _verification = JobStore(pair.master.bench.database).details(job_id)
        found: Dict[str, Any] = json.loads(text)
        return found

    pair.master.until(lambda: shown()["signature"] == offer["signature"], "its plan to be shown")
