"""A command to a node is a row of one table and a handler: a made-up one is typed, clicked and done.

Words on the wire stay as they are: machines of neighbouring versions understand each other.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.protocol.node_commands import COMMANDS_BY_WORD, NodeCommand
from sharing.slave.commands import SlaveCommands
from sharing.slave.state import SlaveState
from store.connection import Database
from store.slave_jobs import SlaveJobStore

ROOT = Path(__file__).resolve().parents[2]
# What somebody would write: a row of the table, and what a machine does.
ROW = '    WASH = ("wash", "wash", "empty its work folder", "Wash…", "{name} is clean.")  # hot\n'
HANDLER = "            NodeCommand.WASH: lambda arguments: {'washed': arguments['hot']},\n"
CHANGED = f"""
import importlib, pathlib, sys, types

def with_line(name, before, line):
    path = pathlib.Path(*name.split(".")).with_suffix(".py")
    text = path.read_text("utf-8")
    assert text.count(before) == 1, path
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text.replace(before, line + before), path, "exec"), vars(module))
    parent, _dot, child = name.rpartition(".")
    setattr(importlib.import_module(parent), child, module)

with_line("core.protocol.node_commands", "    SEND_LOG = ", {ROW!r})
with_line("sharing.slave.commands", "            NodeCommand.SEND_LOG: ", {HANDLER!r})
"""


def changed(code: str) -> str:
    """What code prints in a program with the made-up command."""
    answer = subprocess.run(
        [sys.executable, "-c", CHANGED + code],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_it_is_typed_on_the_command_line_and_stands_in_its_help() -> None:
    shown = changed(
        "from commandline.parser import parse, whole_grammar\n"
        "print(parse(['network', 'tell', 'Den', 'wash']).options.command)\n"
        "try: parse(['network', 'tell', 'Den', 'wahs'])\n"
        "except Exception as error: print(error)\n"
        "try: parse(['network', 'tell', '--help'])\n"
        "except SystemExit: pass\n"
    )
    assert shown.startswith("wash\n")
    assert "there is no 'wahs'. Did you mean wash?" in shown
    assert "wash: empty its work folder" in " ".join(shown.split())


def test_the_window_has_its_button_and_its_sentence_can_be_translated() -> None:
    shown = changed(
        "from views.machines_window import _BUTTONS\n"
        "from scripts import texts\n"
        "print([command.button for command in _BUTTONS[1]])\n"
        "print({text.singular for text in texts.collect()} >= {'Wash…', '{name} is clean.'})\n"
    )
    assert shown == "['Parallel films…', 'Rescan folders', 'Wash…', 'Show log…']\nTrue\n"


def test_a_machine_does_it_whoever_asks() -> None:
    shown = changed(
        "from core.protocol.node_commands import NodeCommand\n"
        "from sharing.slave.commands import SlaveCommands\n"
        "print(SlaveCommands(None, None).do(NodeCommand('wash'), {'hot': True}))\n"
    )
    assert shown == "{'washed': True}\n"


def test_the_words_on_the_wire_are_those_of_earlier_versions() -> None:
    assert [command.value for command in NodeCommand] == (
        "start pause resume drain cancel_job pause_job resume_job set_slots rescan send_log "
        "add_mapping doctor_paths found_known"
    ).split()
    assert list(COMMANDS_BY_WORD) == ["start", "pause", "resume", "drain", "rescan"]
    assert f"{NodeCommand.SET_SLOTS.value} {NodeCommand('set_slots').name}" == "set_slots SET_SLOTS"


@pytest.mark.parametrize("command", list(NodeCommand))
def test_every_command_is_done_by_somebody(command: NodeCommand, tmp_path: Path) -> None:
    about_a_job = {NodeCommand.CANCEL_JOB, NodeCommand.PAUSE_JOB, NodeCommand.RESUME_JOB}
    with Database(tmp_path / "slave.db") as database:
        store = SlaveJobStore(database)
        machine = SlaveCommands(store, None)  # type: ignore[arg-type] # nothing is asked of it
        done_at_once = command in machine.handlers or SlaveState(store.requests).take(command)
    assert done_at_once or command in about_a_job | {NodeCommand.FOUND_KNOWN}


@pytest.mark.parametrize("command", list(NodeCommand))
def test_what_a_user_gives_is_answered_with_a_sentence(command: NodeCommand) -> None:
    if command.word or (command.button and command is not NodeCommand.SEND_LOG):
        assert "{name}" in command.done
        assert command.button
    else:
        assert command.done == ""
