"""The drivers of this machine's graphics, as a text that changes with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, Dict, List

import pytest

from tools.graphics import drivers, graphics, linux_drivers, linux_graphics, windows_drivers

CLASS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def put_intel_in(root: Path) -> None:
    write(root / "dev/dri/renderD128", "")
    write(root / "sys/class/drm/renderD128/device/vendor", "0x8086\n")
    write(root / "sys/class/drm/renderD128/device/device", "0x4680\n")


def install_driver(root: Path) -> Path:
    library = root / "usr/lib/x86_64-linux-gnu/dri/iHD_drv_video.so"
    write(library, "driver")
    return library


def update_driver(root: Path) -> None:
    os.utime(install_driver(root), (1, 1))  # of the same size


def load_nvidia(root: Path) -> None:
    write(root / "sys/module/nvidia/version", "550.54.14\n")
    write(root / "dev/nvidia0", "")


@pytest.mark.parametrize("change", [put_intel_in, update_driver, load_nvidia, Path.unlink])
def test_whatever_changes_on_linux_changes_the_text(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    driver = install_driver(tmp_path)
    before = linux_drivers(tmp_path)
    assert linux_drivers(tmp_path) == before
    change(driver if change is Path.unlink else tmp_path)
    assert linux_drivers(tmp_path) != before


def test_a_card_is_known_by_its_numbers(tmp_path: Path) -> None:
    put_intel_in(tmp_path)
    assert "renderD128 0x8086 0x4680" in linux_drivers(tmp_path)


def test_people_read_whose_card_it_is_and_its_driver_s_version(tmp_path: Path) -> None:
    assert linux_graphics(tmp_path) == ""
    put_intel_in(tmp_path)
    write(tmp_path / "sys/module/nvidia/version", "580.65\n")
    assert linux_graphics(tmp_path) == "renderD128 Intel 0x4680; nvidia 580.65"
    assert graphics("darwin") == ""


class FakeRegistry:
    def __init__(self, values: Dict[str, str], keys: List[str]) -> None:
        self._values, self._keys = values, keys

    def value(self, root: str, key: str, name: str) -> str:
        return self._values.get(rf"{root}\{key}\{name}", "")

    def keys(self, root: str, key: str) -> List[str]:
        return self._keys if (root, key) == ("HKLM", CLASS) else []


def test_windows_tells_each_adapter_with_its_drivers_version() -> None:
    registry = FakeRegistry(
        {
            rf"HKLM\{CLASS}\0000\DriverDesc": "Intel(R) UHD Graphics 770",
            rf"HKLM\{CLASS}\0000\DriverVersion": "31.0.101.2115",
            rf"HKLM\{CLASS}\0001\DriverDesc": "NVIDIA GeForce RTX 4060",
            rf"HKLM\{CLASS}\0001\DriverVersion": "32.0.15.6603",
        },
        ["0000", "0001", "Properties"],
    )
    assert windows_drivers(registry) == (
        "Intel(R) UHD Graphics 770 31.0.101.2115; NVIDIA GeForce RTX 4060 32.0.15.6603"
    )


def test_this_machine_answers_twice_the_same() -> None:
    assert drivers() == drivers()
    assert drivers("darwin")
