"""A node that a test answers for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

from core.protocol.messages import MessageType
from core.tools import Toolset
from tests.scheduling.pair import Pair, Slave


def a_node(pair: Pair, tmp_path: Path, toolset: Toolset, name: str = "node") -> Slave:
    """A node that is connected and speaks as the test says."""
    node = pair.slave(name, tmp_path / name, toolset)
    node.told = node.facts().as_data()
    pair.master.work.joined(node.line.node)
    node.line.up = True
    return node


def offer_to(pair: Pair, node: Slave, holding: object = ()) -> Dict[str, Any]:
    """Ask until the master gives the node a job."""
    found: List[Dict[str, Any]] = []

    def asked() -> bool:
        question = {"free": ["remux"], "holding": list(holding)}  # type: ignore[call-overload]
        answer = node.line.ask(MessageType.JOB_REQUEST, question)
        found.extend([answer["offer"]] if "offer" in answer else [])
        return bool(found)

    pair.master.until(asked, "an offer")
    return found[0]
