"""A role that is left ends, also where its cancel was lost on the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cluster import roles
from cluster.roles import Roles


def test_a_role_that_missed_its_cancel_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_CANCEL_AGAIN", 0.05)
    cancels = 0

    async def stubborn() -> None:
        nonlocal cancels
        while cancels < 2:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancels += 1

    async def leave() -> None:
        nothing: Any = None
        role = Roles(nothing, nothing)
        role._running = (asyncio.ensure_future(stubborn()),)
        await asyncio.sleep(0)
        await asyncio.wait_for(role.silence(), 20)

    asyncio.run(leave())
    assert cancels == 2
