#!/usr/bin/env bash
# A program that uses pymediainfo, packed by PyInstaller on Linux. Expected: MediaInfo's library comes along, as it does on
# Windows, since the wheel brings it. Seen with pyinstaller-hooks-contrib 2026.9 and pymediainfo 7.0.1: it does not, and
# the packed program cannot load it. The wheel's file is libmediainfo.so.0; what the hook collects must end in .so, and its
# comment says that there are no wheels for Linux. Only where the system has the library too is that one taken.
# Source: the hook itself, _pyinstaller_hooks_contrib/stdhooks/hook-pymediainfo.py; collect_dynamic_libs in PyInstaller's manual.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages pymediainfo==7.0.1
"$python" -c 'import ctypes.util, sys; sys.exit(bool(ctypes.util.find_library("mediainfo")))' ||
    cannot "this system has a libmediainfo of its own, which would be taken"
[ -f "$work/packages/pymediainfo/libmediainfo.so.0" ] || cannot "the wheel brings no library for this machine"
cat >"$work/asks.py" <<'PY'
from pymediainfo import MediaInfo

print(MediaInfo.can_parse())
PY
exe_of "$work/asks.py" asks
expect "can parse, as it is" "True" "$("$python" "$work/asks.py")"
expect "can parse, packed" "False" "$("$work/asks/asks" 2>&1 | tail -n 1)"
finish
