from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commandline.output import Output
from core.errors import ProbeError, UsageError
from reports.shell_line import shell_line
from reports.text_table import table


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell reads the line")
@settings(max_examples=40)
@given(
    st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=3)
)
def test_a_shell_reads_a_shown_command_back_as_it_was(words: List[str]) -> None:
    line = shell_line(["printf", r"%s\0", *words, "end"])
    answer = subprocess.run(["bash", "-c", line], stdout=subprocess.PIPE, check=True)
    assert answer.stdout.decode("utf-8").split("\0") == [*words, "end", ""]


def test_a_table_lines_up_wide_characters_and_leaves_out_empty_columns() -> None:
    text = table(("Name", "Empty", "State"), [("映画", "", "new"), ("a\nb", "", "old")])
    assert text.splitlines() == ["Name  State", "映画  new", r"a\nb  old"]


def test_people_read_text_and_programs_read_one_object_a_line() -> None:
    for as_lines in (False, True):
        stream, errors = io.StringIO(), io.StringIO()
        output = Output(as_json_lines=as_lines, stream=stream, errors=errors)
        output.text("hello")
        output.record("greeting", to=Path("you\udcff"))
        if as_lines:
            line = stream.getvalue()
            assert line.encode("ascii")
            assert json.loads(line) == {"type": "greeting", "to": "you\udcff"}
        else:
            assert stream.getvalue() == "hello\n"


def test_an_error_is_a_sentence_for_people_and_a_record_for_programs() -> None:
    stream, errors = io.StringIO(), io.StringIO()
    output = Output(as_json_lines=True, stream=stream, errors=errors)
    output.error(ProbeError("a\nb", "is no film."), file=Path("a\nb"))
    output.error(UsageError("No."))
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert errors.getvalue().splitlines() == [r"a\nb: is no film.", "No."]
    assert (first["code"], first["file"]) == ("probe", "a\nb")
    assert second["file"] is None
