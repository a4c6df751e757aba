"""Tiny films for the trials of cutting and joining; each picture shows its own number.

The number stands as bits in the upper part of a picture, black or white, so that it is read again from any
encode of it: then a picture that is lost, shown twice or moved has a name.
"""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence, Tuple

from core.media.dynamic_metadata import with_dolby_vision

WIDTH, HEIGHT = 128, 192
BITS, BIT = 16, 8  # pixels a bit
_BAND = 32  # lines that show the number, and below it the same multiplied: near numbers differ in 6 bits
_FACTOR = 17611
_CHECK = f"mod(N*{_FACTOR},{1 << BITS})"
_AROUND = 12  # pictures
RATES = ("24000/1001", "25", "30000/1001", "50", "60000/1001", "24", "30", "60")
CONTAINERS = ("mkv", "mp4", "mkv→mp4", "ts", "m2ts", "mp4→mkv", "mkv→ts")
CODECS = ("libx264", "libx264", "libx265", "libsvtav1", "libvpx-vp9")
VARIABLE = ("", "", "", "dropped", "uneven")
HDR = ("", "", "", "", "hdr10", "hlg", "dolby vision")
_COLORS = "-color_primaries bt2020 -colorspace bt2020nc -color_range tv -color_trc".split()
_MASTERING = (
    "hdr10=1:repeat-headers=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)"
    "WP(15635,16450)L(10000000,50):max-cll=1000,400"
)
_X265 = "log-level=error:pools=none:frame-threads=1"
_MAKING = 120  # seconds


@dataclass(frozen=True)
class Recipe:
    """What a film is made of; ``late`` is how many seconds its picture begins after its sound."""

    seconds: float
    rate: str
    container: str
    codec: str
    keyint: int
    open_gop: bool
    pyramid: bool
    variable: str
    offset: float  # seconds, of the whole file
    late: float
    hdr: str
    seed: int

    @property
    def ending(self) -> str:
        """The file's ending."""
        return self.container.rpartition("→")[2]


PLAIN = Recipe(
    seconds=2.7,
    rate="24000/1001",
    container="mkv",
    codec="libx264",
    keyint=12,
    open_gop=True,
    pyramid=True,
    variable="",
    offset=0.0,
    late=0.0,
    hdr="",
    seed=3,
)


def random_recipe(dice: random.Random) -> Recipe:
    """Throw the dice for a film that its container can hold."""
    codec, container = dice.choice(CODECS), dice.choice(CONTAINERS)
    hdr = dice.choice(HDR)
    if hdr:
        codec = "libx265"
    if codec in ("libsvtav1", "libvpx-vp9") and "ts" in container:
        container = dice.choice(("mkv", "mp4", "mkv→mp4"))
    rate = dice.choice(RATES)
    return Recipe(
        seconds=dice.uniform(2.5, 6.0),
        rate=rate,
        container=container,
        codec=codec,
        keyint=dice.choice((4, 6, 8, 10, 12, 12, 15, 24, 33)),
        open_gop=dice.random() < 0.5,
        pyramid=dice.random() < 0.6,
        variable="" if hdr == "dolby vision" else dice.choice(VARIABLE),
        offset=dice.choice((0.0, 0.0, 0.0, 1.4, 0.021, 100.5, 5000.333)),
        late=dice.choice((0.0, 0.0, 0.0, 0.04, 0.5, 1.7, -0.3)),
        hdr=hdr,
        seed=dice.randrange(1 << 30),
    )


def make(ffmpeg: str, recipe: Recipe, folder: Path) -> Path:
    """Make the film in ``folder``; raises CalledProcessError."""
    first = folder / f"first.{recipe.container.partition('→')[0]}"
    if recipe.hdr == "dolby vision":
        _make_dolby_vision(ffmpeg, recipe, first, folder)
    else:
        _run(ffmpeg, *_picture(recipe), *_sound(recipe), "-map", "0:v", "-map", "1:a",
             *_encoder(recipe), "-c:a", "ac3", "-b:a", "96k", *_muxer(recipe, first))  # fmt: skip
    film = folder / f"film.{recipe.ending}"
    if "→" in recipe.container:
        _run(ffmpeg, "-i", f"file:{first}", "-map", "0", "-c", "copy", *_form(film))
        first.unlink()
    else:
        first.replace(film)
    return film


def _run(ffmpeg: str, *arguments: str) -> None:
    argv = [ffmpeg, "-hide_banner", "-nostdin", "-v", "error", "-y", *arguments]
    subprocess.run(argv, check=True, timeout=_MAKING, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)  # fmt: skip


def _picture(recipe: Recipe) -> List[str]:
    code = f"if(lt(Y,{_BAND // 2}),N,{_CHECK})"
    shown = f"if(mod(floor({code}/pow(2,floor(X/{BIT}))),2),235,16)"
    number = f"geq=lum='if(lt(Y,{_BAND}),{shown},lum(X,Y))':cb='cb(X,Y)':cr='cr(X,Y)'"
    changes = {
        "": "",
        "dropped": f",select='gt(mod(n*7+{recipe.seed % 11},5),1)+eq(n,0)'",
        "uneven": ",setpts='PTS+mod(N*7,5)/10/FR/TB'",
    }[recipe.variable]
    source = f"testsrc2=size={WIDTH}x{HEIGHT}:rate={recipe.rate},{number}{changes}"
    delay = ["-itsoffset", f"{recipe.late}"] if recipe.late > 0 else []
    return [*delay, "-f", "lavfi", "-t", f"{recipe.seconds}", "-i", source]


def _sound(recipe: Recipe) -> List[str]:
    delay = ["-itsoffset", f"{-recipe.late}"] if recipe.late < 0 else []
    return [*delay, "-f", "lavfi", "-t", f"{recipe.seconds}", "-i", "sine=frequency=440"]


def _encoder(recipe: Recipe) -> List[str]:
    group = ["-g", str(recipe.keyint)]
    frames = ["-fps_mode", "passthrough" if recipe.variable else "auto"]
    if recipe.codec == "libx264":
        words = (
            f"open-gop={int(recipe.open_gop)}:b-pyramid={'normal' if recipe.pyramid else 'none'}"
        )
        words += f":scenecut={40 if recipe.seed % 2 else 0}:bframes={recipe.seed % 5}"
        return ["-c:v", "libx264", "-preset", "veryfast", "-qp", "6", "-pix_fmt", "yuv420p",
                "-x264-params", words, *group, *frames]  # fmt: skip
    if recipe.codec == "libx265":
        words = f"{_X265}:open-gop={int(recipe.open_gop)}:b-pyramid={int(recipe.pyramid)}"
        words += f":bframes={recipe.seed % 5}"
        deep = "yuv420p10le" if recipe.hdr else "yuv420p"
        return ["-c:v", "libx265", "-preset", "ultrafast", "-qp", "6", "-pix_fmt", deep,
                *_hdr(recipe), "-x265-params", words + _mastering(recipe), *group, *frames]  # fmt: skip
    if recipe.codec == "libsvtav1":
        return ["-c:v", "libsvtav1", "-preset", "9", "-crf", "12", "-pix_fmt", "yuv420p",
                "-svtav1-params", "lp=1", *group, *frames]  # fmt: skip
    return ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "12", "-b:v", "0",
            "-pix_fmt", "yuv420p", *group, *frames]  # fmt: skip


def _hdr(recipe: Recipe) -> List[str]:
    if not recipe.hdr:
        return []
    return [*_COLORS, "arib-std-b67" if recipe.hdr == "hlg" else "smpte2084"]


def _mastering(recipe: Recipe) -> str:
    if not recipe.hdr:
        return ""
    colors = "colorprim=bt2020:colormatrix=bt2020nc:transfer="
    colors += "arib-std-b67" if recipe.hdr == "hlg" else "smpte2084"
    return f":{colors}" if recipe.hdr == "hlg" else f":{colors}:{_MASTERING}"


def _make_dolby_vision(ffmpeg: str, recipe: Recipe, first: Path, folder: Path) -> None:
    """A raw stream with data after each picture, encoded once more: only encoders write the record."""
    stream = folder / "stream.hevc"
    raw = ["-c:v", "libx265", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p10le"]
    words = f"{_X265}:bframes=0{_mastering(recipe)}"
    _run(ffmpeg, *_picture(recipe), "-map", "0:v", *raw, *_hdr(recipe), "-x265-params", words,
         "-f", "hevc", f"file:{stream}")  # fmt: skip
    stream.write_bytes(with_dolby_vision(stream.read_bytes()))
    words = f"{_X265}:vbv-maxrate=20000:vbv-bufsize=20000:bframes={recipe.seed % 4}"
    words += f":open-gop={int(recipe.open_gop)}{_mastering(recipe)}"
    delay = ["-itsoffset", f"{recipe.late}"] if recipe.late > 0 else []
    _run(ffmpeg, *delay, "-f", "hevc", "-framerate", recipe.rate, "-i", f"file:{stream}",
         *_sound(recipe), "-map", "0:v", "-map", "1:a", "-c:v", "libx265", "-preset", "ultrafast",
         "-crf", "8", "-pix_fmt", "yuv420p10le", *_hdr(recipe), "-x265-params", words, "-g",
         str(recipe.keyint), "-dolbyvision", "1", "-c:a", "ac3", "-b:a", "96k",
         *_muxer(recipe, first))  # fmt: skip
    stream.unlink()


def _muxer(recipe: Recipe, path: Path) -> List[str]:
    offset = ["-output_ts_offset", f"{recipe.offset}"] if recipe.offset else []
    return [*offset, *_form(path)]


def _form(path: Path) -> List[str]:
    stream = ["-f", "mpegts", "-mpegts_m2ts_mode", str(int(path.suffix == ".m2ts"))]
    form = stream if path.suffix in (".ts", ".m2ts") else []
    return [*form, "-strict", "unofficial", f"file:{path}"]


def shown_codes(ffmpeg: str, film: Path) -> Tuple[int, ...]:
    """Decode a film and read the code that each of its pictures shows; raises CalledProcessError."""
    scale = f"crop={WIDTH}:{_BAND}:0:0,scale={BITS}:2:flags=area,format=gray"
    argv = [
        ffmpeg,
        "-hide_banner",
        "-nostdin",
        "-v",
        "error",
        "-i",
        f"file:{film}",
        "-map",
        "0:v:0",
    ]
    argv += ["-vf", scale, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]
    done = subprocess.run(argv, check=True, timeout=_MAKING, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)  # fmt: skip
    size = 2 * BITS
    return tuple(
        _code(done.stdout[place : place + size]) for place in range(0, len(done.stdout), size)
    )


def _code(rows: Sequence[int]) -> int:
    return sum(1 << place for place, value in enumerate(rows) if value > 128)


def shown_numbers(codes: Sequence[int], film: Sequence[int]) -> Tuple[int, ...]:
    """Return which of the film's codes near its own place each code is.

    The nearest one is meant: an encoder may leave a block as it was in the picture before (SVT-AV1 4.2.0 does
    at its quick presets where many blocks turn from black to white, in one piece as well). In doubt it is
    the one of the same place.
    """
    return tuple(
        min(
            film[max(0, place - _AROUND) : place + _AROUND + 1] or film[-1:],
            key=lambda known: (
                bin(known ^ code).count("1"),
                place >= len(film) or known != film[place],
            ),
        )
        for place, code in enumerate(codes)
    )
