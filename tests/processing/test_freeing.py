"""Originals are removed before their time only beside a proved result, and films are made again from them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Iterator, List

import pytest

from core.errors import JobCancelled, OriginalStays, RestoreError
from core.progress import Progress
from core.queue.job import Again, NewJob
from core.tools import Toolset
from processing.control import JobControl
from store.jobs import JobStore
from store.journal import Journal, JournalEntry, Original, Outcome
from tests.processing.bench import Bench, digest, open_bench


class Cancelling(List[Progress]):
    """Takes progress in and cancels its job, once that has begun to write."""

    def __init__(self, control: JobControl) -> None:
        super().__init__()
        self._control = control

    def append(self, progress: Progress) -> None:
        self._control.cancel()


@pytest.fixture
def done(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    """A film that was processed; its original waits."""
    with open_bench(tmp_path, toolset) as bench:
        bench.make("Film.mkv", seconds=1)
        bench.process()
        yield bench


def why_it_stays(bench: Bench, entry_id: int) -> str:
    with pytest.raises(OriginalStays) as refused:
        bench.processor.freeing.free(entry_id)
    (entry,) = bench.journal.held()
    assert digest(entry.holding) == bench.sha256
    return str(refused.value)


def test_an_original_goes_only_while_its_result_is_there_as_it_was_proved(
    done: Bench, tmp_path: Path
) -> None:
    (entry,) = done.journal.held()
    result = entry.target
    kept = Path(shutil.copy2(result, tmp_path / "copy.mkv"))
    with result.open("r+b") as file:
        file.seek(result.stat().st_size // 2)
        file.write(os.urandom(8192))
    assert "was changed after it was proved" in why_it_stays(done, entry.id)
    result.unlink()
    assert "its result is gone" in why_it_stays(done, entry.id)
    shutil.copyfile(kept, result)  # its bytes, with another time
    (tmp_path / "away").mkdir()
    aside = result.parent.rename(tmp_path / "away" / "library")
    assert "the disk of the film" in str(_refused(done, entry.id))
    aside.rename(result.parent)
    assert done.processor.freeing.free(entry.id) == entry.source_identity.size
    assert not entry.holding.exists()
    assert done.journal.held() == ()
    now = done.journal.entry(entry.id)
    assert now is not None
    assert now.original is Original.REMOVED
    assert "not kept any more" in str(_refused(done, entry.id))
    assert digest(result) == digest(kept)


def test_an_original_of_a_renamed_folder_is_closed_after_a_crash_before_the_journals_last_word(
    done: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entry,) = done.journal.held()
    folder = entry.target.parent.rename(entry.target.parent.with_name("renamed library"))
    write = Journal.write

    def crashing(journal: Journal, change: JournalEntry) -> JournalEntry:
        if change.original is Original.REMOVED:
            raise KeyboardInterrupt  # what was removed is gone, and our own folder with it
        return write(journal, change)

    monkeypatch.setattr(Journal, "write", crashing)
    with pytest.raises(KeyboardInterrupt):
        done.processor.freeing.free(entry.id)
    assert [path.name for path in folder.iterdir()] == ["Film.mkv"]
    monkeypatch.undo()
    assert done.processor.freeing.free(entry.id) == 0
    assert done.journal.held() == ()


def _refused(bench: Bench, entry_id: int) -> OriginalStays:
    with pytest.raises(OriginalStays) as refused:
        bench.processor.freeing.free(entry_id)
    return refused.value


def test_an_original_that_is_wanted_once_more_neither_goes_nor_expires(done: Bench) -> None:
    (entry,) = done.journal.held()
    jobs = JobStore(done.database)
    (job_id,) = jobs.add([NewJob(entry.target, again=Again.ORIGINAL)])
    assert "waits in the queue" in why_it_stays(done, entry.id)
    done.forty_days_later()
    assert done.processor.expire_originals() == ()
    jobs.remove(job_id)
    assert done.processor.expire_originals() == (entry.source,)


def test_the_original_is_brought_back_once_and_again_after_an_attempt_that_failed(
    done: Bench,
) -> None:
    (entry,) = done.journal.held()
    again = done.processor.again
    assert again.is_result(done.film)
    assert again.why_not_from_original(done.film) == ""
    for _ in range(2):  # the second time nothing is left to do, as after a crash
        assert again.bring_back(done.film) == done.film
        assert digest(done.film) == done.sha256
    done.progress = Cancelling(done.control)
    with pytest.raises(JobCancelled):
        done.process(attempt=2)
    assert done.journal.of_film(done.film)[0].outcome is Outcome.ROLLED_BACK
    assert again.bring_back(done.film) == done.film
    done.control, done.progress = JobControl(), []
    done.process(attempt=3)
    (held,) = done.journal.held()
    assert held.id != entry.id
    assert digest(held.holding) == done.sha256


def test_a_film_without_an_original_is_not_brought_back(done: Bench) -> None:
    (entry,) = done.journal.held()
    done.processor.freeing.free(entry.id)
    again = done.processor.again
    assert "not kept any more" in again.why_not_from_original(done.film)
    before = digest(done.film)
    with pytest.raises(RestoreError):
        again.bring_back(done.film)
    assert digest(done.film) == before
