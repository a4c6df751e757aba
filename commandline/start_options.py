"""The options that belong to no command: where everything lives, and how the program starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from commandline.commands import OPEN
from commandline.options import option, switch
from core.errors import UsageError


@dataclass(frozen=True)
class CommonOptions:
    """What may stand before and after a command's name."""

    data_dir: str = option(
        "--data-dir", default="", metavar="DIR", help="settings, queue, history and logs live here"
    )
    json: bool = switch("--json", help="write one JSON object a line (docs/commandline.md)")


@dataclass(frozen=True)
class StartOptions:
    """What stands in place of a command."""

    headless: bool = switch("--headless", help="process the queue without a window, then exit")
    watch: bool = switch(
        "--watch",
        help="with --headless: keep running and queue new films in the watched folders",
    )
    role: Optional[str] = option(
        "--role",
        default=None,
        choices=("standalone", "master", "slave"),
        help="with --headless: the role of this machine from now on; a master or slave keeps running",
    )
    master: str = option(
        "--master",
        default="",
        metavar="HOST[:PORT]",
        help="with --role slave: the address of its master",
    )
    pair: str = option(
        "--pair",
        default="",
        metavar="CODE",
        help="with --role slave: the code shown by the master; ignored if they are already paired",
    )
    when_done: Optional[str] = option(
        "--when-done",
        default=None,
        choices=("sleep", "shutdown"),
        help="with --headless: what the computer does when films were processed and none is left",
    )
    self_check: bool = switch(
        "--self-check", help="test that this copy of the program is complete; answers in JSON"
    )
    minimized: bool = switch(
        "--minimized", help="open the window minimised, as when the system starts"
    )

    from_menu: bool = switch(
        "--from-menu", help="show what is wrong in a box, as where the desktop's menu starts it"
    )

    def check(self, command: str) -> None:
        """Raise UsageError where they do not belong together, or not to the command ("" for none)."""
        if self.watch and not self.headless:
            raise UsageError("--watch belongs to --headless; the window watches by itself.")
        if self.headless and command:
            raise UsageError(
                "--headless works on the queue and takes no films and no command; "
                "`process PATH` works on films."
            )
        if self.minimized and (self.headless or command not in ("", OPEN)):
            raise UsageError("--minimized is for the window; leave it out here.")
        if self.from_menu and (self.headless or command not in ("", OPEN)):
            raise UsageError("--from-menu is for the window; leave it out here.")
        if self.role and not self.headless:
            raise UsageError(
                "--role belongs to --headless; the window has it in Settings > Network."
            )
        if self.when_done and (not self.headless or self.watch):
            raise UsageError(
                "--when-done belongs to a --headless run that ends, without --watch; the window has "
                "it beside the machine's mode."
            )
        if (self.master or self.pair) and self.role != "slave":
            raise UsageError("--master and --pair belong to --headless --role slave.")
