"""What each command answers with: 0 done, 1 something was not done, 2 the command line or a setting is wrong.

The table in docs/commandline.md (Exit codes) is this module.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from commandline.commands import COMMANDS, OPEN
from core.queue.job import NewJob
from store.connection import Database
from store.jobs import JobStore
from tests.commandline.calls import call, film, one_sentence

# The groups and their lines are given one after the other, in a folder with: a.mkv (a film), no.mkv (none),
# an empty folder, a file that is no film, settings that are none, one job (1) in the queue.
ANSWERS: Dict[str, str] = {
    "log": """
        0 log
        0 log --lines 0
        0 log --html page.html
        2 log --lines few
        2 log --lines -5
        2 log --lines 99999999999999999999999
        2 log --level loud
        2 log --job 77
        2 log --job -1
        1 log --job 1
        2 log --html nowhere/page.html
        2 log --html empty
    """,
    "setup": """
        0 setup export setup.json
        0 setup import setup.json
        0 setup import setup.json --place /films=/srv/films
        2 setup
        2 setup export
        2 setup export nowhere/setup.json
        2 setup export empty
        2 setup import missing.json
        2 setup import broken.json
        2 setup import other.json
        2 setup import empty
        2 setup import setup.json --place nonsense
    """,
    "queue": """
        0 queue list
        0 queue list --state failed --limit 0
        2 queue
        2 queue list --state dancing
        2 queue list --limit -1
        2 queue list --limit few
        0 queue move --to top 1
        2 queue move 1
        2 queue move --to top
        2 queue move --to top 77
        2 queue move --to nowhere 1
        2 queue move --before 77 1
        0 queue order largest
        0 queue order found
        2 queue order
        2 queue order smallest
        0 queue priority 5 1
        0 queue priority -5 1
        0 queue spread 1
        0 queue spread --off 1
        2 queue spread
        2 queue spread 99
        2 queue priority 5
        2 queue priority high 1
        2 queue priority 99999999999999999999999 1
        0 queue pause 1
        0 queue resume 1
        1 queue resume 1
        2 queue pause 77
        2 queue pause --minutes 0
        2 queue pause --minutes nan
        2 queue pause --minutes few
        2 queue pause --minutes 5 1
        2 queue resume 77
        2 queue retry
        2 queue retry 77
        2 queue retry --all-failed 1
        0 queue retry --all-failed
        2 queue again
        2 queue again 77
        1 queue again 1
        0 queue start
        2 queue start 1
        0 queue stop
        2 queue stop 1
        0 queue pause
        0 queue resume
        0 queue cancel 1
        1 queue cancel 1
        2 queue cancel
        2 queue cancel -1
        0 queue remove 1
        2 queue remove 1
    """,
    "analyze": """
        0 analyze a.mkv
        1 analyze no.mkv
        1 analyze missing.mkv
        1 analyze a.mkv empty
        2 analyze
        2 analyze --what a.mkv
    """,
    "plan": """
        0 plan a.mkv
        0 plan --csv table.csv a.mkv
        1 plan missing.mkv
        1 plan --csv table.csv missing.mkv
        2 plan --csv nowhere/table.csv a.mkv
        2 plan --csv empty a.mkv
        2 plan --native-language gibberish! a.mkv
    """,
    "quality": """
        1 quality missing.mkv
        1 quality no.mkv
        1 quality --target 95 missing.mkv empty
        2 quality
        2 quality --target off a.mkv
        2 quality --target 300 a.mkv
        2 quality --target fine a.mkv
        2 quality --target
    """,
    "process": """
        1 process missing.mkv
        1 process empty
        2 process
        2 process --native-language gibberish! a.mkv
    """,
    "restore": """
        1 restore missing.mkv
        1 restore empty
        1 restore --leave-alone missing.mkv
        2 restore
    """,
    "originals": """
        0 originals list
        0 originals free --all
        1 originals free missing.mkv
        2 originals
        2 originals list more
        0 originals list --to originals.txt
        2 originals list --to a.mkv
        2 originals list --to nowhere/originals.txt
        2 originals free
        2 originals free --all missing.mkv
    """,
    "exclusions": """
        0 exclusions list
        0 exclusions add no.mkv empty --why 'as it is'
        0 exclusions add gone.mkv
        0 exclusions list
        1 process no.mkv
        1 process empty
        0 folders list --ignored
        0 exclusions remove no.mkv empty gone.mkv
        2 exclusions remove no.mkv
        2 exclusions
        2 exclusions add
        2 exclusions remove
        2 exclusions list more
    """,
    "bundle": """
        0 bundle report.zip
        2 bundle
        2 bundle nowhere/report.zip
        2 bundle empty
    """,
    "quit": """
        0 quit
        0 quit --after-current --wait 0
        2 quit now
        2 quit --wait long
        2 quit --wait -1
    """,
    "library": """
        0 library
        0 library --by codec
        0 library --damaged --limit 0
        0 library --csv library.csv
        0 library --look
        0 library --check
        2 library --by colour
        2 library --state dancing
        2 library --sort mood
        2 library --limit few
        2 library --csv nowhere/library.csv
        2 library --csv empty
        2 library a.mkv
    """,
    "stats": """
        0 stats
        0 stats --since 2026-01-01 --until 2026-01-01
        2 stats --since yesterday
        2 stats --since 2026-13-01
        2 stats --since 2026-05-01 --until 2026-04-01
    """,
    "report": """
        0 report page.html
        2 report
        2 report nowhere/page.html
        2 report empty
        2 report page.html --since nope
    """,
    "doctor": """
        0 doctor
        2 doctor more
        0 settings set queue.lowest_free_gigabytes 100000
        1 doctor
        0 settings reset queue.lowest_free_gigabytes
    """,
    "check-machine": """
        2 check-machine now
    """,
    "settings": """
        0 settings list
        0 settings get video.encode
        0 settings set video.encode no
        0 settings reset video.encode
        0 settings export settings.json
        0 settings import settings.json
        2 settings
        2 settings get
        2 settings get no.such
        2 settings set video.encode
        2 settings set no.such 1
        2 settings set video.encode maybe
        2 settings set queue.gpu_jobs -1
        2 settings set queue.gpu_jobs 1.5
        2 settings set queue.schedule sometimes
        2 settings set tools.ffmpeg /no/such
        2 settings set files.work_folder relative
        2 settings set network.port 99999
        2 settings set network.path_mappings nonsense
        2 settings set templates.normal nonsense
        2 settings reset no.such
        2 settings export nowhere/settings.json
        2 settings export empty
        2 settings import missing.json
        2 settings import broken.json
        2 settings import other.json
        2 settings import empty
    """,
    "presets": """
        0 presets list
        0 presets save Evening
        2 presets save Evening
        2 presets save evening
        0 presets save Evening --replace
        0 presets list
        0 presets export Evening preset.json
        2 presets import preset.json
        0 presets import preset.json --replace
        0 presets import preset.json --name Morning
        0 presets use Morning
        2 presets use Morning --folder missing
        2 presets use Noon
        0 presets remove Morning
        2 presets remove Morning
        2 presets
        2 presets save
        2 presets save ' '
        2 presets export Noon preset.json
        2 presets export Evening nowhere/preset.json
        2 presets export Evening empty
        2 presets import missing.json
        2 presets import broken.json
        2 presets import other.json
        2 presets import settings.json
        2 presets import empty
        2 presets import preset.json --name ' '
    """,
    "apis": """
        0 apis list
        0 apis status
        0 apis webhook
        2 apis add
        2 apis add plex
        2 apis add nothing name http://x
        2 apis add omdb name
        2 apis add sonarr
        2 apis add sonarr name nonsense
        2 apis remove sonarr nobody
        2 apis remove omdb nobody
        2 apis test
        2 apis test nobody
    """,
    "messages": """
        0 messages list
        2 messages add
        2 messages add Phone
        2 messages add Phone --only weather
        2 messages change nobody --off
        2 messages remove nobody
        2 messages test
        2 messages test nobody
    """,
    "network": """
        0 network list
        0 network map
        0 network phone
        0 network phone --new-token
        2 network phone now
        1 network pair-code
        1 network doctor
        2 network pair
        2 network pair nas
        2 network pair :::: AAAAA-BBBBB
        2 network pair nas:99999 AAAAA-BBBBB
        2 network revoke nobody
        2 network forget nobody
        2 network tell
        2 network tell nobody start
        2 network tell nobody dance
        2 network slots nobody
        2 network slots nobody --gpu few
        2 network slots nobody --gpu 1
        2 network log nobody
        2 network log nobody --lines few
        2 network map /films
        2 network map films nowhere
        2 network unmap /nothing
    """,
    "folders": """
        0 folders list
        0 folders list --ignored
        2 folders scan
        2 folders add
        2 folders add missing
        2 folders add file.txt
        2 folders add empty --minimum-size big
        2 folders add empty --content songs
        2 folders add empty --priority high
        2 folders add empty --priority 999999
        2 folders add empty --set nonsense
        2 folders add empty --set no.such=1
        2 folders add empty --include /whole
        0 folders add empty
        2 folders add empty
        0 folders change empty --off
        0 folders scan empty
        0 folders scan
        2 folders change missing --off
        2 folders remove missing
        2 folders scan missing
        0 folders remove empty
    """,
    "": """
        0 --version
        0 --help
        0 queue --help
        2 fly
        2 --no-such
        2 --watch
        2 --headless --role king
        2 --headless --role slave --master :::
        2 --headless --role slave --master nas:99999
        2 --headless --role slave --pair AAAAA-BBBBB
        2 --headless --master nas
        2 --headless analyze a.mkv
        2 --minimized analyze a.mkv
        2 --role slave
        2 --pair AAAAA-BBBBB
        0 settings get network.mode
    """,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("codes")
    film(place / "a.mkv")
    (place / "no.mkv").write_bytes(b"\0" * 5000)
    (place / "empty").mkdir()
    (place / "file.txt").write_text("no film")
    (place / "broken.json").write_text("{")
    (place / "other.json").write_text('{"a": 1}')
    for values in (("processing.missing_mkvpropedit", "continue"), ("network.discovery", "off")):
        assert call(place, "settings", "set", *values).returncode == 0
    with Database(place / "data" / "mediaprocessor.db") as database:
        assert JobStore(database).add([NewJob(place / "Other.mkv", size=1)]) == (1,)
    return place


def _lines(group: str) -> List[Tuple[int, List[str]]]:
    lines = (line.split(maxsplit=1) for line in ANSWERS[group].strip().splitlines())
    return [(int(code), shlex.split(words)) for code, words in lines]


@pytest.mark.parametrize("group", list(ANSWERS))
def test_each_command_ends_with_the_code_that_is_true(
    folder: Path, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)  # nobody is asked for a key
    for code, words in _lines(group):
        answer = call(folder, *words)
        assert answer.returncode == code, (words, answer)
        if code == 2:
            assert answer.stdout == "", words
            assert one_sentence(answer.stderr), (words, answer.stderr)
        elif code == 1:
            told = answer.stderr or answer.stdout
            assert told, words
            assert "Traceback" not in told, words


def test_every_command_stands_in_the_table() -> None:
    assert {*COMMANDS, ""} - {OPEN} == set(ANSWERS)


def test_what_was_refused_changed_nothing(folder: Path) -> None:
    assert call(folder, "settings", "get", "network.mode").stdout == "standalone\n"
