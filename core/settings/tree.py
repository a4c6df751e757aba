"""Every setting: its place in the tree, default, label, help and limits, declared once.

``config`` flattens the tree to keys such as ``audio.languages`` for the database, the command line
and the window; nothing about a setting is written down a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, FrozenSet, Optional, Tuple

from core.encoders import templates


class Scope(str, Enum):
    """What a setting is part of besides the program's own configuration."""

    OFFERED = "offered"  # sent with a film to the machine that processes it
    PER_FOLDER = "per folder"  # a watched folder may have its own value
    SIGNED = "signed"  # part of a plan's signature, where it is not the default


FILM = frozenset({Scope.OFFERED, Scope.PER_FOLDER})  # of what decides about a film's result
RULES = FILM | {Scope.SIGNED}  # of what the rules read
OFFERED = frozenset({Scope.OFFERED})  # of how a result is made, on whichever machine


def group(default: Any, *scopes: Scope) -> Any:
    """Declare a group of settings, with the scopes of those in it that declare none."""
    return field(default=default, metadata={"scopes": frozenset(scopes)})


def setting(
    default: Any,
    label: str,
    help_text: str,
    *,
    unit: str = "",
    minimum: Optional[float] = None,
    maximum: Optional[float] = None,
    multiline: bool = False,
    check: str = "",
    optional: bool = False,
    scopes: Optional[FrozenSet[Scope]] = None,
) -> Any:
    """Declare one setting.

    The kind of value follows from ``default``: bool, int, float, str, Enum or a tuple of str.
    ``check`` names a further test in ``config`` (``folder``, ``program``, ``languages``, ``template``,
    ``schedule``, ``path mappings``);
    an ``optional`` text may also be empty. ``scopes`` are those of its group where they are not given.
    """
    return field(
        default=default,
        metadata={
            "label": label,
            "help": help_text,
            "unit": unit,
            "minimum": minimum,
            "maximum": maximum,
            "multiline": multiline,
            "check": check,
            "optional": optional,
            "scopes": scopes,
        },
    )


class MissingPropeditPolicy(str, Enum):
    """What a job does on a machine without mkvpropedit."""

    WAIT = "wait"
    CONTINUE = "continue"


class HardLinkPolicy(str, Enum):
    """What happens to a film that has more than one name on the disk (it may still be seeding)."""

    SKIP = "skip"
    REPLACE_THIS_NAME = "replace this name"


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


@dataclass(frozen=True)
class AudioSettings:
    """Which sound stays and what becomes of it."""

    languages: Tuple[str, ...] = setting(
        ("eng", "nld", "tur", "und"),
        "Audio languages",
        "Kept besides the film's own language, in this order.",
        check="languages",
    )
    drop_commentary: bool = setting(
        True, "Drop commentary", "Leave out commentary tracks, known by their flag or their title."
    )
    convert_to_opus: bool = setting(
        True, "Convert to Opus", "Turn the sound into Opus by the channel rules."
    )
    keep_object_audio: bool = setting(
        False,
        "Keep Atmos and DTS:X",
        "Copy tracks with sound objects as they are; Opus keeps only their channels.",
    )
    mono_rate: int = setting(
        32, "Mono", "Opus for one channel.", unit="kbit/s", minimum=6, maximum=256
    )
    stereo_rate: int = setting(
        64, "Stereo", "Opus for two to four channels.", unit="kbit/s", minimum=12, maximum=512
    )
    surround_low_limit: int = setting(
        384,
        "Low surround, up to",
        "A surround source of at most this takes the low rate.",
        unit="kbit/s",
        minimum=1,
        maximum=10000,
    )
    surround_low_rate: int = setting(
        128,
        "Low surround",
        "Opus for surround of a low bit rate.",
        unit="kbit/s",
        minimum=36,
        maximum=1536,
    )
    surround_middle_limit: int = setting(
        640,
        "Middle surround, up to",
        "A surround source of at most this takes the middle rate.",
        unit="kbit/s",
        minimum=1,
        maximum=10000,
    )
    surround_middle_rate: int = setting(
        256,
        "Middle surround",
        "Opus for surround of a middle bit rate.",
        unit="kbit/s",
        minimum=36,
        maximum=1536,
    )
    surround_rate: int = setting(
        320,
        "High surround",
        "Opus for surround above that, lossless, or of an unknown bit rate.",
        unit="kbit/s",
        minimum=36,
        maximum=1536,
    )


@dataclass(frozen=True)
class SubtitleSettings:
    """Which subtitles stay."""

    languages: Tuple[str, ...] = setting(
        ("eng", "nld", "tur", "und"),
        "Subtitle languages",
        "Kept, in this order.",
        check="languages",
    )
    drop_sdh: bool = setting(
        True,
        "Drop SDH",
        "Leave out subtitles for the hard of hearing where another full one exists.",
    )
    drop_commentary: bool = setting(
        True, "Drop commentary subtitles", "Leave out subtitles of a commentary."
    )


@dataclass(frozen=True)
class VideoSettings:
    """When the picture is re-encoded."""

    encode: bool = setting(
        True, "Encode the picture", "Off: only sound, subtitles and order are changed."
    )
    target_codecs: Tuple[str, ...] = setting(
        ("hevc", "av1"),
        "Codecs that are good already",
        "A picture in one of these stays as it is when its bit rate is low enough.",
    )
    good_bits_per_pixel: float = setting(
        0.07,
        "Low enough",
        "Bits per pixel and frame below which a picture in a good codec is not encoded again.",
        unit="bit",
        minimum=0.0,
        maximum=2.0,
    )
    lossy_hdr: LossyHdrPolicy = setting(
        LossyHdrPolicy.COPY,
        "HDR that would be lost",
        "When no tool here keeps Dolby Vision or HDR10+, copy the picture or keep the static part.",
    )
    dolby_vision_7: bool = setting(
        False,
        "Encode Dolby Vision profile 7",
        "It becomes profile 8.1; the extra picture data of a full enhancement layer is lost.",
    )
    allow_short_picture: bool = setting(
        False,
        "Picture may end early",
        "Process films whose picture stops long before the sound does; most of them are damaged.",
    )
    drop_captions: bool = setting(
        False,
        "Captions may be lost",
        "Encode a picture that holds closed captions even where the encoder cannot keep them; off: it is "
        "copied.",
    )
    downscale_tag: str = setting(
        "[downscale]",
        "Downscale tag",
        "A film with this text in its name takes the third template.",
    )
    downscale_height: int = setting(
        1080,
        "Downscale to",
        "Height of a downscaled picture.",
        unit="px",
        minimum=144,
        maximum=4320,
    )


@dataclass(frozen=True)
class TemplateSettings:
    """The command of each kind of content, and what to use where its program cannot run.

    An empty fall-back means that the picture is copied there.
    """

    normal: str = setting(
        templates.QSVENC_NORMAL,
        "Normal content",
        "The command for films that take no other template.",
        multiline=True,
        check="template",
    )
    normal_fallback: str = setting(
        templates.FFMPEG_NORMAL,
        "Normal, fall-back",
        "Used where the first one's program or encoder is missing; empty: the picture is copied.",
        multiline=True,
        check="template",
        optional=True,
    )
    dolby_vision: str = setting(
        templates.QSVENC_DOLBY_VISION,
        "Dolby Vision HDR",
        "The command for films with Dolby Vision.",
        multiline=True,
        check="template",
    )
    dolby_vision_fallback: str = setting(
        templates.FFMPEG_DOLBY_VISION,
        "Dolby Vision HDR, fall-back",
        "Used where the first one's program cannot keep Dolby Vision; empty: the picture is copied.",
        multiline=True,
        check="template",
        optional=True,
    )
    downscale: str = setting(
        templates.QSVENC_DOWNSCALE,
        "Downscaling",
        "The command for films with the downscale tag in their name.",
        multiline=True,
        check="template",
    )
    downscale_fallback: str = setting(
        templates.FFMPEG_DOWNSCALE,
        "Downscaling, fall-back",
        "Used where the first one's program or encoder is missing; empty: the picture is copied.",
        multiline=True,
        check="template",
        optional=True,
    )


@dataclass(frozen=True)
class FileSettings:
    """Where results are made and originals are kept."""

    work_folder: str = setting(
        "",
        "Work folder",
        "Empty: beside the film, so that the last step is a rename.",
        check="folder",
        optional=True,
    )
    holding_folder: str = setting(
        "",
        "Holding folder",
        "Where originals wait; empty: a hidden folder on the film's own disk.",
        check="folder",
        optional=True,
    )
    keep_original_days: float = setting(
        14.0,
        "Keep originals",
        "0: delete the original right after the swap.",
        unit="days",
        minimum=0,
        maximum=3650,
    )
    keep_original_gigabytes: float = setting(
        200.0,
        "Keep at most",
        "The oldest originals go first when they take more than this.",
        unit="GB",
        minimum=0,
    )
    hard_links: HardLinkPolicy = setting(
        HardLinkPolicy.SKIP,
        "Films with several names",
        "A film with more than one hard link may still be seeding.",
    )
    keep_times: bool = setting(
        False, "Keep the file's date", "Give the result the original's modification time."
    )
    largest_ratio: float = setting(
        1.0,
        "Largest result",
        "A result above this share of the original's size is thrown away as no gain.",
        minimum=0.1,
        maximum=2.0,
        scopes=FILM,
    )
    space_margin: float = setting(
        1.1,
        "Free space margin",
        "Times the original's size that must be free before a job starts.",
        minimum=0.1,
        maximum=10,
    )
    in_use_minutes: float = setting(
        2.0,
        "Retry while in use",
        "How long a swap is tried while another program holds the film open.",
        unit="min",
        minimum=0,
        maximum=1440,
    )


@dataclass(frozen=True)
class VerificationSettings:
    """How the result is proved before it takes the original's place."""

    sample_points: int = setting(
        5, "Decoded samples", "Places of the result that are decoded.", minimum=2, maximum=100
    )
    decode_whole: bool = setting(
        False, "Decode the whole result", "Slow: about a tenth of the encode's time."
    )
    damage_seconds: float = setting(
        0.0,
        "Damage allowed",
        "Process films of which at most so many seconds are broken; the result is broken there too.",
        unit="s",
        minimum=0,
        maximum=3600,
    )


@dataclass(frozen=True)
class ToolSettings:
    """Paths that win over what is found; empty: find it."""

    ffmpeg: str = setting("", "ffmpeg", "Path of ffmpeg.", check="program", optional=True)
    ffprobe: str = setting("", "ffprobe", "Path of ffprobe.", check="program", optional=True)
    qsvenc: str = setting(
        "", "QSVEncC", "Path of QSVEncC64 or qsvencc.", check="program", optional=True
    )
    mkvpropedit: str = setting(
        "", "mkvpropedit", "Path of mkvpropedit.", check="program", optional=True
    )
    mkvmerge: str = setting("", "mkvmerge", "Path of mkvmerge.", check="program", optional=True)


@dataclass(frozen=True)
class ProcessingSettings:
    """How the tools are run."""

    missing_mkvpropedit: MissingPropeditPolicy = setting(
        MissingPropeditPolicy.WAIT,
        "Without mkvpropedit",
        "Wait and say why, or go on with what the muxer can set.",
        scopes=OFFERED,
    )
    low_priority: bool = setting(
        True, "Below-normal priority", "The machine stays quick for everything else."
    )
    first_progress_seconds: float = setting(
        300.0,
        "First sign of life",
        "A tool that shows no progress for this long after its start is ended.",
        unit="s",
        minimum=1,
        scopes=OFFERED,
    )
    stall_seconds: float = setting(
        600.0,
        "Stall",
        "A tool that makes no progress for this long is ended.",
        unit="s",
        minimum=1,
        scopes=OFFERED,
    )
    stop_when_larger: bool = setting(
        True,
        "Stop when it grows",
        "End an encode early whose result is going to be larger than the original.",
        scopes=OFFERED,
    )


@dataclass(frozen=True)
class QueueSettings:
    """How much is done at the same time, and when."""

    gpu_jobs: int = setting(
        1,
        "Films on the graphics chip",
        "So many pictures are encoded by the graphics chip at the same time.",
        minimum=0,
        maximum=16,
    )
    software_jobs: int = setting(
        1,
        "Films on the processor",
        "So many pictures are encoded by the processor at the same time. One uses all of it.",
        minimum=0,
        maximum=16,
    )
    remux_jobs: int = setting(
        2,
        "Films without encoding",
        "So many films whose picture stays as it is are worked on at the same time.",
        minimum=0,
        maximum=16,
    )
    schedule: str = setting(
        "",
        "Working hours",
        "When the queue may work, such as mon-fri 22:00-07:00; sat,sun 00:00-24:00. Empty: always.",
        check="schedule",
        optional=True,
    )
    finish_running: bool = setting(
        False,
        "Finish running films",
        "When the queue has to pause by itself, films that are at work come to their end first.",
    )
    pause_on_battery: bool = setting(
        True, "Pause on battery", "Let the queue pause while the machine is not plugged in."
    )
    lowest_free_gigabytes: float = setting(
        2.0,
        "Free space to keep",
        "Let the queue pause while less than this is free where films are worked on.",
        unit="GB",
        minimum=0,
        maximum=100000,
    )
    pause_programs: Tuple[str, ...] = setting(
        (),
        "Pause while these run",
        "Names of programs, such as kodi or vlc: while one of them runs, the queue pauses.",
        optional=True,
    )
    history_days: float = setting(
        0.0,
        "Keep the history",
        "Ended films leave the history after so many days; the figures of statistics stay. 0: never.",
        unit="days",
        minimum=0,
        maximum=36500,
    )
    resume_at_start: bool = setting(
        True,
        "Go on after a restart",
        "A queue that was at work when the program ended goes on at the next start.",
    )


@dataclass(frozen=True)
class MetadataSettings:
    """What Sonarr, Radarr and OMDb are asked for; keys and addresses are not settings (``metadata.keys``)."""

    enabled: bool = setting(
        True, "Ask the services", "Off: the native language is decided from the file alone."
    )
    rotate_omdb_keys: bool = setting(
        True, "Auto-rotate keys", "Use the next OMDb key when one is spent; off: only the first."
    )
    cache_days: float = setting(
        30.0, "Keep answers", "How long an answer about a title holds.", unit="days", minimum=0
    )
    not_found_days: float = setting(
        7.0,
        "Keep not found",
        "How long a service is not asked again about a title that it did not know.",
        unit="days",
        minimum=0,
    )
    library_minutes: float = setting(
        30.0,
        "Library list",
        "How long a Sonarr's or Radarr's list of titles holds.",
        unit="min",
        minimum=1,
    )
    downscale_tag: str = setting(
        "downscale",
        "Downscale tag",
        "A title with this tag in Sonarr or Radarr takes the downscale template; empty: none does.",
        optional=True,
        scopes=OFFERED,
    )
    rescan: bool = setting(
        True,
        "Rescan afterwards",
        "Tell the Sonarr or Radarr that owns a film when it was replaced.",
    )
    webhook: bool = setting(
        False, "Webhook", "Listen to Sonarr and Radarr and queue what they have downloaded."
    )
    webhook_address: str = setting(
        "127.0.0.1",
        "Webhook address",
        "Where to listen; 127.0.0.1 is reached from this machine alone, 0.0.0.0 from everywhere.",
    )
    webhook_port: int = setting(
        8479, "Webhook port", "The port to listen on.", minimum=1, maximum=65535
    )


@dataclass(frozen=True)
class LogSettings:
    """What is written down about the work, and for how long that is kept."""

    pages: bool = setting(
        True, "A page a day", "Write the log as a page too, which a browser shows by job."
    )
    keep_days: float = setting(
        30.0,
        "Keep pages and job logs",
        "Older pages and older logs of single jobs are deleted.",
        unit="days",
        minimum=1,
        maximum=3650,
    )
    keep_megabytes: float = setting(
        500.0,
        "Keep at most",
        "The oldest pages and job logs go first when all together take more than this.",
        unit="MB",
        minimum=1,
    )


@dataclass(frozen=True)
class MonitorSettings:
    """How watched folders are watched; which folders those are is not a setting (``watched_folders``)."""

    still_seconds: float = setting(
        60.0,
        "Stand still",
        "A film is taken when its size and date have not changed for this long.",
        unit="s",
        minimum=0,
        maximum=86400,
    )
    poll_seconds: float = setting(
        60.0,
        "Poll every",
        "How often a polled folder, such as one on a network share, is looked through.",
        unit="s",
        minimum=1,
        maximum=86400,
    )
    reconcile_hours: float = setting(
        6.0,
        "Look through everything",
        "How often all folders are looked through for what the system did not tell.",
        unit="h",
        minimum=0.1,
        maximum=720,
    )


@dataclass(frozen=True)
class NetworkSettings:
    """How this machine works together with others; who was paired is not a setting (``store.nodes``)."""

    mode: NetworkMode = setting(
        NetworkMode.STANDALONE,
        "Mode",
        "A master hands its queue's films out to slaves; a slave works for its master; standalone "
        "works alone.",
    )
    name: str = setting(
        "",
        "Name of this machine",
        "What the other machines call it. Empty: the system's own name.",
        optional=True,
    )
    discovery: Discovery = setting(
        Discovery.MDNS,
        "Discovery",
        "Find other machines on this network by themselves, or by a typed address alone.",
    )
    port: int = setting(
        8477, "Port", "The port that a master listens on.", minimum=1, maximum=65535
    )
    listen_address: str = setting(
        "",
        "Listen on",
        "The address of this machine that a master listens on. Empty: on all of them.",
        optional=True,
    )
    master: str = setting(
        "",
        "Master's address",
        "Name or address of the master, with :port where it is another one. Empty: the one that "
        "this machine was paired with.",
        optional=True,
    )
    path_mappings: Tuple[str, ...] = setting(
        (),
        "Folders of the master",
        "How this machine sees the master's folders, such as /films=>Z:\\films.",
        check="path mappings",
        optional=True,
    )
    films: FilmAccess = setting(
        FilmAccess.AUTOMATIC,
        "Films come by",
        "A shared path is read where it is; a transfer copies the film over the network; automatic "
        "takes the path where it is the same film.",
    )
    largest_gigabytes: float = setting(
        0.0,
        "Largest film",
        "This machine takes no larger films from its master. 0: any size.",
        unit="GB",
        minimum=0,
        maximum=100000,
    )


@dataclass(frozen=True)
class WindowSettings:
    """How the window looks, and where it was."""

    theme: Theme = setting(Theme.SYSTEM, "Theme", "Light, dark, or what the system prefers.")
    language: WindowLanguage = setting(
        WindowLanguage.SYSTEM, "Language", "Of the window; a change is seen at the next start."
    )
    start_with_system: bool = setting(
        False, "Start with the system", "Open the window, small, when you log in."
    )
    close_to_tray: bool = setting(
        False,
        "Close to the tray",
        "Closing the window hides it and work goes on; the icon in the tray brings it back. Where "
        "there is no tray, the window closes.",
    )
    geometry: str = setting(
        "", "Window place", "Size and place when it was closed last, kept by itself.", optional=True
    )
    tab: str = setting(
        "",
        "Open tab",
        "The tab that was open when it was closed last, kept by itself.",
        optional=True,
    )
    tables: str = setting(
        "",
        "Tables",
        "How the queue's tables were sorted and how wide their columns were, kept by itself.",
        optional=True,
    )
    first_steps: FirstSteps = setting(
        FirstSteps.NEW,
        "First steps",
        "Whether a new user was led through the first steps, kept by itself.",
    )


@dataclass(frozen=True)
class Settings:
    """The whole tree; ``Settings()`` is a new user's."""

    audio: AudioSettings = group(AudioSettings(), *RULES)
    subtitles: SubtitleSettings = group(SubtitleSettings(), *RULES)
    video: VideoSettings = group(VideoSettings(), *RULES)
    templates: TemplateSettings = group(TemplateSettings(), *FILM)
    files: FileSettings = group(FileSettings(), Scope.PER_FOLDER)
    verification: VerificationSettings = group(VerificationSettings(), *FILM)
    tools: ToolSettings = ToolSettings()
    processing: ProcessingSettings = ProcessingSettings()
    queue: QueueSettings = QueueSettings()
    metadata: MetadataSettings = MetadataSettings()
    logs: LogSettings = LogSettings()
    monitor: MonitorSettings = MonitorSettings()
    network: NetworkSettings = NetworkSettings()
    window: WindowSettings = WindowSettings()
