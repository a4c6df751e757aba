"""What was measured of encoders, kept by machine, template and picture size."""

from __future__ import annotations

from dataclasses import replace

from core.chunks.side_by_side import EncoderKey, Load, Measured, Pace
from store.connection import Database
from store.encoder_paces import EncoderPaceStore

KEY = EncoderKey("desk", "ffmpeg -i {input} -c:v libx265 {output}", 1920, 1080, "ffmpeg 9.0", 8.0)
MEASURED = Measured(Load(3.5, 4.0, 10**9), {1: Pace(2.0, 4800.0, 200.0), 2: Pace(1.0, 2.0, 3.0)})


def test_what_was_measured_is_remembered(database: Database) -> None:
    store = EncoderPaceStore(database)
    assert store.get(KEY) == Measured()
    store.keep(KEY, MEASURED)
    assert EncoderPaceStore(database).get(KEY) == MEASURED


def test_another_template_size_or_machine_is_another_measurement(database: Database) -> None:
    store = EncoderPaceStore(database)
    store.keep(KEY, MEASURED)
    others = {"template": "ffmpeg -preset slow", "width": 3840, "height": 800, "machine": "attic"}
    for field, value in others.items():
        assert store.get(replace(KEY, **{field: value})) == Measured()  # type: ignore[arg-type]


def test_with_another_tool_or_core_count_it_is_measured_anew(database: Database) -> None:
    store = EncoderPaceStore(database)
    store.keep(KEY, MEASURED)
    assert store.get(replace(KEY, tool="ffmpeg 9.1")) == Measured()
    assert store.get(replace(KEY, cores=4.0)) == Measured()
    newer = replace(KEY, tool="ffmpeg 9.1")
    store.keep(newer, Measured(Load(1.0, 1.0, 5)))
    assert store.get(KEY) == Measured()
    assert store.get(newer).load == Load(1.0, 1.0, 5)


def test_what_another_version_wrote_is_no_measurement(database: Database) -> None:
    EncoderPaceStore(database).keep(KEY, MEASURED)
    with database.transaction() as connection:
        connection.execute("UPDATE encoder_paces SET measured = '{}'")
    assert EncoderPaceStore(database).get(KEY) == Measured()
