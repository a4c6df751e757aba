"""What films carry beyond their tracks: each fate of ``core.rules.traits.FATES``, with real tools."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, Set, Tuple

import pytest

from analyzer import Analyzer
from core.model import MediaFile, NativeLanguage, Trait
from core.plan import Plan
from core.planner import build_plan
from core.rules.traits import FATES, Fate, Way, keeps_chapters
from core.settings import MissingPropeditPolicy, ProcessingSettings, Settings
from core.tools import ToolName, Toolset
from tests.core.commands_film import TOOLSET as WITH_QSVENC
from tests.films import FFMPEG, AudioSpec, make_film
from tests.truth.pipeline import convert, fast_settings, plan_for, toolset_with
from tests.truth.sound import CapturingRunner
from tests.truth.test_matroska_elements import CHAPTERS, TAGS

ROOT = Path(__file__).resolve().parents[2]
ALL_QSVENC = frozenset({"hevc", "hevc_10bit", "av1", "av1_10bit", "libdovi"})

Maker = Callable[[Path], Path]


def mkvmerge(folder: Path, *arguments: str) -> Path:
    if shutil.which("mkvmerge") is None or not keeps_chapters(toolset_with()):
        pytest.skip("mkvmerge, mkvpropedit and mkvextract (mkvtoolnix) are not installed")
    plain = make_film(folder / "plain.mkv", seconds=1, audio=(AudioSpec(),))
    film = folder / "film.mkv"
    subprocess.run(["mkvmerge", "-q", "-o", str(film), *arguments, str(plain)], check=True)
    plain.unlink()
    return film


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def ffmpeg(film: Path, *arguments: str) -> Path:
    subprocess.run([FFMPEG, "-v", "error", "-y", *arguments, str(film)], check=True)
    return film


def chapter_sets(folder: Path) -> Path:
    unordered = CHAPTERS.replace("Ordered>1", "Ordered>0")
    start = unordered.index("<ChapterSegmentUID")
    end = unordered.index("</ChapterSegmentUID>") + len("</ChapterSegmentUID>")
    text = unordered[:start] + unordered[end:]
    return mkvmerge(folder, "--chapters", written(folder, "c.xml", text))


def ordered_chapters(folder: Path) -> Path:
    after = "10112233445566778899aabbccddeeff"
    chapters = written(folder, "c.xml", CHAPTERS)
    return mkvmerge(folder, "--chapters", chapters, "--link-to-next", after)


def track_tags(folder: Path) -> Path:
    tags = TAGS.split("<Tag>")[0] + (
        "<Tag><Targets/><Simple><Name>RESTORER</Name><String>R. Estorer</String></Simple></Tag></Tags>"
    )
    path = written(folder, "t.xml", tags)
    return mkvmerge(folder, "--tags", f"0:{path}", "--tags", f"1:{path}")


def nested_tags(folder: Path) -> Path:
    chapters = written(folder, "c.xml", CHAPTERS.replace("Ordered>1", "Ordered>0"))
    return mkvmerge(folder, "--chapters", chapters, "--global-tags", written(folder, "t.xml", TAGS))


def transparent(folder: Path) -> Path:
    picture = "testsrc2=s=64x64:d=0.4,format=yuva444p10"
    prores = ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le")
    return ffmpeg(folder / "film.mov", "-f", "lavfi", "-i", picture, *prores)


def time_code(folder: Path) -> Path:
    plain = make_film(folder / "plain.mp4", seconds=1, audio=(AudioSpec("aac"),))
    film = ffmpeg(folder / "film.mov", "-i", str(plain), "-c", "copy", "-timecode", "01:00:00:00")
    plain.unlink()
    return film


def programs(folder: Path) -> Path:
    sources = [
        word
        for source in ("testsrc2=s=64x64:d=1", "sine=d=1", "smptebars=s=64x64:d=1", "sine=d=1")
        for word in ("-f", "lavfi", "-i", source)
    ]
    maps = [word for number in range(4) for word in ("-map", str(number))]
    layout = ("-program", "title=One:st=0:st=1", "-program", "title=Two:st=2:st=3")
    return ffmpeg(folder / "film.ts", *sources, *maps, "-c:a", "ac3", *layout)


FILMS: Dict[Trait, Maker] = {
    Trait.CHAPTER_SETS: chapter_sets,
    Trait.ORDERED_CHAPTERS: ordered_chapters,
    Trait.TRACK_TAGS: track_tags,
    Trait.NESTED_TAGS: nested_tags,
    Trait.STEREO: lambda folder: mkvmerge(folder, "--stereo-mode", "0:1"),
    Trait.PROJECTION: lambda folder: mkvmerge(folder, "--projection-type", "0:1"),
    Trait.CROPPING: lambda folder: mkvmerge(
        folder, "--cropping", "0:0,20,0,20", "--display-dimensions", "0:320x140"
    ),
    Trait.ALPHA: transparent,
    Trait.TIME_CODE: time_code,
    Trait.PROGRAMS: programs,
}


def settings(way: Way) -> Settings:
    chosen = fast_settings()
    return replace(
        chosen,
        video=replace(chosen.video, encode=way is not Way.COPIED, good_bits_per_pixel=0.0),
    )


def traits(media: MediaFile) -> Set[Tuple[Trait, str]]:
    return {(found.trait, found.detail) for found in media.traits}


def said(plan: Plan, trait: Trait) -> bool:
    """Whether the plan says what becomes of it."""
    codes = {f"film.{trait.name.lower()}", f"video.{trait.name.lower()}"}
    every = (*plan.warnings, *plan.omissions, *plan.refusals)
    return any(reason.code in codes for reason in every)


def read_back(path: Path) -> MediaFile:
    return Analyzer(CapturingRunner(), toolset_with()).analyze(path)


@pytest.mark.parametrize("trait", FILMS, ids=lambda trait: trait.name.lower())
@pytest.mark.parametrize("way", [Way.COPIED, Way.FFMPEG], ids=["copied", "encoded"])
def test_what_is_kept_is_there_afterwards_and_all_else_is_said(
    tmp_path: Path, trait: Trait, way: Way
) -> None:
    film = FILMS[trait](tmp_path)
    before = {found for found in traits(read_back(film)) if found[0] is trait}
    assert before, "the film that was made has not what it stands for"
    made = convert(film, settings(way))
    after = {found for found in traits(read_back(made.path)) if found[0] is trait}
    fate = FATES[trait].of(way)
    if fate is Fate.KEPT:
        assert after == before
        assert not said(made.plan, trait)
    else:
        assert said(made.plan, trait)
    assert (made.plan.video_encode is None) == (way is Way.COPIED or fate is Fate.COPIES)


def test_chapters_are_the_same_byte_for_byte_as_mkvextract_sees_them(tmp_path: Path) -> None:
    film = ordered_chapters(tmp_path)
    made = convert(film, settings(Way.FFMPEG))

    def chapters(path: Path) -> bytes:
        return subprocess.run(
            ["mkvextract", str(path), "chapters"], stdout=subprocess.PIPE, check=True
        ).stdout

    assert chapters(made.path) == chapters(film)
    segment, result = read_back(film).segment, read_back(made.path).segment
    assert result == segment
    assert result.uid


def test_statistics_of_the_films_packets_do_not_come_along(tmp_path: Path) -> None:
    made = convert(track_tags(tmp_path), settings(Way.FFMPEG))
    answer = subprocess.run(
        ["mkvextract", str(made.path), "tags"], stdout=subprocess.PIPE, encoding="utf-8", check=True
    ).stdout
    assert "RESTORER" in answer
    assert "BPS" not in answer
    assert "NUMBER_OF_BYTES" not in answer


def test_a_time_code_is_a_tag_of_the_picture_afterwards(tmp_path: Path) -> None:
    made = convert(time_code(tmp_path), settings(Way.FFMPEG))
    answer = subprocess.run(
        [FFMPEG, "-hide_banner", "-i", str(made.path)],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    ).stderr
    assert "01:00:00:00" in answer


def without(toolset: Toolset, name: ToolName, *, abilities_only: bool) -> Toolset:
    tools = [
        replace(tool, abilities=frozenset()) if tool.name is name and abilities_only else tool
        for tool in toolset.tools
        if abilities_only or tool.name is not name
    ]
    return Toolset(tuple(tools))


def test_ordered_chapters_that_cannot_be_kept_are_a_reason_to_leave_the_film_alone(
    tmp_path: Path,
) -> None:
    film = ordered_chapters(tmp_path)
    bare = without(toolset_with(), ToolName.MKVPROPEDIT, abilities_only=True)
    plan = plan_for(film, settings(Way.FFMPEG), bare)
    assert [reason.code for reason in plan.refusals] == ["refused.ordered_chapters"]
    none = without(toolset_with(), ToolName.MKVPROPEDIT, abilities_only=False)
    goes_on = replace(
        settings(Way.FFMPEG),
        processing=ProcessingSettings(missing_mkvpropedit=MissingPropeditPolicy.CONTINUE),
    )
    assert plan_for(film, goes_on, none).refused
    # Where the job waits for MKVToolNix, it may be decided anew once that is here.
    assert not plan_for(film, settings(Way.FFMPEG), none).refused


def test_sets_of_chapters_that_become_one_list_are_said(tmp_path: Path) -> None:
    film = chapter_sets(tmp_path)
    bare = without(toolset_with(), ToolName.MKVPROPEDIT, abilities_only=True)
    assert said(plan_for(film, settings(Way.FFMPEG), bare), Trait.CHAPTER_SETS)


@pytest.mark.parametrize("trait", [Trait.STEREO, Trait.PROJECTION, Trait.CROPPING])
def test_a_picture_that_qsvenc_is_not_proven_with_is_copied_and_that_is_said(
    tmp_path: Path, trait: Trait
) -> None:
    media = read_back(FILMS[trait](tmp_path))
    tools = [
        replace(tool, abilities=ALL_QSVENC) if tool.name is ToolName.QSVENC else tool
        for tool in WITH_QSVENC.tools
    ]
    chosen = Settings()
    only_qsvenc = replace(chosen, templates=replace(chosen.templates, normal_fallback=""))
    plan = build_plan(media, NativeLanguage(), only_qsvenc, Toolset(tuple(tools)))
    assert plan.video_encode is None
    assert said(plan, trait)


def test_the_table_in_the_documents_is_this_one() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    for trait, fates in FATES.items():
        row = f"| {trait.value} | {fates.copied.value} | {fates.ffmpeg.value} | {fates.qsvenc.value} |"
        assert row in page, f"docs/rules.md has no line\n{row}"
