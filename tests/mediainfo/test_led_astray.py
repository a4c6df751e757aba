"""Nothing but the file itself is opened, and no request leaves the machine, whatever the file names."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer import Analyzer
from core.errors import ProbeError
from core.ports import CommandRunner
from core.tools import Toolset
from mediainfo.pool import MediaInfoPool
from tests.mediainfo.conftest import Counter, texts
from tests.mediainfo.hooked import HOOKED, ROOT

FORMAT = "General;%Format%|%VideoCount%"
KINDS = r"is a (playlist|manifest or another XML text), not a film\."
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit open files")


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_playlists_and_manifests_are_refused_and_nothing_is_asked_of_the_network(
    tmp_path: Path, server: Counter, runner: CommandRunner, toolset: Toolset
) -> None:
    analyzer = Analyzer(runner, toolset)
    for name, text in texts(server.address).items():
        path = written(tmp_path, name, text)
        (refusal,) = analyzer.glances((path,))
        assert isinstance(refusal, ProbeError)
        assert re.search(KINDS, str(refusal))
        for look in (analyzer.probe, analyzer.analyze):
            with pytest.raises(ProbeError, match=KINDS):
                look(path)
    assert server.asked == []


@posix
def test_a_child_cannot_ask_the_network_even_where_a_text_is_taken_for_a_film(
    tmp_path: Path, server: Counter
) -> None:
    paths = [written(tmp_path, name, text) for name, text in texts(server.address).items()]
    pool = MediaInfoPool([*HOOKED, "--without-signatures"])
    formats = [pool.line(path, FORMAT).split("|")[0] for path in paths]
    pool.close()
    assert formats == ["HLS", "DASH MPD", "ISM", "DCP AM"]
    assert server.asked == []


@posix
def test_a_child_cannot_open_another_file(tmp_path: Path, film: Path) -> None:
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{film}\n#EXT-X-ENDLIST\n"
    playlist = written(tmp_path, "playlist.mkv", text)
    unsealed = MediaInfoPool([*HOOKED, "--without-signatures", "--without-seal"])
    assert unsealed.line(playlist, FORMAT) == "HLS|1"  # what it would do
    unsealed.close()
    sealed = MediaInfoPool([*HOOKED, "--without-signatures"])
    assert sealed.line(playlist, FORMAT) == "HLS|"
    assert sealed.line(film, FORMAT) == "Matroska|1"
    sealed.close()


def test_ffprobe_does_not_ask_the_network_where_a_film_became_a_playlist_meanwhile(
    tmp_path: Path, server: Counter, runner: CommandRunner, toolset: Toolset, film: Path
) -> None:
    analyzer = Analyzer(runner, toolset)
    path = Path(shutil.copy(str(film), str(tmp_path / "film.m3u8")))
    media = replace(analyzer.probe(path), path=path)
    written(tmp_path, "film.m3u8", texts(server.address)["playlist.mkv"])
    with pytest.raises(ProbeError, match="ffmpeg cannot read it"):
        analyzer.complete(media)
    assert server.asked == []


def test_the_command_says_it_in_one_sentence(tmp_path: Path, server: Counter) -> None:
    path = written(tmp_path, "playlist.mkv", texts(server.address)["playlist.mkv"])
    argv = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(tmp_path / "data")]
    done = subprocess.run(
        [*argv, "analyze", str(path)],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert (done.stdout + done.stderr).strip() == f"{path}: this is a playlist, not a film."
    assert server.asked == []
