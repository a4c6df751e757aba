"""The page of messages: where they go, what is told of, and what a test says, with real widgets."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass, field, replace
from typing import List, Optional

import pytest

from core.messages.message import MessageAddress, MessageKind
from core.text.sentence import Sentence
from views.message_addresses import AddressesPart
from views.message_dialog import AddressCalls, MessageDialog
from views.theme import Look

pytestmark = pytest.mark.window

PHONE = MessageAddress("Phone", "ntfy://some-topic", id=1)
MAIL = MessageAddress(
    "Mail",
    "mailto://me:secret@example.org",
    frozenset({MessageKind.DISK_LOW, MessageKind.FILM_FAILED}),
    enabled=False,
    id=2,
    last_error=Sentence("the service cannot be reached."),
)


@dataclass
class Actions:
    """What the buttons asked for."""

    edited: List[Optional[MessageAddress]] = field(default_factory=list)
    tested: List[MessageAddress] = field(default_factory=list)
    removed: List[MessageAddress] = field(default_factory=list)

    def edit_address(self, address: Optional[MessageAddress]) -> None:
        self.edited.append(address)

    def test_address(self, address: MessageAddress) -> None:
        self.tested.append(address)

    def remove_address(self, address: MessageAddress) -> None:
        self.removed.append(address)


def test_the_table_shows_no_address_and_the_buttons_act_on_the_chosen_one(
    root: tk.Tk, look: Look
) -> None:
    actions = Actions()
    part = AddressesPart(root, look, actions)
    part.pack()
    part.show([PHONE, MAIL])
    rows = [part.table.item(row, "values") for row in part.table.get_children()]
    assert [row[0] for row in rows] == ["Phone", "Mail"]
    assert rows[0][1] == "everything"
    assert rows[1][1] == "film failed and disk nearly full"
    assert rows[1][2] == "switched off"
    assert "secret" not in str(rows)
    assert part.test_button.instate(["disabled"])

    part.table.selection_set("2")
    root.update()
    assert "cannot be reached" in str(part.note.cget("text"))
    part.test_button.invoke()
    part.edit_button.invoke()
    part.remove_button.invoke()
    part.add_button.invoke()
    assert (actions.tested, actions.removed) == ([MAIL], [MAIL])
    assert actions.edited == [MAIL, None]


def test_the_dialog_hands_over_what_is_typed_and_hides_the_address(root: tk.Tk, look: Look) -> None:
    saved: List[MessageAddress] = []
    tested: List[MessageAddress] = []
    dialog = MessageDialog(root, look, PHONE, AddressCalls(saved.append, tested.append))
    root.update()
    dialog.name.set(" Tablet ")
    dialog.kinds[MessageKind.QUEUE_DONE].set(False)
    dialog.test()
    assert dialog.test_button.instate(["disabled"])
    dialog.tell("It was refused.", error=True)
    assert dialog.test_button.instate(["!disabled"])
    dialog.save()
    wanted = replace(PHONE, name="Tablet", kinds=PHONE.kinds - {MessageKind.QUEUE_DONE})
    assert saved == tested == [wanted]

    for wish in dialog.kinds.values():
        wish.set(False)
    dialog.save()
    assert len(saved) == 1
    assert dialog.note.cget("text") == "Choose what it is told of."
    dialog.destroy()
