"""The header edit that finishes a result: what ffmpeg and QSVEnc cannot say to Matroska."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

from core.plan import OutputTrack, Plan
from core.windows_names import for_old_tools

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


def properties_arguments(path: Path, plan: Plan, staged: Path) -> Tuple[str, ...]:
    """Title, and of every track name, language with script and region, and all flags.

    Statistics tags are of the source's packets, and stale as soon as one track was encoded.
    """
    argv = [str(path), for_old_tools(staged), "--edit", "info", *_text("title", plan.title)]
    if plan.media.segment_uid:  # by which other files may play this one
        argv += ["--set", f"segment-uid={plan.media.segment_uid}"]
    for place, track in enumerate(plan.outputs, start=1):
        argv += ["--edit", f"track:{place}", *_track(track)]
    if not all(track.copied for track in plan.outputs):
        argv.append("--delete-track-statistics-tags")
    return tuple(argv)


def _track(track: OutputTrack) -> List[str]:
    argv = [*_text("name", track.title), "--set", f"language={track.language}"]
    for name, field in _FLAGS:
        argv += ["--set", f"{name}={int(getattr(track.flags, field))}"]
    for name, field in _WITHOUT_DEFAULT:
        value = getattr(track.flags, field)
        known = value or field in track.flags.stated or getattr(track.source.flags, field)
        argv += ["--set", f"{name}={int(value)}"] if known else ["--delete", name]
    return argv


def _text(name: str, value: str) -> List[str]:
    return ["--set", f"{name}={value}"] if value else ["--delete", name]
