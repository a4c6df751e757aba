"""What settings choose between; the value is what is kept and what the command line takes."""

from __future__ import annotations

from enum import Enum


class MissingPropeditPolicy(str, Enum):
    """What a job does on a machine without mkvpropedit."""

    WAIT = "wait"
    CONTINUE = "continue"


class HardLinkPolicy(str, Enum):
    """What happens to a film that has more than one name on the disk (it may still be seeding)."""

    SKIP = "skip"
    REPLACE_THIS_NAME = "replace this name"


class QueueOrder(str, Enum):
    """By which rule waiting films are in order; films that the user has moved keep their places."""

    FOUND = "as found"
    LARGEST = "largest first"
    SAVING = "largest saving first"
    OLDEST = "oldest first"


class WhileWatched(str, Enum):
    """What the queue does while somebody watches a film of a media server."""

    PAUSE = "pause"
    CPU_ALONE = "use the CPU alone"
    CONTINUE = "keep working"


class CheckTime(str, Enum):
    """When films are checked for damage, once the user has asked for it."""

    IDLE = "when the queue has nothing to do"
    AT_ONCE = "at once"


class LossyHdrPolicy(str, Enum):
    """What happens to a picture whose dynamic range data no tool here can keep."""

    COPY = "copy the picture"
    DROP_DYNAMIC = "keep only the static part"


class NetworkMode(str, Enum):
    """Which part this instance plays among the machines that work together."""

    STANDALONE = "standalone"
    MASTER = "master"
    SLAVE = "slave"


class Discovery(str, Enum):
    """How other instances are found."""

    MDNS = "mdns"
    OFF = "off"


class FilmAccess(str, Enum):
    """How a slave gets at the films of its master."""

    AUTOMATIC = "automatic"
    SHARED_PATH = "shared path"
    TRANSFER = "transfer"


class Theme(str, Enum):
    """How the window looks."""

    SYSTEM = "as the system"
    LIGHT = "light"
    DARK = "dark"


class WindowLanguage(str, Enum):
    """What the window speaks, each in its own words."""

    SYSTEM = "as the system"
    ENGLISH = "English"
    DUTCH = "Nederlands"
    TURKISH = "Türkçe"


class FirstSteps(str, Enum):
    """How far a new user was led; nothing of theirs is changed before they have seen a plan."""

    NEW = "not shown yet"
    SHOWN = "shown"
    DONE = "a plan was seen"
