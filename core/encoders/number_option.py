"""The option of an encoder that says how good the picture becomes: its names, its range and its steps.

Lower numbers are nearer to the original with every encoder that is listed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class NumberScale:
    """The numbers of one option.

    ``lowest`` and ``highest`` are what the encoder takes, ``step`` the least difference that it makes (less
    than 1 where it takes fractions). A search for a quality stays between ``ceiling``, nearest to the
    original, and ``floor``, the poorest that a film may become.
    """

    lowest: float
    highest: float
    ceiling: float
    floor: float
    step: float = 1.0

    def nearest(self, number: float) -> float:
        """The number that the encoder can tell from its neighbours, inside of what a search may choose."""
        stepped = round(number / self.step) * self.step
        return min(max(stepped, self.ceiling), self.floor)


@dataclass(frozen=True)
class NumberOption:
    """An option that holds a quality; of several ``names`` that mean the same, the last in a command counts.

    With a ``parameter`` the number stands in a word of parameters that follows the option
    (``-x265-params crf=22:aq-mode=3``). ``followers`` are the numbers of other kinds of pictures, which keep
    their distance. ``needs`` is a word without which the encoder does not look at the option.
    """

    names: Tuple[str, ...]
    scale: NumberScale
    parameter: str = ""
    followers: Tuple[str, ...] = ()
    needs: str = ""


# Quantisers of H.264 and HEVC, and of AV1.
QP_26X = NumberScale(1, 51, ceiling=12, floor=34)
QP_AV1 = NumberScale(1, 255, ceiling=40, floor=170)
ICQ = NumberScale(1, 51, ceiling=10, floor=34)  # Intel's and AMD's, whatever the codec


def for_picture(option: str) -> Tuple[str, ...]:
    """ffmpeg's spellings of an option for the picture."""
    return (option, f"{option}:v", f"{option}:v:0")
