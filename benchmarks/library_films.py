"""A library of many films, as it is kept of a watched folder that was looked through, without the films."""

from __future__ import annotations

from pathlib import Path

from core.settings.watched_folder import WatchedFolder
from store.connection import Database
from store.library import LibraryStore
from store.watched_folders import WatchedFolderStore

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
# What most libraries hold most of; the rest is looked at at the end.
_LOOKED_AT = """
    UPDATE library_films SET
        rules = 'mark',
        codec = CASE id % 10 WHEN 0 THEN 'hevc' WHEN 1 THEN 'av1' WHEN 2 THEN 'mpeg4'
            WHEN 3 THEN 'mpeg2video' WHEN 4 THEN 'hevc' ELSE 'h264' END,
        width = CASE WHEN id % 7 = 0 THEN 3840 WHEN id % 3 = 0 THEN 1280 ELSE 1920 END,
        height = CASE WHEN id % 7 = 0 THEN 2160 WHEN id % 3 = 0 THEN 720 ELSE 1080 END,
        resolution = CASE WHEN id % 7 = 0 THEN '2160p' WHEN id % 3 = 0 THEN '720p' ELSE '1080p' END,
        hdr = CASE WHEN id % 14 = 0 THEN 'HDR10' WHEN id % 21 = 0 THEN 'Dolby Vision' ELSE '' END,
        duration = 2400 + id * 7919 % 6000,
        languages = CASE id % 5 WHEN 0 THEN ',en,nl,' WHEN 1 THEN ',tr,' WHEN 2 THEN ',fr,en,'
            ELSE ',en,' END,
        outcome = CASE id % 10 WHEN 1 THEN 'nothing' WHEN 4 THEN 'left alone' WHEN 0 THEN 'copy'
            ELSE 'encode' END,
        message = CASE id % 10 WHEN 1 THEN 'Nothing needs doing.'
            WHEN 4 THEN 'This file has two names on the disk; it may still be seeding.'
            ELSE 'Video 1 is re-encoded.' END,
        template = CASE id % 10 WHEN 0 THEN '' WHEN 1 THEN '' WHEN 4 THEN '' ELSE 'AV1' END,
        expected = CASE id % 10 WHEN 0 THEN size * 0.92 END,
        spread = CASE id % 10 WHEN 0 THEN size * 0.01 ELSE 0 END,
        health = CASE WHEN id % 97 = 0 THEN 'damaged' WHEN id % 2 = 0 THEN 'ok' ELSE '' END,
        damage = CASE WHEN id % 97 = 0 THEN '[[751.2, 753.6]]' ELSE '' END
    WHERE id % 25 <> 0
"""


def fill_library(path: Path, films: int, root: str = "/srv/films") -> None:
    """Make a library of this many films, and thirty encodes of the past."""
    with Database(path) as database:
        folder = WatchedFolderStore(database).add(WatchedFolder(Path(root)))
        with database.transaction() as connection:
            connection.execute(
                f"{_NUMBERS} INSERT INTO seen_directories (folder_id, path) "
                "SELECT ?, CASE i % 3 WHEN 0 THEN 'Series' WHEN 1 THEN 'Movies' ELSE 'Family' END "
                "|| '/Title ' || i FROM n",
                (1000, folder.id),
            )
            first = connection.execute("SELECT min(id) FROM seen_directories").fetchone()[0]
            connection.execute(
                f"{_NUMBERS} INSERT INTO seen_files (directory_id, name, size, mtime_ns, file_id, content, "
                "duration, kind) SELECT ? + i % 1000, 'Film ' || (i * 104729 % 999983) || '.mkv', "
                "300000000 + i * 104729 * 7919 % 24000000000, i, i, '', 3600, "
                "CASE WHEN i % 20 = 0 THEN 'result' ELSE 'film' END FROM n",
                (films, first),
            )
            connection.execute(
                f"{_NUMBERS} INSERT INTO job_ends (job_id, date, state, size_before, size_after, seconds, "
                "film_seconds, machine, content, codec, resolution, template, details) SELECT i, "
                "'2026-01-01', 'completed', 10000000, 3500000 + i * 100000, 60, 60, '', 'film', 'h264', "
                "'1080p', 'AV1', '' FROM n",
                (30,),
            )
        LibraryStore(database).update()
        with database.transaction() as connection:
            connection.execute(_LOOKED_AT)
