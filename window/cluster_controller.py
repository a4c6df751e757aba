"""The machines that work together: asks every second or two how they are, and shows the window of them."""

from __future__ import annotations

import tkinter as tk
from typing import List, Mapping, Optional

from core.inbox import Inbox
from core.protocol.machines import ClusterOverview, Machine
from core.protocol.node_commands import NodeCommand
from core.protocol.system_status import WorkStatus
from core.reporting.health import ThreadHealth
from core.settings.choices import NetworkMode
from views.machine_dialogs import SlotsDialog, TextWindow
from views.machine_texts import mode_text
from views.machines_window import MachineCalls, MachinesWindow
from views.placement import color_title_bar
from views.pump import UNHURRIED, MessagePump
from views.shown import visible
from views.texts import _
from window.services import Answer, MachinesFollower, ServiceThread, WindowServices

_EVERY = 2000  # milliseconds between two looks
# Milliseconds where there are no others, and nobody looks: what changes that comes by the settings.
_ALONE = 15000
_WATCHED = 700  # while the window of the machines is open
_CANCEL = 1  # Enter keeps it running


class ClusterController:
    """``followers`` are told, in Tk's thread, of each new look at all machines."""

    def __init__(self, root: tk.Misc, services: WindowServices) -> None:
        self._root = root
        self._services = services
        self._asking = False
        self._timer = ""
        self.cluster = ClusterOverview(NetworkMode.STANDALONE, "")
        self.followers: List[MachinesFollower] = []
        self.window: Optional[MachinesWindow] = None
        self.slots: Optional[SlotsDialog] = None
        self.log: Optional[TextWindow] = None
        answers: Inbox[Answer] = Inbox()
        self._looks = ServiceThread("window-machines", answers, title=_("Status of the machines"))
        # A machine that is just going to sleep may make its command wait; no other waits with it.
        self._commands = ServiceThread(
            "window-machine-commands", answers, at_once=4, title=_("Commands to machines")
        )
        self._pump: MessagePump[Answer] = MessagePump(
            root, answers, lambda answer: answer(), interval=UNHURRIED
        )
        self._pump.start()
        services.registry.bind("network.machines", self.open)
        services.on_look.append(self._recolor)

    def begin(self) -> None:
        """Look, now and every few seconds; the first look loads what speaks to other machines."""
        self._look()
        self._services.on_settings.append(lambda _settings: self.look_now())

    @property
    def text(self) -> str:
        """The mode, with the peers' state, as the control panel shows it."""
        return mode_text(self.cluster)

    def open(self) -> None:
        """Show the window of all machines, or bring it to the front."""
        if self.window is None or not self.window.winfo_exists():
            calls = MachineCalls(self._ask, self._open_settings)
            self.window = MachinesWindow(self._root, self._services.look, calls)
            color_title_bar(self.window, dark=self._services.look.palette.dark)
        self.window.show(self.cluster)
        self.window.lift()
        self.look_now()

    def look_now(self) -> None:
        """Look at once, as after something was changed."""
        if self._timer:
            self._root.after_cancel(self._timer)
        self._look()

    def health(self) -> ThreadHealth:
        """How the thread is that looks."""
        return self._looks.health()

    def close(self) -> None:
        """Look no more."""
        if self._timer:
            self._root.after_cancel(self._timer)
        self._pump.stop()
        self._looks.stop()
        self._commands.stop()

    def _look(self) -> None:
        watched = self.window is not None and self.window.winfo_exists()
        alone = self._services.config.settings.network.mode is NetworkMode.STANDALONE
        pause = _WATCHED if watched else _ALONE if alone else _EVERY
        self._timer = self._root.after(pause, self._look)
        if not self._asking:
            self._asking = True
            self._looks.call(lambda: self._services.machines.cluster(), self._take, self._failed)

    def _take(self, cluster: ClusterOverview) -> None:
        self._asking = False
        if cluster == self.cluster:
            return
        self.cluster = cluster
        self._services.machine_names.learn(cluster)
        for follower in self.followers:
            follower.show_machines(cluster)
        if self.window is not None and self.window.winfo_exists():
            self.window.show(cluster)

    def _failed(self, error: Exception) -> None:
        self._asking = False
        self._services.window.failed(error)

    def _recolor(self) -> None:
        if self.window is not None and self.window.winfo_exists():
            self.window.recolor()
            color_title_bar(self.window, dark=self._services.look.palette.dark)

    def _open_settings(self) -> None:
        self._services.window.open_tab("settings").view.open_section("network")
        self._root.winfo_toplevel().lift()

    def _ask(self, machine: Machine, command: NodeCommand, job: Optional[WorkStatus]) -> None:
        """Have a machine do something, where the user means it."""
        if command is NodeCommand.SEND_LOG:
            self._fetch_log(machine)
        elif command is NodeCommand.SET_SLOTS:
            self._ask_slots(machine)
        elif command is not NodeCommand.CANCEL_JOB:
            self._do(machine, command, {})
        elif job is not None and self._means_cancel(machine):
            self._do(machine, command, {"job": job.job_id})

    def _means_cancel(self, machine: Machine) -> bool:
        answer = self._services.dialogs.over(self.window or self._root).choose(
            _("Cancel the film"),
            _("{name} will stop processing this film. The film itself is not changed.").format(
                name=visible(machine.name)
            ),
            (_("Keep it running"), _("Cancel the film")),
        )
        return answer == _CANCEL

    def _ask_slots(self, machine: Machine) -> None:
        assert self.window is not None
        slots = machine.slots or tuple((kind, 1) for kind in ("gpu", "software", "remux"))
        self.slots = SlotsDialog(
            self.window,
            self._services.look,
            machine.name,
            slots,
            lambda numbers: self._do(machine, NodeCommand.SET_SLOTS, numbers),
        )

    def _do(self, machine: Machine, command: NodeCommand, arguments: Mapping[str, object]) -> None:
        self._commands.call(
            lambda: self._services.machines.command(machine.id, command, arguments),
            lambda _answer: self._done(machine, command),
            self._services.window.failed,
        )

    def _done(self, machine: Machine, command: NodeCommand) -> None:
        self._services.window.tell(_(command.done).format(name=visible(machine.name)))
        self.look_now()

    def _fetch_log(self, machine: Machine) -> None:
        self._commands.call(
            lambda: self._services.machines.log(machine.id),
            lambda text: self._show_log(machine, text),
            self._services.window.failed,
        )

    def _show_log(self, machine: Machine, text: str) -> None:
        title = _("Log of {name}").format(name=visible(machine.name))
        self.log = TextWindow(self.window or self._root, self._services.look, title, text)
