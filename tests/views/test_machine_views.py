"""The machines' views by themselves: what they say of every state, and the table of mapped folders."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace
from typing import List, Optional, Tuple

import pytest

from core.protocol.machines import ClusterOverview, FoundMaster, Machine, MachineState, ShownCode
from core.protocol.node_commands import NodeCommand
from core.protocol.system_status import WorkStatus
from core.settings.choices import NetworkMode
from tests.views.window import pump
from views.known_machines import KnownCalls, KnownMachines
from views.machine_texts import MachineNames, details_text, mode_text, seen_text, state_text
from views.machines_window import MachineCalls, MachinesWindow
from views.mapping_list import MappingList
from views.pairing_panel import PairingCalls, PairingPanel
from views.palette import DARK
from views.theme import Look

pytestmark = pytest.mark.window
NOW = 1_700_000_000.0
ATTIC = Machine("a", "Attic", NetworkMode.MASTER, MachineState.HERE)
DEN = Machine(
    "d",
    "Den",
    NetworkMode.SLAVE,
    MachineState.ONLINE,
    jobs=(
        WorkStatus(7, "One.mkv", "encode", 41.0, 2.0, 60.0),
        WorkStatus(8, "Two.mkv", paused=True),
    ),
    slots=(("gpu", 2), ("software", 1)),
)
AWAY = Machine("l", "Laptop", NetworkMode.SLAVE, MachineState.OFFLINE, last_seen=NOW - 65)
GONE = replace(AWAY, id="r", name="Cellar", state=MachineState.REVOKED)


def overview(mode: NetworkMode, *machines: Machine, connected: bool = False) -> ClusterOverview:
    return ClusterOverview(mode, "Attic", machines, connected)


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        (overview(NetworkMode.STANDALONE, ATTIC, AWAY), "Standalone"),
        (overview(NetworkMode.MASTER, ATTIC), "Master · no machine paired yet"),
        (overview(NetworkMode.MASTER, ATTIC, GONE), "Master · no machine paired yet"),
        (overview(NetworkMode.MASTER, ATTIC, DEN), "Master · 1 of 1 machine connected"),
        (
            overview(NetworkMode.MASTER, ATTIC, DEN, AWAY, GONE),
            "Master · 1 of 2 machines connected",
        ),
        (overview(NetworkMode.SLAVE, ATTIC), "Slave · not paired yet"),
        (
            overview(NetworkMode.SLAVE, replace(ATTIC, state=MachineState.OFFLINE)),
            "Slave of Attic · not connected",
        ),
        (
            overview(NetworkMode.SLAVE, replace(ATTIC, state=MachineState.ONLINE), connected=True),
            "Slave of Attic · connected",
        ),
    ],
)
def test_the_mode_is_told_with_the_peers(cluster: ClusterOverview, said: str) -> None:
    assert mode_text(cluster) == said


def test_a_machine_is_told_with_what_is_wrong_with_it() -> None:
    assert state_text(DEN) == "connected"
    assert state_text(replace(DEN, held="Paused.")) == "connected, accepts no films"
    held = replace(DEN, held="Three films failed.", quarantined=True, skew=-30.0)
    assert state_text(held) == "connected, gets no films"
    assert details_text(held).startswith("Three films failed.\nclock 0:30 behind\n")
    assert seen_text(AWAY, NOW) == "1:05 ago"
    assert seen_text(replace(AWAY, last_seen=0.0), NOW) == "never"


def test_jobs_name_their_machine() -> None:
    names = MachineNames()
    names.learn(overview(NetworkMode.MASTER, ATTIC))
    assert not names.several
    names.learn(overview(NetworkMode.MASTER, ATTIC, DEN))
    assert names.several
    assert [names.name(instance_id) for instance_id in ("", "a", "d", "x")] == [
        "this machine",
        "this machine",
        "Den",
        "another machine",
    ]


Asked = List[Tuple[str, NodeCommand, Optional[int]]]


@pytest.fixture
def asked() -> Asked:
    return []


@pytest.fixture
def machines(root: tk.Tk, look: Look, asked: Asked) -> MachinesWindow:
    def ask(machine: Machine, command: NodeCommand, job: Optional[WorkStatus]) -> None:
        asked.append((machine.name, command, job.job_id if job else None))

    window = MachinesWindow(root, look, MachineCalls(ask, lambda: None, lambda: NOW))
    window.show(overview(NetworkMode.MASTER, ATTIC, DEN, AWAY))
    root.update()
    return window


def test_each_machine_stands_above_its_films(machines: MachinesWindow) -> None:
    table = machines.table
    assert table.get_children() == ("a", "d", "l")
    assert [table.item(item, "text").strip() for item in table.get_children("d")] == [
        "One.mkv",
        "Two.mkv",
    ]
    assert table.item("d/7", "values")[0] == "Encoding · 41% · 1:00 left"
    assert table.item("d/8", "values")[0] == "Paused"
    assert table.item("d", "values")[2] == "2 of 3"


def test_commands_go_to_the_chosen_machine_and_its_film(
    machines: MachinesWindow, root: tk.Tk, asked: Asked
) -> None:
    machines.table.selection_set("d")
    root.update()
    machines.buttons[NodeCommand.DRAIN].invoke()
    assert machines.buttons[NodeCommand.CANCEL_JOB].instate(["disabled"])
    machines.table.selection_set("d/7")
    root.update()
    machines.buttons[NodeCommand.CANCEL_JOB].invoke()
    machines.table.selection_set("l")
    root.update()
    machines.buttons[NodeCommand.START].invoke()  # it is away
    assert asked == [("Den", NodeCommand.DRAIN, None), ("Den", NodeCommand.CANCEL_JOB, 7)]


def test_what_is_chosen_stays_while_films_come_and_go(
    machines: MachinesWindow, root: tk.Tk, look: Look
) -> None:
    machines.table.selection_set("d")
    machines.show(overview(NetworkMode.MASTER, ATTIC, replace(DEN, jobs=DEN.jobs[1:]), AWAY))
    root.update()
    assert machines.table.get_children("d") == ("d/8",)
    assert machines.table.selection() == ("d",)
    look.apply(DARK)
    machines.recolor()
    machines.show(overview(NetworkMode.SLAVE, replace(ATTIC, state=MachineState.ONLINE), DEN))
    root.update()
    assert "master decides" in machines.told.cget("text")


def test_a_slave_tells_only_itself_what_to_do(machines: MachinesWindow, root: tk.Tk) -> None:
    master = replace(ATTIC, state=MachineState.ONLINE)
    machines.show(overview(NetworkMode.SLAVE, master, replace(DEN, state=MachineState.HERE)))
    pause, cancel = (
        machines.buttons[command] for command in (NodeCommand.PAUSE, NodeCommand.CANCEL_JOB)
    )
    for chosen, able in (("a", False), ("d", True)):
        machines.table.selection_set(chosen)
        root.update()
        assert pause.instate(["!disabled"]) is able
    machines.table.selection_set("d/7")
    root.update()
    assert cancel.instate(["disabled"]), "the job is the master's"


def test_a_code_that_runs_out_is_taken_away(root: tk.Tk, look: Look) -> None:
    calls = PairingCalls(lambda: None, lambda: None, lambda: None, lambda _at, _code: None)
    panel = PairingPanel(root, look, calls)
    panel.pack()
    panel.show(overview(NetworkMode.MASTER, ATTIC))
    panel.show_code(ShownCode("AAAAA-BBBBB", 1.0))
    assert panel.code.cget("text") == "AAAAA-BBBBB"
    assert "0:01 minutes" in panel.left.cget("text")
    pump(root, lambda: not panel.code.cget("text"), "the end of the code")
    assert "has expired" in panel.note.cget("text")


def test_a_found_master_is_chosen_by_its_name(root: tk.Tk, look: Look) -> None:
    paired: List[Tuple[str, str]] = []
    calls = PairingCalls(
        lambda: None, lambda: None, lambda: None, lambda at, code: paired.append((at, code))
    )
    panel = PairingPanel(root, look, calls)
    panel.show(overview(NetworkMode.SLAVE, ATTIC))
    panel.pair()
    assert panel.note.cget("text"), "something is missing"
    panel.show_masters((FoundMaster("Attic", "10.0.0.2:8477"), FoundMaster("Nas", "10.0.0.3:8477")))
    assert panel.address.get() == "10.0.0.2:8477"
    panel.masters.current(1)
    panel.masters.event_generate("<<ComboboxSelected>>")
    panel.typed.set(" AAAAA-BBBBB ")
    panel.pair_button.invoke()
    assert paired == [("10.0.0.3:8477", "AAAAA-BBBBB")]


def test_a_removed_machine_can_only_be_forgotten(root: tk.Tk, look: Look) -> None:
    forgotten: List[str] = []
    calls = KnownCalls(
        lambda machine: pytest.fail(machine.name),
        lambda machine: forgotten.append(machine.name),
        lambda: None,
    )
    known = KnownMachines(root, look, calls)
    known.show(overview(NetworkMode.MASTER, ATTIC, GONE))
    assert known.table.get_children() == ("r",), "this machine is none of the others"
    known.table.selection_set("r")
    root.update()
    known.revoke_button.invoke()
    known.forget_button.invoke()
    assert forgotten == ["Cellar"]


def test_mapped_folders_are_added_and_taken_out(root: tk.Tk, look: Look) -> None:
    variable = tk.StringVar(root, "/srv/films=>/mnt/films")
    mappings = MappingList(root, look, variable)
    assert mappings.add_button.instate(["disabled"])
    mappings.theirs.set("/srv/series ")
    mappings.ours.set("Z:\\series")
    mappings.add_button.invoke()
    assert variable.get() == "/srv/films=>/mnt/films, /srv/series=>Z:\\series"
    assert mappings.table.item("1", "values") == ("/srv/series", "Z:\\series")
    mappings.table.selection_set("0")
    root.update()
    mappings.remove_button.invoke()
    assert variable.get() == "/srv/series=>Z:\\series"
