"""The page of licences names every package that is shipped, and says what it says."""

from __future__ import annotations

import pytest

from scripts import notices


def page() -> str:
    return notices.PAGE.read_text("utf-8")


def test_every_package_that_is_installed_here_has_a_line_with_the_range_we_ask_for() -> None:
    assert notices.problems_of(page()) == []


def test_every_line_tells_a_licence() -> None:
    assert all(one.licence.strip() for one in notices.parts_of(page()).values())


def test_a_package_without_a_line_is_noticed() -> None:
    without = "\n".join(line for line in page().splitlines() if "| psutil |" not in line) + "\n"
    assert "psutil is not named" in notices.problems_of(without)


def test_another_range_is_noticed() -> None:
    changed = page().replace("| psutil | >=", "| psutil | >=9")
    assert [one for one in notices.problems_of(changed) if one.startswith("psutil is asked for")]


def test_words_that_were_changed_by_hand_are_noticed() -> None:
    assert notices.problems_of(page() + "More.\n")


@pytest.mark.parametrize("name", ["LICENSE", "THIRD_PARTY_NOTICES.md", "CHANGELOG.md"])
def test_the_papers_lie_beside_the_program(name: str) -> None:
    assert (notices.ROOT / name).is_file()
