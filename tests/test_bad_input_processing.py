"""What goes wrong while a film is processed: one sentence, the film as it was, nothing left behind."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Iterator, Type

import pytest

from core.errors import (
    FileUnavailable,
    FilmDamaged,
    FolderNotWritable,
    JobCancelled,
    MediaProcessorError,
    NotEnoughSpace,
    ProbeError,
    SourceChanged,
    ToolFailed,
    ToolNotFound,
    ToolStalled,
    VerificationFailed,
)
from core.events import JobState
from core.plan import Plan
from core.progress import Progress
from core.settings.choices import MissingPropeditPolicy
from core.tools import ToolName, Toolset
from processing.filesystem import FileOperations
from processor import JobResult
from tests.disks import disk_of_4_megabytes
from tests.films import AudioSpec, make_film
from tests.mkv import merged, srt
from tests.processing.bench import (
    Bench,
    digest,
    fake_tool,
    fast_settings,
    leftovers,
    open_bench,
    replaced_tool,
    tool_path,
    with_section,
    without_tool,
)

# Slow enough that a test can act while it runs.
SLOW = (
    "$ffmpeg -readrate 1 -i $input -c:v libx265 -preset ultrafast -x265-params log-level=none "
    "$tracks $output"
)


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        yield one


def fails(bench: Bench, kind: Type[MediaProcessorError], plan: Plan) -> str:
    """Carry the plan out, which must fail so; return the sentence."""
    with pytest.raises(kind) as failure:
        bench.process(plan)
    sentence = str(failure.value)
    assert "Traceback" not in sentence
    assert "\n" not in sentence.strip()
    assert leftovers(bench) == ()
    return sentence


def process_in_background(bench: Bench, plan: Plan) -> threading.Thread:
    """Carry the plan out on a thread; what it raised or returned is in the thread's ``outcome``."""

    def work() -> None:
        try:
            thread.outcome = bench.process(plan)  # type: ignore[attr-defined]
        except MediaProcessorError as error:
            thread.outcome = error  # type: ignore[attr-defined]

    # SQLite's connections belong to threads; the journal's writes come from the worker's.
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_for_encode(bench: Bench) -> None:
    deadline = time.monotonic() + 30
    while not any((event.frame or 0) > 0 for event in bench.progress):
        assert time.monotonic() < deadline, "the encode never began"
        time.sleep(0.01)


def test_a_source_that_vanished_is_told_by_name(bench: Bench) -> None:
    bench.make()
    plan = bench.plan()
    bench.film.unlink()
    assert bench.film.name in fails(bench, FileUnavailable, plan)
    assert not (bench.folder / ".mediaprocessor").exists()


def test_a_source_that_changed_since_the_analysis_is_tried_anew(bench: Bench) -> None:
    bench.make()
    plan = bench.plan()
    with bench.film.open("ab") as film:
        film.write(b"more")
    bench.take(bench.film)
    fails(bench, SourceChanged, plan)
    assert bench.untouched()


def test_a_source_that_is_replaced_by_an_equal_copy_is_the_same_film(bench: Bench) -> None:
    """As a disk without lasting file numbers has it after it was mounted anew."""
    bench.make()
    plan = bench.plan()
    before = bench.film.stat()
    copy = bench.folder.parent / "copy.mkv"
    copy.write_bytes(bench.film.read_bytes())
    os.utime(copy, ns=(before.st_atime_ns, before.st_mtime_ns))
    copy.replace(bench.film)
    assert bench.process(plan).state is JobState.COMPLETED


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_source_is_told(bench: Bench) -> None:
    bench.make()
    plan = bench.plan()
    bench.film.chmod(0)
    fails(bench, FileUnavailable, plan)


def cut(film: Path, share: float) -> None:
    os.truncate(film, int(film.stat().st_size * share))


@pytest.mark.parametrize("name", ["Film.mkv", "Film.avi"])
def test_a_truncated_source_is_refused_before_the_encode(bench: Bench, name: str) -> None:
    bench.make(name, seconds=8, subtitles=[], audio=[AudioSpec("mp3", bit_rate=320)])
    cut(bench.film, 0.6)
    bench.take(bench.film)
    try:
        plan = bench.plan()
    except MediaProcessorError:
        return  # refused even earlier, by the analysis
    if plan.refused:
        return
    fails(bench, ProbeError, plan)
    assert bench.progress == []
    assert bench.untouched()


def test_damage_in_the_middle_of_a_source_is_no_film_of_ours(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True)
    bench.make(seconds=4)
    plan_before = bench.film.stat()
    noise = random.Random(1).getrandbits(8 * 40000).to_bytes(40000, "little")
    with bench.film.open("r+b") as film:
        film.seek(plan_before.st_size // 2)
        film.write(noise)
    bench.take(bench.film)
    fails(bench, FilmDamaged, bench.plan())
    assert bench.untouched()


@pytest.mark.parametrize("tool", [ToolName.FFMPEG, ToolName.FFPROBE, ToolName.MKVPROPEDIT])
def test_a_missing_tool_is_named_with_what_to_do(bench: Bench, tool: ToolName) -> None:
    bench.make()
    plan = bench.plan()
    bench.toolset = without_tool(bench.toolset, tool)
    sentence = fails(bench, ToolNotFound, plan)
    assert tool.value in sentence
    assert "Install" in sentence
    assert bench.untouched()


def test_without_mkvpropedit_a_job_goes_on_where_the_user_wants_that(bench: Bench) -> None:
    bench.settings = with_section(
        bench.settings, "processing", missing_mkvpropedit=MissingPropeditPolicy.CONTINUE
    )
    bench.make()
    bench.toolset = without_tool(bench.toolset, ToolName.MKVPROPEDIT)
    bench.process()
    assert digest(bench.film) != bench.sha256


def ffmpeg_that(bench: Bench, tmp_path: Path, *lines: str) -> Plan:
    """Put a program in ffmpeg's place once the plan is made; ``$real`` is the true one."""
    plan = bench.plan()
    real = tool_path(bench.toolset, ToolName.FFMPEG)
    script = fake_tool(tmp_path / "ffmpeg", [f"real='{real}'", *lines])
    bench.toolset = replaced_tool(bench.toolset, ToolName.FFMPEG, script)
    return plan


def test_a_tool_that_crashes_half_way(bench: Bench, tmp_path: Path) -> None:
    bench.make(seconds=6)
    lines = [
        'out="${@: -1}"; out="${out#file:}"',
        '"$real" "${@:1:$#-1}" -t 3 -y "$out"',
        "kill -SEGV $$",
    ]
    sentence = fails(bench, ToolFailed, ffmpeg_that(bench, tmp_path, *lines))
    assert sentence.startswith("ffmpeg failed with exit code")
    assert bench.untouched()


def test_a_tool_that_ends_with_zero_after_half_the_film(bench: Bench, tmp_path: Path) -> None:
    bench.make(seconds=6)
    lines = ['exec "$real" "${@:1:$#-1}" -t 3 "${@: -1}"']
    sentence = fails(bench, VerificationFailed, ffmpeg_that(bench, tmp_path, *lines))
    assert "ends after" in sentence
    assert "The original is unchanged" in sentence
    assert bench.untouched()


def test_a_tool_that_cuts_only_the_file_and_lies_in_its_header(
    bench: Bench, tmp_path: Path
) -> None:
    bench.make(seconds=8)
    lines = [
        '"$real" "$@" || exit $?',
        'out="${@: -1}"; out="${out#file:}"',
        'case "$out" in *.partial) truncate -s $(($(stat -c %s "$out") * 55 / 100)) "$out";; esac',
    ]
    bench.settings = with_section(
        bench.settings, "processing", missing_mkvpropedit=MissingPropeditPolicy.CONTINUE
    )
    plan = ffmpeg_that(bench, tmp_path, *lines)
    bench.toolset = without_tool(bench.toolset, ToolName.MKVPROPEDIT)
    fails(bench, VerificationFailed, plan)
    assert bench.untouched()


def test_a_tool_that_leaves_a_hole_of_zeros(bench: Bench, tmp_path: Path) -> None:
    bench.make(seconds=8)
    lines = [
        '"$real" "$@" || exit $?',
        'out="${@: -1}"; out="${out#file:}"',
        'case "$out" in *.partial) size=$(stat -c %s "$out");',
        'dd if=/dev/zero of="$out" bs=1 seek=$((size / 2)) count=65536 conv=notrunc status=none;;',
        "esac",
    ]
    bench.settings = with_section(
        bench.settings, "processing", missing_mkvpropedit=MissingPropeditPolicy.CONTINUE
    )
    plan = ffmpeg_that(bench, tmp_path, *lines)
    bench.toolset = without_tool(bench.toolset, ToolName.MKVPROPEDIT)
    fails(bench, VerificationFailed, plan)
    assert bench.untouched()


def test_a_tool_that_makes_nothing_at_all(bench: Bench, tmp_path: Path) -> None:
    bench.make()
    plan = ffmpeg_that(bench, tmp_path, "exit 0")
    fails(bench, MediaProcessorError, plan)
    assert bench.untouched()


def test_no_job_takes_what_another_job_has_made_for_its_own(bench: Bench, tmp_path: Path) -> None:
    """A tool that says that all went well and has written nothing, beside another job's whole result."""
    bench.make(seconds=2)
    other = bench.folder / ".mediaprocessor" / "9-1.partial"
    other.parent.mkdir()
    other.write_bytes(bench.film.read_bytes()[:-20])
    with pytest.raises(MediaProcessorError):
        bench.process(ffmpeg_that(bench, tmp_path, "exit 0"))
    assert digest(bench.film) == bench.sha256
    assert bench.ours() == ["9-1.partial"]


def test_a_tool_that_drops_a_track(bench: Bench, tmp_path: Path) -> None:
    bench.make(seconds=3)
    lines = [
        'case "$*" in *partial*-f\\ null*) exec "$real" "$@";; esac',
        'exec "$real" "${@:1:$#-1}" -sn "${@: -1}"',
    ]
    bench.settings = with_section(
        bench.settings, "processing", missing_mkvpropedit=MissingPropeditPolicy.CONTINUE
    )
    plan = ffmpeg_that(bench, tmp_path, *lines)
    bench.toolset = without_tool(bench.toolset, ToolName.MKVPROPEDIT)
    sentence = fails(bench, VerificationFailed, plan)
    assert "tracks" in sentence
    assert bench.untouched()


def test_a_tool_that_hangs_is_ended(bench: Bench, tmp_path: Path) -> None:
    bench.make()
    bench.settings = with_section(bench.settings, "processing", first_progress_seconds=1.0)
    plan = ffmpeg_that(bench, tmp_path, "sleep 300 &", "sleep 300")
    sentence = fails(bench, ToolStalled, plan)
    assert "made no progress" in sentence
    assert bench.untouched()


def test_mkvpropedit_that_fails(bench: Bench, tmp_path: Path) -> None:
    bench.make()
    plan = bench.plan()
    script = fake_tool(tmp_path / "mkvpropedit", ["echo 'Error: broken'", "exit 2"])
    bench.toolset = replaced_tool(bench.toolset, ToolName.MKVPROPEDIT, script)
    assert "broken" in fails(bench, ToolFailed, plan)
    assert bench.untouched()


def test_a_running_job_that_is_cancelled_leaves_nothing(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True, template=SLOW)
    bench.make(seconds=20)
    thread = process_in_background(bench, bench.plan())
    wait_for_encode(bench)
    bench.control.cancel()
    thread.join(20)
    assert isinstance(thread.outcome, JobCancelled)  # type: ignore[attr-defined]
    assert leftovers(bench) == ()
    assert bench.untouched()


def test_a_job_that_is_paused_and_resumed_finishes(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True, template=SLOW)
    bench.make(seconds=3)
    thread = process_in_background(bench, bench.plan())
    wait_for_encode(bench)
    bench.control.pause()
    seen = settled(bench)
    time.sleep(0.7)  # longer than ffmpeg's own pace of reports
    assert len(bench.progress) == seen
    bench.control.resume()
    thread.join(60)
    assert isinstance(thread.outcome, JobResult), thread.outcome  # type: ignore[attr-defined]


def settled(bench: Bench) -> int:
    """Wait until the whole tree stands still and its last words are read; return how many came."""
    deadline = time.monotonic() + 10
    count = -1
    while count != len(bench.progress):
        assert time.monotonic() < deadline
        count = len(bench.progress)
        time.sleep(0.5)
    return count


def test_a_disk_that_is_too_small_is_told_before_the_start(bench: Bench) -> None:
    class Full(FileOperations):
        def free_space(self, folder: Path) -> int:
            return 1000

    bench.make()
    plan = bench.plan()
    bench.files = Full()
    sentence = fails(bench, NotEnoughSpace, plan)
    assert str(bench.folder) in sentence
    assert bench.untouched()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB; skips the test where none can be mounted."""
    if shutil.which("mkvpropedit") is None:
        pytest.skip("mkvpropedit is not installed")
    with disk_of_4_megabytes(tmp_path / "small") as folder:
        yield folder


@pytest.mark.parametrize("encode", [False, True])
def test_a_disk_that_fills_up_while_the_result_is_written(
    small_disk: Path, toolset: Toolset, encode: bool
) -> None:
    bench = Bench(small_disk / "library", toolset, fast_settings(encode=encode))
    bench.make(seconds=4)
    plan = bench.plan()
    free = bench.files.free_space(bench.folder)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (free - 200_000))
    bench.settings = with_section(bench.settings, "files", space_margin=0.1)

    class Optimist(FileOperations):
        def free_space(self, folder: Path) -> int:
            return 10**12

    bench.files = Optimist()
    # The database lies on the same disk; its journal must be able to say what happened.
    with pytest.raises(MediaProcessorError) as failure:
        bench.process(plan)
    assert isinstance(failure.value, (NotEnoughSpace, ToolFailed, VerificationFailed))
    assert digest(bench.film) == bench.sha256
    assert bench.ours() == []
    bench.database.close()


def test_a_folder_that_cannot_be_written_to(bench: Bench) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows folders have no such permission")
    bench.make()
    plan = bench.plan()

    class ReadOnly(FileOperations):
        def make_folder(self, path: Path) -> None:
            raise PermissionError(13, "Permission denied", str(path))

    if os.geteuid() == 0:
        bench.files = ReadOnly()  # root may write everywhere: the system's answer is given here
    else:
        bench.folder.chmod(0o555)
    try:
        sentence = fails(bench, FolderNotWritable, plan)
    finally:
        bench.folder.chmod(0o755)
    assert str(bench.folder) in sentence
    assert bench.untouched()


def test_a_disk_mounted_read_only(small_disk: Path, toolset: Toolset) -> None:
    bench = Bench(small_disk / "library", toolset, fast_settings())
    bench.make(seconds=1)
    plan = bench.plan()
    database = bench.database
    bench.database = type(database)(small_disk.parent / "elsewhere.db")
    database.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        fails(bench, FolderNotWritable, plan)
        assert digest(bench.film) == bench.sha256
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
        bench.database.close()


def test_a_callback_that_breaks_ends_the_job_and_its_tools(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True, template=SLOW)
    bench.make(seconds=20)
    plan = bench.plan()

    def broken(progress: Progress) -> None:
        raise RuntimeError("a mistake of ours")

    with pytest.raises(RuntimeError):
        bench.processor.process(1, 1, plan, bench.control, broken, bench.stages.append)
    assert leftovers(bench) == ()
    assert bench.untouched()


def test_a_line_of_a_subtitle_that_is_shown_for_an_hour_makes_no_progress(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True, template=SLOW)
    plain = make_film(bench.folder.parent / "plain.mkv", seconds=6)
    text = srt(bench.folder.parent / "text.srt", ((0.1, "The end is far."),), seconds=3600.0)
    bench.take(merged(bench.folder / "Film.mkv", plain, "--language", "0:eng", text))
    bench.process()
    encode = [progress for progress in bench.progress if progress.step == "encode"]
    assert encode
    for progress in encode:
        assert (progress.percent or 0.0) <= 100 * (progress.frame or 0) / 150 + 1  # of its pictures
    assert max(progress.speed or 0.0 for progress in encode) < 50
