"""One film from plan to result: the swap, what is kept, what comes back, what ends early."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List

import pytest

from core.errors import (
    FileInUse,
    FileUnavailable,
    HardLinked,
    NoGain,
    PlanRefused,
    RestoreError,
    SourceChanged,
    SwapPending,
    TargetTaken,
    VerificationFailed,
)
from core.events import JobState
from core.plan import Reason
from core.progress import Progress
from core.settings.choices import HardLinkPolicy
from core.tools import ToolName, Toolset
from processing.filesystem import FileOperations
from processing.pipeline import least_size
from processing.process_tree import SystemClock
from store.journal import Original, Outcome, Stage
from tests.films import FONT, AudioSpec, SubtitleSpec, jpeg_cover
from tests.processing.bench import LAVISH, Bench, digest, fast_settings, open_bench, with_section


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        yield one


def used_by_another() -> OSError:
    """What Windows says about a file that another program holds open (ERROR_SHARING_VIOLATION)."""
    error = PermissionError(13, "used by another process")
    setattr(error, "winerror", 32)  # noqa: B010 - no attribute of the class elsewhere
    return error


def test_a_verified_result_takes_the_films_name_and_the_original_is_held(bench: Bench) -> None:
    bench.make()
    result = bench.process()
    assert result.state is JobState.COMPLETED
    assert bench.visible() == ["Film.mkv"]
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]
    (entry,) = bench.journal.of_job(1)
    assert (entry.stage, entry.outcome, entry.original) == (
        Stage.DONE,
        Outcome.REPLACED,
        Original.HELD,
    )
    assert digest(entry.holding) == bench.sha256
    assert result.processed_size == bench.film.stat().st_size < result.original_size
    again = bench.analyzer.analyze(bench.film)
    assert [track.codec for track in again.audio] == ["opus"]
    assert again.plan_signature == result.plan_signature


def test_an_encode_reports_progress_its_commands_and_every_figure(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True)
    bench.make(seconds=4)
    result = bench.process()
    assert bench.progress[-1].step == "verification"
    assert [event.percent for event in bench.progress if event.step == "encode"]
    assert JobState.VERIFYING in bench.stages
    assert [name for name, _ in result.timings] == ["encode", "properties"]
    assert any("libx265" in command for command in result.commands)
    checks = {check["name"]: check["figures"] for check in json.loads(result.verification)}
    assert checks["read as a whole"]["bytes"] == result.processed_size
    assert checks["durations"]["Video 1"] == pytest.approx(4.0, abs=0.1)
    assert bench.processor.result_of(1) == result


def test_everything_that_a_film_can_carry_survives(bench: Bench) -> None:
    bench.make(
        audio=[AudioSpec("flac", title="Main"), AudioSpec("ac3", language="nld")],
        subtitles=[SubtitleSpec("ass", forced=True), SubtitleSpec(language="dut")],
        chapters=["One", "Two"],
        attachments=[FONT, jpeg_cover()],
        title="A Title",
    )
    before = bench.analyzer.analyze(bench.film)
    bench.process()
    after = bench.analyzer.analyze(bench.film)
    assert after.chapter_count == before.chapter_count == 2
    assert {attachment.name for attachment in after.attachments} == {
        attachment.name for attachment in before.attachments
    }
    assert len(after.audio) == len(before.audio)
    assert len(after.subtitles) == len(before.subtitles)


def test_another_ending_takes_a_new_name_and_holds_the_old_film(bench: Bench) -> None:
    bench.make("Film.mp4")
    result = bench.process()
    assert result.path == bench.folder / "Film.mkv"
    assert bench.visible() == ["Film.mkv"]
    assert bench.ours() == ["originals/1-1 Film.mp4.original"]


def test_a_name_that_is_taken_is_never_written_over(bench: Bench) -> None:
    bench.make("Film.mp4")
    plan = bench.plan()
    other = bench.folder / "Film.mkv"
    other.write_bytes(b"somebody else's")
    with pytest.raises(TargetTaken):
        bench.process(plan)
    assert other.read_bytes() == b"somebody else's"
    assert digest(bench.film) == bench.sha256
    assert bench.visible() == ["Film.mkv", "Film.mp4"]
    assert bench.ours() == []


def test_a_name_that_is_taken_while_the_result_is_made_is_not_written_over(bench: Bench) -> None:
    bench.make("Film.mp4")
    other = bench.folder / "Film.mkv"

    class Taker(FileOperations):
        def sync_file(self, path: Path) -> None:
            super().sync_file(path)
            other.write_bytes(b"somebody else's")

    bench.files = Taker()
    with pytest.raises(TargetTaken):
        bench.process()
    assert other.read_bytes() == b"somebody else's"
    assert digest(bench.film) == bench.sha256
    assert bench.ours() == []
    assert not bench.journal.unfinished()


def test_a_film_that_changes_under_the_work_keeps_its_new_content(bench: Bench) -> None:
    bench.make()

    class Changer(FileOperations):
        def sync_file(self, path: Path) -> None:
            super().sync_file(path)
            bench.film.write_bytes(b"a better version arrived")

    bench.files = Changer()
    with pytest.raises(SourceChanged):
        bench.process()
    assert bench.film.read_bytes() == b"a better version arrived"
    assert bench.ours() == []


def test_without_hard_links_the_original_is_renamed_aside(bench: Bench) -> None:
    class NoLinks(FileOperations):
        def link(self, existing: Path, new: Path) -> bool:
            return False

    bench.make()
    bench.files = NoLinks()
    bench.process()
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]
    bench.processor.restore(bench.film)
    assert bench.untouched()


def test_the_original_is_deleted_at_once_when_none_is_to_be_kept(bench: Bench) -> None:
    bench.settings = with_section(bench.settings, "files", keep_original_days=0.0)
    bench.make()
    bench.process()
    assert bench.visible() == ["Film.mkv"]
    assert not (bench.folder / ".mediaprocessor").exists()
    with pytest.raises(RestoreError, match="not kept any more"):
        bench.processor.restore(bench.film)


def test_permissions_stay_and_times_do_when_asked(bench: Bench) -> None:
    bench.settings = with_section(bench.settings, "files", keep_times=True)
    bench.make()
    bench.film.chmod(0o640)
    os.utime(bench.film, (1_000_000_000, 1_000_000_000))
    bench.process()
    found = bench.film.stat()
    assert found.st_mtime == 1_000_000_000
    if sys.platform != "win32":
        assert stat.S_IMODE(found.st_mode) == 0o640


def test_a_restored_film_is_the_original_to_the_byte_and_the_second(bench: Bench) -> None:
    bench.make()
    before = bench.film.stat()
    bench.process()
    assert bench.processor.restore(bench.film) == bench.film
    assert bench.untouched()
    assert bench.film.stat().st_mtime_ns == before.st_mtime_ns
    with pytest.raises(RestoreError, match="no original of it is kept"):
        bench.processor.restore(bench.film)


def test_a_restore_gives_back_the_old_ending(bench: Bench) -> None:
    bench.make("Film.mp4")
    result = bench.process()
    assert bench.processor.restore(result.path) == bench.film
    assert bench.untouched()


def test_a_restore_never_overwrites_what_came_after_the_result(bench: Bench) -> None:
    bench.make()
    bench.process()
    bench.film.write_bytes(b"a later release")
    with pytest.raises(RestoreError, match="changed after it was processed"):
        bench.processor.restore(bench.film)
    assert bench.film.read_bytes() == b"a later release"
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]


def test_originals_expire_by_age_and_only_then(bench: Bench) -> None:
    class Later(SystemClock):
        days = 13.0

        def now(self) -> float:
            return super().now() + self.days * 86400

    clock = Later()
    bench.make()
    bench.process()
    bench.clock = clock
    assert bench.processor.expire_originals() == ()
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]
    clock.days = 15.0
    assert bench.processor.expire_originals() == (bench.film,)
    assert bench.visible() == ["Film.mkv"]
    assert not (bench.folder / ".mediaprocessor").exists()


class SetClock(SystemClock):
    """A clock that can be set, on a machine that has run for ``ran`` days."""

    days = ran = 0.0

    def now(self) -> float:
        return super().now() + self.days * 86400

    def monotonic(self) -> float:
        return super().monotonic() + self.ran * 86400


@pytest.mark.parametrize("looked_before", [False, True])
@pytest.mark.parametrize("jump", [20.0, 365.0, -20000.0])
def test_a_clock_that_jumps_makes_no_original_too_old(
    bench: Bench, jump: float, looked_before: bool
) -> None:
    bench.clock = clock = SetClock()
    bench.make()
    bench.process()
    if looked_before:
        assert bench.processor.expire_originals() == ()
    clock.days = jump
    for _hour in range(3):
        assert bench.processor.expire_originals() == ()
        clock.days += 1 / 24
        clock.ran += 1 / 24
    clock.days = clock.ran  # a time server has corrected it
    assert bench.processor.expire_originals() == ()
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]
    clock.days = clock.ran = 14.1
    assert bench.processor.expire_originals() == (bench.film,)


def test_a_clock_that_jumps_removes_no_other_machines_work(bench: Bench) -> None:
    bench.clock = clock = SetClock()
    bench.make()
    bench.process()
    bench.processor.expire_originals()
    foreign = bench.folder / ".mediaprocessor" / "9-1.partial"
    foreign.write_bytes(b"another machine's")
    clock.days = 365.0
    bench.processor.recover()
    assert foreign.exists()
    clock.days = clock.ran = 2.0
    bench.processor.recover()
    assert not foreign.exists()


def test_an_original_that_came_after_a_long_night_has_not_waited_all_of_it(bench: Bench) -> None:
    bench.settings = with_section(bench.settings, "files", keep_original_days=1.0)
    bench.clock = clock = SetClock()
    bench.processor.expire_originals()
    clock.days = 0.9
    bench.make()
    bench.process()
    assert bench.processor.expire_originals() == ()


def test_a_film_with_more_fonts_than_ffmpeg_carries_is_refused_with_a_sentence(
    bench: Bench,
) -> None:
    mkvmerge = bench.toolset.get(ToolName.MKVMERGE)
    if mkvmerge is None:
        pytest.skip("mkvmerge is not installed")
    plain = bench.make("Plain.mkv", seconds=1)
    font = plain.with_name("Font.ttf")
    font.write_bytes(FONT.content)
    argv = [str(mkvmerge.path), "-q", "-o", str(bench.folder / "Film.mkv"), str(plain)]
    for number in range(1001):
        argv += ["--attachment-name", f"{number}.ttf", "--attachment-mime-type", "font/ttf"]
        argv += ["--attach-file", str(font)]
    subprocess.run(argv, check=True, timeout=60)
    plain.unlink()
    font.unlink()
    bench.take(bench.folder / "Film.mkv")
    with pytest.raises(
        PlanRefused, match="1,004 tracks and attached files, and ffmpeg carries no more"
    ):
        bench.process()
    assert bench.untouched()


def test_the_oldest_originals_go_first_when_they_take_too_much(bench: Bench) -> None:
    names = ["A.mkv", "B.mkv"]
    for number, name in enumerate(names, 1):
        film = bench.make(name)
        bench.processor.process(
            number,
            1,
            bench.plan(film),
            bench.control,
            bench.progress.append,
            bench.stages.append,
        )
    size = bench.journal.held()[0].source_identity.size
    bench.settings = with_section(bench.settings, "files", keep_original_gigabytes=size * 1.5 / 1e9)
    assert [path.name for path in bench.processor.expire_originals()] == ["A.mkv"]
    assert bench.ours() == ["originals/2-1 B.mkv.original"]


def test_expiry_leaves_what_is_not_the_journals_original(bench: Bench) -> None:
    bench.settings = with_section(bench.settings, "files", keep_original_gigabytes=0.0)
    bench.make()
    bench.process()
    (entry,) = bench.journal.held()
    entry.holding.write_bytes(b"the user put something here")
    assert bench.processor.expire_originals() == ()
    assert entry.holding.read_bytes() == b"the user put something here"


def test_a_film_with_more_names_is_left_alone_unless_the_user_wants_otherwise(
    bench: Bench,
) -> None:
    bench.make()
    plan = bench.plan()
    seeding = bench.folder.parent / "seeding.mkv"
    os.link(bench.film, seeding)
    with pytest.raises(PlanRefused, match="hard-linked"):
        bench.process()
    with pytest.raises(HardLinked):
        bench.process(plan)
    assert bench.untouched()
    bench.settings = with_section(
        bench.settings, "files", hard_links=HardLinkPolicy.REPLACE_THIS_NAME
    )
    bench.process()
    assert digest(seeding) == bench.sha256 != digest(bench.film)


def test_a_symbolic_link_is_refused(bench: Bench) -> None:
    bench.make()
    link = bench.folder / "Link.mkv"
    link.symlink_to(bench.film)
    with pytest.raises(PlanRefused, match="symbolic link"):
        bench.process(bench.plan(link))
    assert link.is_symlink()
    assert digest(bench.film) == bench.sha256


def test_an_encode_that_grows_is_ended_and_the_picture_copied(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True, template=LAVISH)
    bench.make(seconds=3, video_options=["-g", "10", "-qp", "45"])
    result = bench.process()
    codec = bench.analyzer.analyze(bench.film).video[0].codec
    assert codec == "h264"
    assert result.plan_signature != bench.plan(bench.journal.held()[0].holding).signature
    assert "remux" in [name for name, _ in result.timings]


def test_a_result_that_gains_nothing_is_thrown_away(bench: Bench) -> None:
    bench.settings = fast_settings(encode=True, template=LAVISH)
    bench.make(
        seconds=3,
        audio=[AudioSpec("opus", bit_rate=32)],
        subtitles=[],
        video_options=["-g", "10", "-qp", "45"],
    )
    bench.settings = with_section(bench.settings, "files", largest_ratio=0.5)
    with pytest.raises(NoGain):
        bench.process()
    assert bench.untouched()


def test_the_size_of_an_encode_is_judged_late_and_with_a_margin() -> None:
    early = Progress("encode", percent=5.0, output_size=100)
    middle = Progress("encode", percent=50.0, output_size=100)
    assert least_size(early) == 100
    assert least_size(middle) == 150
    assert least_size(Progress("encode", percent=100.0, output_size=100)) == 100
    assert least_size(Progress("encode", percent=50.0)) is None


def test_a_work_folder_makes_the_result_there_and_brings_it_home(
    bench: Bench, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    bench.settings = with_section(bench.settings, "files", work_folder=str(work))
    work.mkdir()
    bench.make()
    result = bench.process()
    assert any(str(work) in word for word in result.commands[0])
    assert list(work.iterdir()) == []
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]


def test_a_film_in_use_keeps_its_result_until_the_swap_can_be_made(bench: Bench) -> None:
    class InUse(FileOperations):
        def replace(self, old: Path, new: Path) -> None:
            raise used_by_another()

    bench.settings = with_section(bench.settings, "files", in_use_minutes=0.0)
    bench.make()
    bench.files = InUse()
    with pytest.raises(FileInUse):
        bench.process()
    assert digest(bench.film) == bench.sha256
    assert "1-1.partial" in bench.ours()
    made = bench.journal.unfinished()[0].result_identity
    pending = bench.restarted().processor
    (recovered,) = pending.recover()
    assert recovered.state is JobState.COMPLETED
    assert made is not None
    assert bench.film.stat().st_size == made.size
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]


def test_the_next_attempt_finishes_a_pending_swap_without_encoding_again(bench: Bench) -> None:
    class InUse(FileOperations):
        busy = True

        def replace(self, old: Path, new: Path) -> None:
            if self.busy:
                raise used_by_another()
            super().replace(old, new)

    bench.settings = with_section(bench.settings, "files", in_use_minutes=0.0)
    bench.make()
    bench.files = files = InUse()
    with pytest.raises(FileInUse):
        bench.process()
    files.busy = False
    seen = len(bench.progress)
    result = bench.process(attempt=2)
    assert result.state is JobState.COMPLETED
    assert len(bench.progress) == seen


@pytest.mark.parametrize("name", ["Film.mkv", "Film.mp4"])
def test_a_disk_that_goes_away_in_the_middle_of_the_swap_is_waited_for(
    bench: Bench, name: str
) -> None:
    away = bench.folder.parent / "unplugged" / bench.folder.name
    away.parent.mkdir()

    class Unplugged(FileOperations):
        """Without hard links, as many shares are; goes away when only the last step is missing."""

        def link(self, existing: Path, new: Path) -> bool:
            return False

        def move(self, old: Path, new: Path) -> None:
            super().move(old, new)
            if new.parent.name == "originals" or new.name == "Film.mkv":
                bench.folder.rename(away)

    bench.make(name)
    bench.files = Unplugged()
    with pytest.raises(SwapPending):
        bench.process()
    (entry,) = bench.journal.unfinished()
    assert entry.stage is Stage.VERIFIED
    with pytest.raises(FileUnavailable):
        bench.processor.abandon(bench.film)
    (recovered,) = bench.restarted().processor.recover()
    assert recovered.state is JobState.SWAP_PENDING
    away.rename(bench.folder)
    bench.files = FileOperations()
    (recovered,) = bench.restarted().processor.recover()
    assert recovered.state is JobState.COMPLETED
    assert bench.journal.unfinished() == ()
    bench.processor.restore(bench.folder / "Film.mkv")
    assert digest(bench.film) == bench.sha256


def test_a_pending_result_can_be_given_up(bench: Bench) -> None:
    class InUse(FileOperations):
        def replace(self, old: Path, new: Path) -> None:
            raise used_by_another()

    bench.settings = with_section(bench.settings, "files", in_use_minutes=0.0)
    bench.make()
    bench.files = InUse()
    with pytest.raises(FileInUse):
        bench.process()
    assert bench.processor.abandon(bench.film)
    assert bench.untouched()


def test_staged_files_that_no_entry_owns_are_dropped_in_our_folders_only(bench: Bench) -> None:
    bench.make()
    bench.process()
    dot = bench.folder / ".mediaprocessor"
    ours = dot / "1-1.partial"
    foreign, young, fremd = dot / "77-1.partial", dot / "78-1.partial", dot / "notes.txt"
    for path in (ours, foreign, young, fremd, bench.folder / "79-1.partial"):
        path.write_bytes(b"x")
    os.utime(foreign, (1, 1))
    bench.restarted().processor.recover()
    assert not ours.exists()
    assert not foreign.exists()
    assert young.exists()  # perhaps another machine's, at work this minute
    assert fremd.exists()
    assert (bench.folder / "79-1.partial").exists()


def test_a_result_without_the_planned_tracks_is_rejected(bench: Bench) -> None:
    bench.make()
    plan = bench.plan()
    wrong = replace(plan, outputs=tuple(replace(output, title="Never") for output in plan.outputs))
    files: List[str] = []

    class Forger(FileOperations):
        def sync_file(self, path: Path) -> None:
            files.append(path.name)

    bench.files = Forger()
    media = replace(plan.media, chapter_count=7)
    with pytest.raises(VerificationFailed, match="chapters"):
        bench.process(replace(wrong, media=media))
    assert files == []
    assert bench.untouched()


def test_a_refused_plan_is_not_carried_out(bench: Bench) -> None:
    bench.make()
    refused = replace(bench.plan(), refusals=(Reason("x", "No"),))
    with pytest.raises(PlanRefused, match="No"):
        bench.process(refused)
    assert bench.untouched()


@pytest.mark.parametrize(
    "name",
    [
        "-i.mkv",
        'it\'s $(here) `x` "y".mkv',
        "new\nline.mkv",
        "ü🎬%d:.mkv",
        "ä" * 122 + ".mkv",
        os.fsdecode(b"caf\xe9.mkv"),
    ],
)
def test_hostile_names_go_the_whole_way_and_back(bench: Bench, name: str) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no such names")
    plain = bench.make(seconds=1)
    bench.take(plain.rename(bench.folder / name))
    bench.process()
    assert bench.visible() == [name]
    assert digest(bench.film) != bench.sha256
    bench.processor.restore(bench.film)
    assert bench.untouched()
