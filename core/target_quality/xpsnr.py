"""XPSNR on VMAF's scale."""

from __future__ import annotations


def as_vmaf(xpsnr: float) -> float:
    """Return the VMAF that pictures of this XPSNR (luma, dB) have as a rule."""
    return max(0.0, min(100.0, 2.0 * xpsnr + 10.0))
