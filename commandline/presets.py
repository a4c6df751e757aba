"""``presets list|save|use|remove|export|import``: what is made of a picture, under a name."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from app.data_folder import DataFolder
from app.presets import PresetList
from commandline.new_file import new_file
from commandline.output import Output
from commandline.remote_call import carry
from commandline.settings import read_json, show_changes
from core.settings.presets import Preset, checked_name, preset_from_json, preset_to_json
from core.text.formatting import visible
from core.version import VERSION
from monitor import FolderList
from monitoring.spelling import full_path
from reports.text_table import table
from reports.whole_file import write_file


def run(folder: DataFolder, arguments: argparse.Namespace, output: Output) -> int:
    """Show, keep or use presets; raises UsageError for an unknown name or a file that is none."""
    presets = PresetList(folder.database, folder.config)
    if arguments.action == "list":
        _list(presets, output)
    elif arguments.action == "use" and not arguments.folder:
        code = carry(folder, arguments, output)
        return in_program(folder, arguments, output) if code is None else code
    elif arguments.action == "use":
        _use_for_folder(presets, FolderList(folder.database), arguments, output)
    elif arguments.action == "export":
        _export(presets.find(arguments.name), arguments.file, output)
    elif arguments.action == "import":
        _import(presets, arguments, output)
    elif arguments.action == "save":
        _tell(presets.save(arguments.name, replace=arguments.replace), "was saved", output)
    else:
        _tell(presets.remove(arguments.name), "was removed", output)
    return 0


def in_program(folder: DataFolder, arguments: argparse.Namespace, output: Output) -> int:
    """Use a preset here, or for a later start in the program that is at work; raises UsageError."""
    config = folder.config
    presets = PresetList(folder.database, config)
    before = config.describe()
    presets.use(presets.find(arguments.name))
    show_changes(before, config, output)
    return 0


def _list(presets: PresetList, output: Output) -> None:
    rows = []
    for preset in presets.all():
        _record(preset, output)
        rows.append((visible(preset.name), preset.in_words))
    output.text(
        table(("Preset", "What it makes"), rows)
        if rows
        else "There are no presets; `presets save NAME` keeps the settings of the picture as one."
    )


def _use_for_folder(
    presets: PresetList, folders: FolderList, arguments: argparse.Namespace, output: Output
) -> None:
    preset = presets.find(arguments.name)
    folder = folders.find(full_path(Path(arguments.folder)))
    folders.change(presets.use_for_folder(preset, folder))
    _tell(preset, f"holds for {visible(str(folder.path))} now", output)


def _export(preset: Preset, file: str, output: Output) -> None:
    path = new_file(file)
    text = json.dumps(preset_to_json(preset, VERSION), indent=2, ensure_ascii=False)
    write_file(path, f"{text}\n".encode())
    _tell(preset, f"was written to {visible(str(path))}", output)


def _import(presets: PresetList, arguments: argparse.Namespace, output: Output) -> None:
    preset = preset_from_json(read_json(Path(arguments.file)), trusted=arguments.trust)
    if arguments.name:
        preset = replace(preset, name=checked_name(arguments.name))
    presets.add(preset, replace=arguments.replace)
    _tell(preset, "was taken over", output)


def _tell(preset: Preset, what: str, output: Output) -> None:
    _record(preset, output)
    output.text(f"Preset {visible(preset.name)} ({preset.in_words}) {what}.")


def _record(preset: Preset, output: Output) -> None:
    output.record("preset", name=preset.name, words=preset.in_words, settings=dict(preset.settings))
