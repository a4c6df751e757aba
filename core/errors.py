"""Everything that can go wrong, as one tree of exceptions.

Each error carries fields; ``str(error)`` is the one sentence that a user reads: what is wrong, with
which file or setting, and what to do. ``code`` is stable and goes into JSON and the database.
``transient`` says that trying again later can help (a share that is away, a tool being installed),
which the queue's retry policy reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Sequence

from core.text.sentence import N_, Bytes, Sentence, joined
from core.text.tool_lines import spoken

if TYPE_CHECKING:
    from core.damage import Damage


class MediaProcessorError(Exception):
    """The root of all errors that this program raises on purpose."""

    code: ClassVar[str] = "error"
    transient: ClassVar[bool] = False


class UsageError(MediaProcessorError):
    """The command line asks for something that does not exist or does not fit together."""

    code = "usage"


class ConfigError(MediaProcessorError):
    """A setting has a value that it cannot have."""

    code = "config"

    def __init__(self, setting: str, problem: str) -> None:
        self.setting, self.problem = setting, problem
        super().__init__(Sentence("Setting {setting}: {problem}", setting=setting, problem=problem))


class TemplateError(ConfigError):
    """A command template cannot be used as it is written."""

    code = "template"


class ProbeError(MediaProcessorError):
    """A file could not be understood as a film."""

    code = "probe"

    def __init__(self, path: object, problem: str) -> None:
        self.path, self.problem = str(path), problem
        super().__init__(Sentence("{path}: {problem}", path=self.path, problem=problem))


class FileUnavailable(ProbeError):
    """The file is not there or may not be read; a share may be away."""

    code = "file_unavailable"
    transient = True


class FilmGone(FileUnavailable):
    """The folder is there and the film is not: it was moved, renamed or deleted."""

    code = "film_gone"
    transient = False


class FilmMoved(FilmGone):
    """The film has another name or place now; ``now`` is where it was found."""

    def __init__(self, path: object, now: object) -> None:
        self.now = str(now)
        super().__init__(
            path,
            Sentence("it was renamed while it was being processed; it is now {now}.", now=self.now),
        )


class FilmDamaged(ProbeError):
    """Pictures or sounds in the middle of the film are broken, and more of them than the user allows.

    ``damage`` says where (``core.damage.Damage``).
    """

    code = "damaged"

    def __init__(self, path: object, damage: Damage) -> None:
        self.damage = damage
        super().__init__(path, Sentence("this film is damaged: {damage}", damage=damage.sentence))


class PlanRefused(MediaProcessorError):
    """The rules forbid processing this file; it stays as it is."""

    code = "refused"

    def __init__(self, path: object, reasons: Sequence[str]) -> None:
        self.path, self.reasons = str(path), tuple(reasons)
        super().__init__(
            Sentence("{path}: {reasons}", path=self.path, reasons=joined(self.reasons))
        )


class ToolNotFound(MediaProcessorError):
    """A program that this job needs is not on the machine."""

    code = "tool_not_found"
    transient = True

    def __init__(self, tool: str, hint: str) -> None:
        self.tool, self.hint = tool, hint
        super().__init__(Sentence("{tool} was not found. {hint}", tool=tool, hint=hint))


class ToolFailed(MediaProcessorError):
    """A program failed; ``tail`` holds the last lines that it wrote.

    ``returncode`` is 0 when it named an error but ended as if all were well, or was still running.
    """

    code = "tool_failed"

    def __init__(self, tool: str, returncode: int, tail: Sequence[str] = ()) -> None:
        self.tool, self.returncode, self.tail = tool, returncode, tuple(tail)
        super().__init__(_failure(tool, returncode, self.last_line))

    @property
    def last_line(self) -> str:
        """What it said at last, as a user reads it."""
        lines = (line for line in reversed(self.tail) if line.strip())
        line = next(lines, Sentence("it wrote no message"))
        return line if isinstance(line, Sentence) else spoken(line)


def _failure(tool: str, returncode: int, line: str) -> Sentence:
    if not returncode:
        return Sentence("{tool} reported an error: {line}", tool=tool, line=line)
    return Sentence(
        "{tool} failed with exit code {code}: {line}", tool=tool, code=str(returncode), line=line
    )


class MachineTrouble(MediaProcessorError):
    """A tool was stopped by the machine that it ran on (memory, graphics), not by the film."""

    code = "machine_trouble"
    transient = True

    def __init__(self, tool: str, problem: str) -> None:
        self.tool, self.problem = tool, problem
        super().__init__(
            Sentence(
                "{tool} was stopped by this machine, not by the film: {problem}",
                tool=tool,
                problem=problem,
            )
        )


class DeviceTrouble(MachineTrouble):
    """The graphics that an encoder needs were lost, or are not there."""


class ToolStalled(MediaProcessorError):
    """A program made no progress for too long and was ended."""

    code = "tool_stalled"

    def __init__(self, tool: str, seconds: float) -> None:
        self.tool, self.seconds = tool, seconds
        super().__init__(
            Sentence(
                "{tool} made no progress for {seconds} seconds and was stopped.",
                tool=tool,
                seconds=round(seconds),
            )
        )


class JobCancelled(MediaProcessorError):
    """The user cancelled this job; nothing of it is left behind."""

    code = "cancelled"

    def __init__(self) -> None:
        super().__init__(Sentence("The job was cancelled. The original is unchanged."))


class NotEnoughSpace(MediaProcessorError):
    """The disk that the result goes to is too full (figures in bytes)."""

    code = "disk_full"
    transient = True

    def __init__(self, folder: object, needed: int, free: int) -> None:
        self.folder, self.needed = str(folder), needed
        self.free = free
        super().__init__(
            Sentence(
                "{folder} has {free} free, but this film may need {needed}. Free some space and try again.",
                folder=self.folder,
                free=Bytes(free),
                needed=Bytes(needed),
            )
        )


class FolderNotWritable(MediaProcessorError):
    """Nothing can be written into the folder that the result goes to."""

    code = "folder_not_writable"
    transient = True
    _sentence: ClassVar[str] = N_("{folder} cannot be written to ({problem}). {way_on}")

    def __init__(
        self,
        folder: object,
        problem: str,
        way_on: str = Sentence("Change its permissions and try again."),
    ) -> None:
        self.folder, self.problem, self.way_on = str(folder), problem, way_on
        super().__init__(Sentence(self._sentence, folder=folder, problem=problem, way_on=way_on))


class DiskReadOnly(FolderNotWritable):
    """The disk that the result goes to has turned read-only; it may be writable again later."""

    code = "disk_read_only"
    _sentence = N_(
        "The disk of {folder} is read-only now. The film waits until it can be written again."
    )


class HardLinked(MediaProcessorError):
    """The film has several hard links, and the user wants such films left alone."""

    code = "hard_linked"

    def __init__(self, path: object, links: int) -> None:
        self.path, self.links = str(path), links
        super().__init__(
            Sentence(
                "{path} was skipped: it has {links} hard links and may still be seeding. The setting "
                "files.hard_links can allow replacing it.",
                path=self.path,
                links=links,
            )
        )


class NoGain(MediaProcessorError):
    """The result would not be smaller than the original (figures in bytes).

    ``node`` is the machine that says so where it is another one, else "".
    """

    code = "no_gain"

    def __init__(self, source_size: int, result_size: int, node: str = "") -> None:
        self.source_size, self.result_size = source_size, result_size
        self.node = node
        super().__init__(
            Sentence(
                "Skipped, no smaller: the result on {node} would have {result}, the original has {original}.",
                node=node,
                result=Bytes(result_size),
                original=Bytes(source_size),
            )
            if node
            else Sentence(
                "Skipped, no smaller: the result would have {result}, the original has {original}.",
                result=Bytes(result_size),
                original=Bytes(source_size),
            )
        )


class ToolCannot(MediaProcessorError):
    """This version of a tool cannot keep what the film has, and nothing else needs doing."""

    code = "tool_cannot"

    def __init__(self, tool: str, thing: str) -> None:
        self.tool, self.thing = tool, thing
        super().__init__(
            Sentence(
                "Skipped: {tool} could not keep the film's {thing}, and nothing else needs doing. "
                "Another version of it may be able to.",
                tool=tool,
                thing=thing,
            )
        )


class VerificationFailed(MediaProcessorError):
    """The result is not what the plan promised; the original stays."""

    code = "verification_failed"

    def __init__(self, check: str, problem: str) -> None:
        self.check, self.problem = check, problem
        super().__init__(
            Sentence(
                "The result was rejected ({check}): {problem} The original is unchanged.",
                check=check,
                problem=problem,
            )
        )


class SourceChanged(MediaProcessorError):
    """The film was changed or replaced while it was being processed."""

    code = "source_changed"
    transient = True

    def __init__(self, path: object) -> None:
        self.path = str(path)
        super().__init__(Sentence("{path} changed while it was being processed.", path=self.path))


class SwapError(MediaProcessorError):
    """The verified result could not take the original's place; both are kept."""

    code = "swap"

    def __init__(self, path: object, problem: str) -> None:
        self.path, self.problem = str(path), problem
        super().__init__(
            Sentence("{path} could not be replaced: {problem}", path=self.path, problem=problem)
        )


class TargetTaken(SwapError):
    """Another file already has the name that the result should get."""

    code = "target_taken"

    def __init__(self, path: object) -> None:
        super().__init__(
            path, Sentence("another file already has this name. Move or rename it and try again.")
        )


class SwapPending(SwapError):
    """The result is proved and kept; only taking the original's place has to be tried again."""

    code = "swap_pending"
    transient = True


class FileInUse(SwapPending):
    """Another program holds the original open; the result waits."""

    code = "file_in_use"

    def __init__(self, path: object) -> None:
        super().__init__(path, Sentence("another program has it open. It will be tried again."))


class RestoreError(MediaProcessorError):
    """The original of a film could not be brought back."""

    code = "restore"

    def __init__(self, path: object, problem: str) -> None:
        self.path, self.problem = str(path), problem
        super().__init__(
            Sentence("{path} cannot be restored: {problem}", path=self.path, problem=problem)
        )


class OriginalStays(MediaProcessorError):
    """A kept original was not removed: what makes it spare is missing, or could not be seen."""

    code = "original_stays"

    def __init__(self, film: object, problem: str) -> None:
        self.film, self.problem = str(film), problem
        super().__init__(
            Sentence("The original of {film} stays: {problem}", film=self.film, problem=problem)
        )


class Excluded(MediaProcessorError):
    """The film is on the list of what is never touched; ``sentence`` says by which entry."""

    code = "excluded"

    def __init__(self, path: object, sentence: str) -> None:
        self.path = str(path)
        super().__init__(sentence)


class MetadataError(MediaProcessorError):
    """Sonarr, Radarr or OMDb gave no usable answer."""

    code = "metadata"
    transient = True


class PhoneError(MediaProcessorError):
    """The page for the phone cannot be served as its settings have it."""

    code = "phone"


class SecretUnavailable(MediaProcessorError):
    """A stored key or password cannot be read back on this machine or by this user."""

    code = "secret_unavailable"

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(
            Sentence("A stored key cannot be read: {problem} Enter it again.", problem=problem)
        )


class PowerRefused(MediaProcessorError):
    """The system does not let this machine sleep, or does not shut it down."""

    code = "power_refused"

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(Sentence("The computer stays on: {problem}", problem=problem))


class MessageNotSent(MediaProcessorError):
    """A service did not take a message for the user; ``problem`` holds nothing of its address."""

    code = "message_not_sent"
    transient = True

    def __init__(self, name: str, problem: str) -> None:
        self.problem = problem
        super().__init__(
            Sentence("No message could be sent to {name}: {problem}", name=name, problem=problem)
        )
