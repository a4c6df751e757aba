"""Where films are cut, which are not, and what the commands say."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chunks.borders import (
    LEAST_SHARE,
    Beginning,
    KeyFrame,
    best,
    candidates,
    cut,
    out_of_turn,
    reach,
    wanted_borders,
)
from core.chunks.chunk import Chunk, ChunkNumber, ChunkPlan, ChunkProof
from core.chunks.eligibility import reasons_for_one_piece
from core.chunks.parameter_sets import header_of, parameter_sets
from core.commands import build_steps
from core.commands.chunks import ChunkFiles, JoinedPicture, chunk_list, chunk_step
from core.damage import Damage, Place
from core.media.model import DolbyVision, FoundTrait, HdrFormat, ScanType, Trait
from core.plan import Plan, Reason
from core.steps import StepName
from core.text.sentence import Sentence
from tests.core.commands_film import CONTINUE, FILM, STAGED, TOOLSET, VIDEO, encode, out, plan

TEMPLATE = "$ffmpeg -i $input -c:v libx265 -crf 22 -filter:v:0 $filters $hdr $tracks $output"
LONG = replace(FILM, duration=3600.0)
BASE = Fraction(1, 1000)
word_for_word = pytest.mark.skipif(
    sys.platform == "win32",
    reason="the commands stand here word for word, with the names of other systems",
)
BEGINNING = Beginning(0.0, 0, BASE, 0.0)
FILES = ChunkFiles(Path("/work/2.mp4"), Path("/work/2.mp4.packets"))


def film(template: str = TEMPLATE, picture: Any = None, **media: Any) -> Plan:
    track = replace(VIDEO, **(picture or {}))
    shown = replace(LONG, video=(track,), **media)
    made = plan(encode(template), media=shown)
    return replace(made, outputs=(replace(made.outputs[0], source=track), *made.outputs[1:]))


def cut_at(*seconds: float, duration: float = 60.0) -> ChunkPlan:
    return cut(duration, BEGINNING, [KeyFrame(at, round(at * 1000)) for at in seconds])


@st.composite
def films(draw: st.DrawFn) -> Tuple[float, float, float, List[KeyFrame]]:
    """A start, an end, a wanted length, and key frames anywhere."""
    start = draw(st.floats(0.0, 20.0))
    end = start + draw(st.floats(1.0, 20000.0))
    wanted = draw(st.floats(0.5, 600.0))
    stamps = draw(st.sets(st.integers(round(start * 1000) + 1, round(end * 1000) - 1), max_size=60))
    frames = [
        KeyFrame(stamp / 1000, stamp, draw(st.floats(0.0, 100.0))) for stamp in sorted(stamps)
    ]
    return start, end, wanted, frames


@given(films())
def test_chunks_cover_the_film_once_and_none_is_too_short(
    drawn: Tuple[float, float, float, List[KeyFrame]],
) -> None:
    start, end, wanted, frames = drawn
    within, near = reach(start, end, wanted), wanted_borders(start, end, wanted)
    chosen = [best(border, candidates(border, within, frames)) for border in near]
    borders = [frame for frame in chosen if frame is not None]
    found = cut(end, Beginning(start, round(start * 1000), BASE, start), borders)
    if found.whole:
        assert not found.chunks
        return
    chunks = found.chunks
    assert (chunks[0].start, chunks[-1].until) == (start, end)
    assert all(before.until == after.start for before, after in zip(chunks, chunks[1:]))
    assert all(before.end_stamp == after.start_stamp for before, after in zip(chunks, chunks[1:]))
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    equal = (end - start) / (len(near) + 1)
    assert all(chunk.seconds >= LEAST_SHARE * equal - 0.01 for chunk in chunks)
    assert {frame.stamp for frame in frames} >= {chunk.start_stamp for chunk in chunks[1:]}
    assert chunks[-1].end is None


@given(films(), st.integers(-1000, 20_000_000))
def test_every_stamp_belongs_to_exactly_one_chunk(
    drawn: Tuple[float, float, float, List[KeyFrame]], stamp: int
) -> None:
    start, end, _, frames = drawn
    found = cut(end, Beginning(start, round(start * 1000), BASE, start), frames)
    if found.chunks:
        assert sum(chunk.holds(stamp) for chunk in found.chunks) == 1


def test_the_nearest_key_frame_that_begins_a_scene_is_taken() -> None:
    near = [KeyFrame(118.0, 1), KeyFrame(121.0, 2, change=40.0), KeyFrame(120.5, 3, change=2.0)]
    chosen = best(120.0, candidates(120.0, 20.0, near))
    assert chosen is not None
    assert chosen.stamp == 2


def test_without_a_scene_change_near_it_is_the_nearest_key_frame() -> None:
    near = [KeyFrame(118.0, 1, 3.0), KeyFrame(121.0, 2, 9.0), KeyFrame(131.0, 3, 80.0)]
    chosen = best(120.0, candidates(120.0, 10.0, near))
    assert chosen is not None
    assert chosen.stamp == 2


def test_key_frames_at_regular_distances_are_not_looked_at_for_a_scene_change() -> None:
    regular = [KeyFrame(second, round(second * 1000)) for second in (112.0, 114.002, 116.0, 118.0)]
    assert out_of_turn(regular[1:], regular) == ()
    scene = KeyFrame(118.8, 118800)
    around = [*regular, scene, KeyFrame(120.8, 120800)]
    assert out_of_turn(candidates(119.0, 5.0, around), around) == (scene,)
    assert out_of_turn(around[:1], around) == (around[0],)  # what came before it is not known


def test_borders_that_go_back_make_no_plan() -> None:
    frames = [KeyFrame(20.0, 20_000), KeyFrame(40.0, 15_000)]
    assert [reason.code for reason in cut(60.0, BEGINNING, frames).whole] == ["chunks.odd_times"]


def test_a_plan_and_a_proof_come_back_from_json_as_they_were() -> None:
    made = cut_at(20.0, 40.0)
    assert ChunkPlan.from_json(json.loads(json.dumps(made.as_json()))) == made
    proof = ChunkProof(1, 480, 20.0, 39.958, 1_000_000, "hevc", "5e6f")
    assert ChunkProof.from_json(json.loads(json.dumps(proof.as_json()))) == proof


def test_the_chunks_numbers_and_why_they_have_them_come_back_too() -> None:
    why = Reason("chunks.floor", Sentence("It would have {score}.", score=84.5))
    made = replace(
        cut_at(20.0, 40.0), numbers=(ChunkNumber(0, 22.25, why), ChunkNumber(2, 20.0, why))
    )
    found = ChunkPlan.from_json(json.loads(json.dumps(made.as_json())))
    assert found == made
    assert isinstance(found.numbers[0].reason.message, Sentence)
    assert [found.quality_number(chunk) for chunk in range(3)] == [22.25, None, 20.0]
    proof = ChunkProof(0, 480, 20.0, 39.958, 1_000_000, "hevc", "5e6f", 22.25)
    assert ChunkProof.from_json(json.loads(json.dumps(proof.as_json()))) == proof


def test_chunks_that_an_earlier_version_planned_and_proved_have_no_numbers() -> None:
    plan_written = cut_at(20.0).as_json()
    del plan_written["numbers"]
    assert ChunkPlan.from_json(plan_written) == cut_at(20.0)
    proof = ChunkProof(1, 480, 20.0, 39.958, 1_000_000, "hevc", "5e6f")
    proof_written = proof.as_json()
    del proof_written["quality_number"]
    assert ChunkProof.from_json(proof_written) == proof


def test_a_plan_from_elsewhere_that_makes_no_sense_is_refused() -> None:
    data = {**cut_at(20.0).as_json(), "time_base": [1, 0]}
    with pytest.raises(ValueError, match="time_base"):
        ChunkPlan.from_json(data)


# ---- which films


def codes(made: Plan) -> List[str]:
    return [reason.code for reason in reasons_for_one_piece(made, 120.0)]


def test_an_ordinary_long_film_may_be_cut() -> None:
    assert codes(film()) == []


VFR = {"variable_frame_rate": True}
PICTURES: Dict[str, Dict[str, Any]] = {
    "chunks.codec": {"codec": "vc1"},
    "chunks.times": {"timeless": True},
    "chunks.edited": {"edited": True},
    "chunks.interlaced": {"scan_type": ScanType.INTERLACED_TFF},
    "chunks.changes": {"size_changes": True},
    "chunks.layers": {"dolby_vision": DolbyVision(7, 6, enhancement_layer=True)},
}


@pytest.mark.parametrize("code", PICTURES)
def test_a_picture_that_was_not_proven_is_left_in_one_piece(code: str) -> None:
    assert codes(film(picture=PICTURES[code])) == [code]


MEDIA: Dict[str, Dict[str, Any]] = {
    "chunks.short": {"duration": 170.0},
    "chunks.container": {"container": "AVI"},
    "chunks.damaged": {"damage": Damage((Place(10.0, 12.0),))},
    "chunks.programs": {"traits": (FoundTrait(Trait.PROGRAMS),)},
}


@pytest.mark.parametrize("code", MEDIA)
def test_a_film_that_was_not_proven_is_left_in_one_piece(code: str) -> None:
    assert codes(film(**MEDIA[code])) == [code]


def test_a_variable_rate_is_cut_where_the_container_has_each_pictures_time() -> None:
    assert codes(film(picture=VFR)) == []
    assert codes(film(picture={**VFR, "timeless": True})) == ["chunks.times"]


TEMPLATES = {
    "-r 24": "chunks.count",
    "-vf fps=24": "chunks.count",
    "-vf bwdif": "chunks.count",
    "-pass 2": "chunks.passes",
    "-x265-params pass=2": "chunks.passes",
    "-x265-params crf=20:zones=0,100,b=2": "chunks.moments",
    "-force_key_frames 0,100": "chunks.moments",
    "-vf hqdn3d": "chunks.filter",
    "-vf $filters,hqdn3d=4": "chunks.filter",
    "-vf scale=640:-2,subtitles=film.srt": "chunks.filter",
    "-vf eq=gamma=1.2:enable='gt(t,10)'": "chunks.filter",
}


@pytest.mark.parametrize("words", TEMPLATES)
def test_a_template_that_looks_beyond_a_picture_is_run_in_one_piece(words: str) -> None:
    found = codes(film(f"$ffmpeg -i $input -c:v libx265 {words} $tracks $output"))
    assert TEMPLATES[words] in found


@pytest.mark.parametrize("words", ["", "-vf scale=640:-2,unsharp", "-filter:v:0 $filters,eq=1.1"])
def test_filters_that_make_each_picture_of_one_are_no_hindrance(words: str) -> None:
    assert codes(film(f"$ffmpeg -i $input -c:v libsvtav1 {words} $tracks $output")) == []


@pytest.mark.parametrize(
    "template",
    [
        "$qsvencc -i $input -c hevc $tracks -o $output",
        "$ffmpeg -i $input -c:v hevc_nvenc $tracks $output",
    ],
)
def test_encoders_without_an_exact_way_in_are_run_in_one_piece(template: str) -> None:
    found = reasons_for_one_piece(film(template), 120.0)
    assert found[0].code in ("chunks.encoder", "chunks.template")
    assert str(found[0].message).startswith("The video is encoded in one piece: ")


def test_a_picture_that_is_copied_is_not_cut() -> None:
    copied = replace(plan(), media=LONG)
    assert codes(replace(copied, outputs=(out(VIDEO), *copied.outputs[1:]))) == ["chunks.copied"]


# ---- commands


@word_for_word
def test_a_chunk_is_the_plans_template_over_a_part_of_the_film() -> None:
    made = cut_at(20.0, 40.0)
    (command,) = chunk_step(film(), TOOLSET, made, made.chunks[1], FILES).commands
    text = " ".join(command.argv)
    assert "-copyts -itsoffset -20.000000 -noaccurate_seek -ss 19.980000 -i file:" in text
    assert "-map 0:0 -c copy -t 22.000000 -f framehash" in text
    assert "-c:v libx265 -crf 22 -filter:v:0 trim=start_pts=0:end_pts=20000,null" in text
    assert (
        "-fps_mode:v:0 passthrough -f mp4 -video_track_timescale 1000 file:/work/2.mp4 -map" in text
    )


def test_the_first_chunk_seeks_nothing_and_the_last_one_takes_the_rest() -> None:
    made = cut_at(20.0, 40.0)
    first, last = (
        " ".join(chunk_step(film(), TOOLSET, made, chunk, FILES).commands[0].argv)
        for chunk in (made.chunks[0], made.chunks[-1])
    )
    assert "-ss" not in first
    assert "trim=end_pts=20000,null" in first
    assert "trim=start_pts=0,null" in last
    assert " -t " not in last


@word_for_word
def test_a_template_without_filters_gets_the_cut_alone() -> None:
    made = cut_at(20.0, 40.0)
    bare = film("$ffmpeg -i $input -c:v libx265 $tracks $output")
    argv = chunk_step(bare, TOOLSET, made, made.chunks[1], FILES).commands[0].argv
    assert "-filter:v:0 trim=start_pts=0:end_pts=20000 file:/work/2.mp4" in " ".join(argv)


def test_a_stream_without_an_index_is_sought_a_second_early() -> None:
    made = cut_at(20.0, 40.0)
    argv = (
        chunk_step(film(container="MPEG-TS"), TOOLSET, made, made.chunks[1], FILES).commands[0].argv
    )
    assert argv[argv.index("-ss") + 1] == "19.000000"


def test_dolby_vision_keeps_its_record_in_the_chunk() -> None:
    made = cut_at(20.0, 40.0)
    wanted = plan(encode(TEMPLATE, HdrFormat.DOLBY_VISION, profile=8), media=LONG)
    argv = chunk_step(wanted, TOOLSET, made, made.chunks[1], FILES).commands[0].argv
    assert "-strict unofficial" in " ".join(argv)


@word_for_word
def test_the_last_pass_takes_the_picture_from_the_list_and_all_else_from_the_film() -> None:
    picture = JoinedPicture(Path("/work/list.txt"), 0.0)
    usual = build_steps(film(), CONTINUE, TOOLSET, STAGED)
    joined = build_steps(film(), CONTINUE, TOOLSET, STAGED, picture)
    assert [step.name for step in joined] == [
        StepName.REMUX if step.name is StepName.ENCODE else step.name for step in usual
    ]
    (main,) = (step.commands[0].argv for step in joined if step.name is StepName.REMUX)
    text = " ".join(main)
    assert "-f concat -safe 0 -auto_convert 0 -i file:/work/list.txt -c:v copy" in text
    assert "-itsoffset 0.000000" in text
    assert "-map 1:0 -map 0:1" in text
    assert "-map 0:0" not in text
    assert "fps_mode" not in text
    (whole,) = (step.commands[0].argv for step in usual if step.name is StepName.ENCODE)
    tail = whole[whole.index("-map_metadata") :]
    assert main[-len(tail) :] == tail


def test_the_list_has_lengths_that_never_add_up_to_a_drift() -> None:
    base = Fraction(1, 24000)
    stamps = [1001 * 24 * number for number in range(1, 100)]
    chunks = tuple(
        Chunk(number, 0.0, 0.0, begin, end)
        for number, (begin, end) in enumerate(zip([None, *stamps], [*stamps, None]))
    )
    listing = chunk_list(ChunkPlan(chunks, (), base), [Path("a.mp4")] * 100)
    lengths = [
        int(line.split()[1][:-2]) for line in listing.splitlines() if line.startswith("duration")
    ]
    assert len(lengths) == 99
    assert abs(sum(lengths) - float(stamps[-1] * base) * 1_000_000) <= 0.5


def test_names_with_quotes_are_written_as_ffmpeg_reads_them() -> None:
    listing = chunk_list(cut_at(20.0), [Path("it's.mp4"), Path("b.mp4")])
    assert r"file 'file:it'\''s.mp4'" in listing


# ---- parameter sets


def hevc_header(*units: Tuple[int, bytes]) -> bytes:
    arrays = b"".join(
        bytes([0x80 | kind]) + (1).to_bytes(2, "big") + len(unit).to_bytes(2, "big") + unit
        for kind, unit in units
    )
    return b"\x01" + bytes(21) + bytes([len(units)]) + arrays


SETS = ((32, b"vps"), (33, b"sps"), (34, b"pps"))


def test_what_an_encoder_says_of_itself_does_not_count() -> None:
    plain, talking = hevc_header(*SETS), hevc_header(*SETS, (39, b"x265 on another machine"))
    assert parameter_sets("hevc", plain) == parameter_sets("hevc", talking) != ""


def test_another_picture_parameter_set_is_another_encoder() -> None:
    other = hevc_header(*SETS[:2], (34, b"wavefronts"))
    assert parameter_sets("hevc", hevc_header(*SETS)) != parameter_sets("hevc", other)


@pytest.mark.parametrize("codec", ["hevc", "h264", "av1"])
@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01" + b"\xff" * 30])
def test_a_header_that_cannot_be_read_is_no_header(codec: str, data: bytes) -> None:
    if codec == "av1" and len(data) > 4:
        return
    assert parameter_sets(codec, data) == ""


def test_a_decoders_configuration_is_found_in_an_mp4_header() -> None:
    box = (8 + 5).to_bytes(4, "big") + b"av1C" + b"12345"
    assert header_of(b"moov" + bytes(20) + box + b"rest") == ("av1", b"12345")
    assert header_of(b"moov without any") == ("", b"")
