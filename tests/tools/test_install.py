"""What can be offered for missing programs on each system, and what the package manager's end means."""

from __future__ import annotations

import sys
from typing import Callable, List, Optional, Sequence, Tuple

import pytest

from core.errors import ToolFailed, ToolNotFound
from core.ports import Captured, CommandRunner
from core.tools import InstallOffer, ToolName
from tools.install import offers, run

EVERY = (
    ToolName.FFMPEG,
    ToolName.FFPROBE,
    ToolName("QSVEncC"),
    ToolName.MKVPROPEDIT,
    ToolName.MKVMERGE,
)


def machine_with(*programs: str) -> Callable[[str], Optional[str]]:
    return lambda name: f"/bin/{name}" if name in programs else None


def test_windows_gets_each_package_that_winget_has_once() -> None:
    made = offers(EVERY, "win32", machine_with("winget"))
    assert [(offer.tool, offer.title, offer.needs_admin) for offer in made] == [
        (ToolName.FFMPEG, "ffmpeg (ffprobe)", False),
        (ToolName("QSVEncC"), "QSVEnc (QSVEncC)", False),
        (ToolName.MKVPROPEDIT, "MKVToolNix (mkvpropedit, mkvmerge)", True),
    ]
    ffmpeg, qsvenc, mkvtoolnix = made
    assert qsvenc.argv == ()
    assert "https://github.com/rigaya/QSVEnc/releases" in qsvenc.hint
    for offer, package in ((ffmpeg, "Gyan.FFmpeg"), (mkvtoolnix, "MoritzBunkus.MKVToolNix")):
        assert offer.argv[:2] == ("/bin/winget", "install")
        assert offer.argv[-2:] == ("--id", package)
        assert package in offer.hint


def test_winget_asks_nothing_that_nobody_could_answer() -> None:
    (one,) = offers([ToolName.FFMPEG], "win32", machine_with("winget"))
    wanted = {
        "--disable-interactivity",
        "--accept-package-agreements",
        "--accept-source-agreements",
    }
    assert wanted <= set(one.argv)


def test_windows_without_winget_gets_the_page_to_download_from() -> None:
    made = offers([ToolName.FFPROBE, ToolName("QSVEncC")], "win32", machine_with())
    assert [(offer.tool, offer.argv) for offer in made] == [
        (ToolName.FFPROBE, ()),
        (ToolName("QSVEncC"), ()),
    ]
    assert "https://ffmpeg.org/download.html" in made[0].hint
    assert "Intel" in made[1].hint


def test_linux_asks_for_the_password_with_polkit() -> None:
    (one,) = offers([ToolName.MKVMERGE], "linux", machine_with("apt-get", "pkexec"))
    assert one.argv == ("/bin/pkexec", "/bin/apt-get", "install", "--yes", "mkvtoolnix")
    assert one.needs_admin


def test_linux_without_polkit_says_what_to_type() -> None:
    (one,) = offers([ToolName.MKVMERGE], "linux", machine_with("apt-get"))
    assert one.argv == ()
    assert "sudo apt install mkvtoolnix" in one.hint


def test_root_installs_without_being_asked() -> None:
    (one,) = offers([ToolName.FFMPEG], "linux", machine_with("apt-get"), is_root=True)
    assert one.argv == ("/bin/apt-get", "install", "--yes", "ffmpeg")


def test_a_package_that_the_manager_does_not_have_is_only_a_page() -> None:
    (one,) = offers([ToolName("QSVEncC")], "linux", machine_with("apt-get", "pkexec"))
    assert one.argv == ()
    assert "https://github.com/rigaya/QSVEnc/releases" in one.hint


def test_a_mac_installs_with_brew_and_without_a_password() -> None:
    (one,) = offers([ToolName.FFMPEG], "darwin", machine_with("brew", "apt-get"))
    assert one.argv == ("/bin/brew", "install", "ffmpeg")
    assert not one.needs_admin


def test_nothing_missing_is_nothing_to_offer() -> None:
    assert offers([], "win32", machine_with("winget")) == ()


def offer_of(argv: Tuple[str, ...]) -> InstallOffer:
    return InstallOffer(ToolName.FFMPEG, "ffmpeg", argv, False, "Get it from the page.")


def python(text: str) -> InstallOffer:
    return offer_of((sys.executable, "-c", text))


def test_an_installation_that_ends_well_says_nothing(runner: CommandRunner) -> None:
    run(python("print('Successfully installed')"), runner)


def test_a_package_manager_that_fails_is_quoted(runner: CommandRunner) -> None:
    with pytest.raises(ToolFailed, match="exit code 100: E: Unable to locate package ffmpeg"):
        run(
            python(
                "import sys; print('Reading'); print('E: Unable to locate package ffmpeg',"
                " file=sys.stderr); sys.exit(100)"
            ),
            runner,
        )


@pytest.mark.parametrize("code", [0x8A15002B, 0x8A150061, 0x8A150109, 0x8A15002B - (1 << 32)])
def test_what_is_there_already_is_as_good_as_installed(code: int) -> None:
    class WinGet:
        """Answers with an exit code that POSIX does not have."""

        def __init__(self) -> None:
            self.asked: List[Sequence[str]] = []

        def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
            self.asked.append(argv)
            return Captured(code, "Found an existing package already installed.", "")

    winget = WinGet()
    run(offer_of(("winget",)), winget)
    assert winget.asked == [("winget",)]


def test_a_package_manager_that_is_gone_is_said(runner: CommandRunner) -> None:
    with pytest.raises(ToolNotFound):
        run(offer_of(("/no/such/winget",)), runner)


def test_a_hint_cannot_be_installed(runner: CommandRunner) -> None:
    with pytest.raises(ToolNotFound, match=r"Get it from the page\."):
        run(offer_of(()), runner)
