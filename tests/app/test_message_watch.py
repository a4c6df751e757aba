"""What is told without an event, by a real disk and a real database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, Iterator, Tuple

import pytest

from app import message_watch
from app.message_watch import DiskWatch, OriginalsWatch
from core.messages.message import MessageKind
from core.settings.tree import FileSettings, MessageSettings, QueueSettings, Settings
from store.connection import Database
from store.settings import SettingStore

DAY = 86400.0
NOW = 1_800_000_000.0


@dataclass
class House:
    """A database, folders and settings."""

    folder: Path
    settings: Settings

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "watch.db")

    def work_folders(self) -> Tuple[Path, ...]:
        return (self.folder, self.folder / "gone")

    def keep_free(self, gigabytes: float) -> None:
        queue = QueueSettings(lowest_free_gigabytes=gigabytes)
        self.settings = replace(self.settings, queue=queue)

    def keep(self, number: int, days: float) -> None:
        """An original that has been kept for so many days."""
        with self.database.transaction() as connection:
            columns = [
                row for row in connection.execute("PRAGMA table_info(journal)") if row["notnull"]
            ]
            values: Dict[str, object] = {
                row["name"]: 0 if row["type"] in ("INTEGER", "REAL", "TIMESTAMP") else ""
                for row in columns
                if row["dflt_value"] is None
            }
            values.update(
                id=number,
                target=f"/films/{number}.mkv",
                holding=f"/films/.mediaprocessor/{number}.mkv",
                source_identity="[1000000000, 1]",
                stage="done",
                original="held",
                swapped_at=NOW,
                held_seconds=days * DAY,
            )
            names = ", ".join(values)
            places = ", ".join("?" for _value in values)
            connection.execute(
                f"INSERT INTO journal ({names}) VALUES ({places})",
                tuple(values.values()),
            )


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name in ("_DISKS_EVERY", "_ORIGINALS_EVERY"):
        monkeypatch.setattr(message_watch, name, 0.0)
    kept = FileSettings(keep_original_days=14.0)
    found = House(
        tmp_path, replace(Settings(), files=kept, messages=MessageSettings(expire_days=2))
    )
    yield found
    found.database.close()


def test_a_full_disk_is_told_once_until_it_has_room_again(house: House) -> None:
    watch = DiskWatch(house, house, house.database)
    house.keep_free(0)
    assert watch.look(NOW) == []
    house.keep_free(99_999)
    (message,) = watch.look(NOW)
    assert message.kind is MessageKind.DISK_LOW
    assert str(house.folder) in message.sentence
    assert watch.look(NOW) == []
    house.keep_free(0)
    assert watch.look(NOW) == []
    house.keep_free(99_999)
    assert len(watch.look(NOW)) == 1


def test_originals_are_told_once_before_they_go_and_at_most_daily(house: House) -> None:
    house.keep(1, days=12.5)
    house.keep(2, days=13)
    house.keep(3, days=3)
    texts = SettingStore(house.database)
    watch = OriginalsWatch(house, house.database, texts)
    (message,) = watch.look(NOW)
    assert message.sentence.startswith("2 kept originals (2.0 GB) are removed within 2 days.")
    assert OriginalsWatch(house, house.database, texts).look(NOW + 2 * DAY) == ()
    house.keep(4, days=12)
    assert watch.look(NOW + 0.5 * DAY) == ()
    (later,) = watch.look(NOW + DAY)
    assert later.sentence.startswith("1 kept original (1.0 GB) is removed")


def test_nothing_is_told_where_originals_are_kept_for_less_than_that(house: House) -> None:
    house.keep(1, days=1)
    files = replace(house.settings.files, keep_original_days=1.0)
    house.settings = replace(house.settings, files=files)
    watch = OriginalsWatch(house, house.database, SettingStore(house.database))
    assert watch.look(NOW) == ()
