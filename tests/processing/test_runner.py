"""What running a tool promises: its whole tree, both ends of a pipe, and every error line."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Callable, List, Tuple

import psutil
import pytest

from core.errors import JobCancelled, ToolFailed, ToolNotFound, ToolStalled
from core.progress import FfmpegProgress, Progress
from core.steps import Step, StepName, ToolCommand
from core.tools import ToolName
from processing import process_tree
from processing.control import JobControl
from processing.runner import LONGEST_LINE, ProcessRunner
from processing.stall import Limits

FFMPEG_LIKE = ToolName.FFMPEG


def script(text: str) -> Tuple[str, ...]:
    return (sys.executable, "-c", text)


def step(*scripts: str, tool: ToolName = FFMPEG_LIKE) -> Step:
    return Step(
        StepName.ENCODE, tuple(ToolCommand(tool, script(text)) for text in scripts), Path("result")
    )


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.01)


@pytest.fixture
def runner() -> ProcessRunner:
    return ProcessRunner()


def run(runner: ProcessRunner, one: Step, **more: object) -> object:
    arguments = {"control": JobControl(), "limits": Limits(), **more}
    return runner.run_step(one, **arguments)  # type: ignore[arg-type]


def test_capture_returns_both_streams_and_the_exit_code(runner: ProcessRunner) -> None:
    answer = runner.capture(
        script(
            "import sys; sys.stdout.buffer.write(b'out \\xff'); sys.stderr.write('err'); sys.exit(3)"
        ),
        timeout=30,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (3, "out \ufffd", "err")


def test_capture_of_a_missing_program_says_so_in_a_sentence(runner: ProcessRunner) -> None:
    with pytest.raises(ToolNotFound, match="no-such-tool was not found"):
        runner.capture(["/nowhere/no-such-tool"], timeout=5)


def test_capture_ends_the_whole_tree_after_its_time(runner: ProcessRunner) -> None:
    child = "import subprocess,sys,time\n"
    child += "subprocess.Popen([sys.executable,'-c','import time; time.sleep(60)']); time.sleep(60)"
    with pytest.raises(ToolStalled):
        runner.capture(script(child), timeout=1.5)
    assert list(process_tree.of_run(runner.run_id)) == []


def test_a_child_gets_no_keyboard(runner: ProcessRunner) -> None:
    answer = runner.capture(script("import sys; print(repr(sys.stdin.read()))"), timeout=30)
    assert answer.stdout.strip() == "''"


def test_a_pipe_carries_bytes_unchanged_and_both_exit_codes_count(runner: ProcessRunner) -> None:
    write = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 4000)"
    read = "import sys; d=sys.stdin.buffer.read(); print(len(d), d == bytes(range(256)) * 4000)"
    result = run(runner, step(write, read), keep_output=True)
    assert result.output == ("1024000 True",)  # type: ignore[attr-defined]
    with pytest.raises(ToolFailed) as failure:
        run(runner, step(write + "; sys.exit(244)", read))
    assert failure.value.returncode == 244


def test_the_cause_is_blamed_not_the_tool_whose_pipe_broke(runner: ProcessRunner) -> None:
    write = (
        "import sys,signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
        "while True: sys.stdout.buffer.write(b'x' * 65536)"
    )
    if sys.platform == "win32":
        pytest.skip("Windows has no SIGPIPE")
    with pytest.raises(ToolFailed) as failure:
        run(runner, step(write, "import sys; sys.exit(7)"))
    assert failure.value.returncode == 7


def test_an_error_line_fails_a_tool_that_ends_with_zero(runner: ProcessRunner) -> None:
    with pytest.raises(ToolFailed, match="Invalid data found") as failure:
        run(runner, step("import sys; sys.stderr.write('Invalid data found\\nlater\\n')"))
    assert failure.value.returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        "x265 [info]: HEVC encoder version 3.5",
        "x265 [error]: unable to set thread affinity for NUMA node mask",
        "Svt[info]: SVT [version]:\\tSVT-AV1 Encoder Lib v1.4.1",
        "-" * 60,
        "[null @ 0x7f] Application provided invalid, non monotonically increasing dts to muxer",
        "    Last message repeated 4 times",
        "",
    ],
)
def test_what_encoders_print_past_the_log_level_is_no_error(
    runner: ProcessRunner, line: str
) -> None:
    run(runner, step(f"import sys; sys.stderr.write('{line}\\n')"))


def test_a_repeated_line_counts_for_what_the_line_counts_for(runner: ProcessRunner) -> None:
    """ffmpeg without ``repeat`` tells how often a line came, not when."""
    repeat = "    Last message repeated 4 times"
    harmless = f"x265 [info]: tools\\n{repeat}\\n"
    run(runner, step(f"import sys; sys.stderr.write('{harmless}')"))
    with pytest.raises(ToolFailed, match="reported an error: Invalid data found"):
        run(
            runner,
            step(f"import sys; sys.stderr.write('{harmless}Invalid data found\\n{repeat}\\n')"),
        )


def test_colour_codes_do_not_hide_an_error_of_qsvenc(runner: ProcessRunner) -> None:
    text = "import sys; sys.stderr.write('\\x1b[31mNot enough disk space!\\x1b[0m\\r')"
    with pytest.raises(ToolFailed, match="Not enough disk space"):
        run(runner, step(text, tool=ToolName("QSVEncC")))


def test_warnings_of_mkvpropedit_are_no_failure(runner: ProcessRunner) -> None:
    run(runner, step("import sys; print('Warning: x'); sys.exit(1)", tool=ToolName.MKVPROPEDIT))
    with pytest.raises(ToolFailed, match="Error: The file"):
        run(
            runner,
            step(
                "import sys; print('Error: The file is no Matroska'); sys.exit(2)",
                tool=ToolName.MKVPROPEDIT,
            ),
        )


def progress_script(blocks: int, pause: float, hang: bool = False) -> str:
    return (
        "import time\n"
        f"for n in range({blocks}):\n"
        f"    print(f'frame={{n + 1}}\\nout_time_us={{(n + 1) * 100000}}\\nprogress=continue', flush=True)\n"
        f"    time.sleep({pause})\n" + ("time.sleep(60)\n" if hang else "")
    )


def test_progress_arrives_while_the_tool_runs(runner: ProcessRunner) -> None:
    seen: List[Progress] = []
    run(
        runner,
        step(progress_script(5, 0.02)),
        parser=FfmpegProgress(1.0),
        on_progress=seen.append,
    )
    assert [event.frame for event in seen] == [1, 2, 3, 4, 5]


def test_a_tool_that_never_starts_working_is_ended(runner: ProcessRunner) -> None:
    with pytest.raises(ToolStalled):
        run(
            runner,
            step("import time; time.sleep(60)"),
            limits=Limits(first_progress=0.3),
            parser=FfmpegProgress(1.0),
        )
    assert list(process_tree.of_run(runner.run_id)) == []


def test_a_tool_that_stops_moving_is_ended_even_if_it_goes_on_talking(
    runner: ProcessRunner,
) -> None:
    talk = (
        "import time\n"
        "while True: print('frame=3\\nout_time_us=9\\nprogress=continue', flush=True); time.sleep(0.02)"
    )
    with pytest.raises(ToolStalled):
        run(
            runner,
            step(talk),
            limits=Limits(first_progress=30, stall=0.3),
            parser=FfmpegProgress(1.0),
        )


def test_a_pause_stops_the_tree_and_is_no_stall(runner: ProcessRunner) -> None:
    control = JobControl()
    seen: List[Progress] = []

    def on_progress(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 3:
            control.pause()
            threading.Timer(1.0, control.resume).start()

    began = time.monotonic()
    run(
        runner,
        step(progress_script(10, 0.02)),
        control=control,
        limits=Limits(first_progress=30, stall=0.6),
        parser=FfmpegProgress(1.0),
        on_progress=on_progress,
    )
    assert time.monotonic() - began >= 1.0
    assert seen[-1].frame == 10


class PausedAfterTheCheck(JobControl):
    """The user pauses between the last look and the tool's start."""

    def check(self) -> None:
        super().check()
        self.pause()


def test_a_step_that_begins_in_the_instant_of_the_pause_stands_still(runner: ProcessRunner) -> None:
    control = PausedAfterTheCheck()
    seen: List[Progress] = []
    one = step(progress_script(200, 0.02))
    arguments = {"control": control, "parser": FfmpegProgress(20.0), "on_progress": seen.append}

    def until_cancelled() -> None:
        with pytest.raises(JobCancelled):
            run(runner, one, **arguments)

    thread = threading.Thread(target=until_cancelled, daemon=True)
    thread.start()

    def all_stand_still() -> bool:
        members = list(process_tree.of_run(runner.run_id))
        return bool(members) and all(m.status() == psutil.STATUS_STOPPED for m in members)

    wait_for(all_stand_still)
    count = len(seen)
    assert count < 100
    control.resume()
    wait_for(lambda: len(seen) > count)
    control.cancel()
    thread.join(10)
    assert list(process_tree.of_run(runner.run_id)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a suspended process has no such state there")
def test_what_a_tool_starts_while_it_is_paused_stands_still_too(runner: ProcessRunner) -> None:
    begins = (
        "import subprocess, sys, time\n"
        "for _ in range(60):\n"
        "    subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'])\n"
        "time.sleep(60)"
    )
    process = process_tree.spawn(script(begins), run_id=runner.run_id)
    try:
        wait_for(lambda: len(psutil.Process(process.pid).children()) > 5)
        process_tree.suspend([process])
        members = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
        # Python starts children by vfork: a parent whose child was stopped before its exec waits for it in
        # the kernel, which is shown as waiting for a disk and goes no further either.
        still = (psutil.STATUS_STOPPED, psutil.STATUS_DISK_SLEEP)
        wait_for(lambda: all(member.status() in still for member in members), 2.0)
    finally:
        process_tree.kill([process], runner.run_id)


def test_a_paused_job_can_be_cancelled_and_its_tree_goes(runner: ProcessRunner) -> None:
    control = JobControl()

    def stopped() -> bool:
        return any(
            process.status() == psutil.STATUS_STOPPED
            for process in process_tree.of_run(runner.run_id)
        )

    def pause_then_cancel() -> None:
        control.pause()
        wait_for(stopped)
        control.cancel()

    helper = threading.Thread(target=pause_then_cancel)
    started: List[Progress] = []

    def on_progress(progress: Progress) -> None:
        if not started:
            started.append(progress)
            helper.start()

    with pytest.raises(JobCancelled):
        run(
            runner,
            step(progress_script(3, 0.01, hang=True)),
            control=control,
            parser=FfmpegProgress(1.0),
            on_progress=on_progress,
        )
    helper.join()
    assert list(process_tree.of_run(runner.run_id)) == []


def test_what_a_callback_raises_ends_the_step_and_its_tree(runner: ProcessRunner) -> None:
    def refuse(progress: Progress) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        run(
            runner,
            step(progress_script(3, 0.01, hang=True)),
            parser=FfmpegProgress(1.0),
            on_progress=refuse,
        )
    assert list(process_tree.of_run(runner.run_id)) == []


def test_leftovers_of_a_dead_run_are_found_by_their_mark(runner: ProcessRunner) -> None:
    process = process_tree.spawn(script("import time; time.sleep(60)"), run_id=runner.run_id)
    try:
        assert process_tree.kill_leftovers("another run") == 0
        assert process_tree.kill_leftovers(runner.run_id) == 1
        wait_for(lambda: process.poll() is not None)
    finally:
        process.kill()
        process.communicate()


def test_the_tail_is_bounded_whatever_a_tool_writes(runner: ProcessRunner) -> None:
    noisy = (
        "import sys; sys.stderr.write('x265 [info]: noise\\n' * 30000 + 'y' * 100000); sys.exit(1)"
    )
    with pytest.raises(ToolFailed) as failure:
        run(runner, step(noisy))
    assert len(failure.value.tail) < 100
    assert max(len(line) for line in failure.value.tail) <= LONGEST_LINE


def test_a_tool_that_goes_on_after_an_error_is_ended_and_its_flood_is_not_kept(
    runner: ProcessRunner,
) -> None:
    flood = "import sys\nwhile True: print('packet is broken', file=sys.stderr)"
    lines: List[str] = []
    with pytest.raises(ToolFailed, match="reported an error: packet is broken"):
        run(runner, step(flood), on_line=lambda _tool, line: lines.append(line))
    assert len(lines) < 200
    assert list(process_tree.of_run(runner.run_id)) == []


def test_a_complaint_that_is_forgiven_is_told_once_with_its_number(runner: ProcessRunner) -> None:
    noisy = "import sys; sys.stderr.write('[ac3 @ 0x55d4cf7d3840] packet is broken\\n' * 14404)"
    lines: List[str] = []
    run(
        runner,
        step(noisy),
        on_line=lambda _tool, line: lines.append(line),
        forgives=lambda _line, _progress: True,
    )
    assert lines == [
        "[ac3 @ 0x55d4cf7d3840] packet is broken",
        "[ac3] packet is broken … 14,404 times",
    ]


# A tool that ends at once, and a child of it that keeps its pipes.
HELD_PIPES = (
    "import subprocess, sys\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print('progress=end'); sys.stderr.write('x265 [info]: done')\n"
)


def test_a_step_ends_with_its_tool_and_not_with_whoever_holds_its_pipe(
    runner: ProcessRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("processing.runner._LINGER_SECONDS", 0.3)
    began = time.monotonic()
    run(runner, step(HELD_PIPES), limits=Limits(20.0, 20.0), parser=FfmpegProgress(1.0))
    assert time.monotonic() - began < 15
    wait_for(lambda: list(process_tree.of_run(runner.run_id)) == [])


def test_a_question_ends_with_its_tool_and_not_with_whoever_holds_its_pipe(
    runner: ProcessRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("processing.runner._LINGER_SECONDS", 0.3)
    answer = runner.capture(script(HELD_PIPES), timeout=20)
    assert (answer.returncode, answer.stdout.strip()) == (0, "progress=end")
    assert answer.stderr == "x265 [info]: done"
    wait_for(lambda: list(process_tree.of_run(runner.run_id)) == [])


@pytest.mark.parametrize("lines", [1, 20000])
def test_a_tool_may_complain_for_a_megabyte_before_it_answers(
    runner: ProcessRunner, lines: int
) -> None:
    text = "x265 [info]: " + "y" * 50
    talk = f"import sys; sys.stderr.write('{text}\\n' * {lines}); print('the answer')"
    assert runner.capture(script(talk), timeout=30).stdout.strip() == "the answer"
    result = runner.run_step(step(talk), control=JobControl(), limits=Limits(), keep_output=True)
    assert result.output == ("the answer",)


@pytest.mark.skipif(sys.platform == "darwin", reason="its limit is another one")
def test_a_command_that_is_too_long_for_the_system_says_so_in_a_sentence(
    runner: ProcessRunner,
) -> None:
    argv = [sys.executable, "-c", "pass", *("x" * 1000 for _ in range(4000))]
    with pytest.raises(
        ToolFailed, match=r"its command would have [\d,]+ characters, more than this system"
    ):
        runner.capture(argv, timeout=30)
