"""The child process: reads one film after the other on request, and can do nothing else.

It imports little, so that it starts quickly (a command waits for it), and ends when the program's end of
the pipe is gone, however that came about.
"""

from __future__ import annotations

import os
import queue
import stat
import sys
import threading
import time
from types import ModuleType
from typing import TYPE_CHECKING, List, Optional, Tuple

from core.media.content import sample_offsets
from core.media.probing import signatures
from core.text.sentence import Sentence, to_json
from mediainfo.frames import HOW_LONG, Message, next_message, packed

if TYPE_CHECKING:
    from mediainfo.library import Library

_BLANK = Sentence("full of zeros: nothing of it was downloaded or copied yet.")
# MediaInfo's requests to the network end here: nothing can listen on port 0.
_NOWHERE = "http://127.0.0.1:0"


def main() -> int:
    """Answer requests from the standard input until it ends."""
    requests, answers = _pipes()
    _lead_nowhere()
    try:
        library = _load()
    except (OSError, RuntimeError) as error:
        answers.write({"broken": str(error)})
        return 1
    _seal()
    answers.write({"ready": True})
    given: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(
        target=_listen, args=(requests, given, answers), name="mediainfo-requests", daemon=True
    ).start()
    while True:
        request = given.get()
        for path in request["films"]:
            answers.begin()
            answers.add(answer(library, path, request.get("template")))
        answers.send()


class _Answers:
    """Sends answers to the program, for both threads: those of all films of a request together."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._guard = threading.Lock()
        self._found: List[Message] = []
        self._computed = self._began = (
            0.0  # at the film's begin: CPU of the process, a steady clock
        )

    def begin(self) -> None:
        """Note that the next film begins."""
        with self._guard:
            self._computed, self._began = time.process_time(), time.monotonic()

    def add(self, found: Message) -> None:
        """Add the answer about a film."""
        with self._guard:
            self._found.append(found)
            self._began = 0.0  # the next film answers for its own time alone

    def send(self) -> None:
        """Send the answers that there are."""
        with self._guard:
            self._write({"answers": self._found})
            self._found = []

    def send_progress(self) -> None:
        """Send them before the others are there, and how long the present film has taken so far."""
        with self._guard:
            computed = time.process_time() - self._computed
            passed = time.monotonic() - self._began if self._began else 0.0
            self._write({"answers": self._found, "computed": computed, "passed": passed})
            self._found = []

    def write(self, message: Message) -> None:
        """Send a message."""
        with self._guard:
            self._write(message)

    def _write(self, message: Message) -> None:
        data = packed(message)
        while data:
            data = data[os.write(self._file, data) :]


def _listen(requests: int, given: queue.SimpleQueue[Message], answers: _Answers) -> None:
    """Pass requests on; at their end this process exits, whatever it is doing."""
    while True:
        request = next_message(lambda count: os.read(requests, count))
        if request is None:
            os._exit(0)
        if request == HOW_LONG:
            answers.send_progress()
        else:
            given.put(request)


def answer(library: Library, path: str, template: Optional[str]) -> Message:
    """Answer about one file: ``line``, ``tracks``, why it is ``refused``, or what ``trouble`` there was."""
    try:
        state = os.stat(path)  # noqa: PTH116 - a path object takes as long as all that is asked here
        if not stat.S_ISREG(state.st_mode) or state.st_size == 0:
            return _why("trouble", Sentence("it is no film"))  # the program has a better sentence
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            return _looked_into(library, template, file, os.fstat(file).st_size)
        finally:
            os.close(file)
    except OSError as error:
        from core.system_errors import system_problem  # the film is closed again

        return _why("trouble", system_problem(error))
    except (RuntimeError, SyntaxError, ValueError) as error:  # SyntaxError: its XML does not parse
        return _why("refused", Sentence("MediaInfo could not read it ({problem}).", problem=error))


def _why(key: str, text: str) -> Message:
    return {key: text, "parts": to_json(text)}


def _looked_into(library: Library, template: Optional[str], file: int, size: int) -> Message:
    head = os.read(file, signatures.HEAD)
    problem = signatures.refusal(head)
    if problem or (not head.strip(b"\0") and _is_blank(file, size)):
        return _why("refused", Sentence("this is {what}", what=problem or _BLANK))
    if template is None:
        return {"tracks": library.tracks(file, size)}
    parser = "Mk" if signatures.is_matroska(head) else "Mpeg4" if signatures.is_mp4(head) else ""
    return {"line": library.line(file, size, template, parser)}


def _is_blank(file: int, size: int) -> bool:
    """Whether the file has nothing but zeros at all sampled places."""
    for offset in sample_offsets(size):
        os.lseek(file, offset, os.SEEK_SET)
        if os.read(file, signatures.HEAD).strip(b"\0"):
            return False
    return True


def _load() -> Library:
    """Load MediaInfo; raises OSError or RuntimeError when it cannot be loaded.

    pymediainfo asks for its own version when it is loaded, which nobody wants to know here: the metadata of
    packages come with all of Python's mail, a third of this process's start.
    """
    nothing = ModuleType("importlib.metadata")
    vars(nothing).update(version=lambda _package: "", PackageNotFoundError=LookupError)
    kept = sys.modules.setdefault(nothing.__name__, nothing)
    try:
        from mediainfo.library import Library
    finally:
        if kept is nothing:
            del sys.modules[nothing.__name__]  # whoever asks later finds Python's own
    return Library()


def _lead_nowhere() -> None:
    """Set the proxy variables of MediaInfo's web client to nowhere, before the library is loaded."""
    for variable in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ[variable] = _NOWHERE
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ""


def _seal() -> None:
    """Limit this process to one open file at a time from now on, so that it can open nothing else.

    That holds where the system limits what a process has open; Windows does not.
    """
    if sys.platform == "win32":
        return
    import resource

    signatures.refusal(b"text")  # loads the encodings while files can still be opened
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free + 1, lowest_free + 1))


def _pipes() -> Tuple[int, _Answers]:
    """Return both pipes; what libraries print is dropped."""
    requests, answers = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(requests, os.O_BINARY)
        msvcrt.setmode(answers, os.O_BINARY)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return requests, _Answers(answers)
