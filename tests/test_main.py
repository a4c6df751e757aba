from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List

import pytest

import main
from commandline.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"requests", "websockets", "cryptography", "watchdog", "pymediainfo", "zeroconf", "PIL"}


def test_main_is_wiring_only() -> None:
    tree = ast.parse((ROOT / "main.py").read_text("utf-8"))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert functions == ["main", "open_window", "show_error", "language_of"]
    assert not any(isinstance(node, (ast.For, ast.While)) for node in ast.walk(tree))


_WINDOW = """
import gc, sys, types
import main
from scheduling.responsive import keep_responsive
def run(program):
    print("building", gc.isenabled())
    keep_responsive()
    print("at work", gc.isenabled())
    return 0
sys.modules["ui"] = types.SimpleNamespace(run=run)
main.main(sys.argv[1:])
print("afterwards", gc.isenabled())
"""
_COMMAND = """
import gc, sys
import config, main
describe = config.Config.describe
def watched(self):
    print("at work", gc.isenabled())
    return describe(self)
config.Config.describe = watched
main.main([*sys.argv[1:], "settings", "list"])
print("afterwards", gc.isenabled())
"""


@pytest.mark.parametrize("code", [_WINDOW, _COMMAND], ids=["window", "command"])
def test_garbage_is_collected_where_the_program_is_at_work(tmp_path: Path, code: str) -> None:
    """A start is spared that; a command that runs for days, or a window that stands, is not."""
    answer = subprocess.run(
        [sys.executable, "-c", code, "--data-dir", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    told = [line for line in answer.stdout.splitlines() if line.endswith(("True", "False"))]
    building = ["building False"] if code is _WINDOW else []
    assert list(dict.fromkeys(told)) == [*building, "at work True", "afterwards True"]


def test_a_command_needs_no_tk(tmp_path: Path) -> None:
    code = "import sys, main; main.main(sys.argv[1:]); sys.exit('tkinter' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code, "--data-dir", str(tmp_path), "settings", "list"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    assert answer.returncode == 0


@pytest.mark.parametrize("words", [["--help"], ["settings", "list"]])
def test_a_command_loads_only_what_it_needs(tmp_path: Path, words: List[str]) -> None:
    code = "import sys, main\ntry: main.main(sys.argv[1:])\nfinally: print(*sys.modules, file=sys.stderr)"
    answer = subprocess.run(
        [sys.executable, "-c", code, "--data-dir", str(tmp_path), *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    loaded = set(answer.stderr.split())
    assert "commandline.entry" in loaded
    assert not loaded & (HEAVY | {"app.program", "queue_manager"})
    others = {f"commandline.{name}" for name in COMMANDS if name not in words}
    assert not loaded & others


def test_what_can_be_asked_of_commands_is_known_before_what_films_are_processed_with_is_loaded() -> (
    None
):
    code = "import sys; from commandline.parser import whole_grammar; whole_grammar(); print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    loaded = set(answer.stdout.split())
    assert {f"commandline.{name}" for name in COMMANDS} <= loaded
    assert not loaded & (HEAVY | {"app.program", "queue_manager", "processor", "psutil"})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a display")
def test_without_a_display_the_window_says_so_in_one_sentence(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    answer = subprocess.run(
        [sys.executable, "main.py", "--data-dir", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "display" in answer.stderr


def without_module(tmp_path: Path, name: str) -> Dict[str, str]:
    """An environment in which Python does not find this module."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] == {name!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name}', name=name)\n"
        "sys.meta_path.insert(0, Hidden())\n",
        encoding="utf-8",
    )
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


@pytest.mark.parametrize(
    ("package", "words", "way_on"),
    [
        ("platformdirs", ["doctor"], "scripts/run.sh"),
        ("psutil", ["analyze", "film.mkv"], "scripts/run.sh"),
        ("tkinter", [], "python3-tk"),
    ],
)
def test_a_package_that_is_missing_is_one_sentence_with_the_way_on(
    tmp_path: Path, package: str, words: List[str], way_on: str
) -> None:
    answer = subprocess.run(
        [sys.executable, "main.py", *words, *(["--data-dir", str(tmp_path / "data")])],
        cwd=ROOT,
        env=without_module(tmp_path, package),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert way_on in answer.stderr


needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root can become an account that nobody knows",
)


def as_nobody(imports: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python as an account that nobody knows and that has no home, as it is in a container."""
    become = "os.setuid(54321)\ndel os.environ['HOME']"
    return subprocess.run(
        [sys.executable, "-c", f"import os\n{imports}\n{become}\n{code}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@needs_root
def test_an_account_without_a_home_is_told_to_name_a_folder() -> None:
    imports = "from app.data_place import default_data_dir"
    answer = as_nobody(imports, "default_data_dir()")
    assert "UsageError" in answer.stderr
    assert "--data-dir FOLDER" in answer.stderr


_IMPORTS = """
from pathlib import Path
from app.autostart import AutostartError, set_autostart
from app.privacy import make_private
from core.tools import ToolName
from processing.runner import ProcessRunner
from tools.resolver import _configured
"""


@needs_root
def test_an_account_without_a_home_works_with_the_folder_that_it_names() -> None:
    """The folder is made private, a tool that is set is looked for."""
    with tempfile.TemporaryDirectory() as data:  # pytest's own folders are closed to others
        if sys.platform != "win32":
            os.chown(data, 54321, 54321)
        code = f"""
print(make_private(Path({data!r})))
print(_configured(ToolName.FFMPEG, '~/ffmpeg', ProcessRunner(low_priority=False)).problem)
try:
    set_autostart(True, ['program'])
except AutostartError as error:
    print(error)
"""
        answer = as_nobody(_IMPORTS, code)
    assert answer.stdout.splitlines() == [
        "True",
        "The path set for ffmpeg does not exist: ~/ffmpeg. Correct or empty it.",
        (
            "MediaProcessor cannot be started with the system (this account has no home folder). "
            "Start it by hand, or add it to the system's own list of programs that start at login."
        ),
    ], answer.stderr


def test_wrong_arguments_end_with_code_2() -> None:
    assert main.main(["--wrong"]) == 2
