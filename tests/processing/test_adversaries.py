"""Swap and restore among other programs: a short form of ``python -m tests.adversary_campaign``."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import replace as dataclass_replace
from pathlib import Path
from typing import Callable, Iterator, List, Tuple

import pytest

if sys.platform == "win32":
    pytest.skip("works with open files that Windows does not let go of", allow_module_level=True)

from processing.filesystem import DOT_FOLDER, FileOperations
from store.journal import Journal, JournalEntry, Original, Stage
from tests import adversary_campaign
from tests.adversaries import ADVERSARIES
from tests.adversary_campaign import Campaign, Case, Scenario

ORIGINAL, RESULT = b"original " * 400, b"result " * 300
NEWER = b"a better release " * 211


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    (tmp_path / "here").mkdir()
    made = Campaign(tmp_path / "here", tmp_path / "elsewhere")
    yield made
    made.close()


def during_the_copy(act: Callable[[], object]) -> Callable[[str], None]:
    """Do it once, while the film is being copied to or from the other disk."""
    done: List[object] = []

    def before(operation: str) -> None:
        if operation == "copy under way" and not done:
            done.append(act())

    return before


def entries(case: Case) -> Tuple[JournalEntry, ...]:
    with case.database() as database:
        return Journal(database).of_job(1)


def test_no_program_that_comes_between_two_steps_loses_a_film() -> None:
    tried = 0
    for _, tally in adversary_campaign.campaign(sample=4):
        assert tally.problems == []
        tried += tally.tried
    assert tried > 100


@pytest.mark.parametrize("careless", ["replace", "withdraw"])
def test_the_campaign_notices_a_program_that_trusts_an_old_look(
    monkeypatch: pytest.MonkeyPatch, careless: str
) -> None:
    if careless == "replace":
        monkeypatch.setattr(FileOperations, "replace", lambda self, old, new: old.replace(new))
        only = "swap, same name, exchange"
    else:
        monkeypatch.setattr(
            "processing.placing.Placing.withdraw",
            lambda self, name, aside, is_ours: name.unlink(missing_ok=True) is None,
        )
        only = "swap, other ending, exchange, other disk"
    monkeypatch.setattr(adversary_campaign, "ADVERSARIES", ADVERSARIES[:1])
    lost = [tally.lost for _, tally in adversary_campaign.campaign(only=only)]
    assert sum(lost) > 0


@pytest.mark.parametrize("ending", [".mkv", ".mp4"])
def test_a_restore_that_fails_goes_back_to_where_it_was_and_can_be_tried_again(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    case = campaign.case(Scenario("restore", ending, other_disk=True))

    def fill_the_disk(self: FileOperations, old: Path, new: Path, *more: object) -> None:
        new.write_bytes(old.read_bytes()[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(new))

    with monkeypatch.context() as full:
        full.setattr(FileOperations, "copy", fill_the_disk)
        case.do("restore", lambda name: None)
    assert "Free some space and try again" in case.answers[-1]
    assert (entries(case)[0].stage, entries(case)[0].original) == (Stage.DONE, Original.HELD)
    assert case.world.target.read_bytes() == RESULT
    assert not (case.world.film.parent / DOT_FOLDER).exists()  # the half copy is gone
    case.world.target.write_bytes(NEWER)
    case.do("recover", lambda name: None)  # is not finished blindly
    assert case.world.target.read_bytes() == NEWER
    case.world.target.unlink()
    case.do("restore", lambda name: None)
    assert case.answers[-1] == "it is done"
    assert case.world.film.read_bytes() == ORIGINAL


@pytest.mark.parametrize("ending", [".mkv", ".mp4"])
@pytest.mark.parametrize("disk", ["exchange", "no exchange", "no links"])
def test_a_film_that_arrives_while_an_original_is_copied_back_stays(
    campaign: Campaign, ending: str, disk: str
) -> None:
    case = campaign.case(Scenario("restore", ending, other_disk=True, disk=disk))
    case.do("restore", during_the_copy(lambda: case.world.film.write_bytes(NEWER)))
    assert "another file has its name now. Move it away and try again." in case.answers[-1]
    assert case.world.film.read_bytes() == NEWER
    assert entries(case)[0].holding.read_bytes() == ORIGINAL
    assert entries(case)[0].original is Original.HELD


@pytest.mark.parametrize("ending", [".mkv", ".mp4"])
@pytest.mark.parametrize("disk", ["exchange", "no exchange", "no links"])
def test_a_film_that_arrives_while_the_original_is_copied_away_stays_and_is_begun_anew(
    campaign: Campaign, ending: str, disk: str
) -> None:
    case = campaign.case(Scenario("swap", ending, other_disk=True, disk=disk))
    case.do("swap", during_the_copy(lambda: case.world.film.write_bytes(NEWER)))
    assert "changed while it was being processed" in case.answers[-1]
    assert [path.read_bytes() for path in case.world.film.parent.iterdir()] == [NEWER]
    assert not list(case.elsewhere.rglob("*.original"))
    assert entries(case)[0].stage is Stage.DONE


def test_an_original_whose_name_is_taken_in_the_middle_of_its_swap_is_the_journals(
    campaign: Campaign,
) -> None:
    case = campaign.case(Scenario("swap"))

    def replaced(operation: str) -> None:
        if operation == "exchange":
            newer = case.world.library / "newer"
            newer.write_bytes(NEWER)
            newer.replace(case.world.film)

    case.do("swap", replaced)
    assert case.world.film.read_bytes() == NEWER
    with case.database() as database:
        (held,) = Journal(database).held()
    assert held.holding.read_bytes() == ORIGINAL
    case.world.film.rename(case.world.film.with_name("newer.mkv"))
    case.do("restore", lambda name: None)
    assert case.world.film.read_bytes() == ORIGINAL


def test_a_film_that_is_tagged_in_place_while_its_result_takes_its_name_keeps_the_tags(
    campaign: Campaign,
) -> None:
    case = campaign.case(Scenario("swap"))
    tagged = b"ORIGINAL " * 400

    def tag(operation: str) -> None:
        if operation == "exchange":
            case.world.film.write_bytes(tagged)

    case.do("swap", tag)
    assert "changed while it was being processed" in case.answers[-1]
    assert case.world.film.read_bytes() == tagged
    assert not (case.world.film.parent / DOT_FOLDER).exists()


def test_a_folder_that_was_renamed_takes_nothing_of_ours_along(campaign: Campaign) -> None:
    for stage in (Stage.INTENT, Stage.VERIFIED):
        case = campaign.case(Scenario("swap"))
        with case.database() as database:
            journal = Journal(database)
            (entry,) = journal.unfinished()
            journal.write(dataclass_replace(entry, stage=stage))
        folder = case.world.library / "Film (2021)"
        case.world.film.parent.rename(folder)
        case.do("recover", lambda name: None)
        finished = stage is Stage.VERIFIED
        assert (folder / "Film.mkv").read_bytes() == (RESULT if finished else ORIGINAL)
        assert not list(folder.rglob("*.partial"))
        assert entries(case)[0].stage is Stage.DONE
        assert (folder / DOT_FOLDER).exists() is finished  # the original waits there
        assert not case.world.film.parent.exists()  # is not made again
        case.close()


def test_a_folder_that_is_gone_for_a_week_is_not_waited_for_any_longer(campaign: Campaign) -> None:
    case = campaign.case(Scenario("swap"))
    case.world.film.parent.rename(case.root / "out of sight")
    case.do("recover", lambda name: None)
    assert case.answers[-1].endswith("is not there. It will be tried again.")
    case.do("recover", lambda name: None, later=True)
    assert case.answers[-1].endswith("was removed or moved.")
    assert entries(case)[0].stage is Stage.DONE
