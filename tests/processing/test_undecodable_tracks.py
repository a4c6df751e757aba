"""A track that ffmpeg cannot decode is told before the encode; what is damaged only in part is not."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from core.errors import FilmDamaged, MediaProcessorError
from core.film_errors import CannotDecode
from core.queue.retry import RetryAction, retry_of
from core.tools import Toolset
from tests.films import FFMPEG, AudioSpec, SubtitleSpec
from tests.processing.bench import Bench, fast_settings, open_bench, with_section

_CLUSTER, _SIMPLE_BLOCK, _GROUP, _BLOCK = 0x1F43B675, 0xA3, 0xA0, 0xA1
_SEGMENT = 0x18538067
_INSIDE = (_SEGMENT, _CLUSTER, _GROUP)


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as opened:
        opened.settings = fast_settings()
        yield opened


def _number(data: bytes, at: int, *, marked: bool) -> Tuple[int, int]:
    """An EBML number and where it ends; with its length's mark it is an element's name."""
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length], "big")
    return (value if marked else value & ((1 << 7 * length) - 1)), at + length


def blocks(data: bytes, begin: int, end: int) -> Iterator[Tuple[int, int, int]]:
    """The number of each block's track, and where in the file its packet lies (without lacing)."""
    while begin < end:
        name, at = _number(data, begin, marked=True)
        size, at = _number(data, at, marked=False)
        if name in _INSIDE:
            yield from blocks(data, at, min(at + size, end))
        elif name in (_SIMPLE_BLOCK, _BLOCK):
            track, packet = _number(data, at, marked=False)
            yield track, packet + 3, at + size
        begin = at + size


def spoil(film: Path, track: int, begin: float = 0.0, end: float = 1.0) -> None:
    """Put noise in the place of a Matroska track's packets (numbered from 1), between two shares of them."""
    data = bytearray(film.read_bytes())
    found = [place for number, *place in blocks(bytes(data), 0, len(data)) if number == track]
    noise = random.Random(track)
    for first, last in found[int(begin * len(found)) : int(end * len(found))]:
        data[first:last] = noise.getrandbits(8 * (last - first)).to_bytes(last - first, "little")
    film.write_bytes(data)


def refused(bench: Bench) -> CannotDecode:
    with pytest.raises(CannotDecode) as caught:
        bench.process()
    assert bench.untouched()
    return caught.value


SOUNDS = [
    ("truehd", "Dolby TrueHD"),
    ("ac3", "Dolby Digital"),
    ("dts", "DTS"),
    ("flac", "FLAC"),
    ("aac", "AAC"),
]


@pytest.mark.parametrize(("codec", "name"), SOUNDS)
def test_a_sound_of_noise_is_told_before_anything_is_made(
    bench: Bench, codec: str, name: str
) -> None:
    sounds = [AudioSpec("ac3"), AudioSpec(codec, language="dut", sampling_rate=48000)]
    spoil(bench.make(seconds=6, audio=sounds, output_options=["-strict", "-2"]), track=3)
    bench.take(bench.film)
    error = refused(bench)
    told = str(error)
    assert f"ffmpeg cannot decode Audio 2 ({name}" in told, told
    assert "Dutch), so it cannot be converted." in told
    assert "audio.convert_to_opus" in told
    assert "0x" not in told
    assert bench.progress == []
    assert retry_of(error, failures=0, delays=0, changes=0).action is RetryAction.END


def test_a_picture_of_noise_is_told_before_anything_is_made(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True)
    spoil(bench.make(seconds=6), track=1)
    bench.take(bench.film)
    told = str(refused(bench))
    assert "ffmpeg cannot decode Video 1 (" in told
    assert "video.encode" in told
    assert bench.progress == []


def test_a_film_whose_sound_is_only_copied_needs_no_decoder(bench: Bench) -> None:
    bench.settings = with_section(bench.settings, "audio", convert_to_opus=False)
    spoil(bench.make(seconds=6, audio=[AudioSpec("ac3", language="dut")], title="x"), track=2)
    bench.take(bench.film)
    bench.process()
    assert not bench.untouched()


def test_a_sound_track_that_holds_nothing_keeps_no_film_from_being_processed(
    bench: Bench, tmp_path: Path
) -> None:
    whole = bench.make("whole.mkv", audio=[AudioSpec("ac3"), AudioSpec("ac3")])
    film = tmp_path / "emptied.mkv"
    emptied = ("-map", "0", "-c", "copy", "-bsf:a:1", "noise=drop=1")
    subprocess.run(
        [FFMPEG, "-v", "error", "-i", str(whole), *emptied, str(film)], check=True, timeout=60
    )
    bench.take(film)
    bench.process()
    assert not bench.untouched()


@pytest.mark.parametrize("begin", [0.15, 0.4])
def test_a_sound_that_is_lost_for_the_most_part_is_told_with_its_track(
    bench: Bench, begin: float
) -> None:
    """The beginning decodes; the encode meets the rest, and nothing is tried twice."""
    spoil(bench.make(seconds=40, audio=[AudioSpec("ac3", language="dut")]), 2, begin)
    bench.take(bench.film)
    with pytest.raises(MediaProcessorError) as caught:
        bench.process()
    assert bench.untouched()
    assert isinstance(caught.value, CannotDecode if begin < 0.3 else FilmDamaged)
    assert retry_of(caught.value, failures=0, delays=0, changes=0).action is RetryAction.END


@pytest.mark.parametrize(("begin", "end"), [(0.0, 0.05), (0.5, 0.55)])
def test_a_sound_with_some_seconds_of_damage_can_be_allowed(
    bench: Bench, begin: float, end: float
) -> None:
    """Also at the very beginning, where the first glance falls."""
    spoil(bench.make(seconds=40, audio=[AudioSpec("ac3")]), 2, begin, end)
    bench.take(bench.film)
    with pytest.raises(FilmDamaged):
        bench.process()
    assert bench.untouched()
    bench.settings = with_section(bench.settings, "verification", damage_seconds=5.0)
    bench.process()
    assert not bench.untouched()


def test_texts_that_cannot_be_read_are_told_with_their_track(bench: Bench, tmp_path: Path) -> None:
    bench.make("Film.mp4", seconds=6, subtitles=[SubtitleSpec("mov_text", text="Good evening.")])
    data = bench.film.read_bytes()
    assert data.count(b"Good evening.") == 1
    bench.film.write_bytes(data.replace(b"Good evening.", b"\xff\xfe" * 6 + b"\xff"))
    bench.take(bench.film)
    told = str(refused(bench))
    assert "ffmpeg cannot decode Subtitle 1 (" in told
    assert bench.progress == []
