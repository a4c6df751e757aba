"""Handlers that may wait, called off the event loop: those of one node one after the other."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from typing import Any, Callable, Optional

_log = logging.getLogger("mediaprocessor.network")


class NodeQueue:
    """Calls the handlers of one node in their order, each in a thread of the pool.

    Created and used on the event loop.
    """

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._turn = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether a handler of this node is at work, or waits for its turn."""
        return self._turn.locked()

    async def call(
        self, function: Callable[..., Any], *arguments: Any, pool: Optional[Executor] = None
    ) -> Any:
        """Call when the earlier calls have ended; return or raise what the function does.

        ``pool`` is another than the node's own.
        """
        async with self._turn:
            loop = asyncio.get_running_loop()
            call = loop.run_in_executor(pool or self._pool, function, *arguments)
            try:
                return await asyncio.shield(call)
            except asyncio.CancelledError:
                await asyncio.wait([call])  # else the next one would run beside it
                raise

    async def tell(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Call a function whose result nobody needs; an exception is logged."""
        try:
            await self.call(function, *arguments)
        except Exception:  # noqa: BLE001 - a handler of somebody else's must not end the connection
            _log.exception("A handler of the network failed.")
