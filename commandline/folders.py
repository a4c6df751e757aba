"""``folders list|add|change|remove|scan``: the folders that are watched, and what is passed over there."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Mapping, Tuple

from app.local_control import ask_running
from app.program import Parts
from commandline.output import Output
from commandline.remote_call import LONGEST_WORK, here_or_there
from core.errors import UsageError
from core.settings.watched_folder import ContentType, ObserverKind, WatchedFolder, size_from_text
from core.text.formatting import size_text
from monitor import FolderList, ScanReport
from monitoring.passed_over import passed_over
from monitoring.spelling import full_path
from queue_manager import QueueManager
from reports.text_table import table
from store.seen_files import SeenFileStore

ASK_FOLDERS = "folders"
States = Mapping[int, Tuple[str, str]]  # state and sentence of each folder, by its id


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Show or change the list, or look through folders now; raises UsageError for what cannot be."""
    folders = FolderList(parts.database)
    if arguments.action == "scan":
        arguments.path = str(_path(arguments.path)) if arguments.path else ""

        def here() -> int:
            return _scan(parts, parts.queue_manager(), arguments.path, output)

        return here_or_there(parts, arguments, output, here, LONGEST_WORK)
    if arguments.action == "add":
        folders.add(_with_options(WatchedFolder(_path(arguments.path)), arguments))
    elif arguments.action == "change":
        folders.change(_with_options(folders.find(_path(arguments.path)), arguments))
    elif arguments.action == "remove":
        folders.remove(folders.find(_path(arguments.path)).id)
    if arguments.action == "list" and arguments.ignored:
        return _list_ignored(parts, folders, output)
    _list(folders, live_states(parts), output)
    return 0


def in_program(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Look through folders in the program that is at work, for a later start; raises StillStarting."""
    return _scan(parts, parts.manager_at_work(), arguments.path, output)


def live_states(parts: Parts) -> States:
    """What the program that is at work does with each folder, by id; nothing where none is."""
    told = (ask_running(parts.data_dir, ASK_FOLDERS, {}) or {}).get("folders", {})
    return {int(number): (str(state), str(message)) for number, (state, message) in told.items()}


def states_here(parts: Parts) -> Mapping[str, Any]:
    """The same, of this program; what another start of it asks for."""
    watching = parts.watching
    statuses = watching.statuses() if watching is not None else ()
    return {"folders": {str(one.folder.id): (one.state.value, one.message) for one in statuses}}


def _list_ignored(parts: Parts, folders: FolderList, output: Output) -> int:
    """Show what is given no job, and why; 1 where a folder could not be read whole."""
    seen = SeenFileStore(parts.database)
    well, rows = True, []
    for folder in folders.all():
        found, unreadable = passed_over(folder, seen)
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


def _with_options(folder: WatchedFolder, arguments: argparse.Namespace) -> WatchedFolder:
    """The folder with what was given on the command line; what was not stays."""
    given: Dict[str, Any] = {
        name: getattr(arguments, name)
        for name in ("enabled", "recursive", "priority")
        if getattr(arguments, name) is not None
    }
    for name in ("include", "ignore"):
        if getattr(arguments, name) is not None:
            given[name] = tuple(one for one in getattr(arguments, name) if one)
    if arguments.content is not None:
        given["content_type"] = ContentType(arguments.content)
    if arguments.observer is not None:
        given["observer"] = ObserverKind(arguments.observer)
    if arguments.minimum_size is not None:
        size = size_from_text(arguments.minimum_size)
        if size is None:
            raise UsageError(
                f"{arguments.minimum_size!r} is no size; write it as 700 MB, 1.5 GB or in bytes."
            )
        given["minimum_size"] = size
    if arguments.own is not None:
        given["own_settings"] = _own_settings(folder, arguments.own)
    return replace(folder, **given)


def _own_settings(folder: WatchedFolder, texts: Any) -> Tuple[Tuple[str, str], ...]:
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


def _list(folders: FolderList, states: States, output: Output) -> None:
    every = folders.all()
    for one in every:
        state, message = states.get(one.id, ("", ""))
        output.record(
            "folder",
            path=one.path,
            enabled=one.enabled,
            recursive=one.recursive,
            include=list(one.include),
            ignore=list(one.ignore),
            minimum_size=one.minimum_size,
            content=one.content_type.value,
            observer=one.observer.value,
            priority=one.priority,
            settings=dict(one.own_settings),
            state=state,
            message=message,
        )
    if not every:
        output.text("No folder is watched; `folders add PATH` watches one.")
        return
    output.text(table(("Folder", "", "How"), [_row(one, states) for one in every]))
    for message in filter(None, (states.get(one.id, ("", ""))[1] for one in every)):
        output.text(f"\n{message}")


def _row(one: WatchedFolder, states: States) -> Tuple[str, str, str]:
    told = ["with all folders below it" if one.recursive else "without the folders below it"]
    told += [f"only {', '.join(one.include)}"] if one.include else []
    told += [f"not {', '.join(one.ignore)}"] if one.ignore else []
    told += [f"from {size_text(one.minimum_size)}"] if one.minimum_size else []
    told += [] if one.content_type is ContentType.AUTOMATIC else [f"holds {one.content_type.value}"]
    told += [] if one.observer is ObserverKind.AUTOMATIC else [f"{one.observer.value} observer"]
    told += [f"priority {one.priority}"] if one.priority else []
    told += [f"{key}={text}" for key, text in one.own_settings]
    state = states.get(one.id, ("", ""))[0] or ("watched" if one.enabled else "switched off")
    return str(one.path), state, "; ".join(told)


def _scan(parts: Parts, manager: QueueManager, name: str, output: Output) -> int:
    """Look through folders and queue what is new; 1 where one could not be read whole."""
    folders = FolderList(parts.database)
    chosen = (folders.find(Path(name)),) if name else folders.all()
    if not chosen:
        raise UsageError("No folder is watched; `folders add PATH` watches one.")
    well = True
    monitor = parts.monitor(manager)
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
    told = [f"{report.films} films", f"{report.queued} new in the queue"]
    told += [f"{report.moved} renamed"] if report.moved else []
    told += [f"{report.results} made by this program"] if report.results else []
    told += [f"{report.unfit} that are no films"] if report.unfit else []
    told += [f"{len(report.passed_over)} passed over"] if report.passed_over else []
    told += [f"{report.gone} gone"] if report.gone else []
    told += [f"{report.waiting} still being written"] if report.waiting else []
    output.text(f"{folder.path}: {', '.join(told)}")
