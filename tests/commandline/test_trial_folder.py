"""The folder of a trial goes with it, and with the next one where the program was killed."""

from __future__ import annotations

import os
import time
from pathlib import Path

from app.trial_folder import is_trial_folder, trial_folder


def test_what_a_killed_trial_has_left_goes_with_the_next_one(tmp_path: Path) -> None:
    names = ("encoder-test-ab12cd_9", "encoder-test-mine", "template-test-notes123", "films")
    for name in (*names, "template-test-at_work1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "clip.mkv").write_bytes(b"a film")
    (tmp_path / "template-test-notes123" / "My notes.txt").write_text("mine")
    long_ago = time.time() - 2 * 86400
    for name in names:
        os.utime(tmp_path / name, (long_ago, long_ago))
    with trial_folder("encoder-test-", tmp_path) as folder:
        assert is_trial_folder(folder.name)
        (folder / "clip.mkv").write_bytes(b"a film")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted((*names[1:], "template-test-at_work1"))
