"""What is done with a film: every track before and after, and why, below it the plan's other reasons."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Dict, Iterable, List, Optional, Tuple

from core.media.languages import parse_language
from core.plan import Reason
from core.planning.comparison import Comparison, TrackChange, TrackFate
from core.text.formatting import duration_text
from core.text.sentence import Sentence
from views.elided_label import keep_wrapped
from views.fitted_tree import FittedTree
from views.languages import language_name
from views.numbers import size_text
from views.read_text import ReadText
from views.scrolled import AutoScrollbar
from views.shown import visible
from views.signs import OF_TRACKS
from views.texts import N_, _
from views.theme import Look

FATES = {
    TrackFate.COPIED: N_("copied"),
    TrackFate.CONVERTED: N_("converted"),
    TrackFate.DROPPED: N_("removed"),
    TrackFate.UNTOUCHED: N_("unchanged"),
}
_KINDS = {"video": N_("Video"), "audio": N_("Audio"), "subtitle": N_("Subtitle")}
_COLUMNS = (
    ("track", N_("Track"), 116),
    ("before", N_("Before"), 250),
    ("fate", N_("Action"), 112),
    ("after", N_("After"), 250),
    ("why", N_("Why"), 260),
)
_ELASTIC = ("before", "after", "why")


class PlanView(ttk.Frame):
    """What a plan comes to, the table of tracks, and the reasons of a chosen track or of the film.

    ``rows`` and ``lines`` say how high the two want to be.
    """

    def __init__(self, parent: tk.Misc, look: Look, *, rows: int = 8, lines: int = 6) -> None:
        super().__init__(parent)
        self._look = look
        self._comparison: Optional[Comparison] = None
        self._tracks: Dict[str, TrackChange] = {}
        self.rowconfigure(1, weight=3)
        self.rowconfigure(2, weight=2)
        self.columnconfigure(0, weight=1)
        self.summary = ttk.Label(self, style="Heading.TLabel", justify="left")
        self.summary.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, look.px(6)))
        keep_wrapped(self.summary)
        names = [name for name, _title, _width in _COLUMNS]
        self.table = FittedTree(
            self, look, columns=names, show="headings", height=rows, selectmode="browse"
        )
        for name, title, width in _COLUMNS:
            self.table.heading(name, text=_(title), anchor="w")
            self.table.column(
                name,
                width=look.column(width if name not in _ELASTIC else 120, _(title)),
                minwidth=look.px(30),
                anchor="w",
                stretch=name in _ELASTIC,
            )
        self.table.keep_signs()
        bar = AutoScrollbar(self, orient="vertical", command=self.table.yview)
        self.table.configure(yscrollcommand=bar.set)
        self.table.grid(row=1, column=0, sticky="nsew")
        bar.grid(row=1, column=1, sticky="ns")
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._explain())
        self.table.bind("<Escape>", self._unselect)
        self.reasons = ReadText(self, look, height=lines)
        self.reasons.grid(row=2, column=0, columnspan=2, sticky="nsew", pady=(look.px(8), 0))
        self.recolor()

    def show(
        self,
        comparison: Optional[Comparison],
        *,
        nothing: str = "",
        outlook: Optional[Sentence] = None,
    ) -> None:
        """Show a film's plan, with what is expected of it; ``nothing`` is said where there is none."""
        self._comparison = comparison
        self.summary.configure(text=summary_text(comparison, outlook))
        if comparison is None:
            self.summary.grid_remove()
        else:
            self.summary.grid()
        chosen = self.table.selection()
        self.table.delete(*self.table.get_children())
        self._tracks = {}
        for track in comparison.tracks if comparison else ():
            iid = f"{track.kind}{track.number}"
            self._tracks[iid] = track
            tag = (track.fate.value,)
            sign = OF_TRACKS.get(track.kind)
            image: Any = self._look.icons.image(*sign) if sign else ""
            self.table.insert("", "end", iid=iid, values=_cells(track), tags=tag, image=image)
        if comparison is None:
            self.reasons.show([(nothing, "muted")])
        elif chosen and chosen[0] in self._tracks:
            self.table.selection_set(chosen)
        else:
            self._explain()

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        muted = self._look.palette.muted
        self.table.tag_configure(TrackFate.DROPPED.value, foreground=muted)
        self.reasons.recolor()

    def _unselect(self, _event: object) -> Optional[str]:
        if not self.table.selection():
            return None
        self.table.selection_set(())
        return "break"

    def _explain(self) -> None:
        chosen = self.table.selection()
        track = self._tracks.get(chosen[0]) if chosen else None
        if track is not None:
            self.reasons.show(_track_story(track))
        elif self._comparison is not None:
            self.reasons.show(_film_story(self._comparison))


def reason_text(reason: Reason) -> str:
    """A reason as people read it, with the text that it was found by."""
    if not reason.matched:
        return visible(reason.message)
    return f"{visible(reason.message)} (“{visible(reason.matched)}”)"


def summary_text(comparison: Optional[Comparison], outlook: Optional[Sentence] = None) -> str:
    """What a plan comes to as one text, with what is expected of it; "" without a plan."""
    lines = comparison.summary if comparison else ()
    return "; ".join(visible(line) for line in (*lines, outlook) if line)


def track_title(track: TrackChange) -> str:
    """What a track is called everywhere: its kind, and its number among those of its kind."""
    return f"{_(_KINDS.get(track.kind, track.kind))} {track.number}"


def _cells(track: TrackChange) -> Tuple[str, ...]:
    return (
        track_title(track),
        visible(track.before),
        _(FATES[track.fate]),
        visible(track.after),
        " ".join(map(reason_text, track.reasons)),
    )


def _track_story(track: TrackChange) -> List[Tuple[str, str]]:
    head = f"{track_title(track)}: {_(FATES[track.fate])}"
    parts = [(head + "\n", "heading"), (visible(track.before), "")]
    if track.after:
        parts.append((f"  →  {visible(track.after)}", ""))
        if track.place is not None and track.place != track.number:
            place = _("in the result: number {number}").format(number=track.place)
            parts.append((f" ({place})", "muted"))
    parts.append(("\n", ""))
    return parts + [(f"•  {reason_text(reason)}\n", "") for reason in track.reasons]


def _film_story(plan: Comparison) -> List[Tuple[str, str]]:
    facts = [visible(plan.container)] if plan.container else []
    if plan.duration is not None:
        facts.append(duration_text(plan.duration))
    if plan.size is not None:
        facts.append(size_text(plan.size))
    parts = [(", ".join(facts) + "\n", "muted")] if facts else []
    if plan.native_language:
        native = _("Original language: {language} ({reason})").format(
            language=language_name(parse_language(plan.native_language)),
            reason=visible(plan.native_reason),
        )
        parts.append((visible(native) + "\n", "muted"))
    parts += _listed(_("Skipped because:"), plan.refusals)
    if not plan.refusals:
        parts += _listed(_("Changes:"), plan.changes)
    parts += _listed(_("Not done:"), plan.omissions)
    return parts + _listed(_("Warnings:"), plan.warnings)


def _listed(heading: str, reasons: Iterable[Reason]) -> List[Tuple[str, str]]:
    lines = [(f"•  {reason_text(reason)}\n", "") for reason in reasons]
    return [(heading + "\n", "heading"), *lines] if lines else []
