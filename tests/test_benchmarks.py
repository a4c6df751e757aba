"""The frame of the benchmarks: what stands beside every figure, and the same measurement on two checkouts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from benchmarks.against import (
    HERE,
    answer_of,
    checkout_in,
    compared,
    in_turn,
    ratio_table,
    ratios,
    with_our_benchmarks,
)
from benchmarks.calibration import start_to_end
from benchmarks.figure import median
from benchmarks.report import Figure, as_json, as_table

BARE = ("calibration_python_loop", "calibration_sqlite_insert", "calibration_python_start")


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "benchmarks.transfer", "--mebibytes", "1", *arguments]
    return subprocess.run(argv, cwd=HERE, capture_output=True, text=True, check=False, timeout=250)


def made_checkout(folder: Path, code: str = "") -> Path:
    (folder / "benchmarks").mkdir(parents=True)
    (folder / "main.py").write_text("")
    (folder / "marker.py").write_text("NAME = 'the other one'")
    (folder / "benchmarks" / "tiny.py").write_text(code)
    return folder


# ---- the machine's own figures


def test_every_table_and_every_json_has_the_machines_own_figures_beside_it() -> None:
    figures = [Figure("films", 3.0, "Films looked at", "a second", goal=2.0)]
    told = json.loads(as_json("films", figures))
    assert set(BARE) <= set(told["figures"])
    assert all(told["figures"][name] > 0 for name in BARE)
    assert told["figures"]["films"] == 3.0
    assert told["labels"]["films"] == "Films looked at"
    assert told["units"]["films"] == "a second"
    table = as_table("Films", figures)
    first, below = table.split("This machine meanwhile:")
    assert "Films looked at" in first
    assert "MISSED" in first
    loop = next(line for line in below.splitlines() if "Python loop" in line)
    assert f"{told['figures']['calibration_python_loop']:,.3f}" in loop, "measured once"


def test_a_bare_start_that_fails_gives_no_figure() -> None:
    assert start_to_end("raise SystemExit(1)") is None
    assert (start_to_end("pass") or 0) > 0


def test_the_median_is_the_middle_and_of_an_even_number_between_the_two() -> None:
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 2.5


# ---- ratios


def test_both_checkouts_are_measured_in_turn_and_each_is_first_every_other_time(
    tmp_path: Path,
) -> None:
    order: List[Path] = []

    def measure(checkout: Path) -> Dict[str, float]:
        order.append(checkout)
        return {"seconds": 1.0 if checkout == HERE else 2.0}

    pairs = in_turn(measure, tmp_path, 3)
    assert order == [HERE, tmp_path, tmp_path, HERE, HERE, tmp_path]
    assert pairs == [({"seconds": 1.0}, {"seconds": 2.0})] * 3


PAIRS = [
    (
        {"seconds": 1.0, "load": 1.0, "none": 1.0, "new": 1.0},
        {"seconds": 2.0, "load": 1, "none": 0.0},
    ),
    (
        {"seconds": 3.0, "load": 1.0, "none": 1.0, "new": 1.0},
        {"seconds": 2.0, "load": 1, "none": 1.0},
    ),
    (
        {"seconds": 9.0, "load": 1.0, "none": 1.0, "new": 1.0},
        {"seconds": 3.0, "load": 1, "none": 1.0},
    ),
]


def test_ratios_are_of_each_pair_and_their_median_is_not_that_of_the_medians() -> None:
    figures = {figure.name: figure.value for figure in ratios(PAIRS, "seconds", "Seconds")}
    assert figures == {
        "seconds_ratio_1": 0.5,
        "seconds_ratio_2": 1.5,
        "seconds_ratio_3": 3.0,
        "seconds_ratio": 1.5,
    }
    table = ratio_table("Seconds", PAIRS, {"seconds": "Time of all"}).splitlines()
    assert table[-1].split() == "Time of all 3.000 2.000 1.500 0.500 1.500 3.000".split()


def test_what_only_one_side_has_or_is_nothing_there_is_not_compared() -> None:
    assert compared(PAIRS) == ["seconds"]


# ---- another checkout


def test_the_code_is_the_other_checkouts_and_the_benchmark_is_this_ones(tmp_path: Path) -> None:
    other = made_checkout(tmp_path / "other")
    with with_our_benchmarks(other) as place:
        assert (place / "marker.py").read_text() == (other / "marker.py").read_text()
        assert not (place / "benchmarks" / "tiny.py").exists()
        ours = HERE / "benchmarks" / "transfer.py"
        assert (place / "benchmarks" / "transfer.py").read_bytes() == ours.read_bytes()
    assert (other / "benchmarks" / "tiny.py").exists()
    assert not place.exists()


def test_a_benchmark_of_another_checkout_runs_in_the_callers_folder_with_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import json, os, sys, marker\n"
        "print('a line before')\n"
        "print(json.dumps({'figures': {}, 'seen': [marker.NAME, os.getcwd(), sys.argv[1:]]}))\n"
    )
    other = made_checkout(tmp_path / "other", code)
    monkeypatch.chdir(tmp_path)
    answer = answer_of(other, "tiny", ["--film", "film.mkv"])
    assert answer["seen"] == ["the other one", str(tmp_path), ["--json", "--film", "film.mkv"]]


def test_a_benchmark_that_breaks_down_is_told_in_a_sentence(tmp_path: Path) -> None:
    other = made_checkout(tmp_path / "other", "import nothing_of_that_name")
    with pytest.raises(
        SystemExit, match=r"tiny gave no figures: ModuleNotFoundError.*nothing_of"
    ) as met:
        answer_of(other, "tiny", [])
    assert "\n" not in str(met.value)


def wrong(tmp_path: Path) -> List[Tuple[List[str], str]]:
    empty, old = tmp_path / "empty", made_checkout(tmp_path / "old")
    empty.mkdir()
    return [
        (["--against", str(tmp_path / "none")], "is no folder: --against wants another checkout"),
        (["--against", str(empty)], "is no checkout of this program, it has no main.py"),
        (["--against", str(old), "--own"], "has no benchmark transfer of its own"),
        (["--against", str(old), "--pairs", "0"], "0 is no number of pairs; it takes at least 1"),
    ]


@pytest.mark.parametrize("case", range(4))
def test_what_is_no_checkout_to_compare_with_is_told_in_a_sentence(
    tmp_path: Path, case: int
) -> None:
    arguments, sentence = wrong(tmp_path)[case]
    done = benchmark(*arguments)
    assert done.returncode
    assert not done.stdout
    assert sentence in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_checkout_that_the_benchmark_does_not_know_is_told_with_what_helps(
    tmp_path: Path,
) -> None:
    with pytest.raises(SystemExit, match="is no folder"):
        checkout_in(tmp_path / "none")
    other = made_checkout(tmp_path / "other")
    with with_our_benchmarks(other) as place, pytest.raises(SystemExit, match="gave no figures"):
        answer_of(place, "transfer", ["--mebibytes", "1"])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl copies beside us there")
def test_a_benchmark_against_a_checkout_gives_ratios_pair_by_pair() -> None:
    done = benchmark("--against", str(HERE), "--pairs", "2", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    assert {"down_ratio", "down_ratio_1", "down_ratio_2", "up_ratio"} <= set(figures)
    assert figures["down_ratio"] == pytest.approx(
        (figures["down_ratio_1"] + figures["down_ratio_2"]) / 2, abs=1e-3
    )
    assert figures["calibration_python_loop_ratio"] > 0
