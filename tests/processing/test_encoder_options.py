"""What the families ask of ffmpeg is what the real ffmpeg takes; it lists its options without any chip."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple

import pytest

from core.encoders.by_ffmpeg import ByFfmpeg
from core.encoders.family import TrialEncode
from core.encoders.listed import FAMILIES, is_device_error
from core.settings.tree import ToolSettings
from core.tools import ToolName
from processing.runner import ProcessRunner
from tests.films import make_film
from tools.resolver import find_tools

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 10), reason="the full ffmpeg's wheel needs Python 3.10"
)
ENCODERS = [
    (family, codec)
    for family in FAMILIES
    if isinstance(family, ByFfmpeg)
    for codec in family.encoders
]
# Of every encoder: libavcodec's own options, and ffmpeg's.
GENERIC = frozenset("-b:v -bf -g -maxrate -bufsize -global_quality:v -profile:v".split())
# What each encoder's documents and docs/encoders.md give as ways to hold the quality.
WAYS: Dict[str, Tuple[str, ...]] = {
    "libx265": ("-preset veryslow -crf 18.5", "-preset fast -crf 22"),
    "libsvtav1": ("-preset 8 -crf 28",),
    "hevc_qsv": ("-preset veryslow -global_quality:v 22", "-preset veryfast -global_quality:v 22"),
    "av1_qsv": ("-preset slower -global_quality:v 22",),
    "hevc_nvenc": ("-preset p7 -tune hq -rc vbr -cq 24 -b:v 0", "-rc constqp -qp 24"),
    "av1_nvenc": ("-preset p5 -rc vbr -cq 30 -b:v 0",),
    "hevc_amf": ("-quality quality -rc qvbr -qvbr_quality_level 24", "-rc cqp -qp_i 22 -qp_p 24"),
    "av1_amf": ("-quality high_quality -rc qvbr -qvbr_quality_level 30",),
    "hevc_vaapi": ("-rc_mode ICQ -global_quality:v 24", "-rc_mode CQP -qp 24"),
    "av1_vaapi": ("-rc_mode CQP -global_quality:v 80",),
}


@pytest.fixture(scope="module")
def ffmpeg() -> Path:
    found = find_tools(ToolSettings(), ProcessRunner()).toolset.get(ToolName.FFMPEG)
    assert found is not None
    return found.path


def described(ffmpeg: Path, encoder: str) -> str:
    argv = [str(ffmpeg), "-hide_banner", "-h", f"encoder={encoder}"]
    answer = ProcessRunner().capture(argv, timeout=60)
    if "is not recognized" in answer.stdout + answer.stderr:
        pytest.skip(f"this ffmpeg was built without {encoder}")
    return answer.stdout


def values_of(text: str, option: str) -> Set[str]:
    """The named values of an option in an encoder's help, one below the other."""
    _, _, rest = text.partition(f"  {option} ")
    lines = rest.splitlines()[1:]
    values: List[str] = []
    for line in lines:
        found = re.match(r"     (\S+)\s", line)
        if not found:
            break
        values.append(found[1])
    return set(values)


def pairs(words: Tuple[str, ...]) -> Iterator[Tuple[str, str]]:
    return zip(words[::2], words[1::2])


@pytest.mark.parametrize(("family", "codec"), ENCODERS, ids=[f.encoders[c] for f, c in ENCODERS])
def test_every_option_and_named_value_is_in_the_encoders_own_list(
    ffmpeg: Path, family: ByFfmpeg, codec: str
) -> None:
    encoder = family.encoders[codec]
    text = described(ffmpeg, encoder)
    ways = [family.trial_quality, *(tuple(way.split()) for way in WAYS[encoder])]
    for way in ways:
        for option, value in pairs(way):
            if option in GENERIC:
                continue
            assert f"  {option} " in text, f"{encoder} has no {option}"
            named = values_of(text, option)
            number = re.fullmatch(r"[\d.]+", value)
            assert number or not named or value in named, f"{encoder} has no {option} {value}"
    formats = re.search(r"Supported pixel formats: (.*)", text)
    assert formats is not None
    taken = {family.pixel_format(8)}
    if family.hardware:
        taken.add(family.pixel_format(10))
    assert taken <= set(formats[1].split())


@pytest.mark.parametrize(("family", "codec"), ENCODERS, ids=[f.encoders[c] for f, c in ENCODERS])
def test_a_trial_ends_well_or_with_a_word_on_the_missing_chip(
    ffmpeg: Path, tmp_path: Path, family: ByFfmpeg, codec: str
) -> None:
    described(ffmpeg, family.encoders[codec])
    film = make_film(tmp_path / "Film.mkv", seconds=0.4)
    trial = TrialEncode(codec, film, tmp_path / "trial.mkv", (320, 240), bit_depth=8)
    argv = family.trial_arguments(ffmpeg, trial)
    answer = ProcessRunner().capture(argv, timeout=120)
    if family.hardware and answer.returncode:
        assert is_device_error("ffmpeg", answer.returncode, answer.stderr.splitlines())
    else:
        assert answer.returncode == 0, answer.stderr
        assert trial.output.stat().st_size > 500
