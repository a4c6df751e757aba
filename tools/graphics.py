"""The graphics of this machine and their drivers, as a text that changes when they do.

What encoders have proven holds for one driver: a new one, or a card that was put in, is proven anew.
"""

from __future__ import annotations

import platform
import sys
from contextlib import suppress
from pathlib import Path
from typing import Iterator, Tuple

from tools.windows_places import SystemRegistry, WindowsRegistry

# The parts of drivers that programs load, on Linux.
_LIBRARIES = (
    *("iHD_drv_video.so", "i965_drv_video.so", "radeonsi_drv_video.so", "nouveau_drv_video.so"),
    *("libmfx-gen.so.1.2", "libmfxhw64.so.1", "libvpl.so.2", "libcuda.so.1"),
    *("libnvidia-encode.so.1", "libamfrt64.so.1"),
)
_FOLDERS = (
    *("usr/lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu/dri", "usr/lib/aarch64-linux-gnu"),
    *("usr/lib64", "usr/lib64/dri", "usr/lib", "usr/lib/dri", "usr/lib/wsl/lib", "usr/local/lib"),
    "opt/intel/mediasdk/lib",
)
_MODULES = ("nvidia", "i915", "xe", "amdgpu")
_MAKERS = {"0x8086": "Intel", "0x10de": "NVIDIA", "0x1002": "AMD"}  # their numbers at the PCI-SIG
_DISPLAY_CLASS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


def drivers(system: str = sys.platform) -> str:
    """What a test encode's answer depends on besides the program; read anew at each call."""
    if system == "win32":
        return windows_drivers(SystemRegistry())
    return linux_drivers(Path("/")) if system.startswith("linux") else platform.release()


def graphics(system: str = sys.platform) -> str:
    """The cards of this machine and their drivers' versions, for people; empty where none is known."""
    if system == "win32":
        return windows_drivers(SystemRegistry())
    return linux_graphics(Path("/")) if system.startswith("linux") else ""


def linux_graphics(root: Path) -> str:
    """The same of the Linux whose files lie below ``root``."""
    cards = [_named(card) for card in _cards(root)]
    return "; ".join((*cards, *(f"{module} {version}" for module, version in _modules(root))))


def _named(card: str) -> str:
    for number, maker in _MAKERS.items():
        card = card.replace(number, maker)
    return card


def windows_drivers(registry: WindowsRegistry) -> str:
    """The display adapters with the versions of their drivers."""
    found = []
    for key in registry.keys("HKLM", _DISPLAY_CLASS):
        name, version = (
            registry.value("HKLM", rf"{_DISPLAY_CLASS}\{key}", value)
            for value in ("DriverDesc", "DriverVersion")
        )
        if version:
            found.append(f"{name} {version}")
    return "; ".join(sorted(found))


def linux_drivers(root: Path) -> str:
    """The same of the Linux whose files lie below ``root``."""
    return "; ".join(_linux_parts(root))


def _linux_parts(root: Path) -> Iterator[str]:
    yield platform.release()
    yield from (f"{module} {version}" for module, version in _modules(root))
    yield from _cards(root)
    for folder in _FOLDERS:
        for library in _LIBRARIES:
            with suppress(OSError):
                state = (root / folder / library).stat()  # follows links, to the version's own file
                yield f"{library} {state.st_size} {state.st_mtime_ns}"


def _modules(root: Path) -> Iterator[Tuple[str, str]]:
    for module in _MODULES:
        with suppress(OSError):
            yield module, _line(root / "sys/module" / module / "version")


def _cards(root: Path) -> Iterator[str]:
    """The devices that programs may open, and what they are: Intel's vendor number is 0x8086."""
    for node in sorted(root.glob("dev/dri/renderD*")):
        identity = []
        for name in ("vendor", "device"):
            with suppress(OSError):
                identity.append(_line(root / "sys/class/drm" / node.name / "device" / name))
        yield " ".join((node.name, *identity))
    yield from sorted(node.name for node in root.glob("dev/nvidia[0-9]*"))


def _line(path: Path) -> str:
    return path.read_text("utf-8", errors="replace").strip()
