"""The real ffmpeg takes every template that a choice makes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Tuple

import pytest

from core.encoders.family import EncoderFamily, Value, Way
from core.encoders.listed import families
from core.encoders.quality import QUALITIES, SPEEDS, Choice, Codec, Quality, Speed
from core.encoders.templates import parse_template
from core.plan import ContentClass
from core.tools import ToolName, Toolset

BY_FFMPEG = [family for family in families() if family.way is Way.FFMPEG and family.scales]
SOFTWARE = [
    pytest.param(family, codec, id=family.encoders[codec.value])
    for family in BY_FFMPEG
    for codec in family.scales
    if not family.hardware
]
ON_CHIP = [
    pytest.param(family, codec, id=family.encoders[codec.value])
    for family in BY_FFMPEG
    for codec in family.scales
    if family.hardware
]
# Of every encoder (libavcodec/options_table.h), which an encoder's own help does not list.
GENERIC = ("-b", "-global_quality", "-pix_fmt", "-c")
REFUSED = re.compile(
    r"unrecognized option|option not found|error setting option|unable to parse|undefined constant"
    r"|no such option|could not find tag|not a valid|unknown option|codec avoption .* has not been used",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def ffmpeg(toolset: Toolset) -> str:
    tool = toolset.get(ToolName.FFMPEG)
    assert tool is not None
    return str(tool.path)


@pytest.fixture(scope="module")
def picture(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small pictures."""
    path = tmp_path_factory.mktemp("quality") / "picture.mkv"
    source = ("-f", "lavfi", "-i", "testsrc2=size=128x128:rate=25", "-frames:v", "2")
    subprocess.run([ffmpeg, "-v", "error", *source, "-c:v", "ffv1", str(path)], check=True)
    return path


def encode(
    ffmpeg: str, text: str, picture: Path, before: Tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    template = parse_template(text)
    family = template.family
    values: dict[str, Value] = {
        "ffmpeg": (ffmpeg, "-v", "warning", "-y", *before),
        "input": str(picture),
        "output": str(picture.with_name("result.mkv")),
        "tracks": ("-map", "0:0"),
        "hdr": (),
        "filters": "null",
        "pixel_format": family.formats[0],  # type: ignore[attr-defined]
    }
    return subprocess.run(
        template.expand(values), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(("family", "codec"), SOFTWARE)
def test_the_processors_encoders_make_a_file_of_every_quality_and_every_speed(
    family: EncoderFamily, codec: Codec, ffmpeg: str, picture: Path
) -> None:
    choices = [Choice(codec, quality, Speed.VERY_FAST) for quality in QUALITIES]
    choices += [Choice(codec, Quality.BALANCED, speed) for speed in SPEEDS[1:]]
    for choice in choices:
        done = encode(ffmpeg, family.template(choice, ContentClass.NORMAL), picture)
        assert done.returncode == 0, done.stderr
        assert not REFUSED.search(done.stderr), done.stderr


@pytest.mark.parametrize(("family", "codec"), ON_CHIP)
def test_an_encoder_on_a_chip_is_given_options_that_ffmpeg_knows(
    family: EncoderFamily, codec: Codec, ffmpeg: str
) -> None:
    name = family.encoders[codec.value]
    asked = [ffmpeg, "-hide_banner", "-h", f"encoder={name}"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    if "is not recognized" in told:
        pytest.skip(f"this ffmpeg was built without {name}")
    for speed in SPEEDS:
        text = family.template(Choice(codec, speed=speed), ContentClass.NORMAL)
        line = next(line for line in text.splitlines() if line.startswith("-c:v"))
        words = line.split()
        for option, value in zip(words[::2], words[1::2]):
            plain = option.partition(":")[0]
            if plain in GENERIC:
                continue
            described = re.search(rf"^  {plain} +<.*\n(?:^     \S.*\n)*", told, re.MULTILINE)
            assert described, (option, name)
            if value.lstrip("-").isdigit():
                low, high = re.findall(r"from (-?\d+) to (-?\d+|INT_MAX)", described[0])[0]
                assert int(low) <= int(value) <= int(high.replace("INT_MAX", "9999")), line
            else:
                assert re.search(rf"^ +{value} ", described[0], re.MULTILINE), (line, described[0])


@pytest.mark.parametrize(("family", "codec"), ON_CHIP)
def test_an_encoder_on_a_chip_fails_for_want_of_the_chip_and_for_nothing_else(
    family: EncoderFamily, codec: Codec, ffmpeg: str, picture: Path
) -> None:
    text = family.template(Choice(codec, Quality.BEST, Speed.THOROUGH), ContentClass.NORMAL)
    words = parse_template(text).words
    before = family.before_input(words)  # type: ignore[attr-defined]
    done = encode(ffmpeg, text, picture, before)
    lines = done.stderr.splitlines()
    assert done.returncode == 0 or any(map(family.is_device_line, lines)), done.stderr
    assert not REFUSED.search(done.stderr), done.stderr
