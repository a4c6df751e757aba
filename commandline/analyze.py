"""``analyze FILE…``: what a film is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Tuple

from commandline.command import open_program, single
from commandline.options import arguments
from commandline.output import Output
from core.errors import MediaProcessorError
from core.media.model import MediaFile
from core.media.track_text import details_text, flags_text, track_name
from core.planning.plan_json import as_json
from core.text.formatting import duration_text, size_text, visible
from monitoring.spelling import full_path
from reports.text_table import table

if TYPE_CHECKING:
    from app.program import Program


@dataclass(frozen=True)
class AnalyzeOptions:
    """What ``analyze`` is asked for."""

    files: Tuple[str, ...] = arguments("FILE")


def run(program: Program, options: AnalyzeOptions, output: Output) -> int:
    """Describe each file; 1 when one of them could not be understood."""
    failed = False
    for name in options.files:
        path = full_path(Path(name))
        try:
            media = program.analyzer.analyze(path)
        except MediaProcessorError as error:
            output.error(error, file=path)
            failed = True
            continue
        output.record("media", file=path, media=media)
        output.text(describe(media))
    return int(failed)


def describe(media: MediaFile) -> str:
    """The film in a heading and a table of its tracks."""
    facts = [media.container, duration_text(media.duration), size_text(media.size)]
    if media.chapter_count:
        facts.append(f"{media.chapter_count} chapters")
    if media.attachments:
        facts.append(f"{len(media.attachments)} attachments")
    if media.imdb_id:
        facts.append(media.imdb_id)
    if media.truncated:
        facts.append("cut short: bytes are missing at its end")
    if media.damage is not None and media.damage.places:
        facts.append(f"damaged: {media.damage}")
    rows = [
        (
            track_name(track),
            track.codec,
            details_text(as_json(track)),
            track.language,
            track.title,
            flags_text(as_json(track.flags)),
        )
        for track in media.tracks
    ]
    headers = ("Track", "Codec", "Details", "Language", "Title", "Flags")
    heading = f"{visible(media.path)}\n  {visible(', '.join(facts))}"
    return f"{heading}\n{table(headers, rows, indent='  ')}\n"


COMMAND = single(open_program, AnalyzeOptions, run)
