"""What a file is: MediaInfo while scanning, ffprobe once when a plan is made of it."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Union,
)

from core.damage import Damage
from core.errors import FileUnavailable, FilmGone, ProbeError, ToolNotFound, ToolStalled
from core.media import native_language
from core.media.identifiers import find_imdb_id
from core.media.model import FileIdentity, FoundTrait, MediaFile, NativeLanguage, Trait
from core.media.probing import (
    captions,
    changes,
    codec_private,
    ffprobe,
    matroska,
    matroska_facts,
    mediainfo,
    mp4,
    stereo,
    traits,
)
from core.media.probing.subtitle_lines import judged
from core.media.seen_file import FilmGlance
from core.ports import Captured, CommandRunner
from core.settings.watched_folder import ContentType
from core.system_errors import is_away, system_problem
from core.text.sentence import Sentence
from core.text.tool_lines import spoken
from core.text.windows_names import name_problem
from core.tools import ONLY_FILES, ToolName, Toolset
from mediainfo.pool import SHARED, MediaInfoPool
from metadata.service import MetadataService
from store.verdicts import fingerprint

# The number of pictures, milliseconds, and the tag that our results carry.
_GLANCE = f"General;%VideoCount%|%Duration%|%{mediainfo.SIGNATURE_TAG}%"

_PROBE_SECONDS = 60.0

# How far before its stated end a file is read to see whether it really goes that far (facts, tail check).
_TAIL_SECONDS = 8.0


class Analyzer:
    """Reads files; thread-safe."""

    def __init__(
        self,
        runner: CommandRunner,
        toolset: Toolset,
        metadata: Optional[MetadataService] = None,
        content: ContentType = ContentType.AUTOMATIC,
        mediainfo_pool: MediaInfoPool = SHARED,
        damage_of: Callable[[FileIdentity], Optional[Damage]] = lambda film: None,  # noqa: ARG005
    ) -> None:
        """``content`` is what the watched folder holds that the films come from; ``damage_of`` tells where a
        film is damaged, as far as that was ever looked for."""
        self._damage_of = damage_of
        self._mediainfo = mediainfo_pool
        self._runner = runner
        self._toolset = toolset
        self._metadata = metadata
        self._content = "" if content is ContentType.AUTOMATIC else content.value

    def analyze(self, path: Path) -> MediaFile:
        """Return all that the rules need: ``probe`` and ``complete``, and Sonarr's or Radarr's tags."""
        media = replace(self.complete(self.probe(path)), content=self._content)
        media = replace(media, damage=self._damage_of(media.identity))
        return media if self._metadata is None else replace(media, tags=self._metadata.tags(media))

    def probe(self, path: Path) -> MediaFile:
        """Return what MediaInfo finds: enough for a list of films.

        Raises FileUnavailable when the file is not there or cannot be read, ProbeError when it is not a film.
        """
        state = _state(path)
        tracks = self._tracks(path)
        media = mediainfo.media_file(
            path,
            tracks,
            FileIdentity(
                state.st_size, state.st_mtime_ns, state.st_dev, state.st_ino, fingerprint(path)
            ),
            imdb_id=find_imdb_id(path),
            hard_links=state.st_nlink,
        )
        _require_film(media, tracks)
        return media

    def glances(self, paths: Sequence[Path]) -> Iterator[Union[FilmGlance, ProbeError]]:
        """Yield what a library scan needs to know of films, or what ``probe`` would raise.

        A millisecond each: MediaInfo answers with a line of text instead of the whole report.
        """
        named = [path for path in paths if not _name_trouble(path)]
        lines = self._mediainfo.lines(named, _GLANCE)
        for path in paths:
            yield _name_trouble(path) or _glance(path, next(lines))

    def _tracks(self, path: Path) -> List[Dict[str, Any]]:
        try:
            return self._mediainfo.tracks(path)
        except FileUnavailable:
            _state(path)  # which gives the better error where the film has just gone
            raise

    def complete(self, media: MediaFile) -> MediaFile:
        """Add what only ffprobe tells: flags, attachments, stream numbers, ffmpeg's layouts.

        Where MediaInfo says that bytes are missing, a second short call looks whether the last packets
        are there: foreign bytes behind a complete film look the same to it. Raises ProbeError when ffmpeg
        cannot read the file, ToolNotFound without ffprobe.
        """
        sections = ["-show_streams", "-show_chapters", "-show_format", "-show_programs"]
        answer = self._ffprobe(media.path, [*sections, *traits.FIRST_FRAMES])
        told = _parsed(media.path, answer)
        if not traits.shows_pictures(told):
            told = {**told, "frames": [*told.get("frames", ()), *self._first_of_picture(media)]}
        if not media.duration and not told.get("format", {}).get("duration"):
            told.setdefault("format", {})["duration"] = self._length(media.path)
        whole = ffprobe.completed(media, told, self._cover_codecs())
        elements = _elements(media)
        whole = stereo.with_eyes(whole, told)
        whole = replace(
            whole,
            segment=elements.segment if elements else whole.segment,
            title=matroska_facts.title(whole, elements) if elements else whole.title,
            traits=tuple(traits.found_in(whole, told, elements)),
        )
        if whole.truncated:
            whole = replace(whole, truncated=not self._reaches_its_end(whole))
        whole = judged(matroska_facts.with_elements(whole, elements) if elements else whole)
        whole = _with_codec_privates(whole, elements)
        if changes.worth_a_look(whole, told.get("streams", [])):
            whole = self._with_changes(whole, ffprobe.beginning(told))
        if whole.container in mp4.CONTAINERS:
            whole = _with_edits(whole)
        whole = _with_user_data(whole)
        return replace(whole, traits=(*whole.traits, *traits.of_tracks(whole)))

    def _cover_codecs(self) -> FrozenSet[str]:
        """PNG needs zlib, which not every build has; ffprobe may be of another build than ffmpeg."""
        return frozenset({"png"} if self._toolset.can(ToolName.FFMPEG, "png") else ())

    def native_language(self, media: MediaFile, override: str = "") -> NativeLanguage:
        """Return the language that the film was made in, as the user, the services or the file say."""
        if self._metadata is None:
            return native_language.native_language(media, override)
        return self._metadata.native_language(media, override)

    def _with_changes(self, media: MediaFile, start: float) -> MediaFile:
        places = ["-read_intervals", changes.intervals(media.duration, start)]
        shown = ["-show_entries", changes.ENTRIES]
        try:
            answer = self._ffprobe(media.path, [*changes.OPTIONS, *places, *shown])
            frames = json.loads(answer.stdout).get("frames", [])
        except (ProbeError, ValueError):  # it takes too long, or nothing can be decoded there
            return media
        return traits.with_frames(changes.with_changes(media, frames), frames)

    def _first_of_picture(self, media: MediaFile) -> List[Mapping[str, Any]]:
        try:
            answer = self._ffprobe(media.path, traits.FIRST_OF_PICTURE)
            return list(json.loads(answer.stdout).get("frames", ()))
        except (ProbeError, ValueError):
            return []

    def _length(self, path: Path) -> float:
        """Return how long the picture of a file is whose writer was stopped before it could say so.

        In seconds, by its packets, all of which are read for it; 0 where that takes too long.
        """
        picture = ["-select_streams", "v:0", "-show_entries", "packet=pts_time"]
        try:
            answer = self._ffprobe(path, picture)
            packets = json.loads(answer.stdout).get("packets", [])
        except (ProbeError, ValueError):
            return 0.0
        times = [float(packet["pts_time"]) for packet in packets if "pts_time" in packet]
        return max(times) - min(times) if times else 0.0

    def _reaches_its_end(self, media: MediaFile) -> bool:
        start = max(0.0, media.duration - _TAIL_SECONDS)
        entries = "packet=codec_type,pts_time,duration_time"
        tail = ["-read_intervals", f"{start:.3f}%", "-show_entries", entries]
        answer = self._ffprobe(media.path, tail)
        return ffprobe.reaches_end(media, _parsed(media.path, answer))

    def _ffprobe(self, path: Path, arguments: Sequence[str]) -> Captured:
        tool = self._toolset.get(ToolName.FFPROBE)
        if tool is None:
            raise ToolNotFound(ToolName.FFPROBE.value, Sentence("Without it no plan can be made."))
        # "file:" keeps ffprobe from taking a name such as "concat:a" or "-x" for something else.
        argv = [
            str(tool.path),
            "-v",
            "error",
            *ONLY_FILES,
            "-of",
            "json",
            *arguments,
            f"file:{path}",
        ]
        try:
            return self._runner.capture(argv, timeout=_PROBE_SECONDS)
        except ToolStalled as error:
            raise ProbeError(
                path,
                Sentence(
                    "ffprobe did not finish within {seconds} s.", seconds=round(error.seconds)
                ),
            ) from error


def _with_user_data(media: MediaFile) -> MediaFile:
    """The film with what lies beside the lines of its first picture; two pieces are read, and more where
    captions are carried there."""
    if not media.video or media.video[0].codec not in captions.CAPTIONED_CODECS:
        return media
    with _reader(media) as read:

        def piece(place: int) -> bytes:
            return captions.marked(read(place, captions.PIECE))

        first = [piece(place) for place in captions.first_places(media.size)]
        heard = [captions.captions_in(data) for data in first]
        more = captions.more_places(media.size) if False in heard and True not in heard else ()
        found = True in heard or any(captions.captions_in(piece(place)) for place in more)
    picture = replace(media.video[0], captions=found)
    media = replace(media, video=(picture, *media.video[1:]))
    known = any(found.trait is Trait.ACTIVE_FORMAT for found in media.traits)
    if known or not any(map(captions.tells_active_part, first)):
        return media
    return replace(media, traits=(*media.traits, FoundTrait(Trait.ACTIVE_FORMAT, picture.index)))


def _with_codec_privates(media: MediaFile, elements: Optional[matroska.Structure]) -> MediaFile:
    """The film with what only its pictures' own headers tell: layers and film grain."""
    told: Mapping[int, bytes] = {}
    if elements is not None:
        told = matroska_facts.codec_privates(media, elements)
    elif media.container in mp4.CONTAINERS:
        with _reader(media) as read:
            found = mp4.codec_privates(read, media.size)
        told = {track.index: private for track, private in zip(media.video, found)}
    return codec_private.with_privates(media, told)


def _name_trouble(path: Path) -> Optional[ProbeError]:
    problem = name_problem(path) if isinstance(path, PureWindowsPath) else ""
    if not problem:
        return None
    return ProbeError(
        path,
        Sentence("{problem}. Rename it on the machine that it comes from.", problem=problem),
    )


def _glance(path: Path, line: Union[str, ProbeError]) -> Union[FilmGlance, ProbeError]:
    """What MediaInfo's line says of a film."""
    if isinstance(line, FileUnavailable):
        try:
            _state(path)  # which gives the better error where there is no file
        except ProbeError as error:
            return error
    if isinstance(line, ProbeError):
        return line
    video, _, rest = line.partition("|")
    duration, _, signature = rest.partition("|")
    if not video.isdecimal() or int(video) == 0:
        return ProbeError(path, Sentence("the file has no video track."))
    try:
        seconds = float(duration) / 1000
    except ValueError:  # a film without a stated end
        seconds = 0.0
    return FilmGlance(seconds, signature)


def _state(path: Path) -> os.stat_result:
    """The file's state; the two kinds of errors say why there is nothing to read."""
    trouble = _name_trouble(path)
    if trouble is not None:
        raise trouble
    try:
        state = path.stat()
    except FileNotFoundError as error:
        if is_away(error):
            raise FileUnavailable(
                path,
                Sentence("its disk or share is not connected: {problem}.", problem=_why(error)),
            ) from error
        if path.is_symlink():
            raise FileUnavailable(
                path, Sentence("it is a link to a file that does not exist.")
            ) from error
        if path.parent.is_dir():
            raise FilmGone(
                path, Sentence("it does not exist: it was moved, renamed or deleted.")
            ) from error
        raise FileUnavailable(
            path, Sentence("it does not exist, or its drive is not connected.")
        ) from error
    except (OSError, ValueError) as error:
        raise FileUnavailable(
            path, Sentence("it cannot be read: {problem}.", problem=_why(error))
        ) from error
    if stat.S_ISDIR(state.st_mode):
        raise ProbeError(path, Sentence("this is a folder, not a film: name the films in it."))
    if not stat.S_ISREG(state.st_mode):
        raise ProbeError(path, Sentence("it is not a regular file."))
    if state.st_size == 0:
        raise ProbeError(path, Sentence("the file is empty."))
    return state


def _why(error: Exception) -> str:
    return system_problem(error)


def _elements(media: MediaFile) -> Optional[matroska.Structure]:
    """What a Matroska file's own elements say; None for other containers."""
    if media.container not in ("Matroska", "WebM"):
        return None
    with _reader(media) as read:
        return matroska.structure(read, media.size)


def _with_edits(media: MediaFile) -> MediaFile:
    """The film with what an MP4's edit lists hide."""
    with _reader(media) as read:
        return mp4.with_edits(media, mp4.edited_tracks(read, media.size))


@contextlib.contextmanager
def _reader(media: MediaFile) -> Iterator[Callable[[int, int], bytes]]:
    """Read pieces of a film by position and length; raises FileUnavailable."""
    try:
        with media.path.open("rb") as file:

            def read(offset: int, size: int) -> bytes:
                file.seek(offset)
                return file.read(size)

            yield read
    except OSError as error:
        _state(media.path)  # which gives the better error where the film has just gone
        raise FileUnavailable(
            media.path, Sentence("it cannot be read: {problem}.", problem=_why(error))
        ) from error


def _require_film(media: MediaFile, tracks: Sequence[Mapping[str, Any]]) -> None:
    if media.video:
        return
    if any(track["track_type"] == "Image" for track in tracks):
        raise ProbeError(
            media.path,
            Sentence("this is a picture ({container}), not a film.", container=media.container),
        )
    if not media.container:
        raise ProbeError(media.path, Sentence("this is not a video file."))
    if media.truncated:
        raise ProbeError(
            media.path,
            Sentence(
                "the file is incomplete: the contents of this {container} file are missing.",
                container=media.container,
            ),
        )
    raise ProbeError(
        media.path,
        Sentence(
            "the file has no video track; its format is {container}.", container=media.container
        ),
    )


def _parsed(path: Path, answer: Captured) -> Dict[str, Any]:
    """ffprobe's JSON; its last error line when it could not read the file."""
    found: Optional[Any] = None
    with contextlib.suppress(ValueError):
        found = json.loads(answer.stdout)
    if answer.returncode != 0 or not isinstance(found, dict) or not found:
        lines = [line for line in answer.stderr.splitlines() if line.strip()]
        problem = spoken(lines[-1]) if lines else Sentence("it gave no answer")
        raise ProbeError(path, Sentence("ffmpeg cannot read it: {problem}.", problem=problem))
    return found
