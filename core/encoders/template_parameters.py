"""What x265 and SVT-AV1 leave out of a template without a word.

Their parameters stand in one word that ffmpeg passes on. What a library does not know, or cannot read, is
a warning there: below the level at which jobs run, and with exit code 0. (Seen with ffmpeg 8.1.2 and 9.0.2.)
"""

from __future__ import annotations

import re
from typing import Iterator, Tuple

from core.encoders.templates import Template
from core.text.sentence import Sentence

_OPTIONS = ("-x265-params", "-svtav1-params")
_LEFT_OUT = re.compile(
    r"(?:Unknown option: |Invalid value for |Error parsing option )(.+?)\.?\s*$", re.MULTILINE
)
_PICTURE = ("-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=0.04", "-pix_fmt", "yuv420p")


def question(template: Template) -> Tuple[str, ...]:
    """The words that make ffmpeg say what it leaves out; none where there is nothing to ask."""
    pairs = tuple(zip(template.words, template.words[1:]))
    parameters = [word for pair in pairs if pair[0] in _OPTIONS for word in pair]
    if not parameters:
        return ()
    encoder = ("-c:v", template.encoder_name, *parameters)
    return ("-hide_banner", "-nostdin", "-v", "warning", *_PICTURE, *encoder, "-f", "null", "-")


def left_out(template: Template, answer: str) -> Iterator[str]:
    """A sentence for each thing that the encoder would leave out; ``answer`` is what ffmpeg said."""
    for found in _LEFT_OUT.finditer(answer):
        yield (
            Sentence(
                "{encoder_name} does not take {group} and would go on without it. Correct it, or take "
                "it out.",
                encoder_name=template.encoder_name,
                group=repr(found.group(1).strip()),
            )
        )
    for option, value in zip(template.words, template.words[1:]):
        fraction = option in ("-crf", "-crf:v", "-crf:v:0") and re.fullmatch(
            r"\d+\.\d*[1-9]\d*", value
        )
        if fraction and template.encoder_name == "libsvtav1":
            yield (
                Sentence(
                    "libsvtav1 takes whole numbers for -crf: {value} would be {whole}. Write "
                    "-svtav1-params crf={value}.",
                    value=value,
                    whole=value.partition(".")[0],
                )
            )
