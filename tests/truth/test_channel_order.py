"""Every channel ends where it belongs: a tone of its own in each, found again in the result.

One film per source codec holds every layout that the codec can carry, each as a track, so that the
picking and ordering of tracks is measured along with the layouts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, FrozenSet, Optional, Sequence, Tuple

import pytest

from core.plan import OpusEncode, OutputTrack
from tests.films import DEFAULT_LAYOUTS, LAYOUTS, TONES, AudioSpec, make_film
from tests.truth.pipeline import Converted, convert, fast_settings
from tests.truth.sound import Sound, amplitude, decode, tones_heard

GAIN = 0.1  # of each tone: eight of them in one channel still do not clip
BROADCAST = ("mono", "stereo", "2.1", "3.0", "3.0(back)", "3.1", "4.0", "4.1")
SIDE = ("quad(side)", "5.0(side)", "5.1(side)")

# What each codec carries unchanged with ffmpeg's encoders (measured on 8.1.2).
SOURCES: Dict[Tuple[str, str], Sequence[str]] = {
    ("ac3", "mkv"): (*BROADCAST, *SIDE),
    ("eac3", "mkv"): (*BROADCAST, *SIDE),
    ("dts", "mkv"): ("mono", "stereo", *SIDE),
    ("truehd", "mkv"): ("mono", "stereo", "2.1", "3.0", "3.1", "4.0", "4.1", *SIDE[1:]),
    ("mlp", "mkv"): (*BROADCAST, "quad", "5.0", "5.1"),
    ("flac", "mkv"): (
        *("mono", "stereo", "3.0", "quad", "quad(side)", "5.0", "5.0(side)", "5.1", "5.1(side)"),
        *("6.1", "6.1(back)", "7.0", "7.1", "7.1(wide)"),
    ),
    ("alac", "mkv"): ("mono", "stereo", "3.0", "4.0", "5.0", "5.1", "6.1(back)", "7.1(wide)"),
    ("aac", "mkv"): (
        "mono",
        "stereo",
        "2.1",
        "3.0",
        "3.0(back)",
        "4.0",
        "quad",
        "5.0",
        "5.1",
        "7.1",
    ),
    ("opus", "mkv"): ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"),
    ("vorbis", "mkv"): ("stereo",),
    ("mp3", "mkv"): ("mono", "stereo"),
    ("wavpack", "mkv"): tuple(LAYOUTS),
    ("pcm_s16le", "mov"): tuple(LAYOUTS),
    # Matroska keeps no layout for PCM: the usual one for the number of channels is all there is.
    ("pcm_s24le", "mkv"): tuple(DEFAULT_LAYOUTS.values()),
}
CASES = [(codec, ending, layout) for (codec, ending), some in SOURCES.items() for layout in some]

# Where a channel goes that the result has no place for: the nearest speakers that it does have.
NEAREST: Dict[str, Sequence[Tuple[str, ...]]] = {
    "FC": (("FL", "FR"),),
    "LFE": ((),),  # its own content is lost without a place of its own, as in every downmix
    "BL": (("SL",), ("FL",), ("FC",)),
    "BR": (("SR",), ("FR",), ("FC",)),
    "SL": (("BL",), ("FL",), ("FC",)),
    "SR": (("BR",), ("FR",), ("FC",)),
    "BC": (("BL", "BR"), ("SL", "SR"), ("FL", "FR"), ("FC",)),
    "FLC": (("FL",), ("FC",)),
    "FRC": (("FR",), ("FC",)),
    "FL": (("FC",),),
    "FR": (("FC",),),
}


def places(channel: str, result: Sequence[str]) -> Tuple[str, ...]:
    """The channels of the result in which a channel of the source must be heard."""
    if channel in result:
        return (channel,)
    return next(some for some in NEAREST[channel] if all(name in result for name in some))


def expected(source: str, result: str) -> Dict[str, FrozenSet[str]]:
    """Which source channels each channel of the result must let hear, no more and no less."""
    names = LAYOUTS[result]
    return {
        name: frozenset(channel for channel in LAYOUTS[source] if name in places(channel, names))
        for name in names
    }


Case = Tuple[str, str, str]


@dataclass
class Results:
    """Each source film converted on first use, each track of the results decoded on first use."""

    folder: Path
    films: Dict[Tuple[str, str], Converted] = field(default_factory=dict)
    sounds: Dict[Case, Sound] = field(default_factory=dict)

    def film(self, codec: str, ending: str) -> Converted:
        if (codec, ending) not in self.films:
            tracks = [
                AudioSpec(
                    codec, len(LAYOUTS[source]), source, gain=GAIN, bit_rate=bit_rate(codec, source)
                )
                for source in SOURCES[codec, ending]
            ]
            path = self.folder / f"{codec}-{ending}" / f"film.{ending}"
            film = make_film(path, seconds=0.5, size=(64, 36), audio=tracks)
            self.films[codec, ending] = convert(film, fast_settings())
        return self.films[codec, ending]

    def track(self, case: Case) -> Tuple[OutputTrack, Sound]:
        codec, ending, layout = case
        film = self.film(codec, ending)
        position, track = film.audio(list(SOURCES[codec, ending]).index(layout) + 1)
        if case not in self.sounds:
            self.sounds[case] = decode(film.path, position)
        return track, self.sounds[case]


def bit_rate(codec: str, layout: str) -> Optional[int]:
    """Opus sources get more than any target, or they would rightly be copied."""
    return 96 * len(LAYOUTS[layout]) if codec == "opus" else None


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Results(tmp_path_factory.mktemp("layouts"))


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_every_channel_is_heard_where_it_belongs(results: Results, case: Case) -> None:
    track, sound = results.track(case)
    if isinstance(track.conversion, OpusEncode):
        assert sound.layout == track.conversion.channel_layout
    assert tones_heard(sound) == expected(case[2], sound.layout)


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_a_channel_that_is_not_mixed_keeps_its_level(results: Results, case: Case) -> None:
    """Within 1 dB of what the source itself decodes to: no broadcast compression, no hidden gain."""
    track, sound = results.track(case)
    before = decode(results.film(case[0], case[1]).plan.media.path, track.source.number - 1)
    for name, sources in expected(case[2], sound.layout).items():
        for source in sources:
            if len(sources) == len(places(source, sound.channels)) == 1:
                position = LAYOUTS[case[2]].index(source)
                level = amplitude(before, before.channels[position], TONES[source])
                assert amplitude(sound, name, TONES[source]) == pytest.approx(level, rel=0.12)
