"""The pass over the film: one ffmpeg that makes the result and can tell of the film's packets meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Tuple

from core.encoders.listed import known_program
from core.plan import Plan
from core.programs.program import FilmLength
from core.progress import ProgressParser
from core.steps import Step, StepName
from core.tools import ToolName


def reads_film(step: Step) -> bool:
    """Return whether this is the pass over the film, by one ffmpeg that can tell of its packets meanwhile."""
    tools = [command.tool for command in step.commands]
    return step.name in (StepName.ENCODE, StepName.REMUX) and tools == [ToolName.FFMPEG]


def with_outputs(step: Step, outputs: Tuple[str, ...]) -> Step:
    """Put further outputs between the command's inputs and its own, which stays the last."""
    (command,) = step.commands
    last_input = len(command.argv) - command.argv[::-1].index("-i")
    argv = (*command.argv[: last_input + 1], *outputs, *command.argv[last_input + 1 :])
    files = tuple(Path(word[len("file:") :]) for word in outputs if word.startswith("file:"))
    return replace(step, commands=(replace(command, argv=argv),), scratch=(*step.scratch, *files))


def parser_of(step: Step, plan: Plan) -> ProgressParser:
    """Return what reads the progress of a step, by the length of its plan's film."""
    media = plan.media
    rate = media.video[0].frame_rate if media.video else None
    span = FilmLength(plan.duration, rate, media.size)
    return known_program(step.commands[0].tool).progress(span)
