"""Identifies a file by its content, wherever it is and whatever its name."""

from __future__ import annotations

from typing import Tuple

SAMPLE = 64 * 1024  # bytes read at the head, in the middle and at the tail

# To how many nanoseconds file systems keep times: NTFS and SMB, some shares, exFAT, older file systems, FAT.
_GRAINS = (100, 1_000, 10_000_000, 1_000_000_000, 2_000_000_000)
_COARSE = 10_000_000
# FAT keeps local time: after a change of zone or to summer time all its files seem to be of another hour.
_QUARTER = 900_000_000_000  # time zones lie quarters of an hour apart…
_ZONES = 26 * 4 * _QUARTER  # …and the farthest ones 26 hours


def sample_offsets(size: int) -> Tuple[int, ...]:
    """Return where the samples of a file of ``size`` bytes begin; they overlap in a small one."""
    last = max(0, size - SAMPLE)
    return (0, last // 2, last)


def content_id(size: int, samples: Tuple[bytes, ...]) -> str:
    """Return the identity of a content: its size and a BLAKE2b hash over its samples."""
    import hashlib  # which loads OpenSSL

    digest = hashlib.blake2b(digest_size=16)
    for sample in samples:
        digest.update(len(sample).to_bytes(8, "big"))
        digest.update(sample)
    return f"{size}-{digest.hexdigest()}"


def times_agree(first: int, second: int) -> bool:
    """Whether two times of a file (nanoseconds) may be one time, as two mounts of its disk show it.

    They are the same, or one of them is the other as a coarse file system keeps it, rounded, or both
    rounded and in another time zone. That is no proof: the content is what decides.
    """
    if first == second:
        return True
    grain = max((grain for grain in _GRAINS if 0 in (first % grain, second % grain)), default=0)
    difference = abs(first - second)
    if difference < grain:
        return True
    rest = difference % _QUARTER
    shifted = difference <= _ZONES + grain and grain >= _COARSE
    return shifted and min(rest, _QUARTER - rest) < grain
