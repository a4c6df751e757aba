"""The grammar of the command line; what a command does stands in the module of its name."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from typing import Any, Callable, List, NoReturn, Optional, Sequence

from commandline.numbers import count, minutes, whole
from core.errors import UsageError
from core.events import JobState
from core.queue.job import Where
from core.version import VERSION

OPEN = "open"

_EXIT_CODES = (
    "Exit code: 0 done, 1 something was not done, 2 the command line or a setting is wrong."
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence instead of printing its usage."""

    def error(self, message: str) -> NoReturn:
        end = "" if message.endswith("?") else "."
        raise UsageError(f"{message[:1].upper()}{message[1:]}{end} See {self.prog} --help.")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Name the choice that was meant, where one is near; argparse lists them all."""
        choices = [str(choice) for choice in action.choices or ()]
        meant = difflib.get_close_matches(str(value), choices, 1)
        if meant and value not in choices:
            raise argparse.ArgumentError(action, f"there is no {value!r}. Did you mean {meant[0]}?")
        super()._check_value(action, value)


def parse(argv: Optional[Sequence[str]]) -> argparse.Namespace:
    """Read the arguments (those of the process when None).

    Raises UsageError when they make no sense, SystemExit(0) after ``--help`` and ``--version``.
    """
    return _grammar().parse_args(_opening(sys.argv[1:] if argv is None else argv))


def _opening(words: Sequence[str]) -> List[str]:
    """Name the command that films dropped on the program leave out."""
    value_follows = False
    for number, word in enumerate(words):
        if value_follows or word.startswith("-"):
            value_follows = word == "--data-dir"
        elif {"/", os.sep} & set(word):  # no command's name holds one, an absolute path does
            return [*words[:number], OPEN, *words[number:]]
        else:
            break
    return list(words)


def _common(*, defaults: bool) -> _Parser:
    """The options that may stand before and after a command's name."""
    common = _Parser(add_help=False, argument_default=None if defaults else argparse.SUPPRESS)
    common.add_argument(
        "--data-dir", metavar="DIR", help="settings, queue, history and logs live here"
    )
    common.add_argument(
        "--json",
        action="store_true",
        default=False if defaults else argparse.SUPPRESS,
        help="write one JSON object a line (docs/commandline.md)",
    )
    return common


def _grammar() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="MediaProcessor",
        description="Makes films smaller and tidier. Without a command the window opens.",
        epilog=_EXIT_CODES,
        parents=[_common(defaults=True)],
        allow_abbrev=False,
    )
    _add_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def command(name: str, help_text: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=help_text,
            description=help_text[:1].upper() + help_text[1:] + ".",
            epilog=_EXIT_CODES,
            parents=[_common(defaults=False)],
            allow_abbrev=False,
        )

    opening = command(OPEN, "open the window and queue films; the same as naming films alone")
    opening.add_argument("paths", nargs="*", metavar="PATH")
    analyze = command("analyze", "say what a film is")
    analyze.add_argument("files", nargs="+", metavar="FILE")
    _add_plan(
        command("plan", "say what would be done with a film and why, and do nothing"),
        command("process", "process films and all films of folders, one after the other"),
    )
    restore = command("restore", "bring the originals of films, or of all films of folders, back")
    restore.add_argument(
        "paths", nargs="+", metavar="PATH", help="a film or a folder, as it is or was named"
    )
    _actions(command("originals", "show which originals are kept"))(
        "list", "every kept original with its film, its size and the day until it is kept"
    )
    _add_log(command("log", "show what the program, or one job, has told"))
    bundle = command("bundle", "write a report for a bug, without keys and passwords")
    bundle.add_argument("file", metavar="FILE.zip")
    _add_queue(command("queue", "show and change the queue"))
    _add_figures(
        command("stats", "show what was achieved: films, space saved, speed, by machine and codec"),
        command("report", "write what was achieved as a page with charts"),
    )
    command("doctor", "examine the tools, the data folder and the database")
    _add_settings(command("settings", "show and change settings"))
    _add_setup(command("setup", "move all that is set up to another machine"))
    _add_apis(
        command("apis", "set up OMDb, Sonarr and Radarr, which know a film's native language")
    )
    _add_network(command("network", "pair machines, show and command them"))
    _add_folders(
        command("folders", "say which folders are watched for films, and look through them")
    )
    return parser


def _add_plan(plan: argparse.ArgumentParser, process: argparse.ArgumentParser) -> None:
    plan.add_argument("files", nargs="+", metavar="FILE")
    plan.add_argument(
        "--csv",
        metavar="FILE.csv",
        default="",
        help="write a table of these films, and of all films in these folders, with the sizes and "
        "times to expect",
    )
    process.add_argument("paths", nargs="+", metavar="PATH")
    for one in (plan, process):
        one.add_argument(
            "--native-language",
            metavar="CODE",
            default="",
            help="the language that the films were made in, when you know it (ja, jpn, Japanese…)",
        )


def _add_figures(figures: argparse.ArgumentParser, page: argparse.ArgumentParser) -> None:
    figures.add_argument(
        "--rebuild", action="store_true", help="make the daily figures anew from the history first"
    )
    page.add_argument("file", metavar="FILE.html")
    for one in (figures, page):
        one.add_argument("--since", metavar="DAY", default="", help="the first day, as 2026-01-31")
        one.add_argument("--until", metavar="DAY", default="", help="the last day")


def _add_log(log: argparse.ArgumentParser) -> None:
    log.add_argument("--job", type=count, metavar="N", help="the log of this job, with every line")
    log.add_argument(
        "--level",
        choices=("everything", "information", "warnings", "errors"),
        default="everything",
        help="only entries of this level and above",
    )
    log.add_argument(
        "--lines", type=count, default=200, metavar="N", help="the last N entries; 0: all of them"
    )
    log.add_argument("--html", metavar="FILE", help="write all of them as a page instead")


def _add_queue(jobs: argparse.ArgumentParser) -> None:
    action = _actions(jobs)
    listing = action("list", "the jobs that are not done, in their order")
    listing.add_argument(
        "--state",
        action="append",
        default=[],
        choices=[state.value for state in JobState],
        help="only jobs in this state; may be given more than once",
    )
    listing.add_argument(
        "--limit", type=count, default=100, metavar="N", help="show so many; 0: all (100)"
    )
    move = action("move", "move waiting jobs; several keep their order")
    place = move.add_mutually_exclusive_group(required=True)
    place.add_argument(
        "--to", choices=[where.value for where in Where], help="an end, or one place"
    )
    place.add_argument("--before", type=count, metavar="JOB", help="right before another job")
    priority = action("priority", "give waiting jobs a priority; the highest goes first")
    priority.add_argument(
        "priority", type=whole, metavar="PRIORITY", help="0 is usual; may be below 0"
    )
    action("start", "let the whole queue begin, or go on")
    stop = action("stop", "let the whole queue begin no film; running ones begin anew later")
    stop.add_argument(
        "--after-current", action="store_true", help="running films come to their end first"
    )
    pause = action("pause", "let jobs stand still; without jobs, the whole queue")
    pause.add_argument(
        "--minutes", type=minutes, metavar="N", help="the whole queue goes on by itself after that"
    )
    resume = action("resume", "let paused jobs go on; without jobs, the whole queue")
    retry = action("retry", "queue ended jobs again")
    retry.add_argument("--all-failed", action="store_true", help="every job that failed")
    remove = action("remove", "forget jobs; their films are not touched")
    cancel = action("cancel", "end jobs; their films are not touched")
    for one in (move, priority, pause, resume, retry, remove, cancel):
        one.add_argument(
            "jobs", nargs="*", type=count, metavar="JOB", help="as queue list shows it"
        )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", action="version", version=f"MediaProcessor {VERSION}")
    parser.add_argument(
        "--headless", action="store_true", help="work off the queue without a window, then end"
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="with --headless: stay, and take in the films that come into the watched folders",
    )
    parser.add_argument(
        "--role",
        choices=("standalone", "master", "slave"),
        help="with --headless: what this machine is from now on; a master and a slave stay",
    )
    parser.add_argument(
        "--master",
        dest="at",
        metavar="HOST[:PORT]",
        default="",
        help="with --role slave: where its master is",
    )
    parser.add_argument(
        "--pair",
        metavar="CODE",
        default="",
        help="with --role slave: the code that the master shows; not used where they are paired already",
    )
    parser.add_argument(
        "--self-check",
        action="store_true",
        help="test that this copy of the program is complete; answers in JSON",
    )
    parser.add_argument(
        "--minimized", action="store_true", help="open the window small, as at the system's start"
    )


def _add_network(network: argparse.ArgumentParser) -> None:
    action = _actions(network)
    action("list", "this machine and all that it was paired with")
    code = action("pair-code", "on a master: show a code for one slave, good for ten minutes")
    code.add_argument("--hide", action="store_true", help="let the code be good no longer")
    pair = action("pair", "make this machine a slave of a master that shows a code")
    pair.add_argument("host", metavar="HOST[:PORT]")
    pair.add_argument("code", metavar="CODE")
    for name, help_text in (
        ("revoke", "on a master: let a slave in no more"),
        ("forget", "take a machine from the list; to work together again, pair anew"),
    ):
        action(name, help_text).add_argument(
            "name", metavar="NAME", help="as network list shows it"
        )
    action("discover", "look for masters on this network")
    doctor = action("doctor", "on a master: under which path each machine sees the watched folders")
    doctor.add_argument("--use", action="store_true", help="take every proposal over")
    mapping = action("map", "show or add the master's folders as this machine sees them")
    mapping.add_argument("theirs", nargs="?", default="", metavar="THEIRS", help="on the master")
    mapping.add_argument("ours", nargs="?", default="", metavar="OURS", help="on this machine")
    unmap = action("unmap", "map a folder of the master's no longer")
    unmap.add_argument("theirs", metavar="THEIRS", help="on the master")
    _add_machine_commands(action)


def _add_machine_commands(action: Callable[[str, str], argparse.ArgumentParser]) -> None:
    tell = action("tell", "have a machine start, pause, resume, drain or rescan")
    slots = action("slots", "how many films a machine works on at once")
    log = action("log", "the last lines of a machine's log")
    for one in (tell, slots, log):
        one.add_argument("name", metavar="NAME", help="as network list shows it")
    tell.add_argument(
        "wish",
        metavar="COMMAND",
        choices=("start", "pause", "resume", "drain", "rescan"),
        help="drain: finish what runs, take no more; rescan: look through its watched folders",
    )
    for kind, meaning in (
        ("gpu", "on the GPU"),
        ("software", "on the CPU"),
        ("remux", "whose picture is copied"),
    ):
        slots.add_argument(f"--{kind}", type=count, metavar="N", help=f"films {meaning}")
    log.add_argument("--lines", type=count, default=200, metavar="N", help="so many lines (200)")


def _add_folders(folders: argparse.ArgumentParser) -> None:
    action = _actions(folders)
    action("list", "every watched folder, and what it is at").add_argument(
        "--ignored", action="store_true", help="the files that are passed over, and why, instead"
    )
    add = action("add", "watch a folder")
    change = action("change", "watch a folder in another way; what is not given stays")
    remove = action("remove", "stop watching a folder; its films and jobs stay")
    for one in (add, change, remove):
        one.add_argument("path", metavar="PATH")
    for one in (add, change):
        _add_folder_options(one)
    scan = action("scan", "look through folders now and queue what is new")
    scan.add_argument("path", nargs="?", default="", metavar="PATH", help="all when left out")


def _add_folder_options(action: argparse.ArgumentParser) -> None:
    for name, no, meaning, otherwise in (
        ("enabled", "off", "watch it", "keep it in the list, without watching it"),
        ("recursive", "flat", "with all folders below it", "without the folders below it"),
    ):
        yes = "on" if name == "enabled" else name
        action.add_argument(
            f"--{yes}",
            dest=name,
            action="store_true",
            default=None,
            help=f"{meaning} (the default)",
        )
        action.add_argument(f"--{no}", dest=name, action="store_false", help=otherwise)
    for name, meaning in (("include", "only films"), ("ignore", "no films")):
        action.add_argument(
            f"--{name}",
            action="append",
            metavar="PATTERN",
            help=f"{meaning} whose name or path below the folder is like this (*, ?); may be "
            'repeated; "" for none',
        )
    action.add_argument("--minimum-size", metavar="SIZE", help="smaller files are no films: 300 MB")
    action.add_argument("--content", choices=("automatic", "film", "series"), help="what it holds")
    action.add_argument(
        "--observer",
        choices=("automatic", "native", "polling"),
        help="how changes are noticed; automatic polls network shares",
    )
    action.add_argument(
        "--priority",
        type=whole,
        metavar="N",
        help="of its films in the queue; higher goes first",
    )
    action.add_argument(
        "--set",
        dest="own",
        action="append",
        metavar="KEY=VALUE",
        help="a setting of its own, such as video.encode=no; KEY= takes it away",
    )


def _add_settings(settings: argparse.ArgumentParser) -> None:
    action = _actions(settings)
    action("list", "every setting with its value")
    action("get", "one setting's value").add_argument("key", metavar="KEY")
    change = action("set", "change a setting")
    change.add_argument("key", metavar="KEY")
    change.add_argument("value", metavar="VALUE")
    action("reset", "give a setting its default again").add_argument("key", metavar="KEY")
    action("export", "write all settings as JSON").add_argument(
        "file", nargs="?", metavar="FILE", help="standard output when left out"
    )
    action("import", "read settings from an exported file").add_argument("file", metavar="FILE")


def _add_setup(setup: argparse.ArgumentParser) -> None:
    action = _actions(setup)
    export = action("export", "write settings, watched folders, Sonarrs and Radarrs to a file")
    export.add_argument(
        "--with-keys",
        action="store_true",
        help="API keys as well, sealed with a passphrase that is read from standard input",
    )
    taking = action("import", "take over what such a file holds")
    taking.add_argument(
        "--place",
        action="append",
        metavar="THERE=HERE",
        help="a folder of the other machine, and its name here; may be repeated",
    )
    for command in (export, taking):
        command.add_argument("file", metavar="FILE")


def _add_apis(apis: argparse.ArgumentParser) -> None:
    action = _actions(apis)
    action("list", "every key and every instance")
    add = action("add", "add a key or an instance; the API key is read from standard input")
    remove = action("remove", "forget a key or an instance")
    for one in (add, remove):
        one.add_argument("service", choices=("omdb", "sonarr", "radarr"), metavar="SERVICE")
    add.add_argument("name", nargs="?", default="", metavar="NAME", help="not for omdb")
    add.add_argument("url", nargs="?", default="", metavar="URL", help="not for omdb")
    remove.add_argument("name", metavar="NAME", help="as apis list shows it")
    test = action("test", "find out whether the instances can be used")
    test.add_argument("name", nargs="?", default="", metavar="NAME", help="all when left out")
    action("status", "what each was used for, and its errors")
    action("webhook", "the secret address that Sonarr and Radarr send their events to")


def _actions(parser: argparse.ArgumentParser) -> Callable[[str, str], argparse.ArgumentParser]:
    """Let a command have actions; what is returned adds one."""
    actions: Any = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True, parser_class=_Parser
    )

    def action(name: str, help_text: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = actions.add_parser(
            name, help=help_text, parents=[_common(defaults=False)], allow_abbrev=False
        )
        return added

    return action
