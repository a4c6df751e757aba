"""What the help says: a title and paragraphs for each page of the window, the page's name as the key."""

from __future__ import annotations

from typing import Dict, Tuple

from views.texts import N_

SHORTCUTS = "shortcuts"
Topic = Tuple[str, Tuple[str, ...]]
TOPICS: Dict[str, Topic] = {
    "queue": (
        N_("Queue"),
        (
            N_(
                "The films that wait, are being processed, are done, failed or were left alone. Add films "
                "or a folder, or drop them on the window, and press Start."
            ),
            N_(
                "Above the tables each film at work has a card with its progress; its buttons pause, "
                "cancel or show that film alone. Start, Pause and Stop at the top are for the whole queue."
            ),
            N_(
                "A double click on a row opens its details: what was done and why, the picture before and "
                "after, the commands, the checks and the log. There the original is restored as well."
            ),
            N_(
                "A film that failed is unchanged. The reason stands in its row; Retry tries it again. "
                "A film that was left alone needed nothing, or must not be touched."
            ),
        ),
    ),
    "pictures": (
        N_("Before and after"),
        (
            N_(
                "The same picture of the original and of the result at several places of the film. Move the "
                "divider with the mouse or with ← and →; Space shows one side whole, and then the other."
            ),
            N_(
                "The score says how alike the pictures of these places are. VMAF goes to 100: from about 95 "
                "on hardly anyone sees a difference. It is measured at these places, not in the whole film."
            ),
            N_(
                "The original can be shown for as long as it is kept. Play original and Play result open "
                "the films in your system's own player."
            ),
        ),
    ),
    "library": (
        N_("Library"),
        (
            N_(
                "What the watched folders hold, by codec, size, resolution and language, and what "
                "processing would save. Chosen films are added to the queue."
            ),
        ),
    ),
    "originals": (
        N_("Originals"),
        (
            N_(
                "Every original that is kept, its size, and until when. Restore puts it back in place of its "
                "result; Free the space removes it before its time, where the result is there and proved."
            ),
            N_(
                "Never touched lists the films and folders that the program leaves alone, whoever put them "
                "there. Taken off the list, they may be processed again."
            ),
        ),
    ),
    "statistics": (
        N_("Statistics"),
        (
            N_(
                "What processing has saved, and how long it took, for the period that is chosen at the top. "
                "Save table, Save picture and Save report write the same figures to a file."
            ),
        ),
    ),
    "logs": (
        N_("Logs"),
        (
            N_(
                "What the program did, line by line. Narrow it by level, by part or by a word; a film's own "
                "log stands in its details. For a bug report use Help, Make a bug report: it leaves out "
                "passwords and keys."
            ),
        ),
    ),
    "settings": (
        N_("Settings"),
        (
            N_(
                "Everything that is decided about your films. Search finds a setting by any word of it. "
                "Nothing is changed before Apply is pressed; Revert takes back what was typed."
            ),
            N_(
                "A watched folder may have settings of its own, which count before these. Films that wait "
                "are planned anew after a change; films at work end as they began."
            ),
        ),
    ),
    "machines": (
        N_("Machines"),
        (
            N_(
                "Several computers can share the work. The master has the films and the queue; slaves do "
                "what it gives them. On the master show a pairing code, on the slave enter the master's "
                "address and this code: Settings, Network."
            ),
        ),
    ),
    "safety": (
        N_("Your films are safe"),
        (
            N_(
                "A result is written beside its film under another name, compared with it, and only then "
                "takes its place. The original is kept for as many days as the settings say. A power cut or "
                "a crash at any moment loses no film: the next start puts right what was begun."
            ),
        ),
    ),
}
