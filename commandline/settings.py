"""``settings list|get|set|reset|export|import``: the same settings as the window's tab."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from commandline.output import Output, table
from commandline.parts import Parts
from config import Config, SettingInfo
from core.errors import UsageError
from core.figures import visible

_SHOWN = 60  # characters of a value in the list; `get` shows it whole


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Show or change settings; raises ConfigError for an unknown key or a bad value."""
    config = parts.config
    for notice in config.notices:
        output.notice(notice, error=True)
    if arguments.action == "list":
        _list(config, output)
    elif arguments.action == "export":
        _export(config, arguments.file, output)
    elif arguments.action == "import":
        config.import_(_read(Path(arguments.file)))
        _list(config, output)
    else:
        if arguments.action == "set":
            config.set(arguments.key, arguments.value)
        elif arguments.action == "reset":
            config.reset(arguments.key)
        text = config.get(arguments.key)
        _record(next(one for one in config.describe() if one.key == arguments.key), output)
        output.text(text)
    return 0


def _list(config: Config, output: Output) -> None:
    every = config.describe()
    for one in every:
        _record(one, output)
    rows = ((one.key, _short(one), "changed" if one.changed else "", one.label) for one in every)
    output.text(table(("Setting", "Value", "", "Meaning"), rows))


def _short(one: SettingInfo) -> str:
    text = visible(one.text) + (f" {one.unit}" if one.unit else "")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _record(one: SettingInfo, output: Output) -> None:
    output.record(
        "setting",
        **{name: value for name, value in vars(one).items() if name != "check"},
        changed=one.changed,
    )


def _export(config: Config, file: str, output: Output) -> None:
    text = json.dumps(config.export(), indent=2, ensure_ascii=False)
    if not file:
        output.raw(text)
        return
    path = Path(file).absolute()
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)
    output.text(f"All settings were written to {visible(path)}.")


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} holds no JSON ({error}).") from error
