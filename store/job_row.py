"""How jobs stand in the table ``jobs``: a field of these dataclasses is a column.

A new column takes a field and a migration (``docs/architecture.md``, "To add a column"); what is
read and written, and how, follows from the field's name and type.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from enum import Enum
from operator import attrgetter
from pathlib import Path
from typing import Any, Callable, Dict, Generic, Mapping, Optional, Tuple, Type, TypeVar
from typing import get_type_hints as type_hints

from core.queue.job import Job, NewJob
from core.queue.job_facts import JobFacts
from store.connection import path_from_sql, path_to_sql, text_of_parts

Record = TypeVar("Record")


class RowOf(Generic[Record]):
    """The columns of a frozen dataclass.

    ``renamed`` gives the column of each field that is called otherwise. A field that holds a tuple
    is no column; it keeps its default. ``parts`` names, for fields that hold a sentence, the column that
    says what it is made of; it is only read here.
    """

    def __init__(
        self,
        record: Type[Record],
        renamed: Mapping[str, str] = {},
        parts: Mapping[str, str] = {},
    ) -> None:
        hints = _column_types(record)
        fields = list(hints)
        self.names = tuple(renamed.get(field, field) for field in fields)
        self.columns = ", ".join((*self.names, *dict.fromkeys(parts.values())))
        self.assignments = ", ".join(f"{name} = ?" for name in self.names)
        self.marks = ", ".join("?" * len(self.names))
        writers = ((index, _writer(hints[field])) for index, field in enumerate(fields))
        self._writers = tuple((index, write) for index, write in writers if write is not None)
        self._values = attrgetter(*fields)
        self._record = record
        self._fields = tuple(fields)
        readers = ((index, _reader(hints[field])) for index, field in enumerate(fields))
        beside = list(dict.fromkeys(parts.values()))
        self._sentences = tuple(
            (fields.index(field), len(fields) + beside.index(column))
            for field, column in parts.items()
        )
        self._readers = tuple((index, read) for index, read in readers if read is not None)

    def read(self, row: sqlite3.Row) -> Record:
        """Return the record of a row of ``columns``."""
        values = list(row)
        for index, read in self._readers:
            values[index] = read(values[index])
        for index, place in self._sentences:
            values[index] = text_of_parts(values[index], values[place])
        return self._record(**dict(zip(self._fields, values)))

    def values(self, record: Record) -> Tuple[object, ...]:
        """Return what is to be written to ``columns``."""
        values = list(self._values(record))
        for index, write in self._writers:
            values[index] = write(values[index])
        return tuple(values)


def _column_types(record: Type[Any]) -> Dict[str, Any]:
    """The types of the fields that are columns; what the others hold need not even be loaded."""
    columns = {
        field.name: field.type
        for field in dataclasses.fields(record)
        if not str(field.type).startswith("Tuple[")
    }
    named = {"__annotations__": columns, "__module__": record.__module__}
    return type_hints(type(record.__name__, (), named))


def _reader(kind: Any) -> Optional[Callable[[Any], Any]]:
    """How a value of this type is read; None where it is taken as it stands."""
    if kind is Path:
        return path_from_sql
    if kind == Optional[Path]:
        return lambda value: None if value is None else path_from_sql(value)
    if kind is str:
        return lambda value: value or ""  # columns of the first version may be empty
    if isinstance(kind, type) and issubclass(kind, Enum):
        members: Dict[object, Enum] = {member.value: member for member in kind}
        return members.__getitem__
    return None


def _writer(kind: Any) -> Optional[Callable[[Any], object]]:
    """How a value of this type is written; None where it is taken as it stands."""
    if kind is Path:
        return path_to_sql
    if kind == Optional[Path]:
        return lambda value: None if value is None else path_to_sql(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return attrgetter("value")
    return None


JOB = RowOf(
    Job,
    {"path": "filename", "state": "status"},
    {"message": "message_parts", "error_message": "message_parts"},
)
NEW_JOB = RowOf(NewJob, {"path": "filename", "size": "original_size"})
FACTS = RowOf(JobFacts)
