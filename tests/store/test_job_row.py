"""A column of ``jobs`` is declared once: as a field, with the migration that makes it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from core.queue.job import Job
from store.connection import Database
from store.job_row import FACTS, JOB, NEW_JOB, RowOf

ROOT = Path(__file__).parents[2]
JOB_MODULE, MIGRATIONS = "core/queue/job.py", "store/migrations.py"
USE = """
from pathlib import Path
from core.queue.job import NewJob
from store.connection import Database
from store.jobs import JobStore

with Database(Path("data.db")) as database:
    jobs = JobStore(database)
    with_note, plain = jobs.add([NewJob(Path("a.mkv"), note="by hand"), NewJob(Path("b.mkv"))])
    assert jobs.requeue(with_note) is False
    print([jobs.get(job_id).note for job_id in (with_note, plain)])
"""


def test_a_new_column_is_a_field_and_a_migration(tmp_path: Path) -> None:
    for folder in ("core", "store"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "config.py", tmp_path)
    job_module, migrations = tmp_path / JOB_MODULE, tmp_path / MIGRATIONS
    declared = "    folder_id: int = 0  # the watched folder that it was found in"
    source = job_module.read_text("utf-8")
    assert source.count(declared) == 2, "NewJob and Job"
    job_module.write_text(source.replace(declared, f'    note: str = ""\n{declared}'), "utf-8")
    source = migrations.read_text("utf-8")
    column = "ALTER TABLE jobs ADD COLUMN note TEXT NOT NULL DEFAULT ''"
    assert source.endswith(",\n)\n")
    migrations.write_text(source[:-2] + f'    ("{column}",),\n)\n', "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("['by hand', '']", "")


def test_every_column_that_is_read_or_written_is_in_the_table(database: Database) -> None:
    with database.read() as connection:
        table = {row["name"] for row in connection.execute("PRAGMA table_info(jobs)")}
    for row in (JOB, NEW_JOB, FACTS):
        assert set(row.names) <= table


def test_a_list_is_no_column() -> None:
    assert "step_seconds" not in FACTS.names


@dataclass(frozen=True)
class Picture:
    """A record with each kind of value."""

    path: Path
    poster: Optional[Path] = None
    title: str = ""
    width: Optional[int] = None


def test_values_come_back_as_they_were_written(database: Database) -> None:
    columns = RowOf(Picture, {"path": "filename"})
    assert columns.names == ("filename", "poster", "title", "width")
    pictures = [
        Picture(Path("/films/\udcff.png"), Path("/p.png"), "Café", 640),
        Picture(Path("/films/b.png")),
    ]
    with database.transaction() as connection:
        connection.execute("CREATE TABLE pictures (filename, poster, title, width)")
        for picture in pictures:
            connection.execute(
                f"INSERT INTO pictures ({columns.columns}) VALUES ({columns.marks})",
                columns.values(picture),
            )
        rows = connection.execute(f"SELECT {columns.columns} FROM pictures").fetchall()
    assert [columns.read(row) for row in rows] == pictures


def test_a_job_is_read_field_by_field(database: Database) -> None:
    assert len(JOB.names) == len(Job.__dataclass_fields__)
