#!/usr/bin/env bash
# A tray icon by pystray's backend for GTK that never shows a message, on a desktop whose session bus has no service for them
# (openbox, i3 and others without a daemon for notifications); run and, a second later, stopped.
# Expected: a service that is not asked for anything is not needed. Seen with 0.19.5: run() of an icon that was shown well ends
# by GLib's error ServiceUnknown when it stops, since stopping closes a message that there may be. Without any session bus
# run() ends by an error at once, and there is no icon. Whoever runs it in a thread has an error that nobody expects there.
# Source: the reference of pystray.Icon: run "is blocking until stop is called"; an error that may come at its end is not told.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system xvfb-run xvfb
system dbus-run-session dbus
python=${PYTHON:-/usr/bin/python3}
"$python" -c 'import gi; gi.require_version("Gtk", "3.0"); from gi.repository import Gtk' 2>/dev/null ||
    cannot "$python has no GTK (Debian: python3-gi gir1.2-gtk-3.0)"
python3 -m pip install -qq --disable-pip-version-check --no-deps --target "$work/packages" \
    pystray==0.19.5 six==1.17.0 || cannot "pip could not install pystray"
python3 -m pip install -qq --disable-pip-version-check --no-deps --target "$work/packages" --only-binary :all: \
    --python-version "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" pillow==12.3.0 ||
    cannot "pip could not install Pillow"
cat >"$work/icon.py" <<'PY'
import os, sys, threading, warnings

warnings.simplefilter("ignore")
import pystray
from PIL import Image

shown = []


def stop_soon(icon):
    icon.visible = True
    shown.append(True)
    threading.Timer(1.0, icon.stop).start()


icon = pystray.Icon("finding", Image.new("RGB", (32, 32)), "finding")
threading.Timer(20.0, os._exit, [3]).start()  # a run() that never ends is no answer
try:
    icon.run(stop_soon)
    print(bool(shown), "ended quietly")
except Exception as error:
    print(bool(shown), "ServiceUnknown" if "ServiceUnknown" in str(error) else type(error).__name__)
sys.stdout.flush()
os._exit(0)
PY
export PYTHONPATH=$work/packages PYSTRAY_BACKEND=gtk
printf '  pystray 0.19.5, GTK %s\n' "$("$python" -c 'import gi; gi.require_version("Gtk", "3.0"); from gi.repository import Gtk
print(Gtk.MAJOR_VERSION, Gtk.MINOR_VERSION, sep=".")' 2>/dev/null)"
expect "with a session bus: shown, and how run() ends" "True ServiceUnknown" \
    "$(xvfb-run -a dbus-run-session "$python" "$work/icon.py" 2>/dev/null | tail -n 1)"
expect "without one" "False Error" \
    "$(DBUS_SESSION_BUS_ADDRESS=unix:path=$work/none xvfb-run -a "$python" "$work/icon.py" 2>/dev/null | tail -n 1)"
finish
