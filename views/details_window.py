"""All about one job, in a window of its own: facts and story, tracks, commands, proof, log."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Any, List, Optional, Protocol, Sequence, Tuple

from core.chunk_progress import ChunkProgress
from core.events import JobState
from core.planning.comparison import Comparison
from core.queue.advice import advice
from core.queue.going_on import message_of
from core.queue.held import without_path
from core.queue.job import Job
from core.queue.job_record import JobRecord, Moment, MomentKind, story
from core.steps import StepName
from core.text.formatting import duration_text
from views.check_rows import CheckRow, check_rows
from views.chunk_texts import chunk_rows
from views.elided_label import ElidedLabel, keep_wrapped
from views.film_wishes import more_button
from views.fitted_tree import FittedTree
from views.log_text import LogText
from views.metrics import EDGE, LINE, ROW
from views.numbers import moment_text, saved_text, size_text
from views.placement import belong
from views.plan_view import PlanView
from views.quality_curve import PicturesAndQuality, quality_rows
from views.queue_sections import STATE_NAMES
from views.read_text import ReadText
from views.scrolled import AutoScrollbar, ScrolledFrame
from views.shown import together, visible
from views.spans import took_text
from views.texts import N_, _, ngettext
from views.theme import Look

PAGES = (
    ("overview", N_("Overview")),
    ("pictures", N_("Before and after")),
    ("tracks", N_("Tracks")),
    ("commands", N_("Commands")),
    ("chunks", N_("Chunks")),
    ("checks", N_("Checks")),
    ("log", N_("Log")),
)
_STEPS = {
    StepName.SEARCH.value: N_("Number for the quality found"),
    StepName.EXTRACT.value: N_("Raw video extracted"),
    StepName.ENCODE.value: N_("Encoded"),
    StepName.REMUX.value: N_("Tracks combined"),
    StepName.MEASURE.value: N_("Quality measured"),
    StepName.PROPERTIES.value: N_("Names and flags written"),
    StepName.VERIFICATION.value: N_("Verified"),
}
_MOMENTS = {
    MomentKind.QUEUED: N_("Queued"),
    MomentKind.STARTED: N_("Started"),
    MomentKind.ATTEMPT: N_("Attempt {name} started"),
    MomentKind.CHECKED: N_("Verified: the result is good"),
    MomentKind.SWAPPED: N_("The result replaced the film"),
    MomentKind.UNDONE: N_("Attempt {name} was undone; the film is unchanged"),
    MomentKind.RESTORED: N_("The original was restored"),
    MomentKind.ORIGINAL_GONE: N_("The original is no longer kept"),
}


@dataclass(frozen=True)
class JobDetails:
    """What the window shows; ``commands`` are lines to read and to paste."""

    record: JobRecord
    comparison: Optional[Comparison]
    commands: Tuple[str, ...]
    chunks: Tuple[ChunkProgress, ...] = ()


class DetailsActions(Protocol):
    """What a user can do in the window of one job, in Tk's thread."""

    def restore(self) -> None:
        """Restore the film's original, if the user confirms it."""

    def retry(self) -> None:
        """Queue the film again."""

    def open_film(self) -> None:
        """Play the film in the system's player."""

    def open_folder(self) -> None:
        """Show the folder that the film is in."""

    def never_touch(self) -> None:
        """Never touch the film any more."""

    def never_touch_folder(self) -> None:
        """Never touch its folder any more, if the user confirms it."""

    def again(self) -> None:
        """Process the film once more, if the user confirms it."""

    def page_opened(self, name: str) -> None:
        """Read what the page shows that is open now."""

    def machine_name(self, instance_id: str) -> str:
        """Return what a machine is called."""


class DetailsWindow(tk.Toplevel):
    """One job: its facts, plan, checks, commands and log, a page each."""

    def __init__(self, parent: tk.Misc, look: Look, actions: DetailsActions) -> None:
        super().__init__(parent)
        self.withdraw()
        self._look = look
        self._actions = actions
        self.chunks: Tuple[ChunkProgress, ...] = ()
        self.commands: Tuple[str, ...] = ()
        self._commands: Optional[tk.Widget] = None  # what shows them
        self.copies: List[ttk.Button] = []
        px = look.px
        body = ttk.Frame(self, padding=px(EDGE))
        body.pack(fill="both", expand=True)
        self._make_head(body, actions)
        row = ttk.Frame(body)
        row.pack(side="bottom", fill="x", pady=(px(10), 0))
        self.close_button = ttk.Button(row, text=_("Close"), underline=0, command=self.destroy)
        self.close_button.pack(side="right")
        self.restore_button = ttk.Button(
            row, text=_("Restore original…"), underline=0, command=actions.restore
        )
        self.restore_button.pack(side="left")
        self.retry_button = ttk.Button(row, text=_("Retry"), underline=2, command=actions.retry)
        self.retry_button.pack(side="left", padx=(px(6), 0))
        self.retry_button.state(["disabled"])
        self.more_button = more_button(row, look, actions)
        self.more_button.pack(side="left", padx=(px(6), 0))
        self.note = ttk.Label(row, style="Muted.TLabel", width=1)
        self.note.pack(side="left", fill="x", expand=True, padx=px(8))
        self.pages: Any = ttk.Notebook(body)  # typeshed leaves half of its methods untyped
        self.pages.pack(fill="both", expand=True)
        self._make_pages()
        self.pages.enable_traversal()
        self.pages.bind(
            "<<NotebookTabChanged>>", lambda _event: actions.page_opened(self.open_page)
        )
        self.bind("<Escape>", lambda _event: self.destroy())
        self.restore_button.state(["disabled"])
        self.minsize(px(560), px(400))
        look.dress_all(self)
        belong(self, parent, (px(1120), px(600)))
        self.deiconify()
        self.pages.focus_set()

    def _make_head(self, body: ttk.Frame, actions: DetailsActions) -> None:
        px = self._look.px
        line = ttk.Frame(body)
        line.pack(fill="x")
        for text, command in (
            (_("Open its folder"), actions.open_folder),
            (_("Open film"), actions.open_film),
        ):
            button = ttk.Button(line, text=text, style="Small.TButton", command=command)
            button.pack(side="right", padx=(px(6), 0))
        self.head = ElidedLabel(line, self._look, style="Title.TLabel", font=self._look.title_font)
        self.head.pack(side="left", fill="x", expand=True)
        self.told = ttk.Label(body, style="Muted.TLabel", justify="left")
        self.told.pack(fill="x", pady=(px(LINE), px(ROW)))
        self.advice = ttk.Label(body, justify="left")  # comes where there is some
        keep_wrapped(self.told)
        keep_wrapped(self.advice)

    @property
    def open_page(self) -> str:
        """The name of the page that is looked at."""
        return PAGES[int(self.pages.index("current"))][0]

    def open(self, name: str) -> None:
        """Look at another page."""
        self.pages.select([page for page, _title in PAGES].index(name))

    def show(self, details: JobDetails) -> None:
        """Show a job as it is now; what the user looks at stays in view."""
        record, job = details.record, details.record.job
        name = visible(job.path.name)
        self.title(_("Details of {film}").format(film=name))
        self.head.show(name)
        state = _(STATE_NAMES[job.state])
        message = message_of(job, without_path(job.message, str(job.path)))
        self.told.configure(text=together((f"{state}.", message)) if message else state)
        failed = job.state is JobState.FAILED
        self.told.configure(style="Error.TLabel" if failed else "Muted.TLabel")
        self._advise(job)
        self._show_facts(_facts(details))
        self._fill(self.story, [_moment_cells(moment) for moment in story(record)])
        nothing = _("There is no plan for this film yet. It is made when the film is next.")
        if job.state.final:
            nothing = _("No plan was saved for this film.")
        self.plan.show(details.comparison, nothing=nothing)
        self.show_commands(details.commands)
        if details.chunks or job.state.final or not self.chunks:
            self.show_chunks(details.chunks)
        self._show_checks(check_rows(record.verification))
        self.quality.show(next(iter(record.facts.quality), None))
        self.restore_button.state(["!disabled" if record.restorable else "disabled"])

    def show_chunks(self, chunks: Tuple[ChunkProgress, ...]) -> None:
        """Show the chunks that the film is encoded in; their page is there only where there are any."""
        if chunks == self.chunks:
            return
        if bool(chunks) is not bool(self.chunks):
            change = self.pages.add if chunks else self.pages.hide
            change(self._chunks_page)
        self.chunks = chunks
        rows = chunk_rows(chunks, self._actions.machine_name)
        if len(rows) != len(self.chunk_table.get_children()):
            self._fill(self.chunk_table, rows)
            return
        for item, row in zip(self.chunk_table.get_children(), rows):
            if self.chunk_table.item(item, "values") != row:
                self.chunk_table.item(item, values=row)

    def show_commands(self, commands: Tuple[str, ...]) -> None:
        """Show the lines of the commands, each with a button that copies it."""
        if self._commands is not None and commands == self.commands:
            return
        if self._commands is not None:
            self._commands.destroy()
        self.commands, self.copies = commands, []
        page = ScrolledFrame(self._commands_page)
        for number, command in enumerate(commands, 1):
            self._show_command(page.inside, number, command)
        if not commands:
            ttk.Label(
                page.inside,
                style="Muted.TLabel",
                text=_(
                    "The commands are saved when a film is finished; until then you find them in "
                    "the log."
                ),
            ).pack(anchor="w")
        page.pack(fill="both", expand=True)
        page.follow(page.inside)
        self._look.dress_all(page)
        self._commands = page

    def _advise(self, job: Job) -> None:
        """Say what can be done about a film that was not processed, and let it be retried."""
        again = job.state in (JobState.FAILED, JobState.SKIPPED, JobState.CANCELLED)
        self.retry_button.state(["!disabled" if again else "disabled"])
        known = advice(job.error_code) if again else None
        text = _("What to do: {advice}").format(advice=visible(known)) if known else ""
        self.advice.configure(text=text)
        if text and not self.advice.winfo_manager():
            self.advice.pack(fill="x", after=self.told)
        elif not text:
            self.advice.pack_forget()

    def show_thumbnail(self, png: bytes) -> None:
        """Show a small picture of the film."""
        self._thumbnail = tk.PhotoImage(master=self, data=png)  # Tk holds no image by itself
        self.thumbnail.configure(image=self._thumbnail)

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say a sentence beside the buttons."""
        self.note.configure(text=visible(text), style="Error.TLabel" if wrong else "Muted.TLabel")

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self._look.dress_all(self)
        self.plan.recolor()
        self.log.recolor()

    def _make_pages(self) -> None:
        look, px = self._look, self._look.px
        frames = {}
        for name, title in PAGES:
            frames[name] = ttk.Frame(self.pages, padding=(0, px(EDGE), 0, 0))
            self.pages.add(frames[name], text=_(title))
        self._make_overview(frames["overview"])
        self.plan = PlanView(frames["tracks"], look)
        self.plan.pack(fill="both", expand=True)
        self._commands_page = frames["commands"]
        self.quality = PicturesAndQuality(frames["pictures"], look)
        self.pictures_page = self.quality.pictures  # the controller fills it when it is opened
        self._chunks_page = frames["chunks"]
        self.chunk_table = self._table(
            self._chunks_page,
            (
                *(_("Chunk"), _("In the film"), _("Pictures"), _("Size"), _("Duration")),
                *(_("Encoder's number"), _("Machine"), _("Status")),
            ),
            (60, 160, 90, 90, 90, 130, 150, 170),
            stretch=7,
        )
        self.pages.hide(self._chunks_page)
        self.checks = self._table(
            frames["checks"],
            (_("Checked"), _("Found"), _("Duration")),
            (300, 400, 70),
        )
        self.unchecked = ttk.Label(
            frames["checks"],
            style="Muted.Card.TLabel",
            text=_("No result of this film has been verified."),
        )
        self.log = LogText(frames["log"], look)
        self.log.show_from(0)
        self.log.pack(fill="both", expand=True)

    def _make_overview(self, page: ttk.Frame) -> None:
        px = self._look.px
        page.columnconfigure(0, weight=4, uniform="part")
        page.columnconfigure(1, weight=5, uniform="part")
        page.rowconfigure(0, weight=1)
        self._facts = ScrolledFrame(page)
        self._facts.grid(row=0, column=0, sticky="nsew", padx=(0, px(10)))
        self._facts.inside.columnconfigure(1, weight=1)
        self.facts: List[Tuple[str, str]] = []
        right = ttk.Frame(page)
        right.grid(row=0, column=1, sticky="nsew")
        self.thumbnail = ttk.Label(right)
        self.thumbnail.pack(anchor="w", pady=(0, px(8)))
        self.story = self._table(right, (_("When"), _("Action"), _("Duration")), (196, 160, 70))

    def _table(
        self, parent: tk.Misc, titles: Sequence[str], widths: Sequence[int], stretch: int = 1
    ) -> FittedTree:
        names = [str(number) for number in range(len(titles))]
        frame = ttk.Frame(parent)
        frame.pack(fill="both", expand=True)
        frame.rowconfigure(0, weight=1)
        frame.columnconfigure(0, weight=1)
        table = FittedTree(
            frame, self._look, columns=names, show="headings", height=4, selectmode="browse"
        )
        for name, title, width in zip(names, titles, widths):
            table.heading(name, text=title, anchor="w")
            wide = self._look.column(width, title)
            table.column(name, width=wide, stretch=name == str(stretch), anchor="w")
        bar = AutoScrollbar(frame, orient="vertical", command=table.yview)
        table.configure(yscrollcommand=bar.set)
        table.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        return table

    @staticmethod
    def _fill(table: ttk.Treeview, rows: Sequence[Tuple[str, ...]]) -> None:
        table.delete(*table.get_children())
        for row in rows:
            table.insert("", "end", values=row)

    def _show_facts(self, facts: List[Tuple[str, str]]) -> None:
        if facts == self.facts:
            return
        self.facts, inside = facts, self._facts.inside
        for child in inside.winfo_children():
            child.destroy()
        gap = self._look.px(4)
        labels = []
        for row, (name, value) in enumerate(facts):
            key = ttk.Label(inside, text=name, style="Muted.TLabel")
            key.grid(row=row, column=0, sticky="nw", padx=(0, self._look.px(12)), pady=(0, gap))
            label = ttk.Label(inside, text=value, justify="left", wraplength=self._look.px(250))
            label.grid(row=row, column=1, sticky="nw", pady=(0, gap))
            labels.append(label)
        self._facts.wrap_only(labels, self._look.px(130))
        self._facts.follow(inside)

    def _show_command(self, parent: tk.Misc, number: int, command: str) -> None:
        px = self._look.px
        line = ttk.Frame(parent)
        line.pack(fill="x")
        title = _("Command {number} of {count}").format(number=number, count=len(self.commands))
        ttk.Label(line, text=title, style="Heading.TLabel").pack(side="left")
        copy = ttk.Button(line, text=_("Copy"), style="Small.TButton")
        copy.configure(command=lambda: self._copy(command))
        copy.pack(side="right", padx=(0, px(6)))
        self.copies.append(copy)
        lines = min(14, 2 + len(command) // 80)
        text = ReadText(parent, self._look, height=lines, mono=True)
        text.show([(command, "")])
        text.pack(fill="x", padx=(0, px(6)), pady=(px(4), px(10)))

    def _copy(self, text: str) -> None:
        self.clipboard_clear()
        self.clipboard_append(text)
        self.tell(_("The command was copied."))

    def _show_checks(self, rows: Sequence[CheckRow]) -> None:
        self._fill(self.checks, [tuple(map(visible, row)) for row in rows])
        if rows:
            self.unchecked.place_forget()
        else:
            self.unchecked.place(relx=0.5, rely=0.5, anchor="center")


def _moment_cells(moment: Moment) -> Tuple[str, str, str]:
    name = moment.name
    if moment.kind is MomentKind.STEP:
        what = _(_STEPS.get(name, name))
    elif moment.kind is MomentKind.ENDED:
        what = next((_(text) for state, text in STATE_NAMES.items() if state.value == name), name)
    else:
        what = _(_MOMENTS[moment.kind]).format(name=name)
    return moment_text(moment.at, seconds=True), visible(what), took_text(moment.took)


def _facts(details: JobDetails) -> List[Tuple[str, str]]:
    """Label and value of everything that is known."""
    job, facts = details.record.job, details.record.facts
    found = [
        (_("Film"), job.path.name),
        (_("Folder"), str(job.path.parent)),
        (_("Current name"), job.target.name if job.target is not None else ""),
        (_("Size before"), size_text(job.original_size)),
        (_("Size after"), size_text(job.processed_size)),
    ]
    if job.original_size and job.processed_size is not None:
        found.append((_("Saved"), saved_text(job.original_size, job.processed_size)))
    length = facts.film_seconds or (details.comparison.duration if details.comparison else None)
    pictures = [codec for codec in (facts.video_before, facts.video_after) if codec]
    found += [
        (_("Length"), duration_text(length) if length else ""),
        (_("Video"), " → ".join(dict.fromkeys(pictures))),
        (_("Resolution"), facts.resolution),
        (_("Audio before"), ", ".join(facts.audio_before)),
        (_("Audio after"), ", ".join(facts.audio_after)),
        (_("Template"), facts.template),
        *quality_rows(facts.quality),
        (_("Machine"), job.instance_id),
        (_("Attempt"), str(job.attempt)),
        (_("Priority"), f"{job.priority:+d}" if job.priority else ""),
        (_("Job"), str(job.id)),
    ]
    if job.failures:
        times = ngettext("{number} time", "{number} times", job.failures)
        found.append((_("Earlier failures"), times.format(number=job.failures)))
    return [(name, visible(value)) for name, value in found if value]
