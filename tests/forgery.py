"""Results that are not the film's, as a broken driver, a wrong template or a bad machine would make them.

A forging maker makes an honest result and then puts a forged one in its place: the same tracks, names,
flags and mark, other content.
"""

from __future__ import annotations

import logging
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Mapping, Tuple

from analyzer import Analyzer
from core.commands import build_steps
from core.encoders.header_room import header_room
from core.errors import VerificationFailed
from core.media.model import NativeLanguage, TrackKind
from core.plan import Plan
from core.planning.planner import build_plan
from core.progress import Progress
from core.settings.tree import Settings
from core.steps import StepName
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.maker import MadeResult, Maker
from processing.pipeline import ResultMaker
from processing.probing import Prober
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processing.stall import Limits
from processing.verify import Verifier
from tests.films import FFMPEG, make_film
from tests.processing.bench import fast_settings, with_section

RATE = 25
_ENCODER = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")
_X265 = (*_ENCODER, "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-enc_time_base", "demux")


@dataclass(frozen=True)
class Forgery:
    """One way to forge a result; ``says`` is what the sentence that refuses it must hold.

    ``picture`` and ``sound`` are filters (of every sound track), ``options`` go to ffmpeg as they are;
    ``T``, ``U`` and ``END`` stand for a quarter and half of the film and its end, in seconds.
    """

    name: str
    says: str
    picture: str = ""
    sound: str = ""
    options: Tuple[str, ...] = ()
    inputs: Tuple[str, ...] = ()
    maps: Tuple[str, ...] = ("-map", "0")
    honest: bool = False  # to be let through


_WHOLE = "trim=end_frame=COUNT"
_PAD = f"tpad=stop_mode=clone:stop_duration=END,{_WHOLE}"
_AT_RATE = f"setpts=N/{RATE}/TB"

FORGERIES: Tuple[Forgery, ...] = (
    Forgery("encoded once more", "", picture="null", sound="anull", honest=True),
    Forgery("black", "is black", picture="lutyuv=y=16:u=128:v=128"),
    Forgery(
        "black from a quarter on", "is black", picture="lutyuv=y=16:u=128:v=128:enable='gt(t,T)'"
    ),
    Forgery(
        "black between two sample points",
        "is black",
        picture="lutyuv=y=16:u=128:v=128:enable='between(t,T-2,T-0.1)'",
    ),
    Forgery("green", "colour", picture="lutyuv=y=0:u=0:v=0"),
    Forgery(
        "every sixth picture green",
        "pictures that the film has not",
        picture="lutyuv=y=0:u=0:v=0:enable='eq(mod(n,6),0)'",
    ),
    Forgery("green chroma", "colours", picture="lutyuv=u=44:v=21"),
    Forgery("without colours", "colours", picture="hue=s=0"),
    Forgery("chroma planes swapped", "colours", picture="swapuv"),
    Forgery("frozen from a quarter on", "stands still", picture=f"trim=end=T,{_PAD}"),
    Forgery(
        "another film",
        "another one",
        inputs=("-f", "lavfi", "-i", f"mandelbrot=size=320x180:rate={RATE}"),
        maps=("-map", "1:v", "-map", "0", "-map", "-0:v"),
        picture=_WHOLE,
    ),
    Forgery("upside down", "another one", picture="vflip"),
    Forgery(
        "picture a second early",
        "seconds earlier",
        picture=f"trim=start=1,setpts=PTS-STARTPTS,{_PAD}",
    ),
    Forgery(
        "picture a second late",
        "seconds later",
        picture=f"tpad=start_mode=clone:start_duration=1,{_WHOLE}",
    ),
    Forgery(
        "sound a second early",
        "seconds earlier",
        sound="atrim=start=1,asetpts=PTS-STARTPTS,apad=pad_dur=1",
    ),
    Forgery("sound half a second late", "seconds later", sound="adelay=500:all=1,atrim=end=END"),
    Forgery("silence", "is silent", sound="volume=0"),
    Forgery("silence from a quarter on", "silent", sound="volume=0:enable='gt(t,T)'"),
    Forgery("one silent channel", "is silent in channel 2", sound="pan=stereo|c0=c0|c1=0*c1"),
    Forgery("much too quiet", "too quiet", sound="volume=-20dB"),
    Forgery(
        "swapped languages",
        "another track's sound",
        maps=("-map", "0:v", "-map", "0:a:1", "-map", "0:a:0", "-map", "0:a:2", "-map", "0:s"),
    ),
    Forgery("empty subtitles", "is empty", options=("-bsf:s:0", "noise=drop=1")),
    Forgery(
        "half the subtitles",
        "packets instead of",
        options=("-bsf:s:1", "noise=drop=gt(pts\\,U*1000)"),
    ),
    Forgery(
        "swapped subtitles",
        "is not the film's",
        maps=("-map", "0:v", "-map", "0:a", "-map", "0:s:1", "-map", "0:s:0"),
    ),
    Forgery(
        "a cut in the middle, made as long again",
        "",
        picture=f"select='not(between(t,T,U))',{_AT_RATE},{_PAD}",
        sound="aselect='not(between(t,T,U))',asetpts=N/SR/TB,apad=whole_dur=END",
    ),
    Forgery(
        "a cut in the middle of the picture",
        "",
        picture=f"select='not(between(t,T,U))',{_AT_RATE},{_PAD}",
    ),
    Forgery(
        "a cut in the middle",
        "",
        picture=f"select='not(between(t,T,U))',{_AT_RATE}",
        sound="aselect='not(between(t,T,U))',asetpts=N/SR/TB",
    ),
    Forgery("a hole of 2 s", "pictures", picture="select='not(between(t,T,T+2))'"),
    Forgery("20 pictures missing", "pictures", picture="select='not(between(n,30,49))'"),
    Forgery(
        "20 pictures missing, closed up",
        "pictures",
        picture=f"select='not(between(n,30,49))',{_AT_RATE}",
    ),
    Forgery("20 pictures doubled", "pictures", picture="loop=loop=1:size=20:start=30"),
    Forgery("one picture missing", "pictures", picture="select='not(eq(n,30))'"),
    Forgery("pictures drift", "seconds too late", picture="setpts='PTS+if(gt(PTS*TB,U),0.5/TB,0)'"),
    Forgery(
        "copied sound replaced",
        "is not the film's",
        inputs=("-f", "lavfi", "-t", "END", "-i", "sine=frequency=300"),
        maps=("-map", "0:v", "-map", "0:a:0", "-map", "0:a:1", "-map", "1:a", "-map", "0:s"),
        options=("-c:a:2", "libopus", "-ac:a:2", "2"),
    ),
    Forgery(
        "copied sound with a hole",
        "is not the film's",
        options=("-bsf:a:2", "noise=drop=between(n\\,50\\,99)"),
    ),
)


def make_source(path: Path, seconds: float) -> Path:
    """A film with moving pictures, two languages that are spoken differently, one track that is copied."""
    silent = make_film(
        path.with_name("picture.mkv"), seconds=seconds, audio=[], video_options=["-qp", "12"]
    )
    texts = []
    for number, step in enumerate((1.0, 1.5)):
        text = path.with_name(f"text{number}.srt")
        cues = int(seconds / step) - 1
        text.write_text(
            "\n".join(
                f"{cue + 1}\n{_time(cue * step)} --> {_time(cue * step + 0.8)}\nLine {cue} of {number}.\n"
                for cue in range(cues)
            ),
            encoding="utf-8",
        )
        texts.append(text)
    argv = [FFMPEG, "-v", "error", "-y", "-i", str(silent)]
    for tone, rhythm in ((440, 1.7), (620, 2.3), (500, 1.1)):
        # Words: bursts of changing length at a changing height.
        burst = f"gt(sin(2*PI*{rhythm}*t)+0.7*sin(2*PI*{rhythm}*0.37*t*t),0.1)"
        wave = f"(0.02+0.3*{burst})*sin(2*PI*({tone}*t+30*sin(2*PI*0.4*t)))"
        other = f"(0.02+0.3*{burst})*sin(2*PI*{tone * 1.3}*t)"
        argv += [
            "-f",
            "lavfi",
            "-t",
            str(seconds),
            "-i",
            f"aevalsrc='{wave}|{other}':c=stereo:s=48000",
        ]
    for text in texts:
        argv += ["-i", str(text)]
    argv += ["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4", "-map", "5"]
    argv += ["-c:v", "copy", "-c:a:0", "flac", "-c:a:1", "flac", "-c:a:2", "libopus", "-c:s", "srt"]
    for place, language in enumerate(("eng", "dut", "ger")):
        argv += [f"-metadata:s:a:{place}", f"language={language}"]
    for place, language in enumerate(("eng", "dut")):
        argv += [f"-metadata:s:s:{place}", f"language={language}"]
    subprocess.run([*argv, str(path)], check=True)
    for used in (silent, *texts):
        used.unlink()
    return path


def make_slow_source(path: Path, seconds: float) -> Path:
    """A film whose picture moves so slowly that a second's shift changes little of it."""
    argv = [FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-t", str(seconds)]
    argv += [
        "-i",
        f"nullsrc=size=320x180:rate={RATE},geq=lum='128+70*sin(2*PI*X/W+T/10)':cb=128:cr=128",
    ]
    argv += ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-qp", "4"]
    subprocess.run([*argv, str(path)], check=True)
    return path


def _time(seconds: float) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{milliseconds:03d}"


def forge(
    forgery: Forgery, honest: Path, output: Path, plan: Plan, settings: Settings, toolset: Toolset
) -> None:
    """Write to ``output`` what the forgery makes of an honest result."""
    tool = toolset.get(ToolName.FFMPEG)
    assert tool is not None
    seconds = plan.media.duration
    values = {
        "COUNT": str(round(seconds * RATE)),
        "END": f"{seconds:.3f}",
        "T": f"{seconds / 4:.3f}",
        "U": f"{seconds / 2:.3f}",
    }
    argv: List[str] = [str(tool.path), "-v", "error", "-nostdin", "-y", "-i", str(honest)]
    argv += [_filled(word, values) for word in forgery.inputs]
    argv += [*forgery.maps, "-c", "copy"]
    if forgery.picture:
        argv += ["-filter:v:0", _filled(forgery.picture, values), *_X265]
    if forgery.sound:
        for number in (0, 1):
            argv += [
                f"-filter:a:{number}",
                _filled(forgery.sound, values),
                f"-c:a:{number}",
                "libopus",
            ]
    argv += [_filled(word, values) for word in forgery.options]
    # What mkvpropedit needs room for in the header.
    argv += ["-metadata:s:0", f"title={header_room(plan)}"]
    argv += ["-max_muxing_queue_size", "9999", "-f", "matroska", f"file:{output}"]
    subprocess.run(argv, check=True)
    for step in build_steps(plan, settings, toolset, output):
        if step.name is StepName.PROPERTIES:
            for command in step.commands:
                subprocess.run(command.argv, check=True, stdout=subprocess.DEVNULL)


def _filled(word: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\b(COUNT|END|T|U)\b(?!S)", lambda match: values[match[1]], word)


class ForgingMaker:
    """Makes what another maker makes, and then forges it."""

    is_local = True

    def __init__(self, honest: Maker, forged: Callable[[Plan, Path], None]) -> None:
        self._honest = honest
        self._forged = forged
        self.toolset = honest.toolset

    def survives_shutdown(self) -> bool:
        """As the honest maker."""
        return self._honest.survives_shutdown()

    def make(
        self,
        plan: Plan,
        output: Path,
        control: JobControl,
        on_progress: Callable[[Progress], None],
    ) -> MadeResult:
        """Make the honest result, then put the forged one in its place."""
        made = self._honest.make(plan, output, control, on_progress)
        self._forged(made.plan, output)
        return made


class Forge:
    """A film, its honest result, and what the proof says of forged ones."""

    def __init__(
        self,
        folder: Path,
        toolset: Toolset,
        seconds: float,
        sample_points: int = 5,
        source: Callable[[Path, float], Path] = make_source,
    ) -> None:
        settings = fast_settings(encode=True)
        settings = with_section(settings, "verification", sample_points=sample_points)
        # What a forgery weighs is not what is tried here.
        self.settings = with_section(settings, "files", largest_ratio=1.0)
        self._toolset = toolset
        self._folder = folder
        self._runner = ProcessRunner()
        self._analyzer = Analyzer(self._runner, toolset)
        film = source(folder / "Film.mkv", seconds)
        plan = build_plan(self._analyzer.analyze(film), NativeLanguage(), self.settings, toolset)
        self.honest = folder / "honest.mkv"
        maker = ResultMaker(
            self._runner,
            toolset,
            self.settings,
            FileOperations(),
            SystemClock(),
            logging.getLogger("tests"),
        )
        self.made = maker.make(plan, self.honest, JobControl(), lambda progress: None)

    def forge(self, forgery: Forgery) -> Path:
        """Return the forged result."""
        forged = self._folder / "forged.mkv"
        forge(forgery, self.honest, forged, self.made.plan, self.settings, self._toolset)
        return forged

    def verdict(self, result: Path, *, seen: bool = True) -> str:
        """Return the sentence that refuses a result; empty where it is let through.

        Without ``seen`` nothing is known of its making: another machine's, or QSVEnc's.
        """
        limits = Limits(60.0, 60.0)
        verifier = Verifier(
            Prober(self._runner, self._toolset, JobControl(), limits),
            self._analyzer.analyze,
            self.settings,
            self._toolset,
            SystemClock(),
            lambda progress: None,
        )
        plan = self.made.plan
        kept = frozenset(
            track.source.index for track in plan.outputs if track.kind is not TrackKind.SUBTITLE
        )
        spans = verifier.demand_whole_source(plan, kept)
        try:
            verifier.verify(plan, result, spans, self.made if seen else None)
        except VerificationFailed as refusal:
            return str(refusal)
        return ""
