"""How much of the program one short film passes: modules that are loaded, modules and functions that run.

``python -m benchmarks.film_path [--list] [--json]``

A film of three seconds goes through ``process`` in a data folder of its own, and every function of the
program that any of its threads enters is counted once. What outside programs and MediaInfo's children do is
not counted, nor are bodies of modules and classes, lambdas and comprehensions.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from benchmarks.against import HERE
from benchmarks.report import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.sample import cache_folder, sample_film

SECONDS = 3
KINDS = {
    "modules_loaded": "modules loaded",
    "modules_entered": "modules entered",
    "functions_entered": "functions entered",
}
# Runs in a process of its own, from the checkout that is measured; what it has seen goes to the file.
COUNTER = """
import json, os, sys, threading
checkout, told, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
sys.path.insert(0, checkout)
entered = set()
def profile(frame, event, argument):
    if event == "call":
        entered.add(frame.f_code)
threading.setprofile(profile)
sys.setprofile(profile)
import main
sys.argv = [os.path.join(checkout, "main.py"), *arguments]
exit_code = main.main(arguments)
sys.setprofile(None)
# Another checkout is a folder of links: a module may be known by either name.
roots = {
    os.path.realpath(os.path.join(checkout, name)): name
    for name in os.listdir(checkout)
    if not name.startswith(".") and (name.endswith(".py") or os.path.isdir(os.path.join(checkout, name)))
}
def module(path):
    real = os.path.realpath(path or "")
    for root, name in roots.items():
        if real.endswith(".py") and (real == root or real.startswith(root + os.sep)):
            return (name + real[len(root):]).replace(os.sep, "/")
    return ""
loaded = {module(getattr(loaded, "__file__", None)) for loaded in tuple(sys.modules.values())}
optimized = 1  # CO_OPTIMIZED: functions have it, bodies of classes and modules have not
functions = {
    (module(code.co_filename), code.co_name, code.co_firstlineno)
    for code in entered
    if code.co_flags & optimized and not code.co_name.startswith("<") and module(code.co_filename)
}
with open(told, "w", encoding="utf-8") as file:
    json.dump({"code": exit_code, "loaded": sorted(loaded - {""}), "functions": sorted(functions)}, file)
"""


def passed(checkout: Path, film: Path) -> Dict[str, List[str]]:
    """Process the film by a checkout; the names that belong to each of ``KINDS``."""
    with tempfile.TemporaryDirectory(dir=cache_folder()) as name:
        folder = Path(name)
        copy, told = folder / "film.mkv", folder / "told.json"
        shutil.copyfile(film, copy)
        argv = [sys.executable, "-c", COUNTER, str(checkout), str(told)]
        argv += ["--data-dir", str(folder / "data"), "process", str(copy)]
        done = subprocess.run(argv, capture_output=True, text=True, cwd=name, check=False)
        if done.returncode or not told.is_file():
            raise SystemExit(f"The film could not be processed by {checkout}:\n{done.stderr}")
        answer = json.loads(told.read_text("utf-8"))
        if answer["code"]:
            raise SystemExit(f"The film was not processed by {checkout}:\n{done.stdout}")
    functions = [
        f"{module}: {function}, line {line}" for module, function, line in answer["functions"]
    ]
    modules = sorted({module for module, _function, _line in answer["functions"]})
    return {
        "modules_loaded": answer["loaded"],
        "modules_entered": modules,
        "functions_entered": functions,
    }


def measure(options: argparse.Namespace) -> Measurement:
    """Count what the film passes."""
    found = passed(HERE, sample_film(SECONDS))
    figures = [Figure(kind, len(found[kind]), label) for kind, label in KINDS.items()]
    names = "\n".join(found["modules_loaded"]) if options.list else ""
    return Measurement(f"What a film of {SECONDS} s passes", figures, names)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print."""
    parser = benchmark_parser("film_path", __doc__, pairs=1)  # it is the same each time
    parser.add_argument("--list", action="store_true", help="name every module that is loaded")
    return run("film_path", parser, measure, argv)


if __name__ == "__main__":
    sys.exit(main())
