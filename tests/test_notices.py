"""The page of licences names every package that is shipped, and says what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import bill_of_materials, notices


def page() -> str:
    return notices.PAGE.read_text("utf-8")


def test_every_package_that_is_installed_here_has_a_line_with_the_range_we_ask_for() -> None:
    assert notices.problems_of(page()) == []


def test_every_line_tells_a_licence() -> None:
    assert all(part.licence.strip() for part in notices.parts_of(page()).values())


def test_a_package_without_a_line_is_noticed() -> None:
    without = "\n".join(line for line in page().splitlines() if "| psutil |" not in line) + "\n"
    assert "psutil is not named" in notices.problems_of(without)


def test_another_range_is_noticed() -> None:
    changed = page().replace("| psutil | >=", "| psutil | >=9")
    assert [
        problem
        for problem in notices.problems_of(changed)
        if problem.startswith("psutil is asked for")
    ]


def test_words_that_were_changed_by_hand_are_noticed() -> None:
    assert notices.problems_of(page() + "More.\n")


def test_texts_that_no_package_brings_go_into_a_packaged_build(tmp_path: Path) -> None:
    bill_of_materials.write([], tmp_path, "1.0")
    for name, file in bill_of_materials.TEXTS.items():
        text = (tmp_path / name / file).read_text("utf-8")
        assert text == (notices.ROOT / "licences" / file).read_text("utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in (tmp_path / "FFmpeg" / "GPL-3.0.txt").read_text("utf-8")


@pytest.mark.parametrize("name", ["LICENSE", "THIRD_PARTY_NOTICES.md", "CHANGELOG.md"])
def test_the_papers_lie_beside_the_program(name: str) -> None:
    assert (notices.ROOT / name).is_file()
