"""A program that is as it was gives the answers that it gave: kept, and not asked for by every command."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Callable, Dict, Protocol, Sequence

from core.ports import Captured, CommandRunner
from tools.program_files import Files, as_they_are, files_behind, is_led_astray

# What was changed just now may be changed again within the same tick of its file system's clock; FAT's,
# the coarsest, ticks every two seconds.
_SETTLED_SECONDS = 10.0


class AnswerMemory(Protocol):
    """Remembers what programs answered over the program's life; a text for each."""

    def get(self, program: str) -> str:
        """What was kept of a program; empty where nothing was."""

    def keep(self, program: str, record: str) -> None:
        """Keep it instead of what was kept before."""


class KeptAnswers:
    """The short questions to one program; a ``CommandRunner`` that starts it where no answer holds."""

    def __init__(
        self,
        program: Path,
        runner: CommandRunner,
        memory: AnswerMemory,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._program = program
        self._runner = runner
        self._memory = memory
        self._now = now
        self._known = _still_true(program, memory)
        self._files: Files = {}
        self._asked: Dict[str, Captured] = {}

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        """The kept answer, or what the program answers now; raises ToolNotFound and ToolStalled."""
        question = json.dumps(argv[1:])
        known = self._known.get(question)
        if known is not None:
            return known
        if not self._asked:
            self._files = files_behind(self._program, self._runner) or {}
        answer = self._runner.capture(argv, timeout=timeout)
        self._asked[question] = answer
        return answer

    def keep(self) -> None:
        """Keep all answers, where they were good and nothing has changed meanwhile."""
        if not self._asked or not self._files or not self._settled():
            return
        answers = {**self._known, **self._asked}
        if all(answer.returncode == 0 for answer in answers.values()):
            told = {
                question: [answer.stdout, answer.stderr] for question, answer in answers.items()
            }
            record = json.dumps({"files": self._files, "answers": told})
            self._memory.keep(str(self._program), record)

    def _settled(self) -> bool:
        if as_they_are(list(self._files)) != self._files:
            return False
        changed = max(max(state[-2:]) for state in self._files.values() if state)
        return self._now() - changed / 1e9 > _SETTLED_SECONDS


def _still_true(program: Path, memory: AnswerMemory) -> Dict[str, Captured]:
    """What was kept, where every file that it hangs on is as it was."""
    if is_led_astray():
        return {}
    try:
        record = json.loads(memory.get(str(program)))
        files = record["files"]
        if str(program) not in files or as_they_are(list(files)) != files:
            return {}
        return {
            question: Captured(0, stdout, stderr)
            for question, (stdout, stderr) in record["answers"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):  # nothing, or another version's
        return {}
