#!/usr/bin/env bash
# subprocess.run(exe, capture_output=True, timeout=…) of a program that PyInstaller packed into one file and that works for
# longer. Expected: at the limit it is killed and TimeoutExpired raised, as with any other program.
# Seen with 6.22.3 on Linux: the error comes at the limit, but what was killed is the loader alone. The program works on
# to its end, as nobody's child, and what was unpacked for it stays in the temporary folder for ever. (On Windows run
# waits for the pipe as well, which the program holds: in Wine 13 seconds instead of 5.)
# Source: PyInstaller's manual, "How the one-file program works"; nothing there about ending it.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cat >"$work/long.py" <<'PY'
import pathlib, sys, time

time.sleep(float(sys.argv[2]))
pathlib.Path(sys.argv[1]).write_text("worked on")
PY
exe_of "$work/long.py" long
mkdir "$work/temporary"
answer=$(TMPDIR=$work/temporary "$python" - "$work/long/long" "$work/mark" "$work/temporary" <<'PY'
import pathlib, subprocess, sys, time

exe, mark, temporary = map(pathlib.Path, sys.argv[1:])
began = time.monotonic()
subprocess.run([exe, mark, "0"], check=True)
limit = 1 + 2 * (time.monotonic() - began)  # so that it is at work when the limit comes
mark.unlink()
began = time.monotonic()
try:
    subprocess.run([exe, mark, str(limit + 3)], capture_output=True, timeout=limit)
    print("no limit")
except subprocess.TimeoutExpired:
    print("in time" if time.monotonic() - began < limit + 2 else "late")
deadline = time.monotonic() + 3 * limit + 10
while not mark.exists() and time.monotonic() < deadline:
    time.sleep(0.2)
time.sleep(2)
print(mark.read_text() if mark.exists() else "ended", len(list(temporary.glob("_MEI*"))))
PY
) || cannot "$answer"
expect "TimeoutExpired" "in time" "$(head -n 1 <<<"$answer")"
expect "the program, folders that stay" "worked on 1" "$(tail -n 1 <<<"$answer")"
finish
