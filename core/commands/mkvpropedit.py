"""The header edit that finishes a result: what ffmpeg and QSVEnc cannot say to Matroska."""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional, Tuple

from core.media.model import Segment, VideoTrack
from core.plan import OutputTrack, Plan
from core.text.windows_names import for_old_tools

_FLAGS = (
    ("flag-default", "default"),
    ("flag-forced", "forced"),
    ("flag-enabled", "enabled"),
)
# Absent is another thing than no: where nothing is known they stay absent (RFC 9559, 5.1.4.1.7 to 11).
_WITHOUT_DEFAULT = (
    ("flag-original", "original"),
    ("flag-commentary", "commentary"),
    ("flag-hearing-impaired", "hearing_impaired"),
    ("flag-visual-impaired", "visual_impaired"),
    ("flag-text-descriptions", "text_descriptions"),
)


def properties_arguments(
    path: Path, plan: Plan, staged: Path, chapters: Optional[Path] = None
) -> Tuple[str, ...]:
    """Title, and of every track name, language with script and region, and all flags.

    ``chapters`` is what ``chapter_arguments`` wrote: the film's own, which no muxer passes on whole. What
    other files know this one by stays. Statistics tags are of the source's packets, and stale as soon as
    one track was encoded.
    """
    argv = [str(path), for_old_tools(staged), "--edit", "info", *_text("title", plan.title)]
    argv += _links(plan.media.segment)
    for place, track in enumerate(plan.outputs, start=1):
        argv += ["--edit", f"track:{place}", *_track(track), *_shape(track)]
    if not all(track.copied for track in plan.outputs):
        argv.append("--delete-track-statistics-tags")
    if chapters is not None:
        argv += ["--chapters", for_old_tools(chapters)]
    return tuple(argv)


def chapter_arguments(propedit: Path, film: Path, chapters: Path) -> Tuple[str, ...]:
    """The command that writes a Matroska film's chapters, with all that they say, into a file."""
    program = propedit.with_name("mkvextract" + propedit.suffix)
    return (str(program), for_old_tools(film), "chapters", for_old_tools(chapters))


def _links(segment: Segment) -> List[str]:
    names = (
        ("segment-uid", segment.uid),
        ("prev-uid", segment.previous_uid),
        ("next-uid", segment.next_uid),
    )
    return [word for name, uid in names if uid for word in ("--set", f"{name}={uid}")]


def _track(track: OutputTrack) -> List[str]:
    argv = [*_text("name", track.title), "--set", f"language={track.language}"]
    for name, field in _FLAGS:
        argv += ["--set", f"{name}={int(getattr(track.flags, field))}"]
    for name, field in _WITHOUT_DEFAULT:
        value = getattr(track.flags, field)
        known = value or field in track.flags.stated or getattr(track.source.flags, field)
        argv += ["--set", f"{name}={int(value)}"] if known else ["--delete", name]
    return argv


def _shape(track: OutputTrack) -> List[str]:
    """What most of a copied picture is shown as, where that changes: its beginning says something else."""
    source = track.source
    if not (isinstance(source, VideoTrack) and track.copied and source.shape_changes):
        return []
    width, height = round(source.width * source.pixel_aspect), source.height
    return ["--set", f"display-width={width}", "--set", f"display-height={height}"]


def _text(name: str, value: str) -> List[str]:
    return ["--set", f"{name}={value}"] if value else ["--delete", name]
