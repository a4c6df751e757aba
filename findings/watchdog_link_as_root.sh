#!/usr/bin/env bash
# A watchdog observer on a folder that is a symbolic link, as a library on another disk often is. Expected: what is
# written in the folder behind it is told, or an error.
# Seen with 7.1.0 (2.1.9 to 6.0.0 do the same): nothing is told at all. `schedule` and `start` raise nothing, observer and
# emitter live: inotify watches the link itself. PollingObserver of the same library follows the link. When the link is
# pointed elsewhere, the emitter ends, and the observer lives on.
# Source: inotify(7), IN_DONT_FOLLOW; watchdog's documentation says nothing of links.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages watchdog==7.1.0
cat >"$work/watch.py" <<'PY'
import pathlib, sys, time
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

kind, place = sys.argv[1], pathlib.Path(sys.argv[2])
(place / "films").mkdir(parents=True)
(place / "other").mkdir()
(place / "link").symlink_to(place / "films")
told = set()


class Told(FileSystemEventHandler):
    def on_created(self, event):
        told.add(pathlib.Path(event.src_path).name)


observer = Observer() if kind == "inotify" else PollingObserver(timeout=0.5)
observer.schedule(Told(), str(place / "link"), recursive=True)
observer.start()
time.sleep(0.7)
(place / "films" / "film.mkv").write_bytes(b"film")
time.sleep(1.5)
alive = [emitter.is_alive() for emitter in observer.emitters]
(place / "new").symlink_to(place / "other")
(place / "new").replace(place / "link")
time.sleep(1.5)
later = [emitter.is_alive() for emitter in observer.emitters]
print("told" if told else "silent", *alive, observer.is_alive(), *later)
observer.stop()
PY
seen() { "$python" "$work/watch.py" "$1" "$work/$1" || cannot "watchdog does not run here"; }
printf '  watchdog 7.1.0: film; emitter and observer live; emitter lives after the link has changed\n'
expect "polling" "told True True True" "$(seen polling)"
expect "inotify" "silent True True False" "$(seen inotify)"
finish
