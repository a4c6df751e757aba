"""The preview in the whole window: real small films, the same decisions as ``plan``, and nothing done."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from core.planning.forecast import Expected
from core.planning.plan_json import plan_record
from core.planning.planner import build_plan
from core.planning.preview import FilmPreview, FilmsFound, PreviewEnded, PreviewNews, PreviewOutcome
from core.queue.estimate import Pool
from core.queue.overview import Estimate
from tests.films import AudioSpec, make_film
from tests.processing.bench import digest
from tests.window_program import Program
from window.preview_controller import Preview

pytestmark = pytest.mark.window


@pytest.fixture
def library(program: Program) -> Path:
    """A film with a commentary, one whose sound is Opus already, and one that is broken."""
    folder = program.folder / "films"
    comment = AudioSpec("ac3", commentary=True, title="Commentary")
    make_film(folder / "Talked over.mkv", audio=[AudioSpec("flac"), comment])
    make_film(folder / "below" / "=Good already.mkv", audio=[AudioSpec("opus", bit_rate=64)])
    (folder / "Broken.mkv").write_bytes(b"nothing of a film")
    return folder


def preview(program: Program) -> Preview:
    program.invoke("files.preview")
    queue = program.window.tab("queue")
    program.until(lambda: queue.preview.window is not None, "the preview")
    found = queue.preview.window
    assert isinstance(found, Preview)
    return found


def seen(program: Program, folder: Path) -> Preview:
    """The window once it has seen all of a folder."""
    shown = preview(program)
    program.answers.chosen_folder = folder
    shown.view.folder_button.invoke()
    program.until(lambda: shown.films and not shown.running, "all films")
    program.until(lambda: shown.view.table.count == len(shown.films), "their rows")
    return shown


def by_name(shown: Preview) -> Dict[str, FilmPreview]:
    return {film.path.name: film for film in shown.films}


def slots(shown: Preview) -> Tuple[str, ...]:
    """The rows of the table that are on the screen."""
    return shown.view.table.tree.get_children()


def choose(program: Program, shown: Preview, name: str) -> None:
    place = [shown.films[at].path.name for at in shown.view.table.ids].index(name)
    shown.view.table.choice.only(place)
    shown.view.table.redraw()
    shown.view.choose()
    program.root.update()


def test_a_folder_is_looked_at_as_plan_does_and_nothing_is_touched(
    program: Program, library: Path
) -> None:
    before = {path: digest(path) for path in library.rglob("*.mkv")}
    shown = seen(program, library)
    assert {path: digest(path) for path in library.rglob("*.mkv")} == before
    assert sorted(path for path in library.rglob("*") if path.is_file()) == sorted(before)
    assert not any(program.jobs().counts().values())
    films = by_name(shown)
    assert films["Broken.mkv"].outcome is PreviewOutcome.UNREADABLE
    equipment = program.parts.equip()
    for name in ("Talked over.mkv", "=Good already.mkv"):
        media = equipment.analyzer.analyze(films[name].path)
        native = equipment.analyzer.native_language(media)
        plan = build_plan(media, native, equipment.settings, equipment.toolset)
        kept: Dict[str, Any] = json.loads(films[name].plan_text)
        wanted = json.loads(json.dumps(plan_record(plan)))
        assert {key: kept[key] for key in wanted} == wanted
        assert films[name].has_work == (not plan.refused and not plan.empty)
    assert films["Talked over.mkv"].dropped == 1


def test_the_chosen_films_tracks_are_shown_with_their_reasons(
    program: Program, library: Path
) -> None:
    shown = seen(program, library)
    choose(program, shown, "Talked over.mkv")
    fates = [shown.view.plan.table.set(row, "fate") for row in shown.view.plan.table.get_children()]
    assert fates == ["copied", "converted", "removed"]
    choose(program, shown, "Broken.mkv")
    assert "Broken.mkv" in shown.view.plan.reasons.shown
    assert shown.view.plan.table.get_children() == ()


def test_films_with_work_are_queued_and_others_are_not(program: Program, library: Path) -> None:
    shown = seen(program, library)
    with_work = [film for film in shown.films if film.has_work]
    text = f"Queue all to process ({len(with_work)})"
    program.until(lambda: shown.view.queue_all.cget("text") == text, "the number")
    choose(program, shown, "Broken.mkv")
    assert shown.view.queue_chosen.instate(["disabled"])
    choose(program, shown, "Talked over.mkv")
    shown.view.queue_chosen.invoke()
    program.until(program.counts(pending=1), "the chosen film in the queue")
    shown.view.queue_all.invoke()
    program.until(program.counts(pending=len(with_work)), "the others")


def test_the_table_is_saved_whole_and_harmless(program: Program, library: Path) -> None:
    shown = seen(program, library)
    shown.view.filter.set("Unreadable")
    shown._show(from_top=True)
    assert shown.view.table.count == 1
    path = program.folder / "preview.csv"
    program.answers.saved_as = path
    shown.view.save_button.invoke()
    program.until(path.exists, "the file")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["Film"] for row in rows) == [
        "'=Good already.mkv",
        "Broken.mkv",
        "Talked over.mkv",
    ]


def test_filter_search_and_columns_narrow_and_sort(program: Program, library: Path) -> None:
    shown = seen(program, library)
    shown.sort("name")
    names = [shown.films[place].path.name for place in shown.view.table.ids]
    assert names == ["=Good already.mkv", "Broken.mkv", "Talked over.mkv"]
    shown.sort("name")
    assert [shown.films[place].path.name for place in shown.view.table.ids] == names[::-1]
    shown.view.search.text.set("talk")
    program.until(lambda: shown.view.table.count == 1, "the search")
    shown.view._escape()
    program.until(lambda: shown.view.table.count == 3, "its end")


def test_looking_again_takes_the_settings_of_now(program: Program, library: Path) -> None:
    shown = seen(program, library)
    assert by_name(shown)["Talked over.mkv"].dropped == 1
    program.parts.config.set("audio.drop_commentary", "no")
    shown.view.again_button.invoke()
    program.until(
        lambda: not shown.running and "Talked over.mkv" in by_name(shown), "the films once more"
    )
    assert by_name(shown)["Talked over.mkv"].dropped == 0


def test_a_film_named_twice_is_there_once(program: Program, library: Path) -> None:
    shown = seen(program, library)
    shown.add((library / "Talked over.mkv",))
    program.until(lambda: not shown.running, "the film again")
    assert len(shown.films) == 3
    program.until(lambda: shown.view.progress.cget("text") == "", "the progress to end")


def test_a_folder_without_films_is_said(program: Program) -> None:
    shown = preview(program)
    shown.add((program.folder,))
    program.until(lambda: not shown.running, "the end")
    program.until(lambda: "holds no films" in shown.view.note.cget("text"), "the sentence")


class Endless:
    """Previews that tell what a test wants."""

    def __init__(self) -> None:
        self.cancelled = False
        self.told: List[Any] = []

    def pace(self) -> Any:
        return {}, {}

    def start(self, _paths: Any, told: Any) -> Endless:
        self.told.append(told)
        return self

    def cancel(self) -> None:
        self.cancelled = True

    def tell(self, *news: PreviewNews) -> None:
        for new in news:
            self.told[-1](new)


def test_ten_thousand_films_come_in_while_the_window_stays_quick(program: Program) -> None:
    shown, previews = preview(program), Endless()
    object.__setattr__(shown._services, "previews", previews)
    shown.add((program.folder,))
    previews.tell(FilmsFound(10_000))
    for number in range(10_000):
        path = program.folder / f"Film {number * 7919 % 10_000:05}.mkv"
        size, time = Expected(1e9, 0.2, 0.1), Estimate(1.0, 2.0, 3.0)
        previews.tell(
            FilmPreview(path, PreviewOutcome.ENCODE, "Why.", 2 * 10**9, 2, 1, "x", size, time)
        )
    program.until(lambda: len(shown.films) == 10_000, "all films")
    assert shown.running
    shown.view.stop_button.invoke()
    assert previews.cancelled
    previews.tell(PreviewEnded())
    program.until(lambda: not shown.running and shown.view.table.count == 10_000, "the rows")
    shown.sort("name")
    assert shown.films[shown.view.table.ids[0]].path.name == "Film 00000.mkv"
    assert shown._cost < 0.5, "seconds to sort and show ten thousand films"
    assert "10,000 films, 10,000 to process, 10,000 tracks removed." in shown.view.sums.cget("text")
    assert "20.0 TB would become about 10.0 TB" in shown.view.sums.cget("text")


def test_a_stop_leaves_what_was_seen(program: Program) -> None:
    shown, previews = preview(program), Endless()
    object.__setattr__(shown._services, "previews", previews)
    shown.add((program.folder,))
    previews.tell(FilmsFound(9), FilmPreview(Path("/a.mkv"), PreviewOutcome.NOTHING, "Fine."))
    shown.view.stop_button.invoke()
    previews.tell(PreviewEnded())
    program.until(lambda: not shown.running, "the end")
    program.until(
        lambda: shown.view.progress.cget("text") == "Stopped after 1 of 9 films", "the progress"
    )


def test_closing_the_window_ends_the_look(program: Program) -> None:
    shown, previews = preview(program), Endless()
    object.__setattr__(shown._services, "previews", previews)
    shown.add((program.folder,))
    shown.view.destroy()
    assert previews.cancelled
    previews.tell(FilmsFound(1), PreviewEnded())
    again = preview(program)
    assert again is not shown
    assert again.films == []


def test_the_past_of_films_like_these_is_learned_from(program: Program, library: Path) -> None:
    shown = seen(program, library)
    assert by_name(shown)["Talked over.mkv"].time is None
    with program.parts.database.transaction() as connection:
        pool = Pool(0.0, 0.0, 0.0).plus(0.0)
        for kind in ("", "remux"):
            connection.execute(
                "INSERT INTO speeds VALUES ('film second', '', ?, '', '', ?, ?, ?)",
                (kind, pool.jobs, pool.mean, pool.squares),
            )
    shown.view.again_button.invoke()
    program.until(lambda: not shown.running and len(shown.films) == 3, "the films once more")
    found = by_name(shown)["Talked over.mkv"].time
    assert found is not None
    program.until(
        lambda: "≈" in {shown.view.table.tree.set(row, "time")[:1] for row in slots(shown)},
        "the row",
    )
    assert found.low < found.likely < found.high
    program.until(lambda: "Time: about" in shown.view.sums.cget("text"), "the sum")
