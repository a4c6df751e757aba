#!/usr/bin/env bash
# A tree with more folders than the system lets a user watch (fs.inotify.max_user_watches). Expected: OSError ENOSPC from
# `schedule` or `start`, as watchdog's own text for it says.
# Seen with 7.1.0: nothing is raised and nothing is logged, and observer and emitter live. The first folders are watched,
# all others are silent for good, also when the limit is raised later. 6.0.0 raises from `start`.
# Source: inotify_add_watch(2), ENOSPC.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
own mount
cat >"$work/watch.py" <<'PY'
import logging, pathlib, sys, time
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

logging.basicConfig(stream=sys.stdout, level=logging.WARNING)
place = pathlib.Path(sys.argv[1])
folders = [place / f"film {number}" for number in range(60)]
for folder in folders:
    folder.mkdir(parents=True)
pathlib.Path("/proc/sys/user/max_inotify_watches").write_text("30")
told = set()


class Told(FileSystemEventHandler):
    def on_created(self, event):
        told.add(event.src_path)


observer = Observer()
try:
    observer.schedule(Told(), str(place), recursive=True)
    observer.start()
except OSError as error:
    print("errno", error.errno)
    sys.exit()
for folder in folders:
    (folder / "film.mkv").write_bytes(b"film")
time.sleep(2)
print(f"raised nothing, told of {len(told)}", all(emitter.is_alive() for emitter in observer.emitters))
observer.stop()
PY
seen() { # VERSION
    packages "watchdog==$1"
    "${own[@]}" "$python" "$work/watch.py" "$work/$1" || cannot "watchdog $1 does not run here"
    rm -rf "$work/packages"
}
expect "6.0.0" "errno 28" "$(seen 6.0.0)"
expect "7.1.0, of 60 folders" "raised nothing, told of 29 True" "$(seen 7.1.0)"
finish
