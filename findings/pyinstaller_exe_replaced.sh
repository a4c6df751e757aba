#!/usr/bin/env bash
# A program packed by PyInstaller into one file goes on for days, and its file is updated (renamed over) or removed
# meanwhile, as package managers do it. Then it imports a module that it had no use for before. Expected: it works, since
# all was unpacked at the start, or ImportError, which many programs are ready for.
# Seen with 6.22.3: Python modules are read from the exe's file when they are imported. From a file of another version it is
# zlib.error; where the file is gone the import raises SystemExit, which ends a thread without a word.
# Source: PyInstaller's manual tells of unpacking into a temporary folder; not that modules stay in the exe.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cat >"$work/late.py" <<'PY'
import sys, threading

print("ready", flush=True)
sys.stdin.readline()
said = ["a thread ended without a word"]


def load():
    try:
        import colorsys
        said[0] = "imported"
    except Exception as error:
        said[0] = f"{type(error).__module__}.{type(error).__name__}"


thread = threading.Thread(target=load)
thread.start()
thread.join()
print(said[0])
PY
exe_of "$work/late.py" late --hidden-import colorsys
cat >"$work/drive.py" <<'PY'
import pathlib, shutil, subprocess, sys

exe, kind = pathlib.Path(sys.argv[1]), sys.argv[2]
kept = exe.with_name("kept")
if not kept.exists():
    shutil.copy(exe, kept)
    # What another version has at the same place is other data.
    exe.with_name("other").write_bytes(exe.read_bytes()[:1000000] + b"x" * exe.stat().st_size)
exe.unlink(missing_ok=True)
shutil.copy(kept, exe)
process = subprocess.Popen([exe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
if process.stdout.readline() != b"ready\n":
    sys.exit("the exe did not start")
if kind == "replaced":
    exe.with_name("other").replace(exe)
elif kind == "removed":
    exe.unlink()
print(process.communicate(b"\n")[0].decode().strip())
PY
after() { "$python" "$work/drive.py" "$work/late/late" "$1" || cannot "the exe did not start"; }
expect "left alone" imported "$(after nothing)"
expect "replaced" zlib.error "$(after replaced)"
expect "removed" "a thread ended without a word" "$(after removed)"
finish
