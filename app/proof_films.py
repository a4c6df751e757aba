"""The small films that encoders are tried with: made by ffmpeg when they are needed, one for each feature."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Optional, Tuple

from core.encoders.family import Feature
from core.errors import MediaProcessorError, ToolFailed
from core.media.dynamic_metadata import with_dolby_vision, with_hdr10_plus
from core.ports import CommandRunner
from core.text.sentence import Sentence
from core.tools import ToolInfo

_MAKING_SECONDS = 30.0
_RATE = 24
SIZE = (640, 360)  # pixels: no encoder on hardware refuses it for being small
_PICTURE = f"testsrc2=size={SIZE[0]}x{SIZE[1]}:rate={_RATE}:duration=0.5"
_COLORS = (
    *("-color_primaries", "bt2020", "-color_trc", "smpte2084"),
    *("-colorspace", "bt2020nc", "-color_range", "tv"),
)
# No B-frames: a raw stream tells no times, and they are counted afterwards.
_X265 = (
    "bframes=0:hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:"
    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):"
    "max-cll=1000,400:log-level=error"
)
_VBV = ":vbv-maxrate=20000:vbv-bufsize=20000"  # without a bounded buffer x265 refuses Dolby Vision
_NEEDED = "libx265_10bit"


class ProofFilms:
    """Films in ``folder``, by ``ffmpeg``; each is made once."""

    def __init__(self, folder: Path, ffmpeg: Optional[ToolInfo], runner: CommandRunner) -> None:
        self._folder = folder
        self._ffmpeg = ffmpeg
        self._runner = runner
        self._made: Dict[Feature, Path] = {}

    def why_none(self, feature: Feature) -> str:
        """Why no film with this can be made here, as a sentence; empty where it can."""
        if self._ffmpeg is None:
            return Sentence("There is no ffmpeg that could make a film to try it with.")
        plain = feature in (Feature.PICTURE, Feature.TEN_BIT)
        if plain or _NEEDED in self._ffmpeg.abilities:
            return ""
        return Sentence(
            "No film with {feature} can be made here: ffmpeg has no libx265 with 10 bits.",
            feature=feature.label,
        )

    def film(self, feature: Feature) -> Path:
        """Return the film with this feature; raises ToolFailed, ToolStalled and OSError."""
        if feature not in self._made:
            self._made[feature] = self._make(feature)
        return self._made[feature]

    def _make(self, feature: Feature) -> Path:
        film = self._folder / f"clip.{feature.value}.mkv"
        if feature in (Feature.PICTURE, Feature.TEN_BIT):
            depth = "yuv420p10le" if feature is Feature.TEN_BIT else "yuv420p"
            self._run(*_lavfi(), "-c:v", "ffv1", "-pix_fmt", depth, _argument(film))
            return film
        stream = self._folder / f"clip.{feature.value}.hevc"
        self._run(*_lavfi(), *hdr10_codec(), "-f", "hevc", _argument(stream))
        if feature is Feature.HDR10_PLUS:
            stream.write_bytes(with_hdr10_plus(stream.read_bytes()))
        if feature is Feature.DOLBY_VISION:
            # Encoded once more: ffmpeg writes the container's record only where its encoder tells it.
            stream.write_bytes(with_dolby_vision(stream.read_bytes()))
            self._run(*_raw(stream), *_x265(_VBV), "-dolbyvision", "1", _argument(film))
        else:
            times = f"setts=ts=N/{_RATE}/TB"
            self._run(*_raw(stream), "-c", "copy", "-bsf:v", times, _argument(film))
        return film

    def _run(self, *arguments: str) -> None:
        if self._ffmpeg is None:
            raise MediaProcessorError(self.why_none(Feature.PICTURE))
        argv = (str(self._ffmpeg.path), "-hide_banner", "-nostdin", "-v", "error", "-y", *arguments)
        answer = self._runner.capture(argv, timeout=_MAKING_SECONDS)
        if answer.returncode != 0:
            raise ToolFailed("ffmpeg", answer.returncode, tuple(answer.stderr.splitlines()))


def hdr10_codec() -> Tuple[str, ...]:
    """What ffmpeg encodes a picture with 10 bits and HDR10 with, in its words."""
    return (*_x265(""), *_COLORS)


def _argument(path: Path) -> str:
    return f"file:{path}"


def _lavfi() -> Tuple[str, ...]:
    return ("-f", "lavfi", "-i", _PICTURE)


def _raw(stream: Path) -> Tuple[str, ...]:
    return ("-f", "hevc", "-framerate", str(_RATE), "-i", _argument(stream))


def _x265(more: str) -> Tuple[str, ...]:
    depth = ("-pix_fmt", "yuv420p10le")
    return (*("-c:v", "libx265", "-preset", "ultrafast"), *depth, "-x265-params", _X265 + more)
