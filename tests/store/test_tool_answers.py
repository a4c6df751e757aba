"""What programs answered, kept over the program's life."""

from __future__ import annotations

from pathlib import Path

from app.program import Program
from store.connection import Database
from store.tool_answers import ToolAnswers


def test_the_last_record_of_a_program_is_known_to_another_command(database: Database) -> None:
    ToolAnswers(database).keep("/opt/ffmpeg", "old")
    ToolAnswers(database).keep("/opt/ffmpeg", "new")
    assert ToolAnswers(database).get("/opt/ffmpeg") == "new"
    assert ToolAnswers(database).get("/opt/ffprobe") == ""


def test_a_name_that_is_not_utf8_does_no_harm(database: Database) -> None:
    answers = ToolAnswers(database)
    answers.keep("/opt/f\udcff", "record")
    assert answers.get("/opt/f\udcff") == "record"


def test_a_database_that_cannot_be_used_remembers_nothing(database: Database) -> None:
    answers = ToolAnswers(database)
    with database.transaction() as connection:
        connection.execute("DROP TABLE tool_answers")
    answers.keep("/opt/ffmpeg", "record")
    answers.forget()
    assert answers.get("/opt/ffmpeg") == ""


def test_doctor_and_finding_again_forget_all(tmp_path: Path) -> None:
    with Program(tmp_path / "data") as program:
        answers = ToolAnswers(program.database)
        for look in (program.diagnose, lambda: program.find_tools(again=True)):
            answers.keep("/gone/ffmpeg", "record")
            look()
            assert answers.get("/gone/ffmpeg") == ""
