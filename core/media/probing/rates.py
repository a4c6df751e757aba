"""Bit rates, and how far each can be trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable, Mapping, Optional, Tuple

from core.media.model import BitRateSource, MediaFile
from core.media.probing import codecs
from core.media.probing.fields import Fields, kilobits, text

Rate = Tuple[Optional[float], BitRateSource]  # kbit/s

# Figures that differ by less come from the same count: MediaInfo rounds AAC to its nominal rates.
_SAME_COUNT = 0.05


def from_mediainfo(fields: Fields, codec: str = "") -> Rate:
    """The rate in kbit/s and where it comes from; never ``maximum_bit_rate``, which is a peak.

    MediaInfo gives a rate without a stream's size only by subtracting the other tracks.
    """
    rate = kilobits(fields, "bit_rate")
    if rate is None:
        return None, BitRateSource.UNKNOWN
    constant = text(fields, "bit_rate_mode") == "CBR"
    if constant and (codec in codecs.HEADER_RATE_CODECS or codec.startswith("pcm_")):
        return rate, BitRateSource.STREAM
    counted = "stream_size" in fields
    return rate, BitRateSource.STATISTICS if counted else BitRateSource.ESTIMATED


def reconciled(
    found: Rate, told: Optional[float], tags: Mapping[str, str], *, matroska: bool
) -> Rate:
    """MediaInfo's rate with an honest source; ``told`` is ffprobe's in bit/s, ``tags`` the stream's.

    In Matroska a rate counts as known only when a BPS tag says the same: else MediaInfo got it by
    subtracting other tracks. MediaInfo leaves out tags that another program wrote before the last
    re-encode, so a BPS tag alone proves nothing. ffprobe's own figure is the last resort: it shows
    1536 for DTS of 1509.
    """
    rate, source = found
    if source is BitRateSource.STREAM:
        return found
    if rate is None:
        return (told / 1000, BitRateSource.ESTIMATED) if told else found
    if not matroska:
        return found
    counts = [_kilo(value) for key, value in tags.items() if key.split("-")[0] == "bps"]
    counted = any(abs(count - rate) <= rate * _SAME_COUNT for count in counts)
    return rate, BitRateSource.STATISTICS if counted else BitRateSource.ESTIMATED


def _kilo(value: str) -> float:
    try:
        return float(value) / 1000
    except ValueError:
        return 0.0


def with_estimates(media: MediaFile) -> MediaFile:
    """Give an only picture without a rate what the other tracks leave: at most that much is its own."""
    if len(media.video) != 1 or media.video[0].bit_rate or not media.bit_rate:
        return media
    left = media.bit_rate - sum(_rates(track.bit_rate for track in media.audio))
    if left <= 0:
        return media
    picture = replace(
        media.video[0], bit_rate=round(left, 3), bit_rate_source=BitRateSource.ESTIMATED
    )
    return replace(media, video=(picture,))


def _rates(found: Iterable[Optional[float]]) -> Iterable[float]:
    return (rate for rate in found if rate)
