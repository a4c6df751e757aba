"""The network's page of the settings: pairing, the known machines and the path doctor, beside Tk's thread."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING, Callable, Optional

from core.protocol.machines import ClusterOverview, FolderFinding, Machine, ShownCode
from core.queue.outcome import sentence_of
from core.settings.choices import NetworkMode
from views.known_machines import KnownCalls, KnownMachines
from views.pairing_panel import PairingCalls, PairingPanel
from views.path_doctor import PathDoctor
from views.settings_tab import SettingsTab
from views.shown import visible
from views.texts import _
from window.phone_controller import PhoneController
from window.services import WindowServices

if TYPE_CHECKING:
    from app.machines import Machines

_YES = 0


class NetworkController:
    """Puts the panels around the settings of the page when it is opened."""

    def __init__(self, tab: SettingsTab, services: WindowServices) -> None:
        self._services = services
        self._cluster = ClusterOverview(NetworkMode.STANDALONE, "")
        self.pairing: Optional[PairingPanel] = None
        self._addressed = False
        self.known: Optional[KnownMachines] = None
        self.doctor: Optional[PathDoctor] = None
        tab.add_head("network", self._make_head)
        tab.add_foot("network", self._make_foot)
        services.window.follow_machines(self)

    def show_machines(self, cluster: ClusterOverview) -> None:
        """Show how the machines are now."""
        if cluster.mode is not NetworkMode.MASTER and self.pairing is not None:
            self.pairing.hide_code()
        self._cluster = cluster
        if self.pairing is not None:
            self.pairing.show(cluster)
            self._show_addresses()
        if self.known is not None:
            self.known.show(cluster)
        self._show_doctor()

    @property
    def _machines(self) -> Machines:
        """For the threads of the services alone."""
        return self._services.machines

    def _make_head(self, parent: tk.Misc) -> ttk.Frame:
        self.pairing = PairingPanel(
            parent,
            self._services.look,
            PairingCalls(self._show_code, self._hide_code, self._discover, self._pair),
        )
        self.pairing.show(self._cluster)
        self._show_addresses()
        return self.pairing

    def _show_addresses(self) -> None:
        """Only a master is reached by others; its addresses are looked up once."""
        panel = self.pairing
        if panel is None or self._addressed or self._cluster.mode is not NetworkMode.MASTER:
            return
        self._addressed = True
        self._call(lambda: self._machines.addresses(), panel.show_addresses, self._pairing_failed)

    def _make_foot(self, parent: tk.Misc) -> ttk.Frame:
        look = self._services.look
        foot = ttk.Frame(parent)
        phone = PhoneController(foot, self._services).panel  # below its settings, the page's last
        phone.pack(fill="x", pady=(0, look.px(16)))
        calls = KnownCalls(self._revoke, self._forget, self._open_machines)
        self.known = KnownMachines(foot, look, calls)
        self.known.pack(fill="x")
        self.known.show(self._cluster)
        self.doctor = PathDoctor(foot, look, self)
        self._show_doctor()
        return foot

    def _show_doctor(self) -> None:
        """Only a master has folders that others may see."""
        if self.doctor is not None:
            if self._cluster.mode is NetworkMode.MASTER:
                self.doctor.pack(fill="x", pady=(self._services.look.px(16), 0))
            else:
                self.doctor.pack_forget()

    def _open_machines(self) -> None:
        self._services.registry.invoke("network.machines")

    def _show_code(self) -> None:
        def shown(code: ShownCode) -> None:
            if self.pairing is not None:
                self.pairing.show_code(code)

        self._call(lambda: self._machines.show_code(), shown, self._pairing_failed)

    def _hide_code(self) -> None:
        if self.pairing is not None:
            self.pairing.hide_code()
        self._call(lambda: self._machines.hide_code(), lambda _done: None, self._pairing_failed)

    def _discover(self) -> None:
        if self.pairing is not None:
            panel = self.pairing
            self._call(
                lambda: self._machines.find_masters(), panel.show_masters, self._pairing_failed
            )

    def _pair(self, address: str, code: str) -> None:
        def paired(name: str) -> None:
            if self.pairing is not None:
                text = _("This machine is paired with {name} and works for it now.")
                self.pairing.paired(text.format(name=name))

        self._call(lambda: self._machines.pair(address, code), paired, self._pairing_failed)

    def _pairing_failed(self, error: Exception) -> None:
        if self.pairing is not None:
            self.pairing.tell(sentence_of(error), style="Error.TLabel")

    def _revoke(self, machine: Machine) -> None:
        text = _(
            "{name} can no longer connect and is disconnected at once. Films that it is processing "
            "go to other machines. To allow it again, pair it again."
        )
        self._ask_and_do(
            _("Remove a machine"),
            text.format(name=visible(machine.name)),
            _("Remove"),
            lambda: self._machines.revoke(machine.id),
        )

    def _forget(self, machine: Machine) -> None:
        text = _("{name} is removed from the list. To work with it again, pair it again.")
        self._ask_and_do(
            _("Forget a machine"),
            text.format(name=visible(machine.name)),
            _("Forget"),
            lambda: self._machines.forget(machine.id),
        )

    def _ask_and_do(self, title: str, text: str, yes: str, work: Callable[[], None]) -> None:
        if self._services.dialogs.choose(title, text, (yes, _("Keep it"))) == _YES:
            self._call(work, lambda _done: None, self._known_failed)

    def _known_failed(self, error: Exception) -> None:
        if self.known is not None:
            self.known.tell(sentence_of(error))

    def examine_folders(self) -> None:
        """Ask all machines about the watched folders."""
        if self.doctor is not None:
            self._call(
                lambda: self._machines.examine_paths(), self.doctor.show, self._doctor_failed
            )

    def use_proposal(self, finding: FolderFinding) -> None:
        """Give a machine the mapping that was suggested for it."""

        def used(_done: object) -> None:
            if self.doctor is not None:
                text = _("{name} now uses this mapping.").format(name=visible(finding.machine))
                self.doctor.tell(text, style="Success.TLabel")

        self._call(lambda: self._machines.use_proposal(finding), used, self._doctor_failed)

    def _doctor_failed(self, error: Exception) -> None:
        if self.doctor is not None:
            self.doctor.tell(sentence_of(error), style="Error.TLabel")

    def _call(
        self,
        work: Callable[[], object],
        done: Callable[..., None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Other machines may be slow to answer: nothing else waits for them."""
        self._services.tests.call(work, done, failed)
