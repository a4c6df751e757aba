"""What a command shows: tidy text for people or one JSON object a line for programs.

File names and titles come from anywhere, so whatever is shown to people goes through ``visible``:
no name can move the cursor, forge a line or break the output's encoding.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any, TextIO

from core.errors import MediaProcessorError
from core.text.formatting import visible


class Output:
    """Where a command's answer goes: people's text or JSON lines on one stream, errors on another.

    Bytes of a name that are not UTF-8 stand in JSON as lone surrogates (``\\udcff``), the way
    Python's ``os.fsdecode`` writes them, so that no name is ever changed.
    """

    def __init__(self, *, as_json_lines: bool, stream: TextIO, errors: TextIO) -> None:
        self.json = as_json_lines
        self.timed = False  # whether each line of news begins with its time
        self._stream = stream
        self._errors = errors

    @property
    def interactive(self) -> bool:
        """Whether somebody watches a terminal, so that a progress bar makes sense."""
        return not self.json and self._errors.isatty()

    @property
    def bar_stream(self) -> TextIO:
        """Where a progress bar is drawn."""
        return self._errors

    def text(self, text: str = "") -> None:
        """Show a line (or lines) to people; nothing with ``--json``."""
        if not self.json:
            print(text, file=self._stream, flush=True)

    def news(self, text: str) -> None:
        """Show a line on what has just happened; nothing with ``--json``."""
        self.text(self._stamped(text))

    def raw(self, text: str) -> None:
        """Write text as it is, with and without ``--json``."""
        print(text, file=self._stream, flush=True)

    def record(self, kind: str, /, **fields: Any) -> None:
        """Write one JSON object whose ``type`` is ``kind``; nothing without ``--json``."""
        if self.json:
            from core.planning.plan_json import (
                as_json,  # knows films and plans; few starts tell any
            )

            line = {"type": kind, **{key: as_json(value) for key, value in fields.items()}}
            if self.timed:
                line["time"] = time.time()
            self.raw(json.dumps(line, allow_nan=False))

    def repeat(self, shown: str, told: str) -> None:
        """Show what another process of ours has shown and told for us, as it is."""
        print(shown, end="", file=self._stream, flush=True)
        print(told, end="", file=self._errors, flush=True)

    def notice(self, message: str, *, error: bool = False) -> None:
        """Tell something that belongs to no single film; errors go where errors go."""
        stream = self._errors if error or self.json else self._stream
        print(self._stamped(message), file=stream, flush=True)
        self.record("notice", message=message, error=error)

    def error(self, error: MediaProcessorError, file: object = None) -> None:
        """Say what went wrong: a sentence for people, a record of type ``error`` for programs."""
        print(self._stamped(str(error)), file=self._errors, flush=True)
        self.record(
            "error",
            code=error.code,
            message=str(error),
            file=None if file is None else str(file),
        )

    def _stamped(self, text: str) -> str:
        moment = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} "
        return (moment if self.timed else "") + visible(text)
