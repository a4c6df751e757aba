#!/usr/bin/env bash
# Tk on a desktop that is set to 200 % (the X resource Xft.dpi is 192; the screen itself stays as it is), and a font of
# 100 pixels and one of 10 points. Expected: `tk scaling` follows, fonts in points become larger, and 100 pixels are 100
# pixels.
# Seen with 8.6.13: `tk scaling` stays that of the screen, so that whoever scales by it scales nothing; both fonts become
# twice as large, the one that was given in pixels as well. Only libXft's resource tells how large fonts will be.
# Source: Tk's font manual: a negative size "is interpreted in pixels".
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system Xvfb xvfb
system xvfb-run xvfb
python=${PYTHON:-python3}
"$python" -c 'import tkinter' 2>/dev/null || cannot "this Python has no tkinter (Debian: python3-tk)"
cat >"$work/sizes.py" <<'PY'
import sys, tkinter

root = tkinter.Tk()
lines = [root.tk.call("font", "metrics", ("DejaVu Sans", size), "-linespace") for size in (10, -100)]
print(root.tk.call("info", "patchlevel"), round(float(root.tk.call("tk", "scaling")), 2), *lines)
PY
seen() { # DPI
    echo "Xft.dpi: $1" >"$work/resources"
    XENVIRONMENT=$work/resources xvfb-run -a -s "-screen 0 800x600x24 -dpi 96" "$python" "$work/sizes.py" ||
        cannot "Tk opened no window"
}
read -r version scaling points pixels <<<"$(seen 96)"
read -r _ double_scaling double_points double_pixels <<<"$(seen 192)"
printf '  Tk %s; scaling %s, line of 10 points %s pixels, of 100 pixels %s\n' "$version" "$scaling" "$points" "$pixels"
expect "scaling with Xft.dpi twice as large" "$scaling" "$double_scaling"
times() { awk "BEGIN {print int($1 / $2 + 0.5)}"; }
expect "points, times" 2 "$(times "$double_points" "$points")"
expect "pixels, times" 2 "$(times "$double_pixels" "$pixels")"
finish
