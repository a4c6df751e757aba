"""``settings list|get|set|reset|export|import``: the same settings as the window's tab.

A program that is at work with the data folder changes them itself, so that they hold there at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional, Sequence, Type

from commandline.command import Action, Command, NoOptions, action, open_folder
from commandline.exit_codes import DONE
from commandline.new_file import new_file
from commandline.options import Options, argument
from commandline.output import Output
from commandline.remote_call import call_running
from config import Config, SettingInfo
from core.encoders.quality import Quality
from core.errors import UsageError
from core.settings.quality_choice import TEMPLATE_KEYS
from core.text.formatting import visible
from reports.text_table import table
from reports.whole_file import write_file

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.program import Program

_SHOWN = 60  # characters of a value in the list; `get` shows it whole


@dataclass(frozen=True)
class KeyOptions:
    """A setting that is named."""

    key: str = argument("KEY")


@dataclass(frozen=True)
class SetOptions:
    """What ``settings set`` is asked for."""

    key: str = argument("KEY")
    value: str = argument("VALUE")


@dataclass(frozen=True)
class SettingsExportOptions:
    """What ``settings export`` is asked for."""

    file: str = argument("FILE", optional=True, help="default: standard output")


@dataclass(frozen=True)
class SettingsImportOptions:
    """What ``settings import`` is asked for, and what the file holds once it was read."""

    file: str = argument("FILE")
    content: object = None


def _list(config: Config, _options: NoOptions, output: Output) -> None:
    settings = config.describe()
    for setting in settings:
        _record(setting, output)
    rows = (
        (setting.key, _short(setting), "changed" if setting.changed else "", setting.label)
        for setting in settings
    )
    output.text(table(("Setting", "Value", "", "Meaning"), rows))


def _get(config: Config, options: KeyOptions, output: Output) -> None:
    _show(config, options.key, output)


def _set(config: Config, options: SetOptions, output: Output) -> None:
    quality = config.settings.video.quality
    config.set(options.key, options.value)
    _show(config, options.key, output)
    _show_by_hand(config, options.key, quality, output)


def _reset(config: Config, options: KeyOptions, output: Output) -> None:
    quality = config.settings.video.quality
    config.reset(options.key)
    _show(config, options.key, output)
    _show_by_hand(config, options.key, quality, output)


def _show_by_hand(config: Config, key: str, before: Quality, output: Output) -> None:
    """Show the quality too where a template that was edited has changed it."""
    if key in TEMPLATE_KEYS and config.settings.video.quality is not before:
        output.text(f"\nvideo.quality: {config.get('video.quality')}")


def _export(config: Config, options: SettingsExportOptions, output: Output) -> None:
    text = json.dumps(config.export(), indent=2, ensure_ascii=False)
    if not options.file:
        output.raw(text)
        return
    path = new_file(options.file, ".json")
    write_file(path, f"{text}\n".encode())
    output.text(f"All settings were written to {visible(path)}.")


def _import(config: Config, options: SettingsImportOptions, output: Output) -> None:
    before = config.describe()
    config.import_(options.content)
    show_changes(before, config, output)


def _read_import(options: SettingsImportOptions) -> SettingsImportOptions:
    return replace(options, content=read_json(Path(options.file)))


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
    _record(next(setting for setting in config.describe() if setting.key == key), output)
    output.text(text)


def _short(setting: SettingInfo) -> str:
    text = visible(setting.text) + (f" {setting.unit}" if setting.unit else "")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _record(setting: SettingInfo, output: Output, **more: Any) -> None:
    output.record(
        "setting",
        **{name: value for name, value in vars(setting).items() if name != "check"},
        changed=setting.changed,
        **more,
    )


def read_json(path: Path) -> object:
    """Return what a file holds; raises UsageError where that is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} holds no JSON ({error}).") from error


Do = Callable[[Config, Options, Output], None]


def _looks(
    name: str,
    help_text: str,
    options: Type[Options],
    do: Do[Options],
    *,
    at_once: bool = False,
) -> Action[DataFolder]:
    """An action that changes nothing; ``at_once``: one that a program at work answers."""

    def run(folder: DataFolder, given: Options, output: Output) -> int:
        do(_told(folder, output), given, output)
        return DONE

    def shows(program: Program, given: Options, output: Output) -> Optional[int]:
        # What was wrong with them when this program began may have been put right since.
        return None if program.config.notices else run(program, given, output)

    return action(name, help_text, options, run, shows=shows if at_once else None)


def _changes(
    name: str,
    help_text: str,
    options: Type[Options],
    do: Do[Options],
    read: Callable[[Options], Options] = lambda given: given,
) -> Action[DataFolder]:
    """An action that a program at work does itself; ``read`` completes its options beforehand."""

    def run(folder: DataFolder, given: Options, output: Output) -> int:
        config, given = _told(folder, output), read(given)
        code = call_running(folder, f"settings {name}", given, output)
        if code is not None:
            return code
        do(config, given, output)
        return DONE

    def at_work(program: Program, given: Options, output: Output) -> int:
        do(program.config, given, output)
        return DONE

    return action(name, help_text, options, run, at_work)


def _told(folder: DataFolder, output: Output) -> Config:
    """The settings, once the user knows what was wrong with them when they were read."""
    for notice in folder.config.notices:
        output.notice(notice, error=True)
    return folder.config


COMMAND = Command(
    open_folder,
    (
        _looks("list", "list every setting with its value", NoOptions, _list, at_once=True),
        _looks("get", "show one setting's value", KeyOptions, _get, at_once=True),
        _changes("set", "change a setting", SetOptions, _set),
        _changes("reset", "reset a setting to its default", KeyOptions, _reset),
        _looks("export", "write all settings as JSON", SettingsExportOptions, _export),
        _changes(
            "import",
            "read settings from an exported file",
            SettingsImportOptions,
            _import,
            _read_import,
        ),
    ),
)
