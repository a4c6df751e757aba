"""Whoever gives ffmpeg or ffprobe a film, in the whole life of one, allows it files and pipes alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Sequence, Tuple

from core.events import JobState
from core.ports import Captured
from core.steps import Step
from core.tools import ONLY_FILES, ToolName, Toolset
from processing.runner import ProcessRunner, StepResult
from tests.films import AudioSpec, jpeg_cover
from tests.processing.bench import fast_settings, open_bench


class Noting(ProcessRunner):
    """Runs programs and notes their words."""

    def __init__(self) -> None:
        super().__init__(low_priority=False)
        self.asked: List[Tuple[str, ...]] = []

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        self.asked.append(tuple(argv))
        return super().capture(argv, timeout=timeout)

    def run_step(self, step: Step, **more: Any) -> StepResult:
        ours = (ToolName.FFMPEG, ToolName.FFPROBE)
        self.asked += [command.argv for command in step.commands if command.tool in ours]
        return super().run_step(step, **more)


def inputs(argv: Sequence[str]) -> List[int]:
    """Where the words are that name what ffmpeg or ffprobe reads."""
    given = [place + 1 for place, word in enumerate(argv) if word == "-i"]
    return given or [len(argv) - 1]  # ffprobe takes it last


def test_every_film_is_given_with_the_protocols_it_may_use(
    tmp_path: Path, toolset: Toolset
) -> None:
    runner = Noting()
    with open_bench(tmp_path, toolset) as bench:
        bench.runner, bench.settings = runner, fast_settings(encode=True)
        bench.make(audio=[AudioSpec("flac"), AudioSpec("ac3")], attachments=[jpeg_cover()])
        assert bench.process().state is JobState.COMPLETED
    assert len(runner.asked) > 5  # a probe, the cover, the encode, the proof
    for argv in runner.asked:
        before = 0
        for place in inputs(argv):
            words = argv[before:place]
            allowed = zip(words, words[1:])
            assert "lavfi" in words or ONLY_FILES in allowed, argv  # lavfi: ffmpeg draws, no file
            before = place
