"""``settings list|get|set|reset|export|import``: the same settings as the window's tab.

A program that is at work with the data folder changes them itself, so that they hold there at once.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Sequence

from app.data_folder import DataFolder
from commandline.new_file import new_file
from commandline.output import Output
from commandline.remote_call import carry
from config import Config, SettingInfo
from core.errors import UsageError
from core.settings.quality_choice import TEMPLATE_KEYS
from core.text.formatting import visible
from reports.text_table import table
from reports.whole_file import write_file

_SHOWN = 60  # characters of a value in the list; `get` shows it whole


def run(folder: DataFolder, arguments: argparse.Namespace, output: Output) -> int:
    """Show or change settings; raises ConfigError for an unknown key or a bad value."""
    config = folder.config
    for notice in config.notices:
        output.notice(notice, error=True)
    if arguments.action == "list":
        _list(config, output)
    elif arguments.action == "export":
        _export(config, arguments.file, output)
    elif arguments.action == "get":
        _show(config, arguments.key, output)
    else:
        if arguments.action == "import":
            arguments.imported = read_json(Path(arguments.file))
        code = carry(folder, arguments, output)
        return in_program(folder, arguments, output) if code is None else code
    return 0


def in_program(folder: DataFolder, arguments: argparse.Namespace, output: Output) -> int:
    """Change settings here, or for a later start in the program that is at work; raises ConfigError."""
    config = folder.config
    if arguments.action == "import":
        before = config.describe()
        config.import_(arguments.imported)
        show_changes(before, config, output)
        return 0
    quality = config.settings.video.quality
    if arguments.action == "set":
        config.set(arguments.key, arguments.value)
    else:
        config.reset(arguments.key)
    _show(config, arguments.key, output)
    if arguments.key in TEMPLATE_KEYS and config.settings.video.quality is not quality:
        output.text(f"\nvideo.quality: {config.get('video.quality')}")
    return 0


def show_changes(before: Sequence[SettingInfo], config: Config, output: Output) -> None:
    """Show each setting that is not as it was, with its value before and now."""
    rows = []
    for old, new in zip(before, config.describe()):
        if new.value != old.value:
            _record(new, output, before=old.value)
            rows.append((new.key, _short(old), "→", _short(new)))
    output.text(table(("Setting", "Before", "", "Now"), rows) if rows else "No setting changes.")


def _show(config: Config, key: str, output: Output) -> None:
    text = config.get(key)
    _record(next(one for one in config.describe() if one.key == key), output)
    output.text(text)


def _list(config: Config, output: Output) -> None:
    every = config.describe()
    for one in every:
        _record(one, output)
    rows = ((one.key, _short(one), "changed" if one.changed else "", one.label) for one in every)
    output.text(table(("Setting", "Value", "", "Meaning"), rows))


def _short(one: SettingInfo) -> str:
    text = visible(one.text) + (f" {one.unit}" if one.unit else "")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _record(one: SettingInfo, output: Output, **more: Any) -> None:
    output.record(
        "setting",
        **{name: value for name, value in vars(one).items() if name != "check"},
        changed=one.changed,
        **more,
    )


def _export(config: Config, file: str, output: Output) -> None:
    text = json.dumps(config.export(), indent=2, ensure_ascii=False)
    if not file:
        output.raw(text)
        return
    path = new_file(file)
    write_file(path, f"{text}\n".encode())
    output.text(f"All settings were written to {visible(path)}.")


def read_json(path: Path) -> object:
    """Return what a file holds; raises UsageError where that is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} holds no JSON ({error}).") from error
