"""The thread of all sockets: an event loop that shows that it is alive."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import Future
from typing import Any, Coroutine, Optional, TypeVar

from core.peer_errors import PeerError
from core.text.sentence import Sentence

_Result = TypeVar("_Result")
_BEAT = 1.0  # seconds
_PATIENCE = 10.0  # seconds that running work has to end


class NetworkThread:
    """An event loop in its own thread, from construction to ``stop``; called by other threads."""

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
        """Start on the loop; return the future. Raises PeerError where the thread has ended."""
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        except RuntimeError as error:
            coroutine.close()
            raise PeerError(Sentence("The network has been switched off.")) from error

    def soon(self, function: Any, *arguments: Any) -> None:
        """Call a function on the loop soon; does nothing where the thread has ended."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(function, *arguments)

    def stop(self) -> None:
        """Cancel everything on the loop, then end the thread; a thread that hangs is abandoned."""
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
