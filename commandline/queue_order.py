"""``queue order RULE``: by which rule waiting films are in order; the same as the setting ``queue.order``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict

from commandline.exit_codes import DONE
from commandline.options import argument
from commandline.output import Output
from commandline.remote_call import call_running
from core.settings.choices import QueueOrder

if TYPE_CHECKING:
    from app.program import Program

RULES: Dict[str, QueueOrder] = {rule.name.lower(): rule for rule in QueueOrder}


@dataclass(frozen=True)
class OrderOptions:
    """What ``queue order`` is asked for."""

    rule: str = argument("RULE", choices=tuple(RULES), help=", ".join(RULES))


def run(program: Program, options: OrderOptions, output: Output) -> int:
    """Put the queue in this order, or have the program at work do it."""
    told = call_running(program, "queue order", options, output)
    return at_work(program, options, output) if told is None else told


def at_work(program: Program, options: OrderOptions, output: Output) -> int:
    """Put it in this order."""
    rule = RULES[options.rule]
    program.config.set("queue.order", rule.value)
    output.record("queue_order", rule=options.rule)
    output.text(
        f"Waiting films are in order: {rule.value}. Films that were moved keep their places."
    )
    return DONE
