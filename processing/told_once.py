"""A complaint that a tool repeats, packet after packet, told once and with its number."""

from __future__ import annotations

from collections import Counter
from typing import Callable, Optional, Tuple

from core.text.tool_lines import plain
from core.tools import ToolName

_MOST = 200  # different complaints of one step that are told; the others are counted
LineCallback = Callable[[ToolName, str], None]


class ToldOnce:
    """Passes one step's lines on; of equal complaints the first one, and at the end how many they were."""

    def __init__(self, on_line: Optional[LineCallback]) -> None:
        self._on_line: LineCallback = on_line or (lambda _tool, _line: None)
        self._heard: Counter[Tuple[ToolName, str]] = Counter()
        self._others: Counter[ToolName] = Counter()

    def tell(self, tool: ToolName, line: str) -> None:
        """Pass on what is no complaint."""
        self._on_line(tool, line)

    def complain(self, tool: ToolName, line: str) -> None:
        """Pass a complaint on, unless it was heard before but for its addresses."""
        heard = (tool, plain(line))
        if heard not in self._heard:
            if len(self._heard) >= _MOST:
                self._others[tool] += 1
                return
            self._on_line(tool, line)
        self._heard[heard] += 1

    def end(self) -> None:
        """Tell how often each was said."""
        for (tool, line), times in self._heard.items():
            if times > 1:
                self._on_line(tool, f"{line} … {times:,} times")
        for tool, times in self._others.items():
            self._on_line(tool, f"… and {times:,} other complaints")
        self._heard.clear()
        self._others.clear()
