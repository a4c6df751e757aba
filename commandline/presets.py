"""``presets list|save|use|remove|export|import``: what is made of a picture, under a name."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.presets import PresetList
from commandline.command import Command, NoOptions, action, open_folder
from commandline.exit_codes import DONE
from commandline.new_file import new_file
from commandline.options import argument, option, switch
from commandline.output import Output
from commandline.remote_call import call_running
from commandline.settings import read_json, show_changes
from core.errors import UsageError
from core.settings.presets import Preset, checked_name, preset_from_json, preset_to_json
from core.text.formatting import visible
from core.version import VERSION
from monitor import FolderList
from monitoring.spelling import full_path
from reports.text_table import table
from reports.whole_file import write_file

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.program import Program


@dataclass(frozen=True)
class PresetOptions:
    """A preset that is named."""

    name: str = argument("NAME")


@dataclass(frozen=True)
class PresetSaveOptions:
    """What ``presets save`` is asked for."""

    name: str = argument("NAME")
    replace: bool = switch("--replace", help="in place of one of that name")


@dataclass(frozen=True)
class PresetUseOptions:
    """What ``presets use`` is asked for."""

    name: str = argument("NAME")
    folder: str = option(
        "--folder", default="", metavar="PATH", help="for this watched folder alone"
    )


@dataclass(frozen=True)
class PresetExportOptions:
    """What ``presets export`` is asked for."""

    name: str = argument("NAME")
    file: str = argument("FILE")


@dataclass(frozen=True)
class PresetImportOptions:
    """What ``presets import`` is asked for."""

    file: str = argument("FILE")
    name: str = option("--name", default="", metavar="NAME", help="under another name")
    trust: bool = switch(
        "--trust",
        help="also where its templates could reach other files than the film and its result",
    )
    replace: bool = switch("--replace", help="in place of one of that name")


def _presets(folder: DataFolder) -> PresetList:
    return PresetList(folder.database, folder.config)


def run_list(folder: DataFolder, _options: NoOptions, output: Output) -> int:
    """Show every preset."""
    rows = []
    for preset in _presets(folder).all():
        _record(preset, output)
        rows.append((visible(preset.name), preset.in_words))
    output.text(
        table(("Preset", "What it makes"), rows)
        if rows
        else "There are no presets; `presets save NAME` saves the current video settings as one."
    )
    return DONE


def run_save(folder: DataFolder, options: PresetSaveOptions, output: Output) -> int:
    """Keep what is set about the picture; raises UsageError for a name that is taken or none."""
    preset = _presets(folder).save(options.name, replace=options.replace)
    return _tell(preset, "was saved", output)


def run_use(folder: DataFolder, options: PresetUseOptions, output: Output) -> int:
    """Use a preset; raises UsageError for one, or a folder, that is not known."""
    if options.folder:
        return _use_for_folder(folder, options, output)
    code = call_running(folder, "presets use", options, output)
    return use_here(folder, options, output) if code is None else code


def use_here(folder: DataFolder, options: PresetUseOptions, output: Output) -> int:
    """Use a preset for all films, in this program."""
    before, presets = folder.config.describe(), _presets(folder)
    presets.use(presets.find(options.name))
    show_changes(before, folder.config, output)
    return DONE


def use_at_work(program: Program, options: PresetUseOptions, output: Output) -> int:
    """The same for a later start."""
    return use_here(program, options, output)


def _use_for_folder(folder: DataFolder, options: PresetUseOptions, output: Output) -> int:
    presets, folders = _presets(folder), FolderList(folder.database)
    preset = presets.find(options.name)
    watched = folders.find(full_path(Path(options.folder)))
    folders.change(presets.use_for_folder(preset, watched))
    return _tell(preset, f"holds for {visible(str(watched.path))} now", output)


def run_remove(folder: DataFolder, options: PresetOptions, output: Output) -> int:
    """Forget a preset; raises UsageError for one that is not known."""
    return _tell(_presets(folder).remove(options.name), "was removed", output)


def run_export(folder: DataFolder, options: PresetExportOptions, output: Output) -> int:
    """Write a preset to a file; raises UsageError where that cannot be."""
    preset = _presets(folder).find(options.name)
    path = new_file(options.file, ".json")
    text = json.dumps(preset_to_json(preset, VERSION), indent=2, ensure_ascii=False)
    write_file(path, f"{text}\n".encode())
    return _tell(preset, f"was written to {visible(str(path))}", output)


def run_import(folder: DataFolder, options: PresetImportOptions, output: Output) -> int:
    """Take over a preset; raises UsageError for a file that holds none, or for its name."""
    content = read_json(Path(options.file))
    try:
        preset = preset_from_json(content, trusted=options.trust)
    except UsageError as error:
        raise UsageError(f"{options.file}: {error}") from error
    if options.name:
        preset = replace(preset, name=checked_name(options.name))
    _presets(folder).add(preset, replace=options.replace)
    return _tell(preset, "was taken over", output)


def _tell(preset: Preset, what: str, output: Output) -> int:
    _record(preset, output)
    output.text(f"Preset {visible(preset.name)} ({preset.in_words}) {what}.")
    return DONE


def _record(preset: Preset, output: Output) -> None:
    output.record("preset", name=preset.name, words=preset.in_words, settings=dict(preset.settings))


COMMAND = Command(
    open_folder,
    (
        action("list", "every preset, and what it makes", NoOptions, run_list, shows=run_list),
        action(
            "save",
            "keep the settings of the picture, as they are now, under a name",
            PresetSaveOptions,
            run_save,
        ),
        action(
            "use",
            "give all films, or those of a watched folder, a preset's settings",
            PresetUseOptions,
            run_use,
            use_at_work,
        ),
        action(
            "remove",
            "forget a preset; what it was used for stays as it is",
            PresetOptions,
            run_remove,
        ),
        action("export", "write a preset to a file", PresetExportOptions, run_export),
        action("import", "take over a preset from such a file", PresetImportOptions, run_import),
    ),
)
