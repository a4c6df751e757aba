#!/usr/bin/env bash
# What tkdnd makes of the addresses of dropped files (text/uri-list): a file on this machine by its full address
# (file://localhost/…), on another one, and on a share that the file manager shows. Expected: a path for the first,
# nothing or an error for the others.
# Seen with tkinterdnd2 0.7.0 (tkdnd 2.10): "file://" is cut off and nothing else is looked at, so that the machine
# becomes the first folder of a relative path: localhost/films/a.mkv. smb:// and https:// are handed over as "files".
# Source: RFC 8089, 2 (the host of a file URI); XDND's specification wants it checked.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system xvfb-run xvfb
packages tkinterdnd2==0.7.0
"$python" -c 'import tkinter' 2>/dev/null || cannot "this Python has no tkinter (Debian: python3-tk)"
answer=$(xvfb-run -a "$python" - <<'PY'
import tkinter
from tkinterdnd2 import TkinterDnD

root = tkinter.Tk()
print("tkdnd", TkinterDnD._require(root))
for address in (
    "file:///films/a%20b.mkv",
    "file://localhost/films/a.mkv",
    "file://attic/films/a.mkv",
    "smb://attic/films/a.mkv",
):
    print(*root.tk.splitlist(root.tk.call("::tkdnd::xdnd::normalise_data", "text/uri-list", tuple(address.encode()))))
PY
) || cannot "tkdnd does not load here"
printf '  tkinterdnd2 0.7.0, %s\n' "$(head -n 1 <<<"$answer")"
line() { sed -n "$1p" <<<"$answer"; }
expect "file:///films/a%20b.mkv" "/films/a b.mkv" "$(line 2)"
expect "file://localhost/films/a.mkv" localhost/films/a.mkv "$(line 3)"
expect "file://attic/films/a.mkv" attic/films/a.mkv "$(line 4)"
expect "smb://attic/films/a.mkv" smb://attic/films/a.mkv "$(line 5)"
finish
