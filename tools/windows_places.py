"""Where Windows' installers put programs: usual folders, package managers, the registry.

A program that was installed while we run is in the registry's PATH, not in ours, so that is read too.
"""

from __future__ import annotations

import ntpath
import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Protocol

from core.encoders.listed import known_program
from core.tools import ToolName

_SOFTWARE = (
    ("HKCU", r"SOFTWARE\Microsoft\Windows\CurrentVersion"),
    ("HKLM", r"SOFTWARE\Microsoft\Windows\CurrentVersion"),
    ("HKLM", r"SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion"),  # 32-bit installers
)
_PATHS = (
    ("HKCU", "Environment"),
    ("HKLM", r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment"),
)
_VARIABLE = re.compile("%([^%]+)%")


class WindowsRegistry(Protocol):
    """Reads the registry; what is not there, or may not be read, is empty."""

    def value(self, root: str, key: str, name: str) -> str:
        """Return a text value of a key of ``HKCU`` or ``HKLM``; ``""`` is the key's default value."""

    def keys(self, root: str, key: str) -> List[str]:
        """Return the names of the keys below."""


def windows_folders(
    name: ToolName, environment: Mapping[str, str], registry: WindowsRegistry
) -> List[Path]:
    """Return the folders that a program may be in, likeliest first, whether or not they exist."""
    found: Dict[str, None] = {}
    for folder in _every(name, environment, registry):
        plain = _expanded(folder, environment).strip().strip('"').rstrip("\\")
        if ntpath.splitdrive(plain)[0]:  # a relative one would mean whatever folder we run in
            found.setdefault(plain, None)
    return [Path(folder) for folder in found]


def _every(
    name: ToolName, environment: Mapping[str, str], registry: WindowsRegistry
) -> Iterator[str]:
    yield from _app_paths(name, registry)
    yield from _installed(name, registry)
    for variable in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)", "LOCALAPPDATA"):
        base = environment.get(variable, "")
        if base:
            yield from (ntpath.join(base, part) for part in known_program(name).windows_folders)
    for variable in ("LOCALAPPDATA", "ProgramFiles"):  # of one user, of all
        base = environment.get(variable, "")
        if base:
            winget = ntpath.join(base, "Microsoft" if variable == "LOCALAPPDATA" else "", "WinGet")
            yield ntpath.join(winget, "Links")
            yield from _winget_packages(name, ntpath.join(winget, "Packages"))
    home = environment.get("USERPROFILE", "")
    yield ntpath.join(environment.get("SCOOP", "") or ntpath.join(home, "scoop"), "shims")
    everybody = environment.get("ProgramData", "") or r"C:\ProgramData"
    yield ntpath.join(everybody, "scoop", "shims")
    yield ntpath.join(
        environment.get("ChocolateyInstall", "") or ntpath.join(everybody, "chocolatey"), "bin"
    )
    yield r"C:\ffmpeg\bin"
    for root, key in _PATHS:
        yield from registry.value(root, key, "Path").split(";")


def _app_paths(name: ToolName, registry: WindowsRegistry) -> Iterator[str]:
    """What Windows itself looks a typed name up in; MKVToolNix registers its window only."""
    for root, key in _SOFTWARE:
        for stem in known_program(name).windows_names:
            program = registry.value(root, rf"{key}\App Paths\{stem}.exe", "")
            yield ntpath.dirname(program.strip('"'))


def _installed(name: ToolName, registry: WindowsRegistry) -> Iterator[str]:
    """The folders of the product in the list of installed programs."""
    product = known_program(name).windows_product
    for root, software in _SOFTWARE:
        uninstall = rf"{software}\Uninstall"
        for entry in registry.keys(root, uninstall):
            key = rf"{uninstall}\{entry}"
            title = registry.value(root, key, "DisplayName") or entry
            if product not in title.lower():
                continue
            place = registry.value(root, key, "InstallLocation")
            yield place
            if product == "ffmpeg":
                yield ntpath.join(place, "bin")
            for other in ("DisplayIcon", "UninstallString"):  # 'C:\\…\\program.exe,0'
                program = registry.value(root, key, other).strip()
                program = program[1:].partition('"')[0] if program[:1] == '"' else program
                yield ntpath.dirname(program)


def _winget_packages(name: ToolName, packages: str) -> Iterator[str]:
    """Programs that winget unpacked and, without the right to make links, put into PATH alone."""
    product = known_program(name).windows_product
    folder = Path(packages)
    try:
        found = [entry for entry in folder.iterdir() if product in entry.name.lower()]
    except OSError:
        return
    for package in sorted(found):
        yield str(package)
        for stem in known_program(name).executables:
            for depth in ("*/bin", "*"):
                yield from (str(exe.parent) for exe in sorted(package.glob(f"{depth}/{stem}.exe")))


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    """Replace ``%NAME%``, in any spelling, as Windows does."""
    known = {name.lower(): value for name, value in environment.items()}
    return _VARIABLE.sub(lambda match: known.get(match[1].lower(), match[0]), text)


class SystemRegistry:
    """This machine's registry; empty on other systems."""

    if sys.platform == "win32":

        def value(self, root: str, key: str, name: str) -> str:
            """Return a text value; empty where there is none."""
            import winreg

            hive = winreg.HKEY_CURRENT_USER if root == "HKCU" else winreg.HKEY_LOCAL_MACHINE
            try:
                with winreg.OpenKey(hive, key) as opened:
                    found, _kind = winreg.QueryValueEx(opened, name)
            except OSError:
                return ""
            return found if isinstance(found, str) else ""

        def keys(self, root: str, key: str) -> List[str]:
            """Return the names of the keys below."""
            import winreg

            hive = winreg.HKEY_CURRENT_USER if root == "HKCU" else winreg.HKEY_LOCAL_MACHINE
            try:
                with winreg.OpenKey(hive, key) as opened:
                    count = winreg.QueryInfoKey(opened)[0]
                    return [winreg.EnumKey(opened, number) for number in range(count)]
            except OSError:
                return []

    else:

        def value(self, root: str, key: str, name: str) -> str:  # noqa: ARG002
            """Return nothing: there is none here."""
            return ""

        def keys(self, root: str, key: str) -> List[str]:  # noqa: ARG002
            """Return nothing: there is none here."""
            return []
