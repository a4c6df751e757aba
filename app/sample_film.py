"""Short films of our own: a picture that moves, sound and subtitles, as ffmpeg makes them out of nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

_RATE = 24
_CHAPTERS, _CHAPTER_SECONDS = "chapters.txt", 5
_LINE_SECONDS = 4  # from one line of a subtitle to the next


@dataclass(frozen=True)
class Clip:
    """What is made up and encoded: pixels, and seconds."""

    width: int
    height: int
    seconds: int

    @property
    def pictures(self) -> int:
        """How many there are."""
        return self.seconds * _RATE

    @property
    def picture(self) -> str:
        """Noisy test pictures, as ffmpeg's filters make them."""
        size = f"{self.width}x{self.height}"
        return f"testsrc2=size={size}:rate={_RATE}:duration={self.seconds},noise=alls=6:allf=t"

    @property
    def sound(self) -> str:
        """A tone, as ffmpeg's filters make it."""
        return f"sine=frequency=440:sample_rate=48000:duration={self.seconds}"


@dataclass(frozen=True)
class SampleSound:
    """A sound track of tones; ``codec`` is the name of ffmpeg's encoder, ``flags`` are its dispositions."""

    language: str
    title: str
    layout: str
    codec: str
    kilobits: int
    flags: str = "0"

    def source(self, seconds: int) -> str:
        """A tone for each channel, as ffmpeg's filters make them."""
        count = {"mono": 1, "stereo": 2, "5.1": 6}[self.layout]
        tones = "|".join(f"0.2*sin({220 + 110 * channel}*2*PI*t)" for channel in range(count))
        rest = f"channel_layout={self.layout}:sample_rate=48000:duration={seconds}"
        return f"aevalsrc={tones}:{rest}"


@dataclass(frozen=True)
class SampleSubtitle:
    """A subtitle that says the same again and again; ``flags`` are its dispositions."""

    language: str
    title: str
    text: str
    flags: str = "0"


@dataclass(frozen=True)
class SampleFilm:
    """``codec`` is what ffmpeg encodes the picture with, in its words."""

    clip: Clip
    codec: Tuple[str, ...]
    sounds: Tuple[SampleSound, ...]
    subtitles: Tuple[SampleSubtitle, ...] = ()
    title: str = ""
    chapters: bool = False

    def write_texts(self, folder: Path) -> Tuple[Path, ...]:
        """Write the subtitles and chapters that the command reads; return their names."""
        texts = {f"clip.{number}.srt": self._srt(sub) for number, sub in enumerate(self.subtitles)}
        if self.chapters:
            texts[f"clip.{_CHAPTERS}"] = self._chapters()
        return tuple(_written(folder, texts))

    def command(self, ffmpeg: Path, texts: Tuple[Path, ...], film: Path) -> Tuple[str, ...]:
        """The command that makes the film; ``texts`` are what ``write_texts`` wrote."""
        argv = [str(ffmpeg), "-hide_banner", "-nostdin", "-v", "error", "-y"]
        argv += ["-progress", "pipe:1", "-nostats"]
        sounds = [sound.source(self.clip.seconds) for sound in self.sounds]
        for source in (self.clip.picture, *sounds):
            argv += ["-f", "lavfi", "-i", source]
        for text in texts:
            argv += ["-i", f"file:{text}"]
        before = 1 + len(sounds)
        for stream in range(before + len(self.subtitles)):
            argv += ["-map", str(stream)]
        if self.chapters:
            meta = str(before + len(self.subtitles))
            argv += ["-map_metadata", meta, "-map_chapters", meta]
        argv += self.codec
        for number, sound in enumerate(self.sounds):
            argv += [f"-c:a:{number}", sound.codec, f"-b:a:{number}", f"{sound.kilobits}k"]
            argv += _labels(f"a:{number}", sound.language, sound.title, sound.flags)
        for number, subtitle in enumerate(self.subtitles):
            argv += [f"-c:s:{number}", "subrip"]
            argv += _labels(f"s:{number}", subtitle.language, subtitle.title, subtitle.flags)
        return (*argv, "-f", "matroska", f"file:{film}")

    def _srt(self, subtitle: SampleSubtitle) -> str:
        return "".join(
            f"{number + 1}\n00:00:{begin:02},000 --> 00:00:{begin + _LINE_SECONDS - 1:02},000\n"
            f"{subtitle.text}\n\n"
            for number, begin in enumerate(range(0, self.clip.seconds, _LINE_SECONDS))
        )

    def _chapters(self) -> str:
        parts = "".join(
            f"[CHAPTER]\nTIMEBASE=1/1\nSTART={begin}\nEND={begin + _CHAPTER_SECONDS}\n"
            f"title=Part {number}\n"
            for number, begin in enumerate(
                range(0, self.clip.seconds - _CHAPTER_SECONDS + 1, _CHAPTER_SECONDS), 1
            )
        )
        return f";FFMETADATA1\ntitle={self.title}\n{parts}"


def _written(folder: Path, texts: Dict[str, str]) -> Iterator[Path]:
    for name, text in texts.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        yield path


def _labels(stream: str, language: str, title: str, flags: str) -> List[str]:
    return [
        *(f"-metadata:s:{stream}", f"language={language}"),
        *(f"-metadata:s:{stream}", f"title={title}"),
        *(f"-disposition:{stream}", flags),
    ]
