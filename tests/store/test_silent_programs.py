"""Programs that hung, remembered for a while over the program's life."""

from __future__ import annotations

from store.connection import Database
from store.silent_programs import SILENT_SECONDS, SilentPrograms

HANGS = "QSVEncC:/opt/qsvencc 1234 567"


def test_a_program_that_hung_is_known_for_a_while_also_to_another_command(
    database: Database,
) -> None:
    SilentPrograms(database, lambda: 1000.0).keep(HANGS)
    assert SilentPrograms(database, lambda: 1000.0 + SILENT_SECONDS).knows(HANGS)
    assert not SilentPrograms(database, lambda: 1001.0 + SILENT_SECONDS).knows(HANGS)
    assert not SilentPrograms(database, lambda: 999.0).knows(HANGS)  # a clock that was set back


def test_another_version_of_it_is_asked(database: Database) -> None:
    silent = SilentPrograms(database, lambda: 1000.0)
    silent.keep(HANGS)
    assert not silent.knows("QSVEncC:/opt/qsvencc 9999 567")


def test_all_are_forgotten_when_the_user_asks_for_it(database: Database) -> None:
    silent = SilentPrograms(database, lambda: 1000.0)
    silent.keep(HANGS)
    silent.forget()
    assert not silent.knows(HANGS)
