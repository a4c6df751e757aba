"""The machines in the whole window: a master whose slave is a process of its own, and the other way round."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Type

import pytest

from core.protocol.machines import FolderFinding
from core.protocol.node_commands import NodeCommand
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList
from tests.commandline.instances import Instance, free_port
from tests.window_program import Program
from views.machines_window import MachinesWindow
from window.network_controller import NetworkController

pytestmark = pytest.mark.window
SETTINGS = {
    "network.name": "Attic",
    "network.listen_address": "127.0.0.1",
    "network.discovery": "off",
}


class Listening(Program):
    """The window as main.py opens it, which hears of other machines."""

    listens = True


@pytest.fixture
def program_class() -> Type[Program]:
    return Listening


@pytest.fixture
def port(program: Program) -> int:
    """The port of the window, which is a master from now on."""
    port = free_port()
    changes = {**SETTINGS, "network.port": str(port), "network.mode": "master"}
    program.parts.config.change(changes)
    program.until(lambda: shown_mode(program).startswith("Master"), "the mode")
    return port


@pytest.fixture
def den(tmp_path: Path) -> Iterator[Instance]:
    """Another machine, called Den."""
    one = Instance(tmp_path, "Den")
    yield one
    one.end()


def shown_mode(program: Program) -> str:
    """What the control panel says of the mode."""
    return str(program.window.panel.mode.cget("text"))


def network_page(program: Program) -> NetworkController:
    settings = program.window.open_tab("settings")
    settings.view.open_section("network")
    program.root.update()
    controller: NetworkController = settings.network
    return controller


def pair(program: Program, port: int, den: Instance) -> None:
    """Start Den with the code that the window shows."""
    page = network_page(program)
    assert page.pairing is not None
    page.pairing.show_button.invoke()
    program.until(lambda: page.pairing.code.cget("text"), "the code")
    code = str(page.pairing.code.cget("text"))
    den.run("--role", "slave", "--master", f"127.0.0.1:{port}", "--pair", code)
    program.until(lambda: "1 of 1 machine connected" in shown_mode(program), "the slave")


def open_machines(program: Program) -> MachinesWindow:
    program.window.panel.mode.invoke()
    window = program.window.cluster.window
    assert window is not None
    return window


def choose(program: Program, window: MachinesWindow, name: str) -> None:
    """Choose a machine by its name."""
    (row,) = (
        row for row in window.table.get_children() if window.table.item(row, "text").strip() == name
    )
    window.table.selection_set(row)
    program.root.update()


def test_alone_the_window_says_so_and_how_to_share_the_work(program: Program) -> None:
    page = network_page(program)
    assert page.pairing is not None
    assert shown_mode(program) == "Standalone"
    assert "works alone" in page.pairing.told.cget("text")
    assert not page.pairing.master_box.winfo_manager()
    assert not page.pairing.slave_box.winfo_manager()


def test_the_mode_is_switched_in_the_settings_without_a_new_start(program: Program) -> None:
    program.parts.config.change({**SETTINGS, "network.port": str(free_port())})
    page = network_page(program)
    view = program.window.tab("settings").view
    for mode, said in (("master", "Master · no machine"), ("slave", "Slave · not paired yet")):
        view.field("network.mode").text = mode
        view.apply_button.invoke()
        program.until(lambda said=said: shown_mode(program).startswith(said), mode)
    assert page.pairing is not None
    assert page.pairing.slave_box.winfo_manager()


def test_a_slave_is_paired_by_the_shown_code_and_commanded(
    program: Program, port: int, den: Instance
) -> None:
    pair(program, port, den)
    window = open_machines(program)
    choose(program, window, "Den")
    window.buttons[NodeCommand.PAUSE].invoke()
    program.until(
        lambda: "accepts no films" in str(window.table.item(window.table.selection()[0])), "it"
    )
    window.buttons[NodeCommand.RESUME].invoke()
    window.buttons[NodeCommand.SEND_LOG].invoke()
    program.until(lambda: program.window.cluster.log, "the log")
    log = program.window.cluster.log
    assert log is not None
    assert "Connected" in log.text.shown
    window.buttons[NodeCommand.SET_SLOTS].invoke()
    slots = program.window.cluster.slots
    assert slots is not None
    slots.values["software"].set("many")
    slots.save()
    assert slots.note.cget("text")
    slots.values["software"].set("4")
    slots.save()
    program.until(lambda: "4 on the CPU" in window.note.cget("text"), "the slots")


def test_a_machine_is_removed_after_a_question_and_can_be_forgotten(
    program: Program, port: int, den: Instance
) -> None:
    pair(program, port, den)
    known = network_page(program).known
    assert known is not None
    known.table.selection_set(known.table.get_children()[0])
    program.root.update()
    program.answers.chosen = 1
    known.revoke_button.invoke()
    assert "connected" in shown_mode(program)
    program.answers.chosen = 0
    known.revoke_button.invoke()
    program.until(lambda: "removed" in str(known.table.item(known.table.get_children()[0])), "it")
    known.forget_button.invoke()
    program.until(lambda: not known.table.get_children(), "the empty table")


def test_the_path_doctor_shows_each_machine_and_its_proposal_is_taken_over(
    program: Program, port: int, den: Instance, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    FolderList(program.parts.database).add(WatchedFolder(library))
    pair(program, port, den)
    doctor = network_page(program).doctor
    assert doctor is not None
    doctor.examine_button.invoke()
    program.until(lambda: doctor.table.get_children(), "the findings")
    (row,) = doctor.table.get_children()
    assert [str(cell) for cell in doctor.table.item(row, "values")][:4] == [
        str(library),
        "Den",
        str(library),
        "yes",
    ]
    assert doctor.use_button.instate(["disabled"]), "the folder has the same name there"
    (machine,) = (node for node in program.parts.network.nodes())
    doctor.show((FolderFinding(str(library), machine.instance_id, "Den", "/x", True, 1, "/a=>/b"),))
    program.root.update()
    doctor.use_button.invoke()
    program.until(
        lambda: den.call("network", "map", "--json").stdout.count('"theirs": "/a"') == 1, "the pair"
    )


def test_the_window_becomes_the_slave_of_a_master(program: Program, den: Instance) -> None:
    port = free_port()
    den.call("settings", "set", "network.port", str(port))
    den.run("--role", "master")
    den.until(den.running, "the master")
    (shown, _notice) = den.network("pair-code")
    program.parts.config.change({**SETTINGS, "network.mode": "slave"})
    page = network_page(program)
    program.until(lambda: shown_mode(program).startswith("Slave"), "the mode")
    panel = page.pairing
    assert panel is not None
    panel.address.set(f"127.0.0.1:{port}")
    panel.typed.set("AAAAA-BBBBB")
    panel.pair_button.invoke()
    program.until(lambda: "pairing code is wrong" in panel.note.cget("text"), "the refusal")
    panel.typed.set(shown["code"])
    panel.pair_button.invoke()
    program.until(lambda: "paired with Den" in panel.note.cget("text"), "the pairing")
    program.until(lambda: shown_mode(program) == "Slave of Den · connected", "the connection")
    window = open_machines(program)
    program.until(lambda: len(window.table.get_children()) == 2, "both machines")
    choose(program, window, "Den")
    assert window.buttons[NodeCommand.PAUSE].instate(["disabled"]), "a slave commands nobody"
    choose(program, window, "Attic")
    window.buttons[NodeCommand.PAUSE].invoke()
    program.until(
        lambda: "accepts no films" in str(window.table.item(window.table.selection()[0])), "it"
    )


def test_the_masters_own_film_is_shown_with_its_progress(program: Program, port: int) -> None:
    program.parts.config.change({"video.encode": "yes"})
    window = open_machines(program)
    program.answers.chosen_films = (program.film("Film.mkv", seconds=4),)
    program.invoke("files.add")
    program.invoke("queue.start")
    table = window.table

    def progress() -> bool:
        films = [film for item in table.get_children() for film in table.get_children(item)]
        return any("%" in str(table.item(film, "values")) for film in films)

    program.until(progress, "the film at work")
    program.until(program.counts(completed=1), "the film")


def test_a_film_that_another_machine_makes_says_so_on_its_card_and_in_the_history(
    program: Program, port: int, den: Instance
) -> None:
    shut = {f"queue.{kind}_jobs": "0" for kind in ("gpu", "software", "remux")}
    program.parts.config.change({**shut, "video.encode": "yes"})
    pair(program, port, den)
    program.window.open_tab("queue")
    program.answers.chosen_films = (program.film("Film.mkv", seconds=4),)
    program.invoke("files.add")
    program.invoke("queue.start")
    cards = program.queue.area.cards
    program.until(
        lambda: any("on Den" in card.sizes.cget("text") for card in cards.values()), "the card"
    )
    program.until(program.counts(completed=1), "the film")
    program.until(lambda: program.cell("completed", 0, "machine") == "Den", "its machine")


def test_the_buttons_of_a_slaves_window_pause_and_stop_its_work_for_the_master(
    program: Program, den: Instance
) -> None:
    port = free_port()
    den.call("settings", "set", "network.port", str(port))
    den.run("--role", "master")
    den.until(den.running, "the master")
    (shown, _notice) = den.network("pair-code")
    program.parts.config.change({**SETTINGS, "network.mode": "slave"})
    panel = network_page(program).pairing
    assert panel is not None
    panel.address.set(f"127.0.0.1:{port}")
    panel.typed.set(shown["code"])
    panel.pair_button.invoke()
    program.until(lambda: shown_mode(program) == "Slave of Den · connected", "the connection")

    def says(text: str) -> None:
        label = program.window.panel.state_label
        program.until(lambda: text in label.whole, text)

    def held() -> str:
        machines = [record for record in den.network("list") if record.get("name") == "Attic"]
        return str(machines[0]["held"]) if machines else ""

    says("works for its master")
    program.invoke("queue.pause")
    says("Work for the master is paused.")
    den.until(lambda: "paused there" in held(), "the master to see it")
    program.invoke("queue.start")
    says("works for its master")
    den.until(lambda: not held(), "the master to see it")
    program.invoke("queue.pause_30")
    says(" at ")
    program.invoke("queue.finish")
    says("accepts no films from its master")
    den.until(lambda: "stopped there" in held(), "the master to see it")
    program.invoke("queue.start")
    says("works for its master")
    program.invoke("queue.stop")
    says("accepts no films from its master")
