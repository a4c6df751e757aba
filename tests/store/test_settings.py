from __future__ import annotations

import pytest

from store.connection import Database
from store.settings import SettingStore


def test_texts_come_back_also_when_they_are_not_unicode(database: Database) -> None:
    store = SettingStore(database)
    texts = {"a": "", "b": "line\nline", "c": "/caf\udce9", "ü.ü": "🎬"}
    store.change(texts)
    assert store.all() == texts


def test_none_removes_and_a_new_text_replaces(database: Database) -> None:
    store = SettingStore(database)
    store.change({"a": "1", "b": "1"})
    store.change({"a": None, "b": "2", "never": None})
    assert store.all() == {"b": "2"}


def test_a_change_is_all_or_nothing(database: Database) -> None:
    store = SettingStore(database)
    with pytest.raises(KeyError), database.transaction(full_sync=True):  # noqa: PT012
        store.change({"a": "1"})
        raise KeyError
    assert store.all() == {}
