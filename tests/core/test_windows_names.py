"""Names and spellings on Windows, read without one."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from core.text.windows_names import for_old_tools, name_problem, respelled


@pytest.mark.parametrize(
    "text",
    [
        r"C:\Films\CON.mkv",
        r"C:\Films\aux",
        r"C:\nul.films\film.mkv",
        r"D:\lpt1 .mkv",
        r"D:\COM¹.mkv",
        r"\\nas\films\prn.mp4",
    ],
)
def test_a_device_is_no_film(text: str) -> None:
    assert "device" in name_problem(PureWindowsPath(text))


@pytest.mark.parametrize("text", [r"C:\Films\film.mkv.", r"C:\Films \film.mkv", r"C:\Mr.\film.mkv"])
def test_a_dot_or_space_at_the_end_of_a_name_is_dropped_by_windows(text: str) -> None:
    assert "ends with a dot or a space" in name_problem(PureWindowsPath(text))


@pytest.mark.parametrize(
    "text",
    [
        r"C:\Films\Contact (1997).mkv",
        r"C:\Films\..\Console.mkv",
        r"\\nas\films$\M.A.S.H\M.A.S.H.mkv",
        r"C:\Films\.mediaprocessor\1-1.partial",
        r"C:\Films\Amélie 日本.mkv",
        "C:\\",
    ],
)
def test_names_that_windows_opens(text: str) -> None:
    assert name_problem(PureWindowsPath(text)) == ""


def test_a_stream_of_a_file_is_no_film() -> None:
    assert "has a character" in name_problem(PureWindowsPath(r"C:\Films\film.mkv:stream"))


@pytest.mark.parametrize(
    ("asked", "real", "wanted"),
    [
        (r"c:\FILMS\a.MKV", r"C:\Films\A.mkv", r"C:\Films\A.mkv"),
        (r"z:\films\A.mkv", r"\\nas\share\Films\a.mkv", r"Z:\Films\a.mkv"),
        (r"C:\link\a.mkv", r"D:\Films\A.mkv", r"C:\link\A.mkv"),
        (r"\\NAS\Share\films\a.mkv", r"\\nas\share\Films\A.mkv", r"\\NAS\Share\Films\A.mkv"),
        (r"C:\a.mkv", r"C:\a.mkv", r"C:\a.mkv"),
        ("c:\\", "C:\\", "C:\\"),
    ],
)
def test_one_path_has_one_spelling(asked: str, real: str, wanted: str) -> None:
    assert str(respelled(PureWindowsPath(asked), PureWindowsPath(real))) == wanted


def test_only_a_long_path_gets_a_prefix_for_old_tools() -> None:
    deep = "\\".join(["folder name of some length"] * 12) + "\\film.mkv"
    assert for_old_tools(PureWindowsPath(r"C:\film.mkv")) == r"C:\film.mkv"
    assert for_old_tools(PureWindowsPath("C:\\" + deep)) == "\\\\?\\C:\\" + deep
    assert for_old_tools(PureWindowsPath("\\\\nas\\films\\" + deep)) == (
        "\\\\?\\UNC\\nas\\films\\" + deep
    )
    assert for_old_tools(PureWindowsPath("\\\\?\\C:\\" + deep)) == "\\\\?\\C:\\" + deep
    posix = "/" + deep.replace("\\", "/")
    assert for_old_tools(PurePosixPath(posix)) == posix
