"""Each row of ``core.rules.traits.FATES`` with a film of its own, seen by other programs before and after."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Dict, Set, Tuple

import pytest

from analyzer import Analyzer
from core.encoders.family import Way
from core.media.model import MediaFile, NativeLanguage, Trait
from core.plan import Plan
from core.planning.planner import build_plan
from core.rules.traits import FATES, Fate, keeps_chapters
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import ProcessingSettings, Settings
from core.tools import ToolName, Toolset
from tests import user_data
from tests.core.commands_film import TOOLSET as WITH_QSVENC
from tests.films import FFMPEG
from tests.sightings import sightings
from tests.trait_comparison import Found, compared, said
from tests.trait_films import PICTURE, Maker, MissingTool, ffmpeg, films, h264, hevc
from tests.truth.pipeline import convert, plan_for, toolset_with
from tests.truth.sound import CapturingRunner
from tests.truth.trait_settings import settings

ROOT = Path(__file__).resolve().parents[2]
ALL_QSVENC = frozenset({"hevc", "hevc_10bit", "av1", "av1_10bit", "libdovi"})
FILMS = films()
# A rate that changes late is no header's; where a header tells of it: tests/core/test_rules_video.py.
COPIED_FOR_QSVENC = [
    trait
    for trait, fates in FATES.items()
    if fates.own_program is Fate.COPIES and trait is not Trait.RATE_CHANGES
]
_BOTH = (Way.COPIED, Way.FFMPEG)
EVERY = [(trait, way) for trait in FILMS for way in _BOTH]


def film_with(trait: Trait, folder: Path) -> Path:
    if not keeps_chapters(toolset_with()):
        pytest.skip("mkvmerge, mkvpropedit and mkvextract (mkvtoolnix) are not installed")
    try:
        return FILMS[trait](folder)
    except MissingTool:
        return pytest.skip("mkvmerge (mkvtoolnix) is not installed")


def read_back(path: Path) -> MediaFile:
    return Analyzer(CapturingRunner(), toolset_with()).analyze(path)


def test_every_row_has_its_film() -> None:
    assert set(FILMS) == set(FATES)


@pytest.mark.parametrize(
    ("trait", "way"),
    EVERY,
    ids=lambda parameter: getattr(parameter, "name", str(parameter)).lower(),
)
def test_other_programs_find_it_in_the_result_or_the_plan_tells_of_it(
    tmp_path: Path, trait: Trait, way: Way
) -> None:
    film, fate = film_with(trait, tmp_path), FATES[trait].of(way)
    before = sightings(film)
    assert trait in {sighting.trait for sighting in before}, "the film has not what it stands for"
    if fate is Fate.REFUSED:
        plan = plan_for(film, settings(way), toolset_with())
        assert plan.refused
        assert said(plan, trait)
        return
    made = convert(film, settings(way))
    found = list(compared(made.plan, before, sightings(made.path)))
    assert [seen for seen in found if seen[1] is Found.SILENT] == []
    fates = {outcome for sighting, outcome in found if sighting.trait is trait}
    kept = fate in (Fate.KEPT, Fate.COPIES, Fate.SOUND_COPIED)
    assert fates == {Found.KEPT if kept else Found.SAID}
    assert said(made.plan, trait) or fate is Fate.KEPT
    if way is Way.FFMPEG:
        assert encoded(made.plan) == (fate is not Fate.COPIES, fate is not Fate.SOUND_COPIED)


def encoded(plan: Plan) -> Tuple[bool, bool]:
    """Whether the picture is made anew, and all sound."""
    sounds = [track for track in plan.outputs if track.kind.value == "audio"]
    return plan.video_encode is not None, not any(track.copied for track in sounds)


def av1(folder: Path, *options: str, ending: str = "mkv") -> Path:
    return ffmpeg(
        folder / f"film.{ending}", *PICTURE, "-c:v", "libsvtav1", "-preset", "12", *options
    )


def captioned_av1(folder: Path) -> Path:
    raw = av1(folder, "-f", "obu")
    raw.write_bytes(user_data.with_av1_captions(raw.read_bytes()))
    return ffmpeg(folder / "captions.mkv", "-f", "obu", "-r", "25", "-i", raw, "-c", "copy")


def broadcast(folder: Path) -> Path:
    encoder = ("-c:v", "mpeg2video", "-g", "12", "-bf", "0", "-f", "mpeg2video")
    raw = ffmpeg(folder / "raw.m2v", *PICTURE, *encoder)
    raw.write_bytes(user_data.with_mpeg2_afd(raw.read_bytes()))
    read = ("-fflags", "+genpts", "-f", "mpegvideo", "-r", "25", "-i", raw)
    return ffmpeg(folder / "film.ts", *read, "-c", "copy")


def recorded_within_a_group(folder: Path) -> Path:
    """A recording that begins between two key frames, in a picture with a note of the light."""
    raw = ffmpeg(folder / "raw", *LONG, "-c:v", "libx264", "-bf", "0", "-g", "25", "-f", "h264")
    raw.write_bytes(user_data.with_messages(raw.read_bytes(), "h264", [user_data.AMBIENT]))
    whole = ffmpeg(folder / "w.ts", "-fflags", "+genpts", "-r", "25", "-i", raw, "-c", "copy")
    data, film = whole.read_bytes(), folder / "film.ts"
    film.write_bytes(data[len(data) // 9 // 188 * 188 :])
    return film


LONG = ("-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=8")
GRAIN = ("-svtav1-params", "film-grain=10")
OTHERS: Dict[str, Tuple[Maker, Set[Trait]]] = {
    "grain in HEVC": (lambda folder: hevc(folder, user_data.GRAIN["hevc"]), {Trait.FILM_GRAIN}),
    "grain in AV1": (lambda folder: av1(folder, *GRAIN), {Trait.FILM_GRAIN}),
    "grain in AV1 and MP4": (
        lambda folder: av1(folder, *GRAIN, ending="mp4"),
        {Trait.FILM_GRAIN},
    ),
    "AV1 without": (av1, set()),
    "captions in AV1": (captioned_av1, {Trait.CAPTIONS}),
    "AFD in MPEG-2": (broadcast, {Trait.ACTIVE_FORMAT}),
    "AFD in HEVC": (lambda folder: hevc(folder, user_data.AFD), {Trait.ACTIVE_FORMAT}),
    "AFD of all": (lambda folder: h264(folder, user_data.WHOLE_PICTURE), set()),
    "bars": (lambda folder: h264(folder, user_data.BARS), {Trait.ACTIVE_FORMAT}),
    "3D in HEVC": (
        lambda folder: hevc(folder, user_data.SIDE_BY_SIDE["hevc"]),
        {Trait.FRAME_PACKING},
    ),
    "within a group": (recorded_within_a_group, {Trait.AMBIENT_LIGHT}),
    "ambient light in H.264": (
        lambda folder: h264(folder, user_data.AMBIENT),
        {Trait.AMBIENT_LIGHT},
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_same_in_other_codecs_and_containers_is_found(tmp_path: Path, name: str) -> None:
    maker, traits = OTHERS[name]
    found = {found.trait for found in read_back(maker(tmp_path)).traits}
    assert found - {Trait.SEGMENT} == traits


def test_a_collection_s_title_is_not_the_film_s(tmp_path: Path) -> None:
    assert read_back(film_with(Trait.TAG_LEVELS, tmp_path)).title == ""


def test_chapters_are_the_same_byte_for_byte_as_mkvextract_sees_them(tmp_path: Path) -> None:
    film = film_with(Trait.ORDERED_CHAPTERS, tmp_path)
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
    made = convert(film_with(Trait.TRACK_TAGS, tmp_path), settings(Way.FFMPEG))
    answer = subprocess.run(
        ["mkvextract", str(made.path), "tags"], stdout=subprocess.PIPE, encoding="utf-8", check=True
    ).stdout
    assert "RESTORER" in answer
    assert "BPS" not in answer
    assert "NUMBER_OF_BYTES" not in answer


def test_a_time_code_is_a_tag_of_the_picture_afterwards(tmp_path: Path) -> None:
    made = convert(film_with(Trait.TIME_CODE, tmp_path), settings(Way.FFMPEG))
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
    film = film_with(Trait.ORDERED_CHAPTERS, tmp_path)
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
    film = film_with(Trait.CHAPTER_SETS, tmp_path)
    bare = without(toolset_with(), ToolName.MKVPROPEDIT, abilities_only=True)
    assert said(plan_for(film, settings(Way.FFMPEG), bare), Trait.CHAPTER_SETS)


@pytest.mark.parametrize("trait", COPIED_FOR_QSVENC, ids=lambda trait: trait.name.lower())
def test_a_picture_that_qsvenc_is_not_proven_with_is_copied_and_that_is_said(
    tmp_path: Path, trait: Trait
) -> None:
    media = read_back(film_with(trait, tmp_path))
    tools = [
        replace(tool, abilities=ALL_QSVENC) if tool.name is ToolName("QSVEncC") else tool
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
        row = f"| {trait.value} | {fates.copied.value} | {fates.ffmpeg.value} | {fates.own_program.value} |"
        assert row in page, f"docs/rules.md has no line\n{row}"
