"""What the systems' errors mean, by the codes that Windows and POSIX give them."""

from __future__ import annotations

import errno
import os
import sys

import pytest

from core.system_errors import is_away, is_full, is_in_use, is_missing


def windows_error(code: int, as_errno: int = errno.EINVAL) -> OSError:
    """As Python makes it on Windows, where the code stands beside the folded errno."""
    if sys.platform == "win32":
        return OSError(as_errno, "the system's words", "film.mkv", code)
    error = OSError(as_errno, "the system's words", "film.mkv")
    setattr(error, "winerror", code)  # noqa: B010 - the type has it on Windows alone
    return error


@pytest.mark.parametrize(
    ("code", "folded"),
    [
        (64, errno.EINVAL),  # ERROR_NETNAME_DELETED
        (59, errno.EINVAL),  # ERROR_UNEXP_NET_ERR
        (53, errno.ENOENT),  # ERROR_BAD_NETPATH
        (67, errno.ENOENT),  # ERROR_BAD_NET_NAME
        (21, errno.EACCES),  # ERROR_NOT_READY
        (1231, errno.EINVAL),  # ERROR_NETWORK_UNREACHABLE
        (121, errno.EINVAL),  # ERROR_SEM_TIMEOUT
        (1167, errno.EINVAL),  # ERROR_DEVICE_NOT_CONNECTED
    ],
)
def test_a_share_or_drive_that_went_away_is_not_a_missing_film(code: int, folded: int) -> None:
    error = windows_error(code, folded)
    assert is_away(error)
    assert not is_missing(error)
    assert not is_in_use(error)
    assert not is_full(error)


@pytest.mark.parametrize("code", [2, 3])
def test_a_name_that_is_not_there_is_missing(code: int) -> None:
    error = windows_error(code, errno.ENOENT)
    assert is_missing(error)
    assert not is_away(error)


@pytest.mark.parametrize("code", [5, 32, 33, 303, 1224])
def test_a_film_that_is_open_elsewhere_is_in_use(code: int) -> None:
    assert is_in_use(windows_error(code, errno.EACCES))
    assert not is_away(windows_error(code, errno.EACCES))


@pytest.mark.parametrize("code", [39, 112, 1295])
def test_a_disk_or_quota_that_is_used_up(code: int) -> None:
    assert is_full(windows_error(code))


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO, errno.EHOSTUNREACH, errno.ENOTCONN])
def test_a_mount_that_went_away(number: int) -> None:
    assert is_away(OSError(number, os.strerror(number)))


def test_posix_errors_that_say_nothing_of_the_kind() -> None:
    for number in (errno.EACCES, errno.EINVAL, errno.EBUSY):
        error = OSError(number, os.strerror(number))
        assert not any(test(error) for test in (is_away, is_full, is_in_use, is_missing))
    assert is_full(OSError(errno.ENOSPC, "full"))
    assert is_missing(FileNotFoundError(errno.ENOENT, "none"))
