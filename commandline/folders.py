"""``folders list|add|change|remove|scan``: the folders that are watched, and what is passed over there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, Tuple

from app.running_program import ask_state
from commandline.command import Command, action, open_program
from commandline.exit_codes import DONE
from commandline.numbers import whole
from commandline.options import argument, on_off, option, repeated, switch
from commandline.output import Output
from commandline.remote_call import LONGEST_WORK, run_here_or_there
from core.errors import UsageError
from core.settings.watched_folder import ContentType, ObserverKind, WatchedFolder, size_from_text
from core.text.formatting import counted, size_text
from monitor import FolderList, ScanReport
from monitoring.passed_over import excluded_in, passed_over
from monitoring.spelling import full_path
from reports.text_table import table
from store.exclusions import ExclusionStore
from store.seen_files import SeenFileStore

if TYPE_CHECKING:
    from app.program import Program
    from queue_manager import QueueManager

States = Mapping[int, Tuple[str, str]]  # state and sentence of each folder, by its id
_UNKNOWN = ("", "")


@dataclass(frozen=True)
class FoldersListOptions:
    """What ``folders list`` is asked for."""

    ignored: bool = switch("--ignored", help="list ignored files and why instead")


@dataclass(frozen=True)
class FolderOptions:
    """A folder, and how it is to be watched; None where that stays as it is."""

    path: str = argument("PATH")
    enabled: Optional[bool] = on_off(
        "--on",
        "--off",
        help="watch it (the default)",
        help_off="keep it in the list, but do not watch it",
    )
    recursive: Optional[bool] = on_off(
        "--recursive",
        "--flat",
        help="with all folders below it (the default)",
        help_off="without subfolders",
    )
    include: Optional[Tuple[str, ...]] = repeated(
        "--include",
        default=None,
        metavar="PATTERN",
        help="only films whose name or path below the folder is like this (*, ?); may be repeated; "
        '"" for none',
    )
    ignore: Optional[Tuple[str, ...]] = repeated(
        "--ignore",
        default=None,
        metavar="PATTERN",
        help="no films whose name or path below the folder is like this (*, ?); may be repeated; "
        '"" for none',
    )
    minimum_size: Optional[str] = option(
        "--minimum-size",
        default=None,
        metavar="SIZE",
        help="ignore files smaller than SIZE, such as 300MB",
    )
    content: Optional[str] = option(
        "--content",
        default=None,
        choices=("automatic", "film", "series"),
        help="what it holds",
    )
    observer: Optional[str] = option(
        "--observer",
        default=None,
        choices=("automatic", "native", "polling"),
        help="how changes are detected; automatic polls network shares",
    )
    priority: Optional[int] = option(
        "--priority",
        default=None,
        kind=whole,
        metavar="N",
        help="priority of its films in the queue; higher goes first",
    )
    own: Optional[Tuple[str, ...]] = repeated(
        "--set",
        default=None,
        metavar="KEY=VALUE",
        help="a setting for this folder only, such as video.encode=no; KEY= removes it",
    )


@dataclass(frozen=True)
class FolderAddOptions(FolderOptions):
    """A folder that is new."""

    only_new: bool = switch(
        "--only-new", help="leave the films alone that it holds now; only new ones are queued"
    )


@dataclass(frozen=True)
class PathOptions:
    """A folder that is named."""

    path: str = argument("PATH")


@dataclass(frozen=True)
class ScanOptions:
    """What ``folders scan`` is asked for."""

    path: str = argument("PATH", help="default: all folders", optional=True)


def run_list(program: Program, options: FoldersListOptions, output: Output) -> int:
    """Show the list, or what is passed over; 1 where a folder could not be read whole."""
    folders = FolderList(program.database)
    if options.ignored:
        return _list_ignored(program, folders, output)
    _list(program, folders, output)
    return DONE


def list_of_this(program: Program, options: FoldersListOptions, output: Output) -> Optional[int]:
    """Show the list with what this program does; None where folders would have to be read for it."""
    if options.ignored:
        return None
    _show_list(FolderList(program.database).all(), _states_in(state(program)), output)
    return DONE


def run_add(program: Program, options: FolderAddOptions, output: Output) -> int:
    """Watch a folder; raises UsageError for what cannot be."""
    folders = FolderList(program.database)
    folder = _with_options(WatchedFolder(_path(options.path)), options)
    if options.only_new:
        folders.add_for_new_films(folder)
    else:
        folders.add(folder)
    _list(program, folders, output)
    return DONE


def run_change(program: Program, options: FolderOptions, output: Output) -> int:
    """Watch a folder in another way; raises UsageError for what cannot be."""
    folders = FolderList(program.database)
    folders.change(_with_options(folders.find(_path(options.path)), options))
    _list(program, folders, output)
    return DONE


def run_remove(program: Program, options: PathOptions, output: Output) -> int:
    """Watch a folder no longer; raises UsageError where it is not watched."""
    folders = FolderList(program.database)
    folders.remove(folders.find(_path(options.path)).id)
    _list(program, folders, output)
    return DONE


def run_scan(program: Program, options: ScanOptions, output: Output) -> int:
    """Look through folders now; 1 where one is away or could not be read whole."""
    whole_path = ScanOptions(str(_path(options.path)) if options.path else "")

    def here() -> int:
        return _scan(program, program.queue_manager(), whole_path.path, output)

    return run_here_or_there(program, "folders scan", whole_path, output, here, LONGEST_WORK)


def scan_at_work(program: Program, options: ScanOptions, output: Output) -> int:
    """Look through folders in the program that is at work, for a later start; raises StillStarting."""
    return _scan(program, program.manager_at_work(), options.path, output)


def state(program: Program) -> Mapping[str, Any]:
    """What this program does with each folder, for the ``folders list`` of a later start."""
    watching = program.watching
    statuses = watching.statuses() if watching is not None else ()
    return {
        "folders": {
            str(status.folder.id): (status.state.value, status.message) for status in statuses
        }
    }


def _live_states(program: Program) -> States:
    """What the program that is at work does with each folder, by id; nothing where none is."""
    return _states_in(ask_state(program.data_dir, "folders") or {})


def _states_in(told: Mapping[str, Any]) -> States:
    answer = told.get("folders", {})
    return {int(number): (str(word), str(message)) for number, (word, message) in answer.items()}


def _list_ignored(program: Program, folders: FolderList, output: Output) -> int:
    """Show what is given no job, and why; 1 where a folder could not be read whole."""
    seen = SeenFileStore(program.database)
    well, rows = True, []
    for folder in folders.all():
        found, unreadable = passed_over(folder, seen)
        found = {**found, **excluded_in(folder.path, ExclusionStore(program.database).all())}
        for path, why in found.items():
            output.record("ignored", folder=folder.path, path=path, reason=why)
            rows.append((str(path), f"{why[:1].upper()}{why[1:]}."))
        for problem in unreadable:
            well = False
            output.notice(problem, error=True)
    output.text(
        table(("File", "Why it is passed over"), rows) if rows else "Nothing is passed over."
    )
    return int(not well)


def _path(name: str) -> Path:
    return full_path(Path(name))


def _with_options(folder: WatchedFolder, options: FolderOptions) -> WatchedFolder:
    """The folder with what was given on the command line; what was not stays."""
    given: Dict[str, Any] = {
        "enabled": options.enabled,
        "recursive": options.recursive,
        "priority": options.priority,
        "include": _patterns(options.include),
        "ignore": _patterns(options.ignore),
    }
    given = {name: value for name, value in given.items() if value is not None}
    if options.content is not None:
        given["content_type"] = ContentType(options.content)
    if options.observer is not None:
        given["observer"] = ObserverKind(options.observer)
    if options.minimum_size is not None:
        size = size_from_text(options.minimum_size)
        if size is None:
            raise UsageError(
                f"{options.minimum_size!r} is no size; write it as 700 MB, 1.5 GB or in bytes."
            )
        given["minimum_size"] = size
    if options.own is not None:
        given["own_settings"] = _own_settings(folder, options.own)
    return replace(folder, **given)


def _patterns(texts: Optional[Sequence[str]]) -> Optional[Tuple[str, ...]]:
    return None if texts is None else tuple(text for text in texts if text)


def _own_settings(folder: WatchedFolder, texts: Sequence[str]) -> Tuple[Tuple[str, str], ...]:
    """``KEY=VALUE`` gives the folder a value of its own, ``KEY=`` alone takes it away."""
    own = dict(folder.own_settings)
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{text!r} is not KEY=VALUE, such as video.encode=no.")
        if value:
            own[key.strip()] = value
        else:
            own.pop(key.strip(), None)
    return tuple(sorted(own.items()))


def _list(program: Program, folders: FolderList, output: Output) -> None:
    _show_list(folders.all(), _live_states(program), output)


def _show_list(watched: Sequence[WatchedFolder], states: States, output: Output) -> None:
    for folder in watched:
        state_word, message = states.get(folder.id, _UNKNOWN)
        output.record(
            "folder",
            path=folder.path,
            enabled=folder.enabled,
            recursive=folder.recursive,
            include=list(folder.include),
            ignore=list(folder.ignore),
            minimum_size=folder.minimum_size,
            content=folder.content_type.value,
            observer=folder.observer.value,
            priority=folder.priority,
            settings=dict(folder.own_settings),
            state=state_word,
            message=message,
        )
    if not watched:
        output.text("No folder is watched; `folders add PATH` watches one.")
        return
    output.text(table(("Folder", "", "How"), [_row(folder, states) for folder in watched]))
    for message in filter(None, (states.get(folder.id, _UNKNOWN)[1] for folder in watched)):
        output.text(f"\n{message}")


def _row(folder: WatchedFolder, states: States) -> Tuple[str, str, str]:
    kind, observer = folder.content_type, folder.observer
    how = ["include subfolders" if folder.recursive else "without subfolders"]
    how += [f"only {', '.join(folder.include)}"] if folder.include else []
    how += [f"not {', '.join(folder.ignore)}"] if folder.ignore else []
    how += [f"from {size_text(folder.minimum_size)}"] if folder.minimum_size else []
    how += [f"holds {kind.value}"] if kind is not ContentType.AUTOMATIC else []
    how += [f"{observer.value} observer"] if observer is not ObserverKind.AUTOMATIC else []
    how += [f"priority {folder.priority}"] if folder.priority else []
    how += [f"{key}={text}" for key, text in folder.own_settings]
    state_word = states.get(folder.id, _UNKNOWN)[0]
    return (
        str(folder.path),
        state_word or ("watched" if folder.enabled else "switched off"),
        "; ".join(how),
    )


def _scan(program: Program, manager: QueueManager, name: str, output: Output) -> int:
    """Look through folders and queue what is new; 1 where one could not be read whole."""
    folders = FolderList(program.database)
    chosen = (folders.find(Path(name)),) if name else folders.all()
    if not chosen:
        raise UsageError("No folder is watched; `folders add PATH` watches one.")
    well = True
    monitor = program.monitor(manager)
    for folder in chosen:
        report = monitor.scan_once(folder)
        well = well and not (report.offline or report.unreadable)
        _show(folder, report, output)
    return int(not well)


def _show(folder: WatchedFolder, report: ScanReport, output: Output) -> None:
    fields = dict(vars(report))
    problems = [*fields.pop("unreadable"), *filter(None, [fields.pop("offline")])]
    output.record("scan", path=folder.path, **fields, problems=problems)
    for problem in problems:
        output.notice(problem, error=True)
    for sentence in report.passed_over:
        output.notice(sentence)
    figures = [counted(report.films, "film"), f"{report.queued} new in the queue"]
    figures += [f"{report.moved} renamed"] if report.moved else []
    figures += [f"{report.results} made by this program"] if report.results else []
    figures += [f"{report.unfit} that are no films"] if report.unfit else []
    figures += [f"{len(report.passed_over)} passed over"] if report.passed_over else []
    figures += [f"{report.gone} gone"] if report.gone else []
    figures += [f"{report.waiting} still being written"] if report.waiting else []
    output.text(f"{folder.path}: {', '.join(figures)}")


COMMAND = Command(
    open_program,
    (
        action(
            "list",
            "list every watched folder and its state",
            FoldersListOptions,
            run_list,
            shows=list_of_this,
        ),
        action("add", "watch a folder", FolderAddOptions, run_add),
        action(
            "change",
            "change how a folder is watched; options not given stay",
            FolderOptions,
            run_change,
        ),
        action(
            "remove", "stop watching a folder; its films and jobs stay", PathOptions, run_remove
        ),
        action(
            "scan",
            "scan folders now and queue new films",
            ScanOptions,
            run_scan,
            scan_at_work,
        ),
    ),
    state,
)
