"""What QSVEncC, NVEncC and VCEEncC have in common: one author, and one code for nearly all options.

What was run (QSVEncC 8.22) and what was only read (NVEncC 9.32, VCEEncC 9.13) stands in docs/encoders.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import FrozenSet, Iterator, List, Optional, Sequence, Tuple

from core.encoders.family import TrialEncode, last_value
from core.encoders.header_room import header_room
from core.encoders.opus import channel_filter, has_night_mode, mapping_family
from core.encoders.own_program import OwnProgram, in_pipe, keeps_the_films_order, path_argument
from core.encoders.quality import Choice, Codec
from core.encoders.rigaya_progress import RigayaProgress
from core.media.model import AudioTrack, HdrFormat, TrackKind
from core.plan import ContentClass, OpusEncode, OutputTrack, Plan, VideoEncode
from core.programs.program import NO_VERSION, Ask, FilmLength, OutsideProgram, Version
from core.text.ansi import without_ansi

# Extensions whose own readers take no audio, subtitles or colours along.
_OTHER_READERS = frozenset({".avi", ".avs", ".vpy", ".y4m", ".yuv"})
_ERROR = re.compile(
    r"\berror\b|\bfailed\b|not enough disk space|finished with error", re.IGNORECASE
)
# A line that has none of these tells of what it does, not of what it could not do.
_REFUSAL = re.compile(
    r"error|fail|unsupported|not? supported|invalid|cannot|require", re.IGNORECASE
)
# Results of ``rgy_err.h``: a device is lost, failed, hangs, is not found, not available.
_DEVICE_ERRORS = frozenset({-13, -17, -21, -55, -56})
_OUT_OF_MEMORY = -4
_ENCODERS = ("hevc", "av1")  # that it may have: its graphics are asked later
_START = ("--log-level", "error,core_progress=info", "--log-opt", "color=off")


@dataclass(frozen=True, eq=False)
class RigayaProgram(OutsideProgram):
    """One of the three. ``author_name`` is how it calls itself."""

    progress_on_stderr: bool = True
    author_name: str = ""

    def version(self, answer: str) -> Version:
        """Read ``QSVEncC (x64) 8.22 (r4385) by rigaya, …``."""
        start = rf"{self.author_name}C?(?:64)?(?:\.exe)? \(\w+\) "
        found = re.search(rf"{start}(\d+(?:\.\d+)*)((?: \(r\d+\))?)", answer)
        if not found:
            return NO_VERSION
        return Version(found[1] + found[2], tuple(int(part) for part in found[1].split(".")))

    def abilities(self, ask: Ask, version: str) -> FrozenSet[str]:  # noqa: ARG002
        """What it was built with; its graphics are asked by test encodes (``core.encoders.proof``)."""
        built = re.search(r"^\s*libdovi\s*:\s*enabled", version, re.MULTILINE)
        return frozenset({*_ENCODERS, *(("libdovi",) if built else ())})

    def is_error(self, line: str, *, stdout: bool = False) -> bool:
        """All that it says to people is on stderr."""
        return not stdout and bool(_ERROR.search(without_ansi(line)))

    def is_counter(self, line: str) -> bool:
        """Its line of progress."""
        return " frames: " in line

    def is_device_code(self, returncode: int) -> bool:
        """Its errors are negative: 201 is -55 on Linux, 4294967241 on Windows."""
        return returncode in _as_returned(_DEVICE_ERRORS)

    def is_machine_code(self, returncode: int) -> bool:
        """The graphics, or memory that ran out."""
        return returncode in _as_returned(_DEVICE_ERRORS | {_OUT_OF_MEMORY})

    def refuses(self, line: str) -> bool:
        """Whether this line says what it could not do."""
        return bool(_REFUSAL.search(line))

    def progress(self, span: FilmLength) -> RigayaProgress:
        """Read the line that it draws anew."""
        return RigayaProgress(span.duration, span.frame_rate)


def _as_returned(errors: FrozenSet[int]) -> FrozenSet[int]:
    return errors | {code & mask for code in errors for mask in (0xFF, 0xFFFFFFFF)}


_PLAIN = """\
${program} -i $input
-c {codec}{profile} --output-depth {depth}
--colormatrix auto --colorprim auto --transfer auto --colorrange auto --chromaloc auto
$hdr
$tracks
-o $output
"""


# Why these words, and what was run of them: docs/templates.md.
_CHOSEN = """\
${program} -i $input
-c {codec}{profile} --output-depth 10
{options}
--colormatrix auto --colorprim auto --transfer auto --colorrange auto --chromaloc auto
{size}$hdr
$tracks
-o $output
"""


class Rigaya(OwnProgram):
    """The options that the three share."""

    hardware = True
    keeps_lead = False
    bit_rate_options: Tuple[str, ...] = ("--vbr", "--cbr")
    depth_option = "--output-depth"

    def start(self, program: Path, film: Path) -> Tuple[str, ...]:
        """The program, how it reports, and the right reader."""
        argv = [str(program), *_START]
        if film.suffix.lower() in _OTHER_READERS:
            argv.append("--avsw")
        return tuple(argv)

    def hdr_options(self, encode: VideoEncode) -> Tuple[str, ...]:
        """The copy of all that the result must still carry."""
        return _hdr_options(encode.hdr_formats)

    def whole_tracks(self, plan: Plan) -> Optional[Tuple[str, ...]]:
        """Audio, subtitles, attachments, chapters and tags as they are to be, in the film's own order."""
        if not keeps_the_films_order(plan):
            return None
        argv = [*_copied(plan, TrackKind.AUDIO, "--audio-copy")]
        for track in plan.outputs:
            if isinstance(track.conversion, OpusEncode) and isinstance(track.source, AudioTrack):
                argv += _opus(track, track.source, track.conversion)
        argv += _copied(plan, TrackKind.SUBTITLE, "--sub-copy")
        if plan.attachments:
            argv.append("--attachment-copy")
        argv += ["--video-metadata", f"title={header_room(plan)}"]
        argv += ["--chapter-copy", "--metadata", "copy"]
        argv += ["--metadata", f"MEDIAPROCESSOR={plan.signature}", "-f", "matroska"]
        return tuple(argv)

    def piped_tracks(self, plan: Plan) -> Tuple[str, ...]:
        """Every track that stays, as it is."""
        argv: List[str] = []
        for kind, option in ((TrackKind.AUDIO, "--audio-copy"), (TrackKind.SUBTITLE, "--sub-copy")):
            numbers = [str(track.number) for track in in_pipe(plan) if track.kind is kind]
            argv += [option, ",".join(numbers)] if numbers else []
        if any(not attachment.picture_stream for attachment in plan.attachments):
            argv.append("--attachment-copy")
        return (*argv, "--chapter-copy", "-f", "matroska")

    def holds_bit_rate(self, words: Sequence[str]) -> bool:
        """0 is none: NVEncC's ``--vbr 0`` leaves the rate to ``--vbr-quality``."""
        return last_value(words, *self.bit_rate_options) not in ("", "0")

    def plain_template(self, encoder_name: str, bit_depth: int) -> str:
        """The colours are the film's."""
        profile = " --profile main10" if bit_depth > 8 and encoder_name == "hevc" else ""
        return _PLAIN.format(
            program=self.placeholder.name, codec=encoder_name, profile=profile, depth=bit_depth
        )

    def template(self, choice: Choice, content: ContentClass) -> str:
        """The colours are the film's; 10 bits must be asked for, or 8 are made."""
        return _CHOSEN.format(
            program=self.placeholder.name,
            codec=self.encoders[choice.codec.value],
            profile=" --profile main10" if choice.codec is Codec.HEVC else "",
            options=self.scales[choice.codec].words(choice, content),
            size="--output-res ${width}x${height}\n" if content is ContentClass.DOWNSCALE else "",
        )

    def trial_arguments(self, program: Path, trial: TrialEncode) -> Tuple[str, ...]:
        """The picture of a film, with all that its formats need."""
        return (
            *self.start(program, trial.source),
            *("-i", path_argument(trial.source), "-c", self.encoders[trial.codec]),
            *(("--profile", "main10") if trial.bit_depth > 8 and trial.codec == "hevc" else ()),
            *("--output-depth", str(trial.bit_depth)),
            *("--colormatrix", "auto", "--colorprim", "auto", "--transfer", "auto"),
            *("--colorrange", "auto", "--chromaloc", "auto"),
            *_hdr_options(trial.formats),
            *("-f", "matroska", "-o", path_argument(trial.output)),
        )


def _hdr_options(formats: Tuple[HdrFormat, ...]) -> Tuple[str, ...]:
    kept = set(formats) - {HdrFormat.SDR}
    return (
        *(("--master-display", "copy", "--max-cll", "copy") if kept else ()),
        *(("--dhdr10-info", "copy") if HdrFormat.HDR10_PLUS in kept else ()),
        *(_DOLBY_VISION if HdrFormat.DOLBY_VISION in kept else ()),
    )


_DOLBY_VISION = ("--dolby-vision-rpu", "copy", "--dolby-vision-profile", "copy")


def _opus(track: OutputTrack, source: AudioTrack, opus: OpusEncode) -> Iterator[str]:
    decoder = "#drc_scale=0" if has_night_mode(track) else ""
    codec = f"libopus:mapping_family={mapping_family(opus)}{decoder}"
    yield from ("--audio-codec", f"{source.number}?{codec}")
    yield from ("--audio-bitrate", f"{source.number}?{opus.bit_rate}")
    yield from ("--audio-filter", f"{source.number}?{channel_filter(source, opus)}")


def _copied(plan: Plan, kind: TrackKind, option: str) -> List[str]:
    numbers = [
        str(track.source.number) for track in plan.outputs if track.copied and track.kind is kind
    ]
    return [option, ",".join(numbers)] if numbers else []
