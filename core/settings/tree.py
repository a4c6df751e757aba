"""Every setting: its place in the tree, default, label, help and limits, declared once.

``config`` flattens the tree to keys such as ``audio.languages`` for the database, the command line
and the window; nothing about a setting is written down a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from core.encoders import new_user
from core.encoders.quality import Codec, Graphics, Quality, Speed
from core.settings import quality_target
from core.settings.choices import (
    CheckTime,
    Discovery,
    FilmAccess,
    FirstSteps,
    HardLinkPolicy,
    LossyHdrPolicy,
    MissingPropeditPolicy,
    NetworkMode,
    QueueOrder,
    Theme,
    WhileWatched,
    WindowLanguage,
)
from core.settings.declaring import CHOICE, FILM, OFFERED, RULES, Scope, group, setting


@dataclass(frozen=True)
class AudioSettings:
    """Which sound stays and what becomes of it."""

    languages: Tuple[str, ...] = setting(
        ("eng", "nld", "tur", "und"),
        "Audio languages",
        "Kept in addition to the film's original language, in this order.",
        check="languages",
    )
    drop_commentary: bool = setting(
        True, "Remove commentary", "Removes commentary tracks, recognised by their flag or title."
    )
    convert_to_opus: bool = setting(
        True,
        "Convert to Opus",
        "Converts the audio to Opus, with the bit rates of the channel rules.",
    )
    keep_object_audio: bool = setting(
        False,
        "Keep Atmos and DTS:X",
        "Copies object-based audio unchanged; Opus keeps only its channels.",
    )
    mono_rate: int = setting(
        32, "Mono", "Opus bit rate for one channel.", unit="kbit/s", minimum=6, maximum=256
    )
    stereo_rate: int = setting(
        64,
        "Stereo",
        "Opus bit rate for two to four channels.",
        unit="kbit/s",
        minimum=12,
        maximum=512,
    )
    surround_low_limit: int = setting(
        384,
        "Low surround, up to",
        "Surround audio up to this bit rate gets the low rate.",
        unit="kbit/s",
        minimum=1,
        maximum=10000,
    )
    surround_low_rate: int = setting(
        128,
        "Low surround",
        "Opus bit rate for surround audio with a low bit rate.",
        unit="kbit/s",
        minimum=36,
        maximum=1536,
    )
    surround_middle_limit: int = setting(
        640,
        "Medium surround, up to",
        "Surround audio up to this bit rate gets the medium rate.",
        unit="kbit/s",
        minimum=1,
        maximum=10000,
    )
    surround_middle_rate: int = setting(
        256,
        "Medium surround",
        "Opus bit rate for surround audio with a medium bit rate.",
        unit="kbit/s",
        minimum=36,
        maximum=1536,
    )
    surround_rate: int = setting(
        320,
        "High surround",
        "Opus bit rate for surround audio above that, lossless, or with an unknown bit rate.",
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
        "Subtitles kept, in this order.",
        check="languages",
    )
    drop_sdh: bool = setting(
        True,
        "Remove SDH",
        "Removes subtitles for the deaf and hard of hearing (SDH) if other full subtitles exist.",
    )
    drop_commentary: bool = setting(
        True, "Remove commentary subtitles", "Removes subtitles that belong to a commentary."
    )


@dataclass(frozen=True)
class VideoSettings:
    """When the picture is re-encoded."""

    encode: bool = setting(
        True, "Re-encode the video", "Off: only audio, subtitles and track order are changed."
    )
    codec: Codec = setting(
        Codec.HEVC,
        "Codec",
        "What video is converted to. HEVC plays on nearly every TV and player of the last ten years; AV1 is "
        "smaller, but needs a newer device.",
        scopes=CHOICE,
    )
    quality: Quality = setting(
        Quality.BALANCED,
        "Quality",
        "How close video stays to the original, and so how large it gets. This writes the command templates; "
        "once you edit one, all stay as you wrote them until you choose a quality again.",
        scopes=CHOICE,
    )
    target: str = setting(
        quality_target.OFF,
        "Quality to aim at",
        "Finds for each film the number that gives it this quality (VMAF, 60 to 99), by encoding a few short "
        "parts of it first. Off: the same number for all films.",
        check="quality target",
    )
    target_again: bool = setting(
        False,
        "Encode once more if the quality is missed",
        "A film that misses the quality to aim at by more than 1.5 is encoded a second time, with a better "
        "number.",
        scopes=FILM,
    )
    speed: Speed = setting(
        Speed.NORMAL,
        "Speed",
        "Thorough takes longer and compresses better; fast is finished sooner.",
        scopes=CHOICE,
    )
    graphics: Graphics = setting(
        Graphics.QSVENC,
        "Graphics",
        "The GPU that encodes, if this machine has it and it has passed its test. The CPU does the rest: it "
        "is slower, and compresses better.",
        scopes=CHOICE,
    )
    target_codecs: Tuple[str, ...] = setting(
        ("hevc", "av1"),
        "Codecs to leave alone",
        "Video in one of these codecs is not re-encoded if its bit rate is low enough.",
    )
    good_bits_per_pixel: float = setting(
        0.07,
        "Leave efficient films alone below",
        "In bits per pixel and frame: films already in such a codec that use less are not "
        "re-encoded.",
        unit="bits per pixel",
        minimum=0.0,
        maximum=2.0,
    )
    lossy_hdr: LossyHdrPolicy = setting(
        LossyHdrPolicy.COPY,
        "If HDR10+ or Dolby Vision cannot be kept",
        "What to do if no tool on this computer keeps them: copy the video, or keep plain HDR10.",
    )
    dolby_vision_7: bool = setting(
        False,
        "Re-encode Dolby Vision profile 7",
        "It becomes profile 8.1; the extra video data of a full enhancement layer is lost.",
    )
    allow_short_picture: bool = setting(
        False,
        "Allow video that ends early",
        "Also processes films whose video stops long before the audio; most of them are damaged.",
    )
    drop_captions: bool = setting(
        False,
        "Allow losing closed captions",
        "Re-encodes video with closed captions even if the encoder cannot keep them. Off: the "
        "video is copied.",
    )
    downscale_tag: str = setting(
        "[downscale]",
        "Downscale tag",
        "Films with this text in their name use the downscaling template.",
    )
    downscale_height: int = setting(
        1080,
        "Downscale to",
        "Height of downscaled video.",
        unit="px",
        minimum=144,
        maximum=4320,
    )


@dataclass(frozen=True)
class TemplateSettings:
    """The command of each kind of content, and what to use where its program cannot run.

    A fall-back holds any number of templates, each begun on a line of its own (``core.encoders.chain``);
    they are used in their order. An empty one means that the picture is copied there.
    """

    normal: str = setting(
        new_user.QSVENC_NORMAL,
        "Normal content",
        "The command for films that no other template applies to.",
        multiline=True,
        check="template",
    )
    normal_fallback: str = setting(
        new_user.FFMPEG_NORMAL,
        "Normal content, fallback",
        "Used if the program or encoder of the first template is missing. Empty: the video is "
        "copied.",
        multiline=True,
        check="templates",
        optional=True,
    )
    dolby_vision: str = setting(
        new_user.QSVENC_DOLBY_VISION,
        "Dolby Vision HDR",
        "The command for films with Dolby Vision.",
        multiline=True,
        check="template",
    )
    dolby_vision_fallback: str = setting(
        new_user.FFMPEG_DOLBY_VISION,
        "Dolby Vision HDR, fallback",
        "Used if the program of the first template cannot keep Dolby Vision. Empty: the video is "
        "copied.",
        multiline=True,
        check="templates",
        optional=True,
    )
    downscale: str = setting(
        new_user.QSVENC_DOWNSCALE,
        "Downscaling",
        "The command for films with the downscale tag in their name.",
        multiline=True,
        check="template",
    )
    downscale_fallback: str = setting(
        new_user.FFMPEG_DOWNSCALE,
        "Downscaling, fallback",
        "Used if the program or encoder of the first template is missing. Empty: the video is "
        "copied.",
        multiline=True,
        check="templates",
        optional=True,
    )


@dataclass(frozen=True)
class FileSettings:
    """Where results are made and originals are kept."""

    work_folder: str = setting(
        "",
        "Work folder",
        "Leave empty to work next to the film (fastest: nothing is copied at the end).",
        check="folder",
        optional=True,
    )
    holding_folder: str = setting(
        "",
        "Folder for originals",
        "Where originals are kept after a film was replaced. Empty: a hidden folder on the film's "
        "own disk.",
        check="folder",
        optional=True,
    )
    keep_original_days: float = setting(
        14.0,
        "Keep originals for",
        "0: the original is deleted as soon as it has been replaced.",
        unit="days",
        minimum=0,
        maximum=3650,
    )
    keep_original_gigabytes: float = setting(
        200.0,
        "Keep at most",
        "When originals take up more space than this, the oldest are deleted first.",
        unit="GB",
        minimum=0,
    )
    hard_links: HardLinkPolicy = setting(
        HardLinkPolicy.SKIP,
        "Hard-linked films (still seeding)",
        "A film with more than one hard link may still be shared by a torrent program.",
    )
    keep_times: bool = setting(
        False, "Keep the file's date", "Gives the result the modification date of the original."
    )
    largest_ratio: float = setting(
        1.0,
        "Largest result (share of the original)",
        "A result larger than this share of the original is discarded and the film is skipped. 1 "
        "is the original's size.",
        minimum=0.1,
        maximum=2.0,
        scopes=FILM,
    )
    space_margin: float = setting(
        1.1,
        "Free space for a job",
        "Free space required before a job starts, as a multiple of the original's size.",
        minimum=0.1,
        maximum=10,
    )
    in_use_minutes: float = setting(
        2.0,
        "Wait for a film in use",
        "How long to keep trying to replace a film that another program has open.",
        unit="min",
        minimum=0,
        maximum=1440,
    )


@dataclass(frozen=True)
class VerificationSettings:
    """How the result is proved before it takes the original's place."""

    sample_points: int = setting(
        5,
        "Test samples",
        "Number of places where the result is decoded and compared with the original.",
        minimum=2,
        maximum=100,
    )
    decode_whole: bool = setting(
        False, "Decode the whole result", "Slower: takes about a tenth of the encoding time."
    )
    damage_seconds: float = setting(
        0.0,
        "Allowed damage",
        "Processes films with up to this many damaged seconds; the result is damaged in the same "
        "places.",
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
    encoders: Tuple[str, ...] = setting(
        (),
        "Other encoders",
        "Paths of other encoders' programs, such as NVEncC=C:\\NVEnc\\NVEncC64.exe.",
        check="encoder paths",
        optional=True,
    )


@dataclass(frozen=True)
class ProcessingSettings:
    """How the tools are run."""

    missing_mkvpropedit: MissingPropeditPolicy = setting(
        MissingPropeditPolicy.WAIT,
        "If mkvpropedit is missing",
        "Wait until it is installed, or continue with what ffmpeg can set.",
        scopes=OFFERED,
    )
    low_priority: bool = setting(
        True, "Below-normal priority", "Keeps the computer responsive for everything else."
    )
    first_progress_seconds: float = setting(
        300.0,
        "Give up if nothing starts within",
        "Stops an encoder that shows no progress within this time after its start.",
        unit="s",
        minimum=1,
        scopes=OFFERED,
    )
    stall_seconds: float = setting(
        600.0,
        "Give up without progress after",
        "Stops an encoder that makes no progress for this long.",
        unit="s",
        minimum=1,
        scopes=OFFERED,
    )
    stop_when_larger: bool = setting(
        True,
        "Stop early if it gets larger",
        "Stops encoding as soon as it is clear that the result will be larger than the original.",
        scopes=OFFERED,
    )
    chunks: bool = setting(
        True,
        "Encode long films in chunks",
        "A film that takes long is encoded chunk by chunk. After a crash, a stop or a power cut it "
        "continues with the chunk it was at.",
    )
    chunk_seconds: float = setting(
        120.0,
        "Length of a chunk",
        "Each chunk is about this long. Long chunks compress a little better; short ones lose less work "
        "when something stops.",
        unit="s",
        minimum=1,
        maximum=3600,
    )
    chunks_from_minutes: float = setting(
        20.0,
        "Chunks from an encode of",
        "Films that are expected to encode faster than this are encoded in one piece.",
        unit="min",
        minimum=0,
        maximum=1440,
    )
    encoders_side_by_side: int = setting(
        0,
        "Encoders side by side",
        "How many chunks of a film are encoded at the same time on this machine at most. 0: as many as "
        "measurements find to be quickest.",
        minimum=0,
        maximum=8,
    )


@dataclass(frozen=True)
class QueueSettings:
    """How much is done at the same time, and when."""

    order: QueueOrder = setting(
        QueueOrder.FOUND,
        "Order of the queue",
        "Which waiting film comes next. Films that you have moved keep their places, and a higher "
        "priority always goes first.",
    )
    gpu_jobs: int = setting(
        1,
        "Films on the GPU at once",
        "Number of films encoded on the GPU at the same time.",
        minimum=0,
        maximum=16,
    )
    software_jobs: int = setting(
        1,
        "Films on the CPU at once",
        "Number of films encoded on the CPU at the same time. One film already uses all of it.",
        minimum=0,
        maximum=16,
    )
    remux_jobs: int = setting(
        2,
        "Films without encoding at once",
        "Number of films processed at the same time whose video is only copied.",
        minimum=0,
        maximum=16,
    )
    schedule: str = setting(
        "",
        "Working hours",
        "When the queue may run, for example mon-fri 22:00-07:00; sat,sun 00:00-24:00. Empty: "
        "always.",
        check="schedule",
        optional=True,
    )
    finish_running: bool = setting(
        False,
        "Finish running films first",
        "When the queue pauses automatically, films already being processed are finished first. A film in "
        "chunks stops after the chunk at hand and continues later.",
    )
    pause_on_battery: bool = setting(
        True, "Pause on battery", "Pauses the queue while the computer runs on battery."
    )
    lowest_free_gigabytes: float = setting(
        2.0,
        "Keep free on disk",
        "Pauses the queue while less than this is free on the disks where films are processed.",
        unit="GB",
        minimum=0,
        maximum=100000,
    )
    pause_programs: Tuple[str, ...] = setting(
        (),
        "Pause while these programs run",
        "Program names such as kodi or vlc: the queue pauses while one of them is running.",
        optional=True,
    )
    while_watched: WhileWatched = setting(
        WhileWatched.PAUSE,
        "While somebody watches",
        "What the queue does while somebody watches on Plex, Jellyfin or Emby. On the CPU alone, no film "
        "takes the graphics chip that the server may need. Needs a media server under API Management.",
    )
    history_days: float = setting(
        0.0,
        "Keep the history for",
        "After this time, finished films are removed from the history; the statistics stay. 0: "
        "never.",
        unit="days",
        minimum=0,
        maximum=36500,
    )
    resume_at_start: bool = setting(
        True,
        "Continue after a restart",
        "If the queue was running when the program closed, it continues at the next start.",
    )


@dataclass(frozen=True)
class MetadataSettings:
    """What Sonarr, Radarr and OMDb are asked for; keys and addresses are not settings (``metadata.keys``)."""

    enabled: bool = setting(
        True,
        "Look films up online",
        "Off: the original language is determined from the file alone.",
    )
    rotate_omdb_keys: bool = setting(
        True,
        "Auto-rotate keys",
        "Uses the next OMDb key when one has reached its limit. Off: only the first key is used.",
    )
    cache_days: float = setting(
        30.0,
        "Remember answers for",
        "How long a title's data is used before it is requested again.",
        unit="days",
        minimum=0,
    )
    not_found_days: float = setting(
        7.0,
        "Remember unknown titles for",
        "How long to wait before asking again about a title that a service did not know.",
        unit="days",
        minimum=0,
    )
    library_minutes: float = setting(
        30.0,
        "Remember the library for",
        "How long the list of titles from Sonarr or Radarr is used before it is requested again.",
        unit="min",
        minimum=1,
    )
    downscale_tag: str = setting(
        "downscale",
        "Downscale tag",
        "Titles with this tag in Sonarr or Radarr use the downscaling template. Empty: none.",
        optional=True,
        scopes=OFFERED,
    )
    rescan: bool = setting(
        True,
        "Ask for a rescan",
        "After replacing a film, asks the Sonarr or Radarr that manages it to rescan it.",
    )
    refresh_media_servers: bool = setting(
        True,
        "Refresh media servers",
        "After replacing a film, asks Plex, Jellyfin and Emby to look at that film again.",
    )
    webhook: bool = setting(
        False,
        "Webhook",
        "Receives messages from Sonarr and Radarr and queues what they have downloaded.",
    )
    webhook_address: str = setting(
        "127.0.0.1",
        "Webhook address",
        "Address to listen on: 127.0.0.1 accepts only this computer, 0.0.0.0 the whole network.",
    )
    webhook_port: int = setting(
        8479, "Webhook port", "Port to listen on.", minimum=1, maximum=65535
    )


@dataclass(frozen=True)
class MessageSettings:
    """When messages are sent; to whom is not a setting (``store.messages``)."""

    quiet_hours: str = setting(
        "",
        "Quiet hours",
        "When no message is sent, for example mon-sun 22:00-07:00; what happens then is told in one "
        "message afterwards. Empty: messages come at any time.",
        check="hours",
        optional=True,
    )
    pause_minutes: float = setting(
        15.0,
        "At most one message every",
        "What happens within this time after a message is told together in the next one. 0: at once.",
        unit="min",
        minimum=0,
        maximum=10080,
    )
    expire_days: float = setting(
        2.0,
        "Tell of originals before",
        "How long before kept originals are removed a message says so.",
        unit="days",
        minimum=0,
        maximum=3650,
    )


@dataclass(frozen=True)
class LogSettings:
    """What is written down about the work, and for how long that is kept."""

    pages: bool = setting(
        True, "Daily HTML log", "Also writes the log as one HTML page per day, grouped by job."
    )
    keep_days: float = setting(
        30.0,
        "Keep HTML and job logs for",
        "Older HTML pages and job logs are deleted.",
        unit="days",
        minimum=1,
        maximum=3650,
    )
    keep_megabytes: float = setting(
        500.0,
        "Keep at most",
        "When HTML pages and job logs together take up more than this, the oldest are deleted "
        "first.",
        unit="MB",
        minimum=1,
    )


@dataclass(frozen=True)
class MonitorSettings:
    """How watched folders are watched; which folders those are is not a setting (``watched_folders``)."""

    still_seconds: float = setting(
        60.0,
        "Wait until a file is complete",
        "A new file is queued once its size and date have not changed for this long.",
        unit="s",
        minimum=0,
        maximum=86400,
    )
    poll_seconds: float = setting(
        60.0,
        "Check polled folders every",
        "How often folders that report no changes, such as network shares, are searched for new "
        "films.",
        unit="s",
        minimum=1,
        maximum=86400,
    )
    reconcile_hours: float = setting(
        6.0,
        "Full rescan every",
        "Finds films that the system did not report.",
        unit="h",
        minimum=0.1,
        maximum=720,
    )
    check_films: CheckTime = setting(
        CheckTime.IDLE,
        "Check films for damage",
        "When films are decoded to find damaged ones, once you have started that in the library.",
    )


@dataclass(frozen=True)
class NetworkSettings:
    """How this machine works together with others; who was paired is not a setting (``store.nodes``)."""

    mode: NetworkMode = setting(
        NetworkMode.STANDALONE,
        "Mode",
        "A master shares the films in its queue with slaves; a slave works for its master; "
        "standalone works alone.",
    )
    name: str = setting(
        "",
        "Name of this machine",
        "Shown on the other machines. Empty: the computer's name.",
        optional=True,
    )
    discovery: Discovery = setting(
        Discovery.MDNS,
        "Discovery",
        "Find other machines on this network automatically, or only by an address that you enter.",
    )
    port: int = setting(8477, "Port", "Port that the master listens on.", minimum=1, maximum=65535)
    listen_address: str = setting(
        "",
        "Listen on",
        "Address of this machine that the master listens on. Empty: all addresses.",
        optional=True,
    )
    master: str = setting(
        "",
        "Master's address",
        "Name or address of the master, with :port if it is not the usual one. Empty: the master "
        "that this machine is paired with.",
        optional=True,
    )
    path_mappings: Tuple[str, ...] = setting(
        (),
        "Folder mapping",
        "Where this machine finds the master's folders, for example /films=>Z:\\films.",
        check="path mappings",
        optional=True,
    )
    films: FilmAccess = setting(
        FilmAccess.AUTOMATIC,
        "Film transfer",
        "Shared path reads films in place; transfer copies them over the network; automatic uses "
        "the shared path if it leads to the same film.",
    )
    largest_gigabytes: float = setting(
        0.0,
        "Largest film",
        "Films larger than this are not accepted from the master. 0: any size.",
        unit="GB",
        minimum=0,
        maximum=100000,
    )
    phone: bool = setting(
        False,
        "Page for the phone",
        "Shows the queue in the browser of a phone on your network, and lets it pause, resume, stop and "
        "retry.",
    )
    phone_address: str = setting(
        "",
        "Address of the page",
        "Address of this machine that the page is served on, 127.0.0.1 for this machine alone. Empty: all "
        "addresses.",
        optional=True,
    )
    phone_port: int = setting(
        8480, "Port of the page", "Port that the page is served on.", minimum=1, maximum=65535
    )


@dataclass(frozen=True)
class WindowSettings:
    """How the window looks, and where it was."""

    language: WindowLanguage = setting(
        WindowLanguage.SYSTEM,
        "Language",
        "Language of the window. A change takes effect at the next start.",
    )
    theme: Theme = setting(Theme.SYSTEM, "Theme", "Light, dark, or the same as the system.")
    start_with_system: bool = setting(
        False, "Start with the system", "Starts minimised when you log in."
    )
    close_to_tray: bool = setting(
        False,
        "Close to the tray",
        "Closing the window hides it and processing continues; click the tray icon to show it "
        "again. Without a tray, the window closes.",
    )
    geometry: str = setting(
        "",
        "Window position",
        "Size and position when it was last closed (remembered automatically).",
        optional=True,
    )
    tab: str = setting(
        "",
        "Open tab",
        "The tab that was open when it was last closed (remembered automatically).",
        optional=True,
    )
    tables: str = setting(
        "",
        "Tables",
        "Sorting and column widths of the queue's tables (remembered automatically).",
        optional=True,
    )
    expert_settings: bool = setting(
        False,
        "Expert settings",
        "Whether the experts' pages of the settings are open in the list (remembered automatically).",
    )
    first_steps: FirstSteps = setting(
        FirstSteps.NEW,
        "First steps",
        "Whether the first steps have been completed (remembered automatically).",
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
    messages: MessageSettings = MessageSettings()
    logs: LogSettings = LogSettings()
    monitor: MonitorSettings = MonitorSettings()
    network: NetworkSettings = NetworkSettings()
    window: WindowSettings = WindowSettings()
