#!/usr/bin/env bash
# watchdog's PollingObserver, for network shares and removable disks: one disk is unmounted and another one mounted in its
# place between two looks. Expected: deleted for the old names, created for the new ones.
# Seen with 7.1.0: moved, from each old name to a new one, since a disk that comes next may get the device number of the
# one before and small disks number their files alike. Whoever renames by what is told gives each film another's name.
# Source: watchdog compares (st_ino, st_dev); stat(2) promises their meaning only while the disk is mounted.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages watchdog==7.1.0
own mount
answer=$("${own[@]}" "$python" - "$work/disk" <<'PY'
import pathlib, subprocess, sys, time
from watchdog.events import FileSystemEventHandler
from watchdog.observers.polling import PollingObserver

folder = pathlib.Path(sys.argv[1])
folder.mkdir()
told = []


class Told(FileSystemEventHandler):
    def on_any_event(self, event):
        if not event.is_directory:
            told.append((event.event_type, pathlib.Path(event.src_path).name, pathlib.Path(event.dest_path).name))


def disk(*names):
    subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    for name in names:
        (folder / name).write_bytes(name.encode())
    return folder.stat().st_dev


first = disk("alpha.mkv", "beta.mkv")
observer = PollingObserver(timeout=2)
observer.schedule(Told(), str(folder), recursive=True)
observer.start()
time.sleep(0.5)
subprocess.run(["umount", folder], check=True)
if disk("one.mkv", "two.mkv") != first:
    sys.exit("the second disk has another device number")
time.sleep(4)
print(*sorted(" ".join(event) for event in told if event[0] == "moved"), sep=", ")
observer.stop()
PY
) || cannot "${answer:-no two disks of one number}"
printf '  watchdog 7.1.0\n'
expect "told" "moved alpha.mkv one.mkv, moved beta.mkv two.mkv" "$answer"
finish
