"""One palette, light or dark, laid over Tk's ``clam``; fonts in points, everything else scaled pixels."""

from __future__ import annotations

import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any, Dict, Iterator

from views import metrics
from views.elided import Elider
from views.flat_tabs import FlatTabs
from views.icons import Icons
from views.indicators import Drawing, drawn, rounded_box, tick
from views.palette import LIGHT, Palette, between
from views.rounded import RoundedButtons
from views.scale import scale_of

_FONT_SIZE = 10  # points
_HINT_SIZE = 9
_TITLE_SIZE = 13
_FAMILIES = ("Segoe UI", "Cantarell", "Noto Sans", "DejaVu Sans")
_MONO_FAMILIES = ("Cascadia Mono", "Consolas", "DejaVu Sans Mono", "Noto Sans Mono")


class Look:
    """The look of one program: its palette, fonts and scale; ``apply`` again to change the palette."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._images: Dict[str, tk.PhotoImage] = {}
        self.palette = LIGHT
        families = set(tkfont.families(root))
        self.family = next((family for family in _FAMILIES if family in families), "TkDefaultFont")
        self.mono = next((family for family in _MONO_FAMILIES if family in families), "TkFixedFont")
        self._factor = scale_of(root)
        self._rounded = RoundedButtons(root, self._factor)
        self._flat_tabs = FlatTabs(root, self._factor)
        self.title_font = (self.family, _TITLE_SIZE, "bold")
        self.bold_font = (self.family, _FONT_SIZE, "bold")
        self.hint_font = (self.family, _HINT_SIZE)
        self.figure_font = (self.family, 17)
        self.elider = Elider(root)
        self.icons = Icons(root, self)
        for name in tkfont.names(root):
            if name.startswith("Tk"):
                family = self.mono if name == "TkFixedFont" else self.family
                root.tk.call("font", "configure", name, "-family", family, "-size", _FONT_SIZE)

    def px(self, pixels: float) -> int:
        """Pixels of a 96 dpi screen, in those of this screen."""
        return max(1, round(pixels * self._factor))

    def column(self, pixels: float, title: str) -> int:
        """The width of a table's column, like ``px``, but never less than its title takes."""
        words = int(self._root.tk.call("font", "measure", "TkHeadingFont", title))
        return max(self.px(pixels), words + self.px(16))

    def apply(self, palette: Palette) -> None:
        """Give every widget, there or to come, the colours of this palette."""
        self.palette = palette
        style = ttk.Style(self._root)
        style.theme_use("clam")
        self._grounds(style)
        self._buttons(style)
        self._fields(style)
        self._tables(style)
        self.icons.recolor()
        self.dress_all(self._root)

    def dress_all(self, widget: tk.Misc) -> None:
        """Colour a widget and all in it that ttk's styles do not reach."""
        for child in _descendants(widget):
            self.dress(child)

    def dress(self, widget: tk.Misc) -> None:
        """Colour a widget that ttk's styles do not reach (menu, text, canvas)."""
        colors = self.palette
        if isinstance(widget, tk.Menu):
            widget.configure(
                background=colors.window,
                foreground=colors.text,
                activebackground=colors.selection,
                activeforeground=colors.text,
                disabledforeground=between(colors.muted, colors.window),
                selectcolor=colors.text,
                relief="flat",
                borderwidth=0,
                activeborderwidth=self.px(3),
            )
        elif isinstance(widget, tk.Text):
            widget.configure(
                **self._field_colors(),
                insertbackground=colors.text,
                borderwidth=0,
                padx=self.px(6),
                pady=self.px(4),
            )
        elif isinstance(widget, tk.Listbox):
            widget.configure(**self._field_colors(), borderwidth=self.px(4))
        elif isinstance(widget, ttk.Combobox):
            self._dress_list(f"{widget}.popdown.f.l")
        elif isinstance(widget, (tk.Canvas, tk.Tk, tk.Toplevel)):
            widget.configure(background=colors.window, highlightthickness=0)

    def _field_colors(self) -> Dict[str, Any]:
        edges = {"highlightbackground": self.palette.border, "highlightcolor": self.palette.accent}
        grounds = {option.lower(): color for option, color in self._list_colors().items()}
        return {**grounds, **edges, "highlightthickness": 1, "relief": "flat"}

    def _list_colors(self) -> Dict[str, str]:
        colors = self.palette
        grounds = {"background": colors.surface, "foreground": colors.text}
        return {**grounds, "selectBackground": colors.selection, "selectForeground": colors.text}

    def _dress_list(self, path: str) -> None:
        """Colour a Combobox's list, which Tk makes when it is opened first and keeps as it is."""
        if self._root.tk.call("winfo", "exists", path):
            for option, color in self._list_colors().items():
                self._root.tk.call(path, "configure", f"-{option.lower()}", color)

    def _grounds(self, style: ttk.Style) -> None:
        colors = self.palette
        style.configure(
            ".",
            background=colors.window,
            foreground=colors.text,
            bordercolor=colors.border,
            lightcolor=colors.window,
            darkcolor=colors.window,
            troughcolor=colors.raised,
            selectbackground=colors.selection,
            selectforeground=colors.text,
            fieldbackground=colors.surface,
            insertcolor=colors.text,
            arrowcolor=colors.text,
            focuscolor=colors.accent,
        )
        style.map(".", foreground=[("disabled", between(colors.muted, colors.window))])
        style.configure("TLabel", borderwidth=0)  # its words begin where a field or a table does
        style.configure("Muted.TLabel", foreground=colors.muted)
        style.configure("Hint.TLabel", foreground=colors.muted, font=self.hint_font)
        style.configure("Error.TLabel", foreground=colors.error)
        style.configure("Warning.TLabel", foreground=colors.warning)
        style.configure("Success.TLabel", foreground=colors.success)
        style.configure("Title.TLabel", font=self.title_font)
        style.configure("Heading.TLabel", font="TkHeadingFont")
        style.configure(
            "Card.TFrame",
            background=colors.surface,
            relief="raised",  # clam draws a solid one twice
            borderwidth=1,
            lightcolor=colors.surface,
            darkcolor=colors.surface,
        )
        style.configure(
            "Plain.Card.TFrame", background=colors.surface, relief="flat", borderwidth=0
        )
        style.configure("Card.TLabel", background=colors.surface)
        style.configure("Name.Card.TLabel", font=self.bold_font)
        style.configure("Muted.Card.TLabel", foreground=colors.muted)
        style.configure("Hint.Card.TLabel", foreground=colors.muted, font=self.hint_font)
        style.configure("Figure.Card.TLabel", font=self.figure_font)
        style.configure("TLabelframe", bordercolor=colors.border)
        style.configure("TSeparator", background=colors.border)
        for way in ("Horizontal", "Vertical"):  # a line of one colour; clam's own has a dark side
            style.layout(f"{way}.TSeparator", [("Separator.fill", {"sticky": "nswe"})])
        style.configure("TPanedwindow", background=colors.window)
        style.configure("Sash", sashthickness=self.px(6), gripcount=0)
        style.configure(
            "TProgressbar",
            background=colors.accent,
            troughcolor=colors.raised,
            bordercolor=colors.raised,
            lightcolor=colors.accent,
            darkcolor=colors.accent,
            thickness=self.px(8),
        )

    def _buttons(self, style: ttk.Style) -> None:
        colors = self.palette
        padding = (self.px(10), self.px(4))
        faded = between(colors.muted, colors.window)
        for name, ground, text, hover in (
            ("TButton", colors.raised, colors.text, colors.hover),
            (
                "Accent.TButton",
                colors.accent,
                colors.on_accent,
                between(colors.accent, "#000000", 0.15),
            ),
        ):
            style.configure(
                name,
                background=colors.window,  # in the corners
                foreground=text,
                padding=padding,
                width=0,
            )
            style.map(name, foreground=[("disabled", faded)], background=[])
            self._rounded.show(
                style,
                name,
                colors.window,
                {
                    "": (ground, ground),
                    "disabled": (colors.window, between(colors.border, colors.window)),
                    "pressed": (hover, hover),
                    "active": (hover, hover),
                    "focus": (ground, colors.text if name == "Accent.TButton" else colors.accent),
                },
            )
        style.configure("Small.TButton", padding=(self.px(6), self.px(1)))
        self._small_buttons(style)
        self._tabs(style)
        self._checks(style)
        self._chips(style)
        style.configure(
            "TScrollbar",
            background=colors.raised,
            troughcolor=colors.window,
            bordercolor=colors.window,
            lightcolor=colors.raised,
            darkcolor=colors.raised,
            arrowcolor=colors.muted,
            arrowsize=self.px(12),
            gripcount=0,
        )
        for way, along in (("Vertical", "ns"), ("Horizontal", "we")):  # no arrows at their ends
            thumb: Any = (f"{way}.Scrollbar.thumb", {"expand": True, "sticky": "nswe"})
            layout: Any = [(f"{way}.Scrollbar.trough", {"sticky": along, "children": [thumb]})]
            style.layout(f"{way}.TScrollbar", layout)
        style.map(
            "TScrollbar",
            background=[("disabled", colors.window), ("active", colors.hover)],
            arrowcolor=[("disabled", colors.window)],
            lightcolor=[("disabled", colors.window)],
            darkcolor=[("disabled", colors.window)],
        )

    def _small_buttons(self, style: ttk.Style) -> None:
        colors = self.palette
        padding = (self.px(10), self.px(4))
        style.configure("TMenubutton", background=colors.raised, padding=padding, relief="flat")
        style.configure("TMenubutton", arrowcolor=colors.text, bordercolor=colors.raised)
        style.configure(
            "TMenubutton", arrowsize=self.px(7)
        )  # clam's own does not grow with the screen
        style.configure("TMenubutton", lightcolor=colors.raised, darkcolor=colors.raised)
        edges = [("focus", colors.accent)]
        style.map("TMenubutton", background=[("active", colors.hover)], bordercolor=edges)
        for name, color in (
            ("Health.TButton", colors.success),
            ("Sick.TButton", colors.error),
            ("Mode.TButton", colors.text),
        ):
            style.configure(name, padding=(self.px(6), 0), foreground=color)
            style.map(name, foreground=[])
            flat, raised = (colors.window, colors.window), (colors.raised, colors.raised)
            faces = {"": flat, "active": raised, "focus": (colors.window, colors.accent)}
            self._rounded.show(style, name, colors.window, faces)
        style.configure("Mode.TButton", font=self.bold_font)
        for name, left in (("Narrow.TMenubutton", 0), ("Small.TMenubutton", self.px(8))):
            style.configure(
                name,
                width=0,
                padding=(left, self.px(4 if left == 0 else 1)),
                relief="flat",
                arrowcolor=colors.text,
                bordercolor=colors.raised,
                lightcolor=colors.raised,
                darkcolor=colors.raised,
            )
            style.map(
                name,
                background=[("active", colors.hover)],
                bordercolor=[("focus", colors.accent)],
            )

    def _tabs(self, style: ttk.Style) -> None:
        colors = self.palette
        self._flat_tabs.show(style, colors)
        style.configure("TNotebook", borderwidth=0, tabmargins=0)
        style.configure("Main.TNotebook", tabmargins=(self.px(metrics.EDGE), 0, 0, 0))
        # Wide enough for its number, or the tabs beside it would move when that grows.
        style.configure("Counted.TNotebook.Tab", width=-17)
        style.configure(
            "TNotebook.Tab",
            padding=(self.px(metrics.EDGE), self.px(6)),
            background=colors.window,
            foreground=colors.muted,
        )
        style.map(
            "TNotebook.Tab",
            background=[],
            foreground=[("selected", colors.text), ("active", colors.text)],
            padding=[],
            expand=[],
        )

    def _chips(self, style: ttk.Style) -> None:
        """Buttons in a row of which one is chosen, flat."""
        colors = self.palette
        style.configure(
            "Toolbutton", padding=(self.px(10), self.px(4)), relief="flat", background=colors.window
        )
        grounds = [("selected", colors.selection), ("active", colors.raised)]
        edges = [("focus", colors.accent), *grounds, ("", colors.window)]
        style.map(
            "Toolbutton",
            relief=[],
            background=grounds,
            bordercolor=edges,
            lightcolor=grounds,
            darkcolor=grounds,
        )

    def _checks(self, style: ttk.Style) -> None:
        """Draw the box of a check button: clam's own is a cross of a fixed size."""
        colors = self.palette
        size = self.px(16)
        boxes = rounded_box(size, 0, 0.2 * size), rounded_box(size, 0.07 * size, 0.14 * size)
        drawing = Drawing(drawn(size, size, *boxes, tick(size)))
        for state, edge, filled, mark in (
            ("off", colors.muted, colors.surface, colors.surface),
            ("on", colors.accent, colors.accent, colors.on_accent),
        ):
            name = f"check_{state}"
            png = drawing.png(colors.window, edge, filled, mark)
            if name in self._images:
                self._images[name].configure(data=png, format="png")
            else:
                self._images[name] = tk.PhotoImage(master=self._root, data=png, format="png")
        if "Drawn.Checkbutton.indicator" not in style.element_names():
            style.element_create(
                "Drawn.Checkbutton.indicator",
                "image",
                self._images["check_off"],
                ("selected", self._images["check_on"]),
                width=size + self.px(8),
                sticky="w",
            )
        label = [("Checkbutton.label", {"sticky": "nswe"})]
        parts = [
            ("Drawn.Checkbutton.indicator", {"side": "left", "sticky": ""}),
            ("Checkbutton.focus", {"side": "left", "sticky": "w", "children": label}),
        ]
        layout: Any = [("Checkbutton.padding", {"sticky": "nswe", "children": parts})]
        style.layout("TCheckbutton", layout)
        style.configure("TCheckbutton", background=colors.window, padding=(0, self.px(2)))
        chosen = [("selected", colors.accent), ("", colors.surface)]
        edges = {"upperbordercolor": colors.muted, "lowerbordercolor": colors.muted}
        style.configure(
            "TRadiobutton",
            background=colors.window,
            padding=(0, self.px(2)),
            indicatormargin=(0, 1, self.px(6), 1),
            **edges,
        )
        style.map("TRadiobutton", background=[], indicatorbackground=chosen)
        style.map("TCheckbutton", background=[("active", colors.window)])

    def _fields(self, style: ttk.Style) -> None:
        colors = self.palette
        for name in ("TEntry", "TCombobox", "TSpinbox"):
            style.configure(
                name,
                fieldbackground=colors.surface,
                foreground=colors.text,
                background=colors.surface,  # of the arrow's box
                bordercolor=colors.border,
                lightcolor=colors.surface,
                darkcolor=colors.surface,
                insertcolor=colors.text,
                arrowcolor=colors.muted,
                arrowsize=self.px(15),
                padding=(self.px(6), self.px(4)),
            )
            style.map(
                name,
                background=[("disabled", colors.window), ("active", colors.raised)],
                fieldbackground=[("disabled", colors.window), ("readonly", colors.surface)],
                foreground=[("disabled", colors.muted), ("readonly", colors.text)],
                selectbackground=[("readonly", colors.surface)],
                selectforeground=[("readonly", colors.text)],
                bordercolor=[("invalid", colors.error), ("focus", colors.accent)],
                lightcolor=[("focus", colors.surface)],
            )
        for option, color in self._list_colors().items():
            self._root.option_add(f"*TCombobox*Listbox.{option}", color)

    def _tables(self, style: ttk.Style) -> None:
        colors = self.palette
        linespace = int(self._root.tk.call("font", "metrics", "TkDefaultFont", "-linespace"))
        style.configure(
            "Treeview",
            background=colors.surface,
            fieldbackground=colors.surface,
            foreground=colors.text,
            bordercolor=colors.border,
            lightcolor=colors.surface,
            darkcolor=colors.surface,
            rowheight=round(1.5 * linespace),
            borderwidth=1,
        )
        style.map(
            "Treeview",
            background=[("selected", colors.selection)],
            foreground=[("selected", colors.text)],
        )
        style.configure(
            "Treeview.Heading",
            background=colors.window,
            foreground=colors.muted,
            bordercolor=colors.border,
            lightcolor=colors.window,
            darkcolor=colors.window,
            relief="flat",
            padding=(self.px(6), self.px(4)),
        )
        style.configure("Treeview.Item", indicatorsize=self.px(12))
        style.configure("Treeview.Cell", padding=(self.px(6), 0))
        style.map("Treeview.Heading", background=[("active", colors.raised)])
        # Rows that open nothing: no room for an arrow before the picture.
        parts = [(f"Treeitem.{part}", {"side": "left", "sticky": ""}) for part in ("image", "text")]
        row: Any = [("Treeitem.padding", {"sticky": "nswe", "children": parts})]
        style.layout("Rows.Treeview", style.layout("Treeview"))
        style.layout("Rows.Treeview.Item", row)
        style.configure("Rows.Treeview.Item", padding=(self.px(6), 0, 0, 0))


def _descendants(widget: tk.Misc) -> Iterator[tk.Misc]:
    yield widget
    for child in widget.winfo_children():
        yield from _descendants(child)
