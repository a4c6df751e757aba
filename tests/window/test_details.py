"""The details of a job in the whole window: what there is of each job, and its original brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.queue.job import NewJob
from tests.films import AudioSpec, make_film
from tests.processing.bench import digest
from tests.window_program import Program
from views.details_window import DetailsWindow
from views.palette import DARK
from views.placement import hide

pytestmark = pytest.mark.window


def commented_film(program: Program) -> Path:
    """A film with a commentary, which is dropped."""
    sound = [AudioSpec("flac"), AudioSpec("ac3", commentary=True, title="Commentary")]
    return make_film(program.folder / "films" / "Film.mkv", audio=sound)


def done(program: Program, film: Path) -> int:
    program.window.add((film,))
    program.invoke("queue.start")
    program.until(program.counts(pending=0, completed=1), "the film completed")
    program.until(lambda: program.table("completed").ids, "its row")
    return int(program.table("completed").ids[0])


def details(program: Program, job_id: int) -> DetailsWindow:
    """The window about a job, once it shows it."""
    controller = program.window.tab("queue").details
    controller.open(job_id)
    view: DetailsWindow = controller.open_windows[job_id].view
    program.until(lambda: view.facts, "the job")
    return view


def rows(table: object) -> list[tuple[str, ...]]:
    return [tuple(table.item(item, "values")) for item in table.get_children()]  # type: ignore[attr-defined]


def test_a_double_click_opens_all_about_a_done_film(program: Program) -> None:
    job_id = done(program, commented_film(program))
    table = program.table("completed")
    program.until(lambda: program.cell("completed", 0, "name") == "Film.mkv", "the row's text")
    x, y = (int(edge) + 5 for edge in table.tree.bbox("0")[:2])
    for _click in range(2):
        table.tree.event_generate("<Button-1>", x=x, y=y)
        table.tree.event_generate("<ButtonRelease-1>", x=x, y=y)
    controller = program.window.tab("queue").details
    program.until(lambda: job_id in controller.open_windows, "the window")
    view = controller.open_windows[job_id].view
    program.until(lambda: view.facts, "the job")
    facts = dict(view.facts)
    assert facts["Film"] == "Film.mkv"
    assert facts["Audio before"] == "flac, ac3"
    assert facts["Machine"] == "this machine"
    fates = [row[2] for row in rows(view.plan.table)]
    assert fates == ["copied", "converted", "removed"]
    assert "ffmpeg" in view.commands[0]
    view.copies[0].invoke()
    assert view.clipboard_get() == view.commands[0]
    assert ("Every track has the right length", "Video 1: 0:01") in [
        row[:2] for row in rows(view.checks)
    ]
    whats = [row[1] for row in rows(view.story)]
    assert whats[:2] == ["Queued", "Started"]
    assert "The result replaced the film" in whats
    assert whats[-1] == "Completed"
    view.open("log")
    program.until(lambda: "checks" in view.log.text.get("1.0", "end"), "the log")


def test_the_original_is_brought_back_after_a_question(program: Program) -> None:
    film = program.film("Film.mkv")
    original = digest(film)
    view = details(program, done(program, film))
    assert digest(film) != original
    program.answers.chosen = 1
    view.restore_button.invoke()
    assert program.answers.asked == ["Restore original"]
    program.answers.chosen = 0
    view.restore_button.invoke()
    program.until(lambda: view.note.cget("text") == "The original was restored.", "the original")
    assert digest(film) == original
    program.until(lambda: view.restore_button.instate(["disabled"]), "the button to go")
    program.until(
        lambda: "The original was restored" in [row[1] for row in rows(view.story)], "the story"
    )


def test_what_cannot_be_brought_back_is_said_and_nothing_is_lost(program: Program) -> None:
    film = program.film("Film.mkv")
    view = details(program, done(program, film))
    film.write_bytes(b"somebody else's")
    program.answers.chosen = 0
    view.restore_button.invoke()
    program.until(lambda: "was changed after" in view.note.cget("text"), "the refusal")
    assert film.read_bytes() == b"somebody else's"


def test_an_original_that_is_gone_from_holding_is_not_offered(program: Program) -> None:
    film = program.film("Film.mkv")
    job_id = done(program, film)
    for path in (film.parent / ".mediaprocessor" / "originals").iterdir():
        path.unlink()
    view = details(program, job_id)
    assert view.restore_button.instate(["disabled"])


def test_a_failed_film_and_one_that_waits_show_what_there_is(program: Program) -> None:
    broken = program.folder / "Broken.mkv"
    broken.write_bytes(b"nothing of a film")
    program.window.add((broken,))
    program.invoke("queue.start")
    program.until(program.counts(failed=1), "the failure")
    program.invoke("queue.stop")
    program.until(lambda: program.table("failed").ids, "its row")
    view = details(program, int(program.table("failed").ids[0]))
    assert "not a film" in view.told.cget("text")
    assert "No plan was saved for this film." in view.plan.reasons.shown
    assert rows(view.checks) == []
    assert view.restore_button.instate(["disabled"])
    (waiting,) = program.jobs().add([NewJob(program.folder / "Later.mkv")])
    other = details(program, waiting)
    assert dict(other.facts)["Film"] == "Later.mkv"
    assert [row[1] for row in rows(other.story)] == ["Queued"]
    assert "when the film is next" in other.plan.reasons.shown
    assert len(program.window.tab("queue").details.open_windows) == 2


def test_a_running_film_shows_its_commands_and_a_failed_one_does_too(program: Program) -> None:
    program.parts.config.set("video.encode", "yes")
    program.window.add((program.film("Slow.mkv", seconds=40),))
    program.invoke("queue.start")
    program.until_encoding()
    (card,) = program.queue.area.cards.values()
    card.details_button.invoke()
    (job_id,) = program.window.tab("queue").details.open_windows
    view = details(program, job_id)
    program.until(lambda: any("libx265" in command for command in view.commands), "the command")
    program.answers.chosen = 1
    card.cancel_button.invoke()
    program.until(lambda: view.told.cget("text").startswith("Cancelled"), "the end")
    assert any("libx265" in command for command in view.commands)
    assert view.restore_button.instate(["disabled"])


def test_an_open_window_follows_its_job(program: Program) -> None:
    film = program.film("Film.mkv")
    program.window.add((film,))
    program.until(lambda: program.table("pending").ids, "the row")
    (job_id,) = program.table("pending").ids
    program.select("pending", job_id, "job.details")
    program.invoke("job.details")
    view = details(program, job_id)
    program.invoke("queue.start")
    program.until(lambda: "Size after" in dict(view.facts), "the result's size")
    assert view.told.cget("text").startswith("Completed")
    program.until(lambda: program.table("completed").ids, "its row")
    row = int(program.table("completed").ids[0])
    program.select("completed", row, "job.remove")
    program.invoke("job.remove")
    program.until(lambda: "removed" in view.note.cget("text"), "the removal")


def test_a_chosen_tracks_reasons_are_written_out(program: Program) -> None:
    view = details(program, done(program, commented_film(program)))
    assert "Changes:" in view.plan.reasons.shown
    view.open("tracks")
    view.plan.table.selection_set("audio2")
    program.until(lambda: "Audio 2: removed" in view.plan.reasons.shown, "the track")
    view.plan.table.focus_force()
    view.update()
    view.plan.table.event_generate("<Escape>")
    program.until(lambda: "Changes:" in view.plan.reasons.shown, "the film")


def test_the_windows_take_the_theme_and_close_with_the_program(program: Program) -> None:
    view = details(program, done(program, program.film("Film.mkv")))
    program.invoke("theme.dark")
    program.until(lambda: view.plan.reasons.text.cget("background") == DARK.surface, "the theme")
    view.event_generate("<Escape>")
    controller = program.window.tab("queue").details
    program.until(lambda: not controller.open_windows, "the end of the window")


def test_a_row_from_before_there_were_details_breaks_nothing(program: Program) -> None:
    job_id = done(program, program.film("Film.mkv"))
    with program.parts.database.transaction() as connection:
        connection.execute("DELETE FROM job_details")
        connection.execute("DELETE FROM job_ends")
        connection.execute("DELETE FROM journal")
        connection.execute("UPDATE jobs SET command_used = 'no JSON', film_seconds = 0")
    view = details(program, job_id)
    assert view.commands == ()
    assert rows(view.plan.table) == []


def test_details_go_and_come_with_a_window_that_hides(program: Program) -> None:
    view = details(program, done(program, program.film("Film.mkv")))
    view.plan.table.focus_force()
    program.root.update()
    hide(program.root)
    program.until(lambda: not view.winfo_viewable(), "the details to go with it")
    program.window.presence.show()
    program.until(view.winfo_viewable, "the details to come back")
    hide(program.root)
    program.root.update()
    view.destroy()
    program.window.presence.show()
    program.root.update()
