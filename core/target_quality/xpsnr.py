"""XPSNR on VMAF's scale, for an ffmpeg that has no libvmaf.

What a picture lacks of VMAF 100 falls by the same factor with each dB. The two numbers were fitted to spans
of 1.5 to 4 s of 16 real clips (animation, faces, street, dark, water, sport; 640x272 to 854x480), encoded
by x265 and SVT-AV1 at 2 to 9 numbers each, whose VMAF (v0.6.1, ffmpeg 9.0.2) was 88 to 98.5: the slope is
that within a clip, the offset that of the mean clip. Each clip by itself is off by 2.5 (standard deviation;
a dark one with noise came out 5 too high, a small sharp one 6 too low), spans of one clip beside each other
by 0.8, on the clips that it was fitted to. So numbers of one film are compared well, and a target is met
more loosely than with VMAF.

Luma alone: with the chroma's share (6:1:1) it came out at 2.5 instead of 2.6, and a film without colour would
count as perfect there.
"""

from __future__ import annotations

import math

_OFFSET, _SLOPE = 9.99, -0.22


def as_vmaf(xpsnr: float) -> float:
    """Return the VMAF that pictures of this XPSNR (luma, dB) have as a rule."""
    return max(0.0, 100.0 - math.exp(_OFFSET + _SLOPE * xpsnr))
