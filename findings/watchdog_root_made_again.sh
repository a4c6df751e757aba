#!/usr/bin/env bash
# A watched folder is removed and made again (a disk that is plugged in again does that), and is scheduled again on the
# same observer. Expected: it is watched, or an error.
# Seen with 7.1.0: `schedule` returns a watch as always, but only adds the handler to the emitter that has ended: nothing
# is told ever again. It has to be unscheduled first, though nothing is left of it.
# Source: watchdog's documentation of BaseObserver.schedule does not mention it.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages watchdog==7.1.0
answer=$("$python" - "$work/films" <<'PY'
import pathlib, sys, time
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

folder = pathlib.Path(sys.argv[1])
told = []


class Told(FileSystemEventHandler):
    def on_created(self, event):
        told.append(pathlib.Path(event.src_path).name)


def after(name):
    (folder / name).write_bytes(b"film")
    time.sleep(1.5)
    return name in told


folder.mkdir()
observer = Observer()
observer.schedule(Told(), str(folder), recursive=True)
observer.start()
before = after("first.mkv")
(folder / "first.mkv").unlink()
folder.rmdir()
time.sleep(1.5)
folder.mkdir()
watch = observer.schedule(Told(), str(folder), recursive=True)
again = after("second.mkv")
observer.unschedule(watch)
observer.schedule(Told(), str(folder), recursive=True)
print(before, again, after("third.mkv"))
observer.stop()
PY
) || cannot "watchdog does not run here"
printf '  watchdog 7.1.0\n'
expect "told before, after schedule, after unschedule and schedule" "True False True" "$answer"
finish
