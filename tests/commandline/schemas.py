"""The documented forms of the command line's JSON, to hold real output against."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


@lru_cache(maxsize=None)
def _validator(command: str) -> Draft202012Validator:
    contents = [json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")]
    registry: Any = Registry().with_resources(
        (content["$id"], Resource.from_contents(content)) for content in contents
    )
    schema = next(content for content in contents if content["$id"] == f"{command}.json")
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, registry=registry)


def assert_valid(command: str, record: Any) -> None:
    """The record is one that docs/schemas/<command>.json allows."""
    error = best_match(_validator(command).iter_errors(record))
    if error is not None:
        place = "/".join(map(str, error.absolute_path))
        raise AssertionError(f"{record} at {place or 'its root'}: {error.message}")
