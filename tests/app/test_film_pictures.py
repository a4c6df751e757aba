"""The same picture of a film and of its result, with real films whose pictures tell their number."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import List, Tuple

import pytest

from app.film_pictures import ComparedFilms, FilmPictures, FilmSides, StillPair
from core.errors import JobCancelled, ToolNotFound, UsageError
from core.media.still_png import from_png
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.runner import ProcessRunner
from tests.films import FFMPEG

RATE, SECONDS = 24, 10
# A bar for each bit of the picture's number, white for 1: it outlives any encoder, and a picture can be told
# from the one before it.
BARS = "+".join(
    f"255*between(X,{16 * bit},{16 * bit + 15})*mod(floor(N/{2**bit}),2)" for bit in range(10)
)
NUMBERS = f"color=black:s=160x96:r={RATE}:d={SECONDS},format=gray,geq=lum='{BARS}',format=yuv420p"


@dataclass
class Equipment:
    toolset: Toolset


class Equipper:
    """Has the tools alone; nothing else is asked of it."""

    def __init__(self, toolset: Toolset) -> None:
        self.toolset = toolset

    def equip(self) -> Equipment:
        return Equipment(self.toolset)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def film(folder: Path) -> Path:
    """A film with B-frames and a key frame every four seconds."""
    path = folder / "Film.mkv"
    x264 = ["-c:v", "libx264", "-g", "96", "-bf", "3", "-x264-params", "open-gop=1", "-crf", "20"]
    sound = ["-f", "lavfi", "-i", f"sine=d={SECONDS}"]
    make(["-f", "lavfi", "-i", NUMBERS, *sound, *x264, "-c:a", "ac3"], path)
    return path


@pytest.fixture(scope="module")
def result(folder: Path, film: Path) -> Path:
    path = folder / "Result.mkv"
    make(["-i", str(film), *X265], path)
    return path


X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"]
X265 += ["-fps_mode", "passthrough", "-c:a", "copy"]


def make(arguments: List[str], path: Path) -> None:
    subprocess.run([FFMPEG, "-v", "error", "-y", *arguments, str(path)], check=True)


def pictures(toolset: Toolset, folder: Path) -> FilmPictures:
    return FilmPictures(Equipper(toolset), ProcessRunner(low_priority=False), folder)  # type: ignore[arg-type]


def pixels_in(still: Path, width: int, height: int) -> bytes:
    """A still's brightness in a smaller size."""
    size, pixels = from_png(still.read_bytes())
    raw = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}"]
    scale = f"scale={width}:{height}:flags=area,format=gray"
    asked = [FFMPEG, "-v", "error", *raw, "-i", "-", "-vf", scale, "-f", "rawvideo", "-"]
    return subprocess.run(asked, check=True, input=pixels, stdout=subprocess.PIPE).stdout


def number_in(still: Path) -> int:
    """The number that a still's bars tell."""
    return sum(2**bit for bit, value in enumerate(pixels_in(still, 10, 1)) if value > 127)


def numbers_of(found: StillPair) -> Tuple[int, int]:
    assert found.before is not None
    assert found.after is not None
    return number_in(found.before), number_in(found.after)


def assert_same_pictures(service: FilmPictures, look: ComparedFilms) -> None:
    """At each place both sides show the picture of the place, and the same one."""
    for place in look.places:
        found = service.stills(look, place, JobControl())
        before, after = numbers_of(found)
        assert before == after, f"at {place}: {before} and {after}"
        assert found.pair.sure
        assert abs(before - place * RATE) <= 1.5


@pytest.mark.parametrize("ending", ["mp4", "ts", "avi"])
def test_both_sides_show_the_same_picture_whatever_the_container(
    film: Path, toolset: Toolset, tmp_path: Path, ending: str
) -> None:
    before, after = tmp_path / f"Film.{ending}", tmp_path / "Result.mkv"
    codec = ["-c:v", "mpeg4", "-q:v", "3", "-bf", "2"] if ending == "avi" else ["-c:v", "copy"]
    make(["-i", str(film), *codec, "-c:a", "copy"], before)
    make(["-i", str(before), *X265], after)
    service = pictures(toolset, tmp_path)
    look = service.look(FilmSides(before, after))
    assert len(look.places) == 3
    for place in look.places:
        found = service.stills(look, place, JobControl())
        first, second = numbers_of(found)
        assert first == second, f"at {place}"
        assert found.pair.sure


def test_a_place_shows_the_picture_of_its_time(
    film: Path, result: Path, toolset: Toolset, tmp_path: Path
) -> None:
    service = pictures(toolset, tmp_path)
    assert_same_pictures(service, service.look(FilmSides(film, result)))


def test_a_result_whose_times_are_shifted_is_paired_by_what_it_shows(
    film: Path, toolset: Toolset, tmp_path: Path
) -> None:
    shifted = tmp_path / "Shifted.mkv"
    make(["-i", str(film), "-map", "0:v", "-vf", "setpts=PTS+5/24/TB", *X265], shifted)
    service = pictures(toolset, tmp_path)
    look = service.look(FilmSides(film, shifted))
    found = service.stills(look, 5.0, JobControl())
    first, second = numbers_of(found)
    assert first == second
    assert round((found.pair.result - found.pair.film) * RATE) in (0, 5)  # by where it begins


def test_pictures_of_another_film_are_not_taken_for_the_same(
    film: Path, toolset: Toolset, tmp_path: Path
) -> None:
    other = tmp_path / "Other.mkv"
    make(["-f", "lavfi", "-i", f"color=white:s=160x96:r={RATE}:d={SECONDS}", *X265[:4]], other)
    service = pictures(toolset, tmp_path)
    look = service.look(FilmSides(film, other))
    found = service.stills(look, 5.0, JobControl())
    assert not found.pair.sure
    assert service.score(look, found, JobControl()) is None


def test_a_score_is_high_for_the_same_and_lower_for_a_worse_result(
    film: Path, result: Path, toolset: Toolset, tmp_path: Path
) -> None:
    worse = tmp_path / "Worse.mkv"
    make(["-i", str(film), "-map", "0:v", *X265[:4], "-crf", "48", "-an"], worse)
    service = pictures(toolset, tmp_path)
    scores = []
    for path in (film, result, worse):
        look = service.look(FilmSides(film, path))
        found = service.stills(look, 5.0, JobControl())
        score = service.score(look, found, JobControl())
        assert score is not None
        scores.append(score.value)
    assert scores[0] > 95
    assert scores[0] >= scores[1] > scores[2]


@pytest.mark.parametrize("filters", [["xpsnr", "ssim"], ["ssim"], []])
def test_without_vmaf_another_measure_is_taken_and_named(
    film: Path, result: Path, toolset: Toolset, tmp_path: Path, filters: List[str]
) -> None:
    ffmpeg = toolset.get(ToolName.FFMPEG)
    assert ffmpeg is not None
    less = replace(ffmpeg, abilities=frozenset(filters))
    others = tuple(tool for tool in toolset.tools if tool.name is not ToolName.FFMPEG)
    service = pictures(Toolset((less, *others)), tmp_path)
    look = service.look(FilmSides(film, result))
    assert not look.maps_tones
    score = service.score(look, service.stills(look, 5.0, JobControl()), JobControl())
    assert (score.metric.value if score else None) == next(iter(filters), None)


def test_what_was_made_once_is_not_made_again(
    film: Path, result: Path, toolset: Toolset, tmp_path: Path
) -> None:
    service = pictures(toolset, tmp_path)
    look = service.look(FilmSides(film, result))
    first = service.stills(look, 5.0, JobControl())
    cancelled = JobControl()
    cancelled.cancel()  # nothing can be run with it
    assert service.stills(look, 5.0, cancelled) == first
    with pytest.raises(JobCancelled):
        service.stills(look, 2.0, cancelled)
    leftovers = [path.name for path in (tmp_path / "stills").iterdir() if path.is_dir()]
    assert not leftovers


def test_only_a_result_is_shown_where_the_film_is_gone(
    result: Path, toolset: Toolset, tmp_path: Path
) -> None:
    service = pictures(toolset, tmp_path)
    look = service.look(FilmSides(None, result))
    found = service.stills(look, 5.0, JobControl())
    assert found.before is None
    assert found.after is not None
    assert abs(number_in(found.after) - 5 * RATE) <= 1


def test_a_still_is_fitted_and_a_thumbnail_is_small(
    film: Path, toolset: Toolset, tmp_path: Path
) -> None:
    service = pictures(toolset, tmp_path)
    look = service.look(FilmSides(film, None))
    found = service.stills(look, 5.0, JobControl())
    assert found.before is not None
    fitted = service.fit(found.before, (80, 48), JobControl())
    assert fitted.startswith(b"P6\n80 48\n255\n")
    thumbnail = service.thumbnail(film, (80, 45), JobControl())
    assert thumbnail.startswith(b"\x89PNG")


def test_hdr_is_mapped_so_that_it_looks_like_its_sdr(toolset: Toolset, tmp_path: Path) -> None:
    ffmpeg = toolset.get(ToolName.FFMPEG)
    if ffmpeg is None or "zscale" not in ffmpeg.abilities:
        pytest.skip("this ffmpeg has no zscale")
    # Full white of 100 cd/m² is 0.508 in PQ: a dull grey where nobody maps it.
    path = tmp_path / "Hdr.mkv"
    told = ["-x264-params", "transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc"]
    grey = f"color=0x808080:s=160x96:r={RATE}:d=3,format=yuv420p"
    make(["-f", "lavfi", "-i", grey, "-c:v", "libx264", *told], path)
    service = pictures(toolset, tmp_path)
    look = service.look(FilmSides(path, path))
    assert look.hdr
    assert look.maps_tones
    found = service.stills(look, look.places[0], JobControl())
    assert found.before is not None
    assert pixels_in(found.before, 1, 1)[0] > 150


def test_without_ffmpeg_one_sentence_says_so(film: Path, toolset: Toolset, tmp_path: Path) -> None:
    without = Toolset(tuple(tool for tool in toolset.tools if tool.name is not ToolName.FFMPEG))
    service = pictures(without, tmp_path)
    look = service.look(FilmSides(film, None))
    with pytest.raises(ToolNotFound, match="Without it no pictures can be shown"):
        service.stills(look, 5.0, JobControl())
    with pytest.raises(ToolNotFound, match="Without it no pictures can be shown"):
        pictures(Toolset(()), tmp_path).look(FilmSides(film, None))


def test_a_file_without_a_picture_is_told(toolset: Toolset, tmp_path: Path) -> None:
    sound = tmp_path / "Sound.mkv"
    make(["-f", "lavfi", "-i", "sine=d=1", "-c:a", "ac3"], sound)
    with pytest.raises(UsageError, match=r"Sound\.mkv has no picture"):
        pictures(toolset, tmp_path).look(FilmSides(sound, None))
