"""The header edit, word for word, and when there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Tuple

from core.media.languages import LanguageTag
from core.media.model import TrackFlags
from core.plan import OutputTrack
from core.settings.tree import Settings
from core.steps import StepName
from core.tools import ToolName
from tests.core.commands_film import (
    CONTINUE,
    FULL,
    OPUS,
    STAGED,
    STEREO,
    SURROUND,
    VIDEO,
    out,
    plan,
    steps,
    without,
)

WITHOUT_DEFAULT = "original commentary hearing-impaired visual-impaired text-descriptions".split()


def flags(*, stated: Tuple[str, ...] = (), **on: bool) -> Tuple[str, ...]:
    words: Tuple[str, ...] = ()
    for name in ("default", "forced", "enabled"):
        words += ("--set", f"flag-{name}={int(on.get(name, name == 'enabled'))}")
    for name in WITHOUT_DEFAULT:
        field = name.replace("-", "_")
        value = on.get(field, False)
        known = value or field in stated
        words += ("--set", f"flag-{name}={int(value)}") if known else ("--delete", f"flag-{name}")
    return words


def test_title_names_languages_and_every_flag() -> None:
    outputs = (
        out(VIDEO, flags=TrackFlags(default=True)),
        OutputTrack(
            *(SURROUND, "opus", OPUS, LanguageTag("pt-BR"), "--set x=1"),
            TrackFlags(original=True, hearing_impaired=True, text_descriptions=True),
        ),
        out(FULL, flags=TrackFlags(forced=True, commentary=True, visual_impaired=True)),
        out(STEREO, flags=TrackFlags(enabled=False, stated=("original",))),
    )
    (edit,) = [step for step in steps(plan(outputs=outputs)) if step.name is StepName.PROPERTIES]
    assert edit.output == STAGED
    assert edit.commands[0].argv == (
        *(str(Path("/tools/mkvpropedit")), str(STAGED), "--edit", "info", "--set", "title=Film"),
        *("--edit", "track:1", "--delete", "name", "--set", "language=und", *flags(default=True)),
        *("--edit", "track:2", "--set", "name=--set x=1", "--set", "language=pt-BR"),
        *flags(original=True, hearing_impaired=True, text_descriptions=True),
        *("--edit", "track:3", "--delete", "name", "--set", "language=en"),
        *flags(forced=True, commentary=True, visual_impaired=True),
        *("--edit", "track:4", "--delete", "name", "--set", "language=nl"),
        *flags(enabled=False, stated=("original",)),
        "--delete-track-statistics-tags",
    )


def test_statistics_of_copied_tracks_stay() -> None:
    (_, edit) = steps(plan(outputs=(out(VIDEO), out(STEREO))))
    assert "--delete-track-statistics-tags" not in edit.commands[0].argv


def test_where_jobs_wait_for_mkvpropedit_the_step_is_shown_by_its_bare_name() -> None:
    missing = without(ToolName.MKVPROPEDIT)
    assert [step.name for step in steps(plan(), missing, CONTINUE)] == [StepName.REMUX]
    remux, edit = steps(plan(), missing, Settings())
    assert remux.name is StepName.REMUX
    assert edit.commands[0].argv[0] == "mkvpropedit"


def test_even_properties_alone_are_set_on_a_copy() -> None:
    (remux, edit) = steps(plan(outputs=(out(VIDEO), out(STEREO))))
    assert remux.output == edit.output == STAGED
