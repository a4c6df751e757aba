"""A step that fails changes nothing: every command and every action of the window, at each of its steps.

Whoever adds a command or an action has to say here how it is tried.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Tuple

import pytest

import main
from app.first_steps import FirstStepsServices
from app.machine_control import MachineControl
from app.machines import Machines
from app.program import Program
from app.template_trial import TemplateTrials
from app.trial_folder import is_trial_folder
from app.watched_folders import WatchedFolders
from commandline.parser import whole_grammar
from core.errors import MediaProcessorError
from core.events import JobState
from core.messages.message import MessageAddress
from core.queue.exclusion import Exclusion
from core.queue.job import JobEnd, NewJob
from core.queue.outcome import sentence_of
from core.settings.services import ArrInstance, Service
from core.settings.watched_folder import WatchedFolder
from scheduling.preview import FilmPreviews
from store.api_keys import ApiKeyStore
from store.exclusions import ExclusionStore
from store.jobs import JobStore
from store.nodes import NodeStore
from store.vault import open_vault
from tests.commandline.calls import call
from tests.films import make_film
from views.api_backend import ApiServices, KeyBook
from views.command_list import COMMANDS

if sys.platform == "win32":
    pytest.skip("fork and RLIMIT_FSIZE are POSIX", allow_module_level=True)

from tests.failing_steps import FULL, KILLED, Outcome, copied, difference, run, snapshot

PASSPHRASE = "four words and more"
KEY = "0123456789abcdef0123456789abcdef"
Deed = Callable[[Program, Path], object]


@dataclass(frozen=True)
class Case:
    """What is tried: a command line, or what the window calls; ``typed`` is what standard input gives."""

    words: Tuple[str, ...] = ()
    deed: Optional[Deed] = None
    typed: str = ""
    from_start: bool = False  # it opens no database
    killed: bool = True  # whether a kill is tried as well

    def at(self, folder: Path) -> Callable[[], int]:
        """It, in the data folder of ``folder``."""

        def command() -> int:
            sys.stdin = io.StringIO(self.typed)
            words = [word.replace("FOLDER", str(folder)) for word in self.words]
            return main.main(["--data-dir", str(folder / "data"), *words])

        def action() -> int:
            assert self.deed is not None
            try:
                with Program(folder / "data") as parts:
                    self.deed(parts, folder)
            except (MediaProcessorError, OSError) as error:
                print(sentence_of(error))  # as the window shows it
                return 1
            return 0

        return command if self.words else action


def words(text: str, typed: str = "") -> Case:
    """A command line."""
    return Case(tuple(text.split()), typed=typed)


LOOKS = "changes nothing"
KILL_CAMPAIGN = "tests.kill_campaign fails it at each of its steps"
NETWORK = "tests/commandline/test_network.py: pairs, and fails to"
AT_WORK = "a word to the program that is at work, or to another machine; nothing is written here"

# Every command of the grammar: how it is tried, or why it need not be.
TABLE: Mapping[str, object] = {
    "open": LOOKS,
    "analyze": LOOKS,
    "plan": words("plan --csv FOLDER/plan.csv FOLDER/library"),
    "quality": "keeps each trial of its own; a search that was cut short goes on with those",
    "process": KILL_CAMPAIGN,
    "restore": KILL_CAMPAIGN,
    "originals list": LOOKS,
    "originals free": KILL_CAMPAIGN,
    "exclusions list": LOOKS,
    "exclusions add": words("exclusions add FOLDER/library FOLDER/more"),
    "exclusions remove": words("exclusions remove FOLDER/far"),
    "log": Case(("log", "--html", "FOLDER/log.html"), from_start=True),
    "bundle": words("bundle FOLDER/bundle.zip"),
    "doctor": LOOKS,
    "check-machine": LOOKS,
    "quit": AT_WORK,
    "library": "keeps what it has found film by film; what was not looked at is looked at again",
    "stats": words("stats --rebuild"),
    "report": words("report FOLDER/report.html"),
    "settings list": LOOKS,
    "settings get": LOOKS,
    "settings set": words("settings set queue.remux_jobs 4"),
    "settings reset": words("settings reset network.path_mappings"),
    "settings export": words("settings export FOLDER/settings.json"),
    "settings import": words("settings import FOLDER/other.json"),
    "presets list": LOOKS,
    "presets save": words("presets save Morning"),
    "presets use": words("presets use Evening"),
    "presets remove": words("presets remove Evening"),
    "presets export": words("presets export Evening FOLDER/preset.json"),
    "presets import": words("presets import FOLDER/other.preset.json --replace"),
    "setup export": words("setup export FOLDER/setup.json"),
    "setup import": words("setup import FOLDER/other.setup.json", PASSPHRASE),
    "folders list": LOOKS,
    "folders add": words("folders add FOLDER/more --priority 3"),
    "folders change": words("folders change FOLDER/library --flat --set video.encode=no"),
    "folders remove": words("folders remove FOLDER/library"),
    "folders scan": "queues what is found in batches; what was not queued is found again",
    "apis list": LOOKS,
    "apis add": words("apis add sonarr Two http://127.0.0.1:1", KEY[::-1]),
    "apis remove": words("apis remove sonarr One"),
    "apis test": LOOKS,
    "apis status": LOOKS,
    "apis webhook": words("apis webhook"),
    "messages list": LOOKS,
    "messages add": words("messages add Mail", "ntfy://another-topic"),
    "messages change": words("messages change Phone --off"),
    "messages remove": words("messages remove Phone"),
    "messages test": LOOKS,
    "queue list": LOOKS,
    "queue move": words("queue move --to top 3 2"),
    "queue order": words("queue order largest"),
    "queue priority": words("queue priority 5 1 2"),
    "queue spread": words("queue spread 1 2"),
    "queue start": words("queue start"),
    "queue stop": words("queue stop"),
    "queue pause": words("queue pause 1 2 3"),
    "queue resume": words("queue resume 4"),
    "queue retry": words("queue retry --all-failed"),
    "queue again": words("queue again 8"),
    "queue remove": words("queue remove 1 2 5 6"),
    "queue cancel": words("queue cancel 1 2"),
    "network list": LOOKS,
    "network pair-code": AT_WORK,
    "network pair": NETWORK,
    "network revoke": words("network revoke Kitchen"),
    "network forget": words("network forget Kitchen"),
    "network discover": LOOKS,
    "network doctor": AT_WORK,
    "network map": words("network map /theirs FOLDER/library"),
    "network unmap": words("network unmap /films"),
    "network tell": AT_WORK,
    "network slots": AT_WORK,
    "network log": AT_WORK,
    "network phone": "tests/phone/test_program.py: one row, which a new token takes over as a whole",
    "--headless": NETWORK,
}


def _folders(parts: Program) -> Path:
    return next(
        folder.path for folder in parts.watched_folders(parts.queue_manager())._folders.all()
    )


def _watch(parts: Program, folder: Path) -> None:
    parts.watched_folders(parts.queue_manager()).watch([folder / "more", folder / "most"])


def _store(parts: Program, folder: Path) -> None:
    parts.watched_folders(parts.queue_manager()).store(WatchedFolder(folder / "more"))


def _each(name: str, *jobs: int) -> Case:
    def deed(parts: Program, _folder: Path) -> None:
        manager = parts.queue_manager()
        manager.each(getattr(manager, name), jobs)

    return Case(deed=deed)


def _sonarr(parts: Program, _folder: Path) -> None:
    keys = parts.services.keys
    (instance,) = keys.load_arr_instances(Service.SONARR)
    changed = ArrInstance(
        Service.SONARR, "Other", "http://127.0.0.1:2", KEY[::-1], instance.id, instance.priority
    )
    keys.save_arr_instance(changed)


def _omdb(parts: Program, _folder: Path) -> None:
    keys = parts.services.keys
    keys.save_omdb_key("abcdef99", keys.load_api_keys(Service.OMDB)[0].id)


OPENS, TELLS = "opens something to look at", AT_WORK
# Every command of the window's menus and buttons; those that a command line does too are tried as that.
WINDOW: Mapping[str, object] = {
    "files.add": Case(
        deed=lambda parts, folder: parts.queue_manager().add([folder / "more", folder / "most"])
    ),
    "files.add_folder": "as files.add",
    "files.preview": OPENS,
    **dict.fromkeys(
        ("queue.start", "queue.pause", "queue.stop", "queue.finish"), "queue start and others"
    ),
    **dict.fromkeys(
        ("queue.pause_30", "queue.pause_60", "queue.pause_180"), "queue start and others"
    ),
    # They change nothing that is stored: a choice for this session.
    **dict.fromkeys(("when_done.nothing", "when_done.sleep", "when_done.shutdown"), LOOKS),
    "network.machines": OPENS,
    "queue.search": OPENS,
    **dict.fromkeys(("job.top", "job.up", "job.down", "job.bottom"), "queue move"),
    "job.spread": "queue spread",
    **dict.fromkeys(("job.high", "job.normal", "job.low"), "queue priority"),
    "job.pause": _each("pause_job", 1, 2, 3),
    "job.resume": _each("resume_job", 4),
    "job.cancel": _each("cancel", 1, 2),
    **dict.fromkeys(("job.open", "job.open_folder", "table.columns", "table.filter"), OPENS),
    "table.show_all": LOOKS,
    "job.details": OPENS,
    "job.log": OPENS,
    "job.retry": _each("retry", 5, 6),
    "job.retry_all": Case(deed=lambda parts, _folder: parts.queue_manager().retry_all_failed()),
    "job.remove": _each("remove", 1, 2, 5),
    "job.again": "queue again",
    **dict.fromkeys(("job.never", "job.never_folder"), "exclusions add"),
    "kept.restore": KILL_CAMPAIGN,
    "kept.free": KILL_CAMPAIGN,
    "kept.again": "queue again",
    **dict.fromkeys(("kept.never", "kept.never_folder"), "exclusions add"),
    "kept.search": LOOKS,
    **dict.fromkeys(("exclusion.add_film", "exclusion.add_folder"), "exclusions add"),
    "exclusion.remove": "exclusions remove",
    "logs.page": OPENS,
    "logs.folder": OPENS,
    "logs.export": "log --html",
    "help.bundle": "bundle",
    **dict.fromkeys(("window.close", "window.show", "window.exit"), OPENS),
    "settings.open": OPENS,
    **dict.fromkeys(("theme.system", "theme.light", "theme.dark"), "settings set"),
    **dict.fromkeys(("help.first_steps", "help.health", "help.about"), OPENS),
    **dict.fromkeys(("help.page", "help.shortcuts"), OPENS),
}
# What the window's pages ask of the program, by class and method.
PAGES: Mapping[str, object] = {
    "WatchedFolders.all": LOOKS,
    "WatchedFolders.check": LOOKS,
    "WatchedFolders.store": Case(deed=_store),
    "WatchedFolders.watch": Case(deed=_watch),
    "WatchedFolders.remove": "folders remove",
    "FilmPreviews.pace": LOOKS,
    "FilmPreviews.look": LOOKS,
    "FilmPreviews.past": LOOKS,
    "WatchedFolders.count": LOOKS,
    "FilmPreviews.start": LOOKS,
    **{f"TemplateTrials.{name}": LOOKS for name in ("commands", "try_out", "cancel", "forget")},
    **{
        f"MachineControl.{name}": "queue start and others"
        for name in ("start", "pause", "pause_for", "stop_after_current", "stop")
    },
    "MachineControl.work_in_hand": LOOKS,
    "Machines.cluster": LOOKS,
    "Machines.addresses": LOOKS,
    "Machines.show_code": AT_WORK,
    "Machines.hide_code": AT_WORK,
    "Machines.find_masters": LOOKS,
    "Machines.pair": NETWORK,
    "Machines.revoke": "network revoke",
    "Machines.forget": "network forget",
    "Machines.command": AT_WORK,
    "Machines.log": LOOKS,
    "Machines.examine_paths": LOOKS,
    "Machines.use_proposal": AT_WORK,
    "Machines.map_folder": "network map",
    "Machines.unmap_folder": "network unmap",
    "Machines.mappings": LOOKS,
    **{
        f"FirstStepsServices.{name}": LOOKS
        for name in ("due", "offers", "try_encoder", "cancel", "plan")
    },
    "FirstStepsServices.install": "an installer's own work",
    "KeyBook.warning": LOOKS,
    "KeyBook.load_api_keys": LOOKS,
    "KeyBook.load_arr_instances": LOOKS,
    "KeyBook.save_omdb_key": Case(deed=_omdb),
    "KeyBook.save_arr_instance": Case(deed=_sonarr),
    "KeyBook.remove": "apis remove",
    "KeyBook.statuses": LOOKS,
    "SettingsTab.apply": Case(
        deed=lambda parts, _folder: parts.config.change(
            {"window.start_with_system": "yes", "queue.remux_jobs": "4"}
        ),
        killed=False,  # the system's list is no part of our database, and may be ahead of it then
    ),
    "ApiServices.keys": LOOKS,
    "ApiServices.test_connection": LOOKS,
}
CASES: Dict[str, Case] = {
    name: case
    for name, case in [*TABLE.items(), *WINDOW.items(), *PAGES.items()]
    if isinstance(case, Case)
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with something of everything."""
    memory = Path("/dev/shm")  # where nothing waits for a disk
    top = tempfile.mkdtemp(dir=memory) if memory.is_dir() else tmp_path_factory.mktemp("steps")
    folder = Path(top) / "tried"
    for name in ("library", "more", "most"):
        (folder / name).mkdir(parents=True)
        make_film(folder / name / f"{name}.mkv")
    assert call(folder, "settings", "set", "queue.remux_jobs", "3").returncode == 0
    assert call(folder, "settings", "export", "other.json").returncode == 0
    _export_setup(folder)
    _save_presets(folder)
    assert call(folder, "settings", "set", "queue.remux_jobs", "2").returncode == 0
    assert call(folder, "settings", "set", "network.path_mappings", "/films=>/mnt").returncode == 0
    assert call(folder, "folders", "add", str(folder / "library")).returncode == 0
    with Program(folder / "data") as parts:
        keys = parts.services.keys
        keys.save_arr_instance(
            ArrInstance(Service.SONARR, "One", "http://127.0.0.1:1", KEY, enabled=False)
        )
        keys.save_omdb_key("abcdef01", enabled=False)
        parts.messenger.addresses.save(MessageAddress("Phone", "ntfy://some-topic"))
        nodes = NodeStore(parts.database, open_vault(parts.data_dir))
        nodes.pair("kitchen", b"1" * 32)
        nodes.seen("kitchen", "Kitchen", "", "1", {}, 1.0)
        jobs = JobStore(parts.database)
        jobs.add([NewJob(folder / f"film {number}.mkv") for number in range(1, 8)])
        jobs.pause(4, paused=True)
        for job_id in (5, 6):
            jobs.finish(job_id, JobEnd(JobState.FAILED, "It failed.", error_code="tool_failed"))
        (again,) = jobs.add([NewJob(folder / "more" / "more.mkv")])
        jobs.finish(again, JobEnd(JobState.COMPLETED))
        ExclusionStore(parts.database).add([Exclusion(folder / "far")])
        with parts.database.transaction() as connection:
            connection.execute("DELETE FROM figures")  # so that `stats --rebuild` has work
    kept = folder.with_name("prepared")
    folder.rename(kept)  # the database names the folder in which everything is tried
    yield kept
    shutil.rmtree(kept.parent)


def _export_setup(folder: Path) -> None:
    """Another setup, which has something of everything that a setup has."""
    assert call(folder, "folders", "add", str(folder / "most"), "--flat").returncode == 0
    with Program(folder / "data") as parts:
        number = parts.services.keys.save_arr_instance(
            ArrInstance(Service.RADARR, "Films", "http://127.0.0.1:3", KEY, enabled=False)
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(PASSPHRASE))
            exported = call(folder, "setup", "export", "--with-keys", "other.setup.json")
        (webhook,) = ApiKeyStore(parts.database).rows(Service.WEBHOOK)
        for instance_id in (number, webhook.id):
            parts.services.keys.remove(instance_id)
    assert exported.returncode == 0, exported.stderr
    assert call(folder, "folders", "remove", str(folder / "most")).returncode == 0


def _save_presets(folder: Path) -> None:
    """A preset that is not as the settings are, and another of its name in a file."""
    for line in (
        "settings set video.quality better",
        "presets save Evening",
        "presets export Evening other.preset.json",
        "settings set video.quality best",
        "presets save Evening --replace",
        "settings reset video.quality",
    ):
        assert call(folder, *line.split()).returncode == 0, line


def _commands(parser: argparse.ArgumentParser, name: str = "") -> Iterator[str]:
    """Every command of a grammar, with its actions."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below and name:
        yield name
    for action in below:
        for word, subparser in action.choices.items():
            yield from _commands(subparser, f"{name} {word}".strip())


def _methods(*classes: type) -> List[str]:
    return [
        f"{kind.__name__}.{name}"
        for kind in classes
        for name in vars(kind)
        if not name.startswith("_")
    ]


def test_every_command_says_how_its_failing_is_tried() -> None:
    assert {*_commands(whole_grammar()), "--headless"} == set(TABLE)


def test_every_action_of_the_window_says_how_its_failing_is_tried() -> None:
    assert {command.name for command in COMMANDS} == set(WINDOW)
    asked = (WatchedFolders, FilmPreviews, TemplateTrials, MachineControl)
    more = (Machines, FirstStepsServices, KeyBook, ApiServices)
    assert {*_methods(*asked, *more), "SettingsTab.apply"} == set(PAGES)


def _goes_later(name: str) -> bool:
    """What a killed program leaves, and another run of it removes."""
    return ".partial" in name or any(is_trial_folder(part) for part in name.split("/"))


@pytest.mark.parametrize("name", CASES)
def test_a_step_that_fails_changes_nothing(name: str, prepared: Path) -> None:
    folder = prepared.with_name("tried")

    def tried(kind: str, at: int) -> Outcome:
        copied(prepared, folder)
        case = CASES[name]
        return run(folder, case.at(folder), kind, at, from_start=case.from_start)

    copied(prepared, folder)
    before = snapshot(folder)
    whole = tried(FULL, 0)
    assert whole.code == 0, whole.told
    assert whole.after != before or not whole.steps, "it did nothing, so that nothing is tried"
    refused = 0
    for at in range(1, whole.steps + 1):
        full = tried(FULL, at)
        assert "Traceback" not in full.told, full.told
        if full.code == 0:  # what failed was not needed
            assert difference(whole.after, full.after) == ""
        else:
            refused += 1
            assert full.told.strip(), "it failed without a word"
            assert difference(before, full.after) == "", f"step {at} of {whole.steps}: {full.told}"
        if CASES[name].killed:
            killed = tried(KILLED, at)
            left = {key: value for key, value in killed.after.items() if not _goes_later(key)}
            assert left in (before, whole.after), difference(before, left)
    assert refused, "no step of it can fail"
