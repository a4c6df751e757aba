"""What a container leaves of the machine's cores and memory."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from processing.machine_limits import free_memory, usable_cores

V2, V1 = "0::/system/box\n", "4:memory:/box\n2:cpu,cpuacct:/box\n"


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    return tmp_path / "cgroup"


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")


def test_without_groups_the_whole_machine_is_used(tmp_path: Path, groups: Path) -> None:
    assert 1 <= usable_cores(groups, tmp_path) <= (psutil.cpu_count() or 1)
    assert 0 < free_memory(groups, tmp_path) <= psutil.virtual_memory().total


def test_a_quota_of_version_two_holds_wherever_above_it_was_set(
    tmp_path: Path, groups: Path
) -> None:
    groups.write_text(V2, "utf-8")
    write(tmp_path / "system" / "box", cpu__max="max 100000")
    write(tmp_path / "system", cpu__max="45000 100000")
    assert usable_cores(groups, tmp_path) == 0.45


def test_a_quota_of_version_one_holds(tmp_path: Path, groups: Path) -> None:
    groups.write_text(V1, "utf-8")
    write(tmp_path / "cpu" / "box", cpu__cfs_quota_us="50000", cpu__cfs_period_us="100000")
    assert usable_cores(groups, tmp_path) == 0.5
    write(tmp_path / "cpu" / "box", cpu__cfs_quota_us="-1")
    assert usable_cores(groups, tmp_path) >= 1


def test_a_limit_of_memory_counts_files_that_are_only_remembered_as_free(
    tmp_path: Path, groups: Path
) -> None:
    groups.write_text(V2, "utf-8")
    own = {"memory__max": "1000000", "memory__current": "700000"}
    write(tmp_path / "system" / "box", **own, memory__stat="anon 5\ninactive_file 200000\n")
    assert free_memory(groups, tmp_path) == 500000


def test_a_container_that_sees_its_own_group_alone_is_limited_too(
    tmp_path: Path, groups: Path
) -> None:
    groups.write_text("0::/../../elsewhere\n", "utf-8")
    write(tmp_path, cpu__max="30000 100000")
    assert usable_cores(groups, tmp_path) == 0.3
