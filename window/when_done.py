"""What the machine does when the queue is done, as chosen for this session, with a minute to say no."""

from __future__ import annotations

import tkinter as tk
from functools import partial
from typing import Callable, Optional

from app.power import leave
from core.events import Event, JobState, JobStateChanged, QueueEmptied
from core.queue.when_done import COUNTDOWN, WhenDone, why_stay_on
from views.command_list import WHEN_DONE
from views.control_panel import ControlPanel
from views.countdown import Countdown
from views.texts import N_, _, sentence
from window.services import WindowServices

_TITLES = {WhenDone.SLEEP: N_("Sleep"), WhenDone.SHUT_DOWN: N_("Shut down")}
_TEXTS = {
    WhenDone.SLEEP: N_("The queue is done. The computer goes to sleep in {seconds} seconds."),
    WhenDone.SHUT_DOWN: N_("The queue is done. The computer shuts down in {seconds} seconds."),
}
_NOW = {WhenDone.SLEEP: N_("Sleep now"), WhenDone.SHUT_DOWN: N_("Shut down now")}
_BUSY = (JobState.QUEUED, JobState.ANALYZING, JobState.PROCESSING)


class WhenDoneController:
    """``notify`` lets the system's tray tell something. A choice holds for one end of the queue."""

    def __init__(
        self,
        root: tk.Misc,
        services: WindowServices,
        panel: ControlPanel,
        notify: Callable[[str], None],
        seconds: int = COUNTDOWN,
    ) -> None:
        self._root = root
        self._services = services
        self._panel = panel
        self._notify = notify
        self.seconds = seconds
        self.wish = WhenDone.NOTHING
        self.countdown: Optional[Countdown] = None
        for wish in WhenDone:
            services.registry.bind(f"when_done.{wish.value}", partial(self.choose, wish))
        self.choose(WhenDone.NOTHING)

    def choose(self, wish: WhenDone) -> None:
        """Take what is to be done when the queue is."""
        self.wish = wish
        chosen = WHEN_DONE[tuple(WhenDone).index(wish)]
        self._panel.show_when_done(chosen.text)
        if self.countdown is not None and self.countdown.winfo_exists():
            self.countdown.decline()

    def handle(self, event: Event) -> None:
        """The queue may be done, or have something to do again."""
        if isinstance(event, QueueEmptied) and self.wish is not WhenDone.NOTHING:
            self._ask(event.completed)
        elif isinstance(event, JobStateChanged) and event.state in _BUSY:
            self._films_came()

    def close(self) -> None:
        """The window closes: nothing is done."""
        self.wish = WhenDone.NOTHING
        if self.countdown is not None and self.countdown.winfo_exists():
            self.countdown.destroy()

    def _ask(self, completed: int) -> None:
        services = self._services
        services.commands.call(
            lambda: why_stay_on(completed, services.manager.overview().counts) or self._of_master(),
            self._decide,
            services.window.failed,
        )

    def _of_master(self) -> Optional[str]:
        """Why it stays on for a master's films; called beside Tk's thread."""
        if self._services.machine_control.work_in_hand():
            return why_stay_on(1, {JobState.PROCESSING: 1})
        return None

    def _decide(self, why_not: Optional[str]) -> None:
        wish = self.wish
        if wish is WhenDone.NOTHING:
            return
        if why_not is not None:
            self._services.window.tell(sentence(why_not))
            return
        text = _(_TEXTS[wish])
        self.countdown = Countdown(
            self._root,
            self._services.look,
            _(_TITLES[wish]),
            text,
            _(_NOW[wish]),
            self.seconds,
            self._leave,
            self._declined,
        )
        self._notify(text.format(seconds=self.seconds))

    def _films_came(self) -> None:
        if self.countdown is not None and self.countdown.winfo_exists():
            self.countdown.destroy()
            self._services.window.tell(_("The computer stays on: there are films to process."))

    def _declined(self) -> None:
        if self.wish is not WhenDone.NOTHING:
            self.choose(WhenDone.NOTHING)
            self._services.window.tell(_("The computer stays on."))

    def _leave(self) -> None:
        wish, services = self.wish, self._services
        self.choose(WhenDone.NOTHING)
        services.slow.call(
            lambda: leave(wish, services.program.runner),
            lambda _done: None,
            services.window.failed,
        )
