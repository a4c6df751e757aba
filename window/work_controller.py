"""Pause and stop all that this machine does, and what the control panel says of that."""

from __future__ import annotations

from functools import partial

from core.events import QueueState, QueueStateChanged
from core.protocol.machines import ClusterOverview
from views.control_panel import ControlPanel
from window.cluster_controller import ClusterController
from window.lost_work import LostWork, stop_question
from window.services import WindowServices


class WorkController:
    """Of a slave, whose own queue waits, it is shown what it does for its master."""

    def __init__(
        self, services: WindowServices, panel: ControlPanel, cluster: ClusterController
    ) -> None:
        self._services = services
        self._panel = panel
        self._cluster = cluster
        self._queue = QueueStateChanged(QueueState.STOPPED)
        bind = services.registry.bind
        bind("queue.pause", lambda: services.do(lambda: services.machine_control.pause()))
        for minutes in (30, 60, 180):
            bind(f"queue.pause_{minutes}", partial(self._pause_for, minutes))
        lost_work = LostWork(services)
        bind(
            "queue.stop",
            lambda: lost_work.ask(
                lambda: tuple(work.stopped for work in services.machine_control.work_in_hand()),
                stop_question,
                lambda: services.do(lambda: services.machine_control.stop()),
                lambda: services.do(lambda: services.machine_control.stop_after_current()),
            ),
        )
        bind(
            "queue.finish",
            lambda: services.do(lambda: services.machine_control.stop_after_current()),
        )
        cluster.followers.append(self)

    @property
    def queue_state(self) -> QueueState:
        """What this machine's own queue does."""
        return self._queue.state

    def take(self, now: QueueStateChanged) -> None:
        """The queue does something else; what a slave does for its master was asked for before that."""
        self._queue = now
        self._show()
        if self._cluster.cluster.own_work is not None:
            self._cluster.look_now()

    def show_machines(self, _cluster: ClusterOverview) -> None:
        """What a slave does for its master may have changed."""
        self._show()

    def _show(self) -> None:
        for_master = self._cluster.cluster.own_work
        self._panel.show_mode(self._cluster.text)
        self._panel.show_state(for_master or self._queue, for_master=for_master is not None)

    def _pause_for(self, minutes: int) -> None:
        self._services.do(lambda: self._services.machine_control.pause_for(minutes))
