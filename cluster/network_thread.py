"""The one thread in which all sockets live: an event loop that gives beats."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import Future
from typing import Any, Coroutine, Optional, TypeVar

from core.errors import PeerError

_Result = TypeVar("_Result")
_BEAT = 1.0  # seconds
_PATIENCE = 10.0  # seconds for what runs to come to its end


class NetworkThread:
    """An event loop in a thread of its own, from its making to ``stop``; for every other thread."""

    def __init__(self) -> None:
        self.last_beat = time.monotonic()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def call(
        self, coroutine: Coroutine[Any, Any, _Result], timeout: Optional[float] = None
    ) -> _Result:
        """Run on the loop and wait for the result; what it raises is raised here.

        Raises PeerError where the thread has ended.
        """
        future = self.begin(coroutine)
        try:
            return future.result(timeout)
        finally:
            future.cancel()

    def begin(self, coroutine: Coroutine[Any, Any, _Result]) -> Future[_Result]:
        """Run on the loop; return what to wait for. Raises PeerError where the thread has ended."""
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        except RuntimeError as error:
            coroutine.close()
            raise PeerError("The network has been switched off.") from error

    def soon(self, function: Any, *arguments: Any) -> None:
        """Have a function called on the loop; nothing where the thread has ended."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(function, *arguments)

    def stop(self) -> None:
        """End everything that runs on the loop, then the thread; one that hangs is left behind."""
        self.soon(self._end)
        self._thread.join(_PATIENCE + 2.0)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self._beat()
        try:
            self.loop.run_forever()
        finally:
            self.loop.close()

    def _beat(self) -> None:
        self.last_beat = time.monotonic()
        self.loop.call_later(_BEAT, self._beat)

    def _end(self) -> None:
        self._ending = self.loop.create_task(self._cancel_all())

    async def _cancel_all(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENCE)
        self.loop.stop()
