"""A film library to be photographed: small films of a real film's length and size, and months of history.

The films are true Matroska files that are encoded for real. They are as large as films by gaps
at their end that take no room on the disk, as Matroska allows them (Void elements).
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import time
from pathlib import Path
from typing import Iterator, Mapping, NamedTuple, Tuple

from app.program import Program
from core.events import JobState
from core.queue.job import JobEnd, JobKind, NewJob
from core.queue.job_facts import JobFacts
from core.settings.watched_folder import ContentType, WatchedFolder
from monitor import FolderList
from store.connection import Database
from store.jobs import JobStore
from tests.films import FFMPEG, FFPROBE, AudioSpec, SubtitleSpec, make_film

DAY = 86400.0  # seconds
GIGABYTE = 10**9
HISTORY_DAYS = 150
CLIP_SECONDS = 30
LARGEST_GAP = GIGABYTE  # ffmpeg reads through one of 2 GiB byte by byte
_GAP_HEAD = 9  # bytes: the element's name and its length
# Short films are really done, long ones are seen at work: quickly, and with a result as large as films have.
AT_ONCE = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -x265-params log-level=none $tracks $output"
)
AT_WORK = (
    "$ffmpeg -i $input -c:v libx264 -preset ultrafast -b:v 5M -minrate 5M -maxrate 5M -bufsize 10M "
    "-x264-params nal-hrd=cbr $tracks $output"
)

DONE = ("Shorts/Steamboat Willie (1928)", "Shorts/The Immigrant (1917)", "Shorts/One Week (1920)")
BROKEN = "Drama/Greed (1924)"
SEEDING = "Horror/Nosferatu (1922)"
# In the order of the queue, with minutes and gigabytes; the first ones are at work.
WAITING = (
    ("Comedy/The Kid (1921)", 68, 9.2),
    ("Comedy/Sherlock Jr. (1924)", 45, 4.8),
    ("Science fiction/Metropolis (1927)", 153, 11.2),
    ("Drama/Sunrise (1927)", 94, 7.9),
    ("Comedy/The General (1926)", 79, 8.6),
    ("Drama/The Passion of Joan of Arc (1928)", 114, 21.4),
    ("Comedy/Safety Last! (1923)", 74, 6.3),
    ("Horror/The Phantom of the Opera (1925)", 107, 14.7),
    ("Drama/Pandora's Box (1929)", 133, 24.1),
    ("Science fiction/A Trip to Mars (1918)", 97, 5.5),
    ("Drama/Battleship Potemkin (1925)", 75, 17.3),
    ("Adventure/The Thief of Bagdad (1924)", 149, 28.6),
)
_FILMS = (
    "Adventure/The Lost World (1925)",
    "Adventure/The Mark of Zorro (1920)",
    "Adventure/The Black Pirate (1926)",
    "Comedy/The Gold Rush (1925)",
    "Comedy/The Navigator (1924)",
    "Comedy/Seven Chances (1925)",
    "Comedy/Girl Shy (1924)",
    "Comedy/The Freshman (1925)",
    "Comedy/The Circus (1928)",
    "Comedy/Steamboat Bill, Jr. (1928)",
    "Drama/Broken Blossoms (1919)",
    "Drama/Intolerance (1916)",
    "Drama/The Last Laugh (1924)",
    "Drama/The Crowd (1928)",
    "Drama/The Wind (1928)",
    "Drama/Wings (1927)",
    "Drama/Faust (1926)",
    "Drama/Napoléon (1927)",
    "Drama/Die Nibelungen (1924)",
    "Drama/Ben-Hur (1925)",
    "Horror/The Golem (1920)",
    "Horror/Häxan (1922)",
    "Horror/The Hands of Orlac (1924)",
    "Horror/The Cat and the Canary (1927)",
    "Science fiction/Aelita (1924)",
    "Science fiction/Woman in the Moon (1929)",
    "War/The Big Parade (1925)",
    "War/Hearts of the World (1918)",
)
_SERIES = ("Harbour Lights", "Night Trains", "The Long Coast")


class _Source(NamedTuple):
    """What films of one kind were, and what the program makes of them."""

    codec: str
    resolution: str
    template: str
    kept: float  # share of the size
    gigabytes: Tuple[float, float]


_SOURCES = (
    _Source("h264", "1080p", "normal", 0.38, (6, 24)),
    _Source("h264", "1080p", "normal", 0.44, (4, 16)),
    _Source("mpeg2video", "480p", "normal", 0.31, (4, 7)),
    _Source("h264", "720p", "normal", 0.52, (2, 6)),
    _Source("hevc", "2160p", "dolby_vision", 0.55, (28, 62)),
    _Source("hevc", "1080p", "", 0.86, (3, 9)),
)
_EPISODE = _Source("h264", "1080p", "normal", 0.47, (1.2, 3.4))


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def set_up(parts: Program, work: Path, own: Mapping[str, str]) -> None:
    """Settings of a machine, ``own`` among them, with programs that lie nowhere in particular."""
    settings = {
        "processing.missing_mkvpropedit": "continue",
        "templates.normal_fallback": AT_ONCE,
        "queue.lowest_free_gigabytes": "0",
        "network.discovery": "off",
        "network.listen_address": "127.0.0.1",
        **own,
    }
    for name, real in (("ffmpeg", FFMPEG), ("ffprobe", FFPROBE)):
        place = work / "tools" / name
        place.parent.mkdir(exist_ok=True)
        if not place.exists():
            place.symlink_to(real)
        settings[f"tools.{name}"] = str(place)
    for key, value in settings.items():
        parts.config.set(key, value)


def watch_folders(parts: Program, library: Path) -> None:
    """Watch folders into which nothing comes while the pictures are taken; what is there is left alone."""
    folders = FolderList(parts.database)
    for name, kind in (("New films", ContentType.FILM), ("New series", ContentType.SERIES)):
        (library / name).mkdir()
        folders.add(WatchedFolder(library / name, content_type=kind, ignore=("*sample*",)))
    for shelf in ("Comedy", "Drama", "Horror", "Science fiction"):
        folders.add_for_new_films(WatchedFolder(library / shelf))


def path_of(library: Path, title: str) -> Path:
    """Where a film of this title (with its shelf) lies."""
    return library / title / f"{Path(title).name}.mkv"


def make_library(library: Path) -> None:
    """Make every film that is done, fails, is left alone, or waits."""
    sound = (
        AudioSpec(codec="ac3", channels=6, language="eng", bit_rate=192),
        AudioSpec(codec="ac3", channels=2, language="fra", bit_rate=96),
    )
    words = (SubtitleSpec(language="eng"), SubtitleSpec(language="fra"))
    rich_sound = (
        AudioSpec(codec="dts", channels=6, language="eng", bit_rate=768, title="DTS Surround"),
        AudioSpec(codec="ac3", channels=6, language="nld", bit_rate=448),
        AudioSpec(codec="ac3", channels=2, language="eng", title="Director's commentary"),
    )
    rich_words = (
        SubtitleSpec(language="eng", title="SDH", hearing_impaired=True),
        *(SubtitleSpec(language=language) for language in ("eng", "nld", "fra", "deu")),
    )
    for title in (*DONE, BROKEN):
        film = path_of(library, title)
        make_film(film, seconds=20, size=(960, 540), audio=rich_sound, subtitles=rich_words)
    broken = path_of(library, BROKEN)
    os.truncate(broken, broken.stat().st_size // 2)
    seeding = make_film(path_of(library, SEEDING), audio=sound)
    os.link(seeding, library.parent / seeding.name)
    clip = make_film(
        library.parent / "clip.mkv",
        seconds=CLIP_SECONDS,
        size=(1920, 1080),
        fps="24",
        audio=sound,
        subtitles=words,
        video_options=("-vf", f"loop=-1:1:0,trim=duration={CLIP_SECONDS}", "-g", "240"),
    )
    for title, minutes, gigabytes in WAITING:
        film = path_of(library, title)
        film.parent.mkdir(parents=True)
        _repeat(clip, minutes * 60, film)
        _enlarge(film, round(gigabytes * GIGABYTE) + 1_234_567 * len(title))
    clip.unlink()


def _repeat(clip: Path, seconds: int, film: Path) -> None:
    """Make a film of the clip again and again until it is as long as films are."""
    argv = [FFMPEG, "-v", "error", "-nostdin", "-stream_loop", str(seconds // CLIP_SECONDS - 1)]
    subprocess.run([*argv, "-i", str(clip), "-map", "0", "-c", "copy", str(film)], check=True)


def _enlarge(film: Path, size: int) -> None:
    """Let the file's one segment end with gaps that make it ``size`` bytes long."""
    with film.open("r+b") as file:
        head = file.read(4096)
        segment = head.index(b"\x18\x53\x80\x67") + 4
        end = file.seek(0, os.SEEK_END)
        for start in range(end, size, LARGEST_GAP):
            file.seek(start)
            gap = min(LARGEST_GAP, size - start) - _GAP_HEAD
            file.write(b"\xec\x01" + gap.to_bytes(7, "big"))
        file.seek(segment)
        file.write(b"\x01" + (size - segment - 8).to_bytes(7, "big"))
        file.truncate(size)


def fill_history(database: Database, library: Path, machines: Tuple[str, str]) -> None:
    """Let films have been done on both machines in the months before today."""
    dice = random.Random(7)  # noqa: S311 - the same pictures each time
    every = list(_titles())
    dice.shuffle(every)
    begin = time.time() - HISTORY_DAYS * DAY
    for number, title in enumerate(every):
        at = begin + (number + dice.random()) * (HISTORY_DAYS - 1) * DAY / len(every)
        source = _EPISODE if "S0" in title else dice.choice(_SOURCES)
        _let_one_end(database, path_of(library, title), source, dice, at, machines)


def _titles() -> Iterator[str]:
    yield from _FILMS
    for series in _SERIES:
        for season in range(1, 5):
            for episode in range(1, 11):
                yield f"Series/{series} S{season:02}E{episode:02}"


def _let_one_end(
    database: Database,
    film: Path,
    source: _Source,
    dice: random.Random,
    begin: float,
    machines: Tuple[str, str],
) -> None:
    now = begin
    jobs = JobStore(database, lambda: now)
    machine = machines[int(dice.random() < 0.4)]
    size = round(dice.uniform(*source.gigabytes) * GIGABYTE)
    (job,) = jobs.add([NewJob(film, size=size)])
    jobs.claim_next(machine)
    jobs.set_kind(job, JobKind.SOFTWARE if source.template else JobKind.REMUX)
    length = dice.uniform(75, 160) * 60 if source is not _EPISODE else dice.uniform(42, 55) * 60
    speed = (1.3 if machine == machines[0] else 2.1) * dice.uniform(0.8, 1.2)
    encode = length / (speed if source.template else 40)
    now = begin + encode * 1.06
    chance = dice.random()
    if chance < 0.03:
        end = JobEnd(JobState.FAILED, "The film is cut short.", "probe", size)
    elif chance < 0.08:
        end = JobEnd(JobState.SKIPPED, "The result would not be smaller.", "no_gain", size)
    else:
        facts = JobFacts(
            content_type="series" if source is _EPISODE else "film",
            video_before=source.codec,
            video_after="hevc",
            resolution=source.resolution,
            template=source.template,
            film_seconds=length,
            step_seconds=(("encode", encode), ("verify", encode * 0.05), ("swap", 1.0)),
            audio_before=(dice.choice(("ac3", "dts", "truehd", "aac", "eac3")), "ac3"),
            audio_after=("opus",),
        )
        kept = round(size * source.kept * dice.uniform(0.85, 1.15))
        end = JobEnd(
            JobState.COMPLETED, original_size=size, processed_size=min(size, kept), facts=facts
        )
    jobs.finish(job, end)
