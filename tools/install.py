"""Getting a missing program by the system's own package manager: what can be offered, and doing it."""

from __future__ import annotations

from typing import Callable, Dict, Iterable, List, Mapping, Optional, Tuple

from core.encoders.listed import known_program
from core.errors import ToolFailed, ToolNotFound
from core.ports import CommandRunner
from core.programs.program import Package
from core.text.sentence import Sentence, joined
from core.tools import InstallOffer, ToolName
from tools.places import hint

_PATIENCE = (
    1800.0  # seconds: some hundred megabytes over a slow line, and a question for the password
)
_TAIL_LINES = 20

_MANAGERS: Mapping[str, Tuple[str, ...]] = {"win32": ("winget",), "darwin": ("brew",)}
_LINUX_MANAGERS = ("apt-get", "pacman")
_OPTIONS: Mapping[str, Tuple[str, ...]] = {
    "winget": (
        *("install", "--exact", "--source", "winget", "--silent", "--disable-interactivity"),
        *("--accept-package-agreements", "--accept-source-agreements", "--id"),
    ),
    "apt-get": ("install", "--yes"),
    "pacman": ("-S", "--noconfirm", "--needed"),
    "brew": ("install",),
}
# winget's own codes for "is there already", "no newer one" and "finished after the next restart"
# (https://github.com/microsoft/winget-cli/blob/master/doc/windows/package-manager/winget/returnCodes.md).
_AS_GOOD_AS_DONE = frozenset({0, 0x8A15002B, 0x8A150061, 0x8A150109})


def offers(
    missing: Iterable[ToolName],
    system: str,
    found: Callable[[str], Optional[str]],
    *,
    is_root: bool = False,
) -> Tuple[InstallOffer, ...]:
    """Return one offer for each package that brings any of the missing programs.

    ``system`` is a ``sys.platform``, ``found`` looks a program up as ``shutil.which`` does. Only root
    may install packages on Linux; everybody else is asked by ``pkexec``, and where there is none
    only a hint is given.
    """
    wanted: Dict[Package, List[ToolName]] = {}
    for tool in missing:
        wanted.setdefault(known_program(tool).package, []).append(tool)
    return tuple(
        _offer(package, tools, system, found, is_root) for package, tools in wanted.items()
    )


def _offer(
    package: Package,
    tools: List[ToolName],
    system: str,
    found: Callable[[str], Optional[str]],
    is_root: bool,
) -> InstallOffer:
    names = [tool.value for tool in tools if tool.value != package.name]
    title = f"{package.name} ({', '.join(names)})" if names else package.name
    for manager in _MANAGERS.get(system, _LINUX_MANAGERS):
        name = package.managers.get(manager)
        program = found(manager)
        if name is None or program is None:
            continue
        # Some installers write for all users of the machine.
        needs_admin = package.for_all_users if manager == "winget" else manager != "brew"
        argv = (program, *_OPTIONS[manager], name)
        if needs_admin and manager != "winget" and not is_root:
            asks = found("pkexec")
            argv = (asks, *argv) if asks else ()
        return InstallOffer(tools[0], title, argv, needs_admin, hint(tools[0], system))
    sentence = joined(
        (package.remark, Sentence("Download it from {page} and install it.", page=package.page))
    )
    return InstallOffer(tools[0], title, (), False, sentence)


def run(offer: InstallOffer, runner: CommandRunner) -> None:
    """Install what is offered; waits until the package manager has ended.

    Raises ToolFailed with what the package manager said, ToolStalled when it takes more than half an
    hour, and ToolNotFound when it cannot be started or the offer is only a hint.
    """
    if not offer.argv:
        raise ToolNotFound(offer.tool.value, offer.hint)
    answer = runner.capture(offer.argv, timeout=_PATIENCE)
    if answer.returncode & 0xFFFFFFFF not in _AS_GOOD_AS_DONE:
        said = [line.strip() for line in f"{answer.stdout}\n{answer.stderr}".splitlines()]
        tail = [line for line in said if line][-_TAIL_LINES:]
        raise ToolFailed(offer.title, answer.returncode, tail)
