"""``originals list|free``: which originals are kept, of which films, how large, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Sequence, Tuple

from commandline.command import Command, action, open_program
from commandline.exit_codes import DONE
from commandline.new_file import new_file
from commandline.options import arguments, option, switch
from commandline.output import Output
from commandline.remote_call import LONGEST_WORK, run_here_or_there
from core.errors import MediaProcessorError, OriginalStays, UsageError
from core.queue.kept_original import KeptOriginal
from core.text.formatting import size_text, visible
from monitoring.spelling import full_path
from reports.text_table import table
from reports.whole_file import write_file

if TYPE_CHECKING:
    from app.program import Program


@dataclass(frozen=True)
class ListOptions:
    """What ``originals list`` is asked for."""

    to: str = option(
        "--to",
        default="",
        metavar="FILE.txt",
        help="write them into this file, by the folders that they lie in",
    )


def run(program: Program, options: ListOptions, output: Output) -> int:
    """Show every original that is kept, those that expire first before the others."""
    file = new_file(options.to, ".txt") if options.to else None
    kept = sorted(
        program.equip().processor.originals(),
        key=lambda original: (original.expires_at or float("inf"), original.path),
    )
    if file is not None:
        write_file(file, _by_folder(kept).encode("utf-8", "replace"))
        output.record("list", file=file, originals=len(kept))
        output.text(f"{_sum(kept)}: they are listed in {visible(file)}.")
        return DONE
    for original in kept:
        output.record("original", **vars(original))
    if not kept:
        output.text("No original is kept.")
        return DONE
    headers = ("Film", "", "Comes back as", "Size", "Expires", "Kept at")
    output.text(table(headers, [_row(original) for original in kept]))
    output.text(_total(kept))
    return DONE


def _row(original: KeptOriginal) -> Tuple[str, ...]:
    film = original.film
    former = [path for path in original.former_names if film is None or path.name != film.name]
    return (
        "unknown" if film is None else str(film),
        f"was {', '.join(dict.fromkeys(path.name for path in former))}" if former else "",
        "" if film is None or original.original in (None, film) else _name(original.original),
        size_text(original.size),
        "never" if film is None else _day(original.expires_at),
        f"{original.path}{'' if original.there else ' (not there)'}",
    )


def _total(kept: Sequence[KeptOriginal]) -> str:
    total = f"{_sum(kept)}."
    if all(original.film for original in kept):
        return total
    return (
        f"{total} Those of unknown films were kept by another data folder, or by one that is lost: "
        "they are never removed by themselves, and can be moved back by hand."
    )


def _sum(kept: Sequence[KeptOriginal]) -> str:
    size = size_text(sum(original.size for original in kept if original.there))
    return f"{len(kept)} original{'' if len(kept) == 1 else 's'}, {size}"


def _by_folder(kept: Sequence[KeptOriginal]) -> str:
    """Text for who has no program to ask any more: where each lies, and how it becomes the film again."""
    lines = [f"{_total(kept)}", ""]
    for folder in sorted({original.path.parent for original in kept}):
        lines += [visible(folder)]
        for original in sorted(kept, key=lambda original: original.path):
            if original.path.parent == folder:
                film = "unknown" if original.film is None else visible(original.film)
                there = "" if original.there else ", not there"
                until = _day(original.expires_at) or "never"
                facts = f"{size_text(original.size)}, expires {until}{there}"
                lines += [f"    {visible(original.path.name)}: {facts}", f"        of {film}"]
        lines += [""]
    return "\n".join(lines)


def _name(path: Optional[Path]) -> str:
    return "" if path is None else path.name


def _day(at: Optional[float]) -> str:
    return "" if at is None else datetime.fromtimestamp(at).strftime("%Y-%m-%d")  # noqa: DTZ006 - the user's days


@dataclass(frozen=True)
class FreeOptions:
    """What ``originals free`` is asked for."""

    everything: bool = switch("--all", help="every original whose result is there as it was proved")
    paths: Tuple[str, ...] = arguments(
        "FILM", help="a film as it is named now, or a folder", needed=False
    )


def run_free(program: Program, options: FreeOptions, output: Output) -> int:
    """Remove originals before their time; 1 where one stays."""
    if options.everything is bool(options.paths):
        raise UsageError("Name films or folders, or give --all.")
    whole = replace(options, paths=tuple(str(full_path(Path(path))) for path in options.paths))

    def here() -> int:
        return free_at_work(program, whole, output)

    return run_here_or_there(program, "originals free", whole, output, here, LONGEST_WORK)


def free_at_work(program: Program, options: FreeOptions, output: Output) -> int:
    """Do it in this program, for a later start too."""
    processor = program.equip().processor
    freed, well = 0, True
    wanted = set(map(Path, options.paths))
    missing = set(wanted)
    for original in processor.originals(search=False):
        film = original.film
        names = set() if film is None else {film, *film.parents}
        if not options.everything and wanted.isdisjoint(names):
            continue
        missing -= names
        try:
            size = processor.freeing.free(original.id)
        except MediaProcessorError as error:
            output.error(error, file=film)
            well = False
            continue
        freed += size
        output.record("freed", film=film, size=size)
    for path in sorted(missing):
        output.error(OriginalStays(path, "none is kept of it."), file=path)
    output.text(f"{size_text(freed)} freed.")
    return int(bool(missing) or not well)


COMMAND = Command(
    open_program,
    (
        action(
            "list",
            "list kept originals with film, size and the day until which they are kept",
            ListOptions,
            run,
        ),
        action(
            "free",
            "remove originals whose results are there; they cannot come back then",
            FreeOptions,
            run_free,
            free_at_work,
        ),
    ),
)
