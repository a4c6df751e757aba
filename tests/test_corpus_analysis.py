"""Every file of the shared corpus: understood as its index says, or refused in one sentence."""

from __future__ import annotations

import json
import re
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import pytest

from analyzer import Analyzer
from core.errors import FileUnavailable, ProbeError
from core.media.languages import parse_language
from core.media.model import (
    DolbyVision,
    HdrFormat,
    MediaFile,
    NativeLanguage,
    Track,
    TrackFlags,
)
from core.media.native_language import decide, file_answers
from core.planning.planner import build_plan
from core.planning.summary import summary_of
from core.ports import CommandRunner
from core.settings.tree import Settings
from core.text.sentence import LanguageName
from core.tools import Toolset
from tests.conftest import CORPUS
from tests.told_plans import errors_texts, expect_all_told, texts_of
from tests.told_sentences import Told

pytestmark = pytest.mark.corpus

Entry = Dict[str, Any]


def _entries() -> List[Entry]:
    index = CORPUS / "index.json"
    return json.loads(index.read_text("utf-8")) if index.is_file() else [{"file": "no corpus"}]


def _label(entry: Entry) -> str:
    return str(entry["file"]).encode("unicode_escape", "surrogatepass").decode("ascii")[-70:]


# What must be refused although MediaInfo sees a picture in it, and with which words.
REFUSED = {
    "junk before.mkv": "does not find",
    "a directory.mkv": "is a folder",
    "dangling.mkv": "is a link to a file that does not exist",
    "zero length.mkv": "is empty",
    "picture.mkv": "is a picture",
    "poster.jpg": "is a picture",
    "header only.mkv": "is incomplete",
    "truncated.mp4": "is incomplete",
    "dovi_tool-regular-dv81.hevc": "length is unknown",
    "hdr10plus_tool-regular.hevc": "length is unknown",
}
TRUNCATED = {"download.mkv.part", "truncated half.mkv"}
NAME_TEST = [
    "G:Matroska dur=1024",
    "V:AVC(High@L1.2) 320x180 8bit language=en",
    "A:AC-3 2ch(L R) 192000 language=en",
    "S:UTF-8 language=en",
]
# Changed after the tracks were made as the index tells; MediaInfo's text is that of the changed file.
CHANGED_LATER = {"Delayed Audio (2009).mkv", "Tongues (2018) - no language element.mkv"}
COVERS_AS_VIDEO = {"Cover As Video (2013).mkv": 1}


@pytest.fixture(scope="module")
def analyzer(runner: CommandRunner, toolset: Toolset) -> Analyzer:
    return Analyzer(runner, toolset)


@pytest.fixture(scope="module")
def names(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files whose names do not survive every way of copying."""
    folder = tmp_path_factory.mktemp("names")
    with tarfile.open(corpus / "names.tar.xz", encoding="utf-8") as archive:
        archive.extraction_filter = lambda member, _path: (
            member
        )  # it holds a dangling link on purpose
        archive.extractall(folder)
    return folder


def _path(entry: Entry, corpus: Path, names: Path) -> Path:
    # The index writes bytes that are no UTF-8 as Python shows them: \\udce9.
    file = re.sub(r"\\u(dc[89a-f][0-9a-f])", lambda m: chr(int(m[1], 16)), str(entry["file"]))
    unpacked = names / file.replace("library/", "", 1)
    return unpacked if unpacked.is_symlink() or unpacked.exists() else corpus / file


@pytest.fixture(scope="module")
def languages() -> Told:
    return Told()


def _analyzed(analyzer: Analyzer, path: Path, languages: Told) -> Tuple[Optional[MediaFile], str]:
    """Return what it is, or why it is refused, which is told in Dutch and Turkish too."""
    try:
        return analyzer.analyze(path), ""
    except ProbeError as error:
        expect_all_told(languages, errors_texts(error))
        return None, error.problem


@pytest.mark.parametrize("entry", _entries(), ids=_label)
def test_a_file_is_what_the_index_says(
    entry: Entry,
    corpus: Path,
    names: Path,
    analyzer: Analyzer,
    toolset: Toolset,
    languages: Told,
) -> None:
    path = _path(entry, corpus, names)
    media, problem = _analyzed(analyzer, path, languages)
    told = str(entry["mediainfo"]).split(" | ")
    if told[0].startswith("as the other"):
        told = NAME_TEST
    if path.name in REFUSED or not any(part.startswith("V:") for part in told):
        assert REFUSED.get(path.name, "") in problem
        assert problem.endswith(".")
        assert "\n" not in problem
        return
    assert media is not None, problem
    assert media.truncated is (path.name in TRUNCATED)
    _compare(media, told)
    if entry.get("truth") and path.name not in CHANGED_LATER:
        _compare_truth(media, entry["truth"])
    _tell_plan(media, toolset, languages)


def _tell_plan(media: MediaFile, toolset: Toolset, languages: Told) -> None:
    """Its plan is told in short lines, with every audio track and subtitle counted, in names of languages.

    Each of its sentences is told in Dutch and Turkish.
    """
    native = decide(file_answers(media))
    expect_all_told(languages, texts_of(build_plan(media, native, Settings(), toolset)))
    plan = build_plan(media, NativeLanguage(), Settings(), toolset)
    lines = summary_of(plan)
    assert lines
    if plan.refused or plan.empty:
        return
    counted = {"audio track": 0, "subtitle": 0}
    for line in lines:
        assert len(line) < 130
        for noun in counted:
            counted[noun] += line.number if noun in line.template else 0
        for name in line.fields.get("names", ()):  # type: ignore[union-attr]
            assert not isinstance(name, LanguageName) or len(name) > 3, name
    assert counted == {"audio track": len(media.audio), "subtitle": len(media.subtitles)}


def _compare(media: MediaFile, told: List[str]) -> None:
    """Against MediaInfo's text at its default depth of reading, which is not ours."""
    covers = COVERS_AS_VIDEO.get(media.path.name, 0)
    parts = {kind: [event for event in told if event.startswith(kind + ":")] for kind in "GVAS"}
    assert media.container == re.split(r"[/ ]", parts["G"][0][2:])[0] or " " in media.container
    assert len(media.video) == len(parts["V"]) - covers
    assert len(media.audio) == len(parts["A"])
    assert len(media.subtitles) == len(parts["S"]) or len(parts["S"]) > 30
    for picture, text in zip(media.video, parts["V"]):
        # Theora stores whole blocks of 16 lines, which is what MediaInfo tells; ffmpeg shows the picture.
        assert f" {picture.width}x{picture.height}" in text.replace(
            "Theora 320x192", "Theora 320x180"
        )
        depth = re.search(r" (\d+)bit", text)
        assert not depth or picture.bit_depth == int(depth.group(1))
        assert ("HDR=Dolby Vision" in text) is (picture.dolby_vision is not None)
        assert ("2094 App 4" in text) is (HdrFormat.HDR10_PLUS in picture.hdr_formats)
        assert ("characteristics=PQ" in text) is (picture.transfer == "smpte2084")
        assert ("characteristics=HLG" in text) is (picture.transfer == "arib-std-b67")
        assert ("MDL" in text) is bool(picture.mastering_display)
        assert bool(re.search("Interlaced|MBAFF|PAFF", text)) is picture.scan_type.interlaced
    for sound, text in zip(media.audio, parts["A"]):
        channels = re.search(r" (\d+)ch", text)
        assert channels
        assert sound.channels == int(channels.group(1))
        rate = re.search(r"ch(?:\([^)]*\))? (\d+) ", text + " ")
        if rate and sound.bit_rate:
            assert sound.bit_rate == pytest.approx(int(rate.group(1)) / 1000, rel=0.06)
        assert ("Atmos" in text or "DTS:X" in text.split("title=")[0]) is sound.object_audio
    tracks: List[Track] = [*media.video, *media.audio, *media.subtitles]
    texts = [*parts["V"][: len(media.video)], *parts["A"], *parts["S"]]
    for track, text in zip(tracks, texts):
        language = re.search(r"language=(\S+)", text)
        assert str(track.language) == (language.group(1) if language else "und")


def _compare_truth(media: MediaFile, truth: List[Dict[str, Any]]) -> None:
    """Against what was put in when the file was made; Matroska's order is the list's."""
    kinds: Dict[str, Sequence[Track]] = {
        "video": media.video,
        "audio": media.audio,
        "subs": media.subtitles,
    }
    for kind, tracks in kinds.items():
        made = [expected for expected in truth if expected["kind"].split(" ")[0] == kind]
        assert len(tracks) == len(made)
        for track, expected in zip(tracks, made):
            _compare_track(track, expected)


def _compare_track(track: Track, made: Dict[str, Any]) -> None:
    assert track.language == parse_language(made["lang"] or "und")
    assert track.title == (made["title"] or "")
    flags = replace(track.flags, stated=())
    expected = TrackFlags(
        default=flags.default if made["default"] is None else made["default"],
        forced="forced" in made["flags"],
        original="original" in made["flags"],
        commentary="commentary" in made["flags"],
        hearing_impaired="hi" in made["flags"],
        visual_impaired="vi" in made["flags"],
    )
    assert flags == expected


@pytest.mark.parametrize(
    ("name", "formats", "record"),
    [
        ("p5", "Dolby Vision", DolbyVision(5, 0)),
        ("p81", "Dolby Vision, HDR10", DolbyVision(8, 1)),
        ("real81", "Dolby Vision, HDR10", DolbyVision(8, 1)),
        ("p84", "Dolby Vision, HLG", DolbyVision(8, 4)),
        ("p7mel", "Dolby Vision, HDR10", DolbyVision(7, 6, enhancement_layer=True)),
        ("p7fel", "Dolby Vision, HDR10", DolbyVision(7, 6, enhancement_layer=True)),
        ("hdr10", "HDR10", None),
        ("hdr10p", "HDR10+, HDR10", None),
        ("hlg", "HLG", None),
    ],
)
def test_each_kind_of_dynamic_range(
    name: str, formats: str, record: Optional[DolbyVision], corpus: Path, analyzer: Analyzer
) -> None:
    picture = analyzer.analyze(corpus / "hdr" / f"{name}.mkv").video[0]
    assert ", ".join(hdr_format.value for hdr_format in picture.hdr_formats) == formats
    assert picture.dolby_vision == record
    assert picture.bit_depth == 10


def test_the_phone_clip_is_shown_upright_and_its_sensors_are_data(
    corpus: Path, analyzer: Analyzer
) -> None:
    media = analyzer.analyze(corpus / "real/androidx__media/dolbyVision-hdr.MOV")
    assert (media.video[0].shown_size, media.data_track_count) == ((720, 1280), 3)


def test_nothing_is_left_beside_the_files(names: Path, analyzer: Analyzer) -> None:
    before = sorted(names.rglob("*"))
    for path in before:
        if path.is_file():
            analyzer.analyze(path)
    assert sorted(names.rglob("*")) == before


def test_a_file_that_vanishes_is_unavailable(names: Path, analyzer: Analyzer) -> None:
    with pytest.raises(FileUnavailable):
        analyzer.analyze(names / "Names" / "gone.mkv")
