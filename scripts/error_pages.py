"""Every message of an error as a part of a page: what it says, why, what to do and what happens by itself."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple, Type

import core.film_errors
import core.peer_errors
import core.store_errors
from core import errors
from core.blame import Whose, whose
from core.errors import MediaProcessorError
from core.queue.advice import advice
from core.queue.retry import DELAYS, SWAP_DELAY
from scripts import texts
from scripts.setting_pages import markdown, speaking
from views.texts import _, sentence

ROOT = Path(__file__).resolve().parent.parent
_SHOWN_AT_ONCE = 8  # sentences; more are folded away
UNEXPECTED = "unexpected"  # the code of an error that nobody thought of
_MODULES = (
    errors.__name__,
    core.film_errors.__name__,
    core.peer_errors.__name__,
    core.store_errors.__name__,
)
_FIELD = re.compile(r"\\\{([\w\\]+)\\\}")
_RULES_REFUSE = "refused"  # reasons whose codes begin so refuse a film
_PROOF = "Differs"  # what a check of the result raises (processing.checks)

# The heading of each code, in words that a reader would look for.
TITLES: Mapping[str, str] = {
    "error": "Something that has no code of its own",
    "usage": "A command or a file that does not fit",
    "config": "A setting that cannot have this value",
    "template": "A command template that cannot be used",
    "probe": "Not readable as a film",
    "file_unavailable": "The file, its disk or its share is away",
    "film_gone": "The film was moved, renamed or deleted",
    "damaged": "The film is damaged",
    "undecodable": "A track cannot be decoded",
    "refused": "A rule leaves the film alone",
    "tool_not_found": "A program is missing",
    "tool_failed": "A program failed",
    "machine_trouble": "A program was stopped by the machine",
    "tool_stalled": "A program made no progress",
    "cancelled": "You cancelled it",
    "disk_full": "Too little room on the disk",
    "folder_not_writable": "The folder cannot be written to",
    "disk_read_only": "The disk is read-only",
    "hard_linked": "The film has hard links",
    "no_gain": "No smaller",
    "tool_cannot": "A program cannot keep what the film has",
    "verification_failed": "The result was rejected",
    "source_changed": "The film changed meanwhile",
    "swap": "The film could not be replaced",
    "target_taken": "Another file has the name",
    "swap_pending": "The result waits for the film",
    "file_in_use": "Another program has the film open",
    "restore": "The original could not be brought back",
    "original_stays": "A kept original was not removed",
    "excluded": "The film is on your list of what is never touched",
    "metadata": "Sonarr, Radarr, OMDb or a media server did not answer",
    "phone": "The page for the phone cannot be served",
    "secret_unavailable": "A stored key cannot be read",
    "power_refused": "The computer stays on",
    "message_not_sent": "A message was not sent",
    "store": "The database cannot be used",
    "store_unavailable": "The database cannot be used just now",
    "store_gone": "The database is gone",
    "store_busy": "The database is locked",
    "peer": "Another machine, or the way to it",
    "wrong_field": "Another machine said what cannot be",
    "foreign_template": "A master's template is not run here",
    "proof_failed": "The machines do not know each other",
    "unknown_message": "The machines have different versions",
    "peer_refused": "The other machine said no",
    "node_trouble": "Another machine could not do it",
    "node_lost": "Another machine went away",
    "no_machine": "No machine can do it",
    "job_taken_back": "The master took the film back",
    UNEXPECTED: "Something that nobody thought of",
}
# What to do where the program has no advice for a film, since the error is no film's (core.queue.advice).
ELSEWHERE: Mapping[str, str] = {
    "error": "The sentence says it. If it does not help, make a bug report: *Help > "
    "Make a bug report*, or `bundle FILE.zip`.",
    "usage": "Write it as the sentence says; `--help` behind a command shows what it takes.",
    "cancelled": "Nothing. *Retry* puts the film back into the queue.",
    "restore": "Do what the sentence says, then restore again: *Originals > Kept originals*, or "
    "`restore FILM`. The kept original stays where it is.",
    "original_stays": "Nothing, if you may keep it. The space is only freed where a proved "
    "result is in the film's place.",
    "power_refused": "Let your account switch the computer off or to sleep, or switch it off by "
    "hand.",
    "swap_pending": "Close what holds the film. The result is proved and kept; it takes the "
    "film's place by itself.",
    "store": "Do what the sentence says. Films and kept originals do not depend on the database.",
    "store_gone": "Connect the disk of the data folder again, then start the program again.",
    "store_busy": "Close the other program that has the data folder open, such as a backup or a "
    "database browser.",
    "metadata": "Check in *Settings > API Management* that the service answers (*Test Connection*). Until "
    "it does, the film's language is taken from the file, and no audio is removed because of its language.",
    "secret_unavailable": "Enter the key again under *Settings > API Management*. Keys are "
    "sealed for one user of one machine.",
    "message_not_sent": "Check the address under *Settings > Messages* with *Send a test*. Films do "
    "not wait for it.",
    "phone": "Choose another address or port under *Settings > Network*, or switch the page off.",
    "peer": "Check that the other machine is on, in the network and of the same version. It is "
    "tried again by itself.",
    "wrong_field": "Bring both machines to the same version.",
    "foreign_template": "Use options in the master's template that are about the picture alone, "
    "or put the same template into this machine's settings.",
    "proof_failed": "Pair the machines again: *Show a pairing code* on the master, and enter it "
    "on the slave.",
    "unknown_message": "Bring both machines to the same version.",
    "peer_refused": "Do what the sentence says; it is the other machine's.",
    "job_taken_back": "Nothing. The master gives the film out again.",
}
_GROUPS: Mapping[Whose, str] = {
    Whose.FILM: "About the film",
    Whose.TOOL: "About a program that is used",
    Whose.SETTINGS: "About your settings",
    Whose.MACHINE: "About this machine",
    Whose.OTHER: "About other machines and services",
    Whose.USER: "About what you asked for",
    Whose.OURS: "About MediaProcessor itself",
}
_DELAYS = (
    f"after {', '.join(f'{delay / 60:.0f}' for delay in DELAYS[:-1])} minutes, "
    f"then every {DELAYS[-1] / 3600:.0f} hours"
)
# By the words of the table in docs/queue.md, which a test holds to the program.
_AFTERWARDS: Mapping[str, str] = {
    "failed": "The film is *failed*, and its original unchanged.",
    "skipped": "The film is *skipped*, and its original unchanged.",
    "cancelled": "The film is *cancelled*, and its original unchanged.",
    "waits": f"The film waits and is tried again {_DELAYS}.",
    "waits, a few times": f"The film waits and is tried again {_DELAYS}; after some tries it is *failed*.",
    "the result waits": f"The result is kept and tried again every {SWAP_DELAY / 60:.0f} minutes.",
    "starts over": "The film starts over by itself, on another machine if there is one.",
    "starts over, a few times": "The film starts over by itself, a few times; then it is *failed*.",
    "starts over under its new name": "The film starts over under its new name.",
    "one more attempt, then failed": "The film is tried once more; then it is *failed*. Its "
    "original is unchanged.",
}


def kinds(
    root: Type[MediaProcessorError] = MediaProcessorError,
) -> Iterator[Type[MediaProcessorError]]:
    """Yield the classes of the tree of errors that have codes; those of single modules come below them."""
    if root.__module__ in _MODULES:
        yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def codes() -> Tuple[str, ...]:
    """Every code that the program can give, in the order of the tree."""
    return (*dict.fromkeys(kind.code for kind in kinds()), UNEXPECTED)


@lru_cache(maxsize=None)
def sentences() -> Mapping[str, Sequence[str]]:
    """The templates of all sentences by the code that they come with, as far as the source tells."""
    modules = [*texts.speaking(), *texts.sources(), *sorted((ROOT / "commandline").rglob("*.py"))]
    trees = [ast.parse(path.read_text("utf-8")) for path in modules]
    by_class = _code_of_classes(trees)
    said: Dict[str, Set[str]] = {code: set() for code in codes()}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name in by_class:
                said[by_class[node.name]].update(_templates(node))
            elif isinstance(node, ast.Call):
                name = _name(node.func)
                code = _RULES_REFUSE if name == "Reason" and _refuses(node) else by_class.get(name)
                if code:
                    said[code].update(_templates(node))
    return {code: sorted(found, key=str.casefold) for code, found in said.items()}


def _code_of_classes(trees: Sequence[ast.AST]) -> Dict[str, str]:
    """The code of each class of the tree, those of single modules included, which inherit theirs."""
    known = {kind.__name__: kind.code for kind in kinds()}
    known[_PROOF] = errors.VerificationFailed.code
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    before = 0
    while before != len(known):
        before = len(known)
        for node in classes:
            inherited = [known[_name(base)] for base in node.bases if _name(base) in known]
            if inherited:
                known.setdefault(node.name, inherited[0])
    return known


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _refuses(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and str(first.value).startswith(f"{_RULES_REFUSE}.")


def _templates(node: ast.AST) -> Iterator[str]:
    """The sentences that are made below a node: whole ones, not the words that are put into them."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and _name(part.func) in (
            "Sentence",
            "counted_sentence",
            "N_",
        ):
            text = part.args[0] if part.args else None
            if isinstance(text, ast.Constant) and _says_something(str(text.value)):
                yield str(text.value)


def _says_something(template: str) -> bool:
    """Is it a sentence of its own: not a name, nor fields alone."""
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", template))
    return len(words) > (1 if template.endswith(".") else 2)


def shown(template: str) -> str:
    """Write a sentence's template as Markdown, with what is put in slanted."""
    return _FIELD.sub(lambda field: f"*{field.group(1)}*".replace("\\_", " "), markdown(template))


def every_error() -> str:
    """All codes by who has to do something, in English, as Markdown with headings of levels 2 and 3."""
    first = {kind.code: kind for kind in reversed(list(kinds()))}
    lines: List[str] = []
    for group, title in _GROUPS.items():
        lines += [f"## {title}", ""]
        for code in codes():
            kind = first.get(code)
            if (whose(kind) if kind else Whose.OURS) is group:
                lines += _error(code, kind)
    return "\n".join(lines)


def _error(code: str, kind: Optional[Type[MediaProcessorError]]) -> List[str]:
    told = advice(code)
    afterwards = _AFTERWARDS[_table()[kind.__name__]] if kind and kind.__name__ in _table() else ""
    lines = [f"### {TITLES[code]} {{ #{code} }}", ""]
    said = sentences().get(code, ())
    if said:
        form = "???" if len(said) > _SHOWN_AT_ONCE else "!!!"
        lines += [f'{form} quote "What it says"', ""]
        lines += [f"    - {shown(template)}" for template in said]
        lines += [""]
    lines += [_why(kind), ""]
    lines += [f"**What to do.** {markdown(told) if told else ELSEWHERE[code]}", ""]
    lines += [f"**By itself.** {afterwards}", ""] if afterwards else []
    return [*lines, f"Code: `{code}`", ""]


def _why(kind: Optional[Type[MediaProcessorError]]) -> str:
    """What its class says of it, without what only its callers need."""
    if kind is None:
        return "A mistake of the program itself."
    first = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
    return re.sub(r"[;,:]? ``.*| \(figures in bytes\)\.?", "", first).rstrip(".") + "."


@lru_cache(maxsize=None)
def _table() -> Mapping[str, str]:
    """What becomes of a job, by the class of its error (the table of docs/queue.md)."""
    page = (ROOT / "docs" / "queue.md").read_text("utf-8")
    return dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE))


def every_advice(language: str) -> str:
    """What to do about each error that ends a film, in a language of the window, as Markdown."""
    lines: List[str] = []
    with speaking(language):
        for code in codes():
            told = advice(code)
            if told is not None:
                lines += [f"### `{code}` {{ #{code} }}", ""]
                lines += [f"- {shown(_(template))}" for template in sentences().get(code, ())]
                lines += ["", f"**→ {markdown(sentence(told))}**", ""]
    return "\n".join(lines)
