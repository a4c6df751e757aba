"""Films are looked at in threads, told one by one, and the look can be ended."""

from __future__ import annotations

import json
import queue
import threading
from pathlib import Path
from typing import Iterator, List

import pytest

from app.program import Program
from core.planning.preview import (
    FilmPreview,
    FilmsFound,
    PreviewEnded,
    PreviewNews,
    PreviewNotice,
    PreviewOutcome,
)
from scheduling.preview import FilmPreviews, PreviewLook
from store.verdicts import VerdictKind, VerdictStore, fingerprint
from tests.films import AudioSpec, make_film


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Program]:
    with Program(tmp_path / "data") as one:
        one.config.change({"video.encode": "no", "processing.missing_mkvpropedit": "continue"})
        yield one


def told_by(previews: FilmPreviews, *paths: Path) -> List[PreviewNews]:
    """All that a whole run tells."""
    inbox: queue.SimpleQueue[PreviewNews] = queue.SimpleQueue()
    previews.start(paths, inbox.put)
    found: List[PreviewNews] = []
    while not found or not isinstance(found[-1], PreviewEnded):
        found.append(inbox.get(timeout=60))
    return found


def test_the_number_comes_first_every_film_once_and_the_end_last(
    parts: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "films"
    names = [f"Film {number}.mkv" for number in range(6)]
    for name in names:
        make_film(folder / name, audio=[AudioSpec("flac")])
    found = told_by(parts.previews(), folder, folder / names[0])
    assert found[0] == FilmsFound(6)
    assert (
        sorted(event.path.name for event in found[1:-1] if isinstance(event, FilmPreview)) == names
    )
    assert found[-1] == PreviewEnded()


def test_what_is_not_there_is_said(parts: Program, tmp_path: Path) -> None:
    found = told_by(parts.previews(), tmp_path / "gone.mkv")
    assert isinstance(found[0], PreviewNotice)
    assert found[1:] == [FilmsFound(0), PreviewEnded()]


def test_a_cancelled_look_begins_no_other_film(
    parts: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        (tmp_path / f"{number}.mkv").write_bytes(b"x" * 2000)
    begun, go_on = threading.Semaphore(0), threading.Event()

    def at(_look: PreviewLook, path: Path, _native: str = "") -> FilmPreview:
        begun.release()
        go_on.wait(60)
        return FilmPreview(path, PreviewOutcome.NOTHING)

    monkeypatch.setattr(PreviewLook, "at", at)
    inbox: queue.SimpleQueue[PreviewNews] = queue.SimpleQueue()
    run = parts.previews().start((tmp_path,), inbox.put)
    assert begun.acquire(timeout=60)
    run.cancel()
    go_on.set()
    found = [inbox.get(timeout=60)]
    while not isinstance(found[-1], PreviewEnded):
        found.append(inbox.get(timeout=60))
    assert len([event for event in found if isinstance(event, FilmPreview)]) <= 4


def test_a_failure_of_one_film_ends_no_other(
    parts: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(_look: PreviewLook, path: Path, _native: str = "") -> FilmPreview:
        if path.name == "1.mkv":
            raise ZeroDivisionError
        return FilmPreview(path, PreviewOutcome.NOTHING)

    monkeypatch.setattr(PreviewLook, "at", at)
    for number in range(3):
        (tmp_path / f"{number}.mkv").write_bytes(b"x" * 2000)
    found = told_by(parts.previews(), tmp_path)
    outcomes = {event.path.name: event.outcome for event in found if isinstance(event, FilmPreview)}
    assert outcomes["1.mkv"] is PreviewOutcome.UNREADABLE
    assert outcomes["2.mkv"] is PreviewOutcome.NOTHING


def test_a_trouble_of_the_whole_look_is_its_end(
    parts: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1.mkv").write_bytes(b"x")
    monkeypatch.setattr(FilmPreviews, "look", lambda _self: 1 // 0)
    (end,) = told_by(parts.previews(), tmp_path)[-1:]
    assert isinstance(end, PreviewEnded)
    assert "ZeroDivisionError" in end.problem


def test_a_content_that_gained_nothing_under_this_plan_is_no_work(
    parts: Program, tmp_path: Path
) -> None:
    film = make_film(tmp_path / "Film.mkv", audio=[AudioSpec("flac")])
    look = parts.previews().look()
    before = look.at(film)
    assert before.outcome is PreviewOutcome.COPY
    equipment = parts.equip()
    media = equipment.analyzer.analyze(film)
    signature = _signature(before)
    VerdictStore(parts.database).remember(
        fingerprint(media.path), signature, VerdictKind.NO_GAIN, "It became larger."
    )
    after = look.at(film)
    assert (after.outcome, after.message) == (PreviewOutcome.NO_GAIN, "It became larger.")


def _signature(film: FilmPreview) -> str:
    return str(json.loads(film.plan_text)["signature"])
