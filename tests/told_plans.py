"""Plans that meet every rule, and whatever the window shows of them: what is judged in each language."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable, Iterator, Tuple

from core.damage import Damage, Place
from core.errors import MediaProcessorError
from core.media.model import (
    Attachment,
    Confidence,
    FoundTrait,
    MediaFile,
    NativeLanguage,
    ScanType,
)
from core.media.native_language import decide, file_answers
from core.plan import Plan, Reason
from core.planning.comparison import compare
from core.planning.plan_json import plan_text
from core.planning.planner import build_plan
from core.queue.outcome import beside_film, end_of_error, end_without_work, sentence_of
from core.queue.retry import retry_of
from core.rules.traits import FATES
from core.settings.tree import Settings
from core.text.sentence import Sentence
from core.tools import Toolset
from tests.core import made_media as made
from tests.core import sample_films as sample
from tests.told_sentences import Told

TOOLSETS = (
    Toolset(),
    Toolset((sample.FFMPEG,)),
    Toolset((sample.OLD_FFMPEG,)),
    Toolset((sample.SHALLOW, sample.QSVENC)),
)


def reasons_of(plan: Plan) -> Iterator[Reason]:
    for decision in plan.decisions:
        yield from (*decision.rejections, *decision.notes)
    for output in plan.outputs:
        yield from output.reasons
    yield from (*plan.refusals, *plan.changes, *plan.omissions, *plan.warnings)


def texts_of(plan: Plan) -> Iterator[str]:
    """Whatever the window shows of a plan."""
    for reason in reasons_of(plan):
        yield reason.message
        if isinstance(reason.matched, Sentence):
            yield reason.matched
    yield plan.native_language.reason
    end = end_without_work(plan)
    yield end.message if end is not None else ""
    stored = compare(plan_text(plan))
    assert stored is not None
    for track in stored.tracks:
        yield track.before
        yield track.after
        yield from (reason.message for reason in track.reasons)
    yield stored.native_reason
    for reason in (*stored.refusals, *stored.changes, *stored.omissions, *stored.warnings):
        yield reason.message


def expect_all_told(told: Told, texts: Iterable[str]) -> None:
    problems = {problem: text for text in texts for problem in told.problems(text)}
    assert not problems, "\n".join(
        f"{problem}  (of {text!r})" for problem, text in problems.items()
    )


def strange_films() -> Iterator[MediaFile]:
    """Films that meet the rarer rules: a track of each kind of trouble, and every trait."""
    for track in (sample.P5, sample.P7, sample.P81, sample.P84, sample.P81_PLUS, sample.HDR10_PLUS):
        yield sample.film(track)
    bare = replace(sample.P81, dolby_vision=None)
    label = replace(sample.P81, dolby_vision=replace(sample.P81.dolby_vision, rpu=False))  # type: ignore[type-var]
    odd = replace(sample.SDR, width=1921, rotation=90.0, pixel_aspect=1.5, variable_frame_rate=True)
    for track in (
        *(bare, label, odd, sample.HLG, replace(sample.SDR, codec="av1")),
        replace(sample.SDR, scan_type=ScanType.INTERLACED_TFF, captions=True, chroma="4:2:2"),
        replace(sample.SDR, codec="hevc", bit_rate=900.0),
        replace(sample.SDR, views=2),
        replace(sample.SDR, size_changes=True),
        replace(sample.SDR, shape_changes=True),
        replace(sample.SDR, edited=True),
        replace(sample.SDR, reordered=True, timeless=True),
        replace(sample.SDR, compression="zlib"),
        replace(sample.SDR, cropped=True, pixel_aspect=1.5),
        replace(sample.SDR, duration=10.0),
    ):
        yield sample.film(track)
    for trait in FATES:
        yield replace(sample.film(), traits=(FoundTrait(trait, 0), FoundTrait(trait)))
    damage = Damage(tuple(Place(10.0 * number, 10.0 * number + 2) for number in range(5)))
    yield replace(sample.film(), damage=damage, truncated=True, hard_links=2, flags_complete=False)
    yield replace(sample.film(), container="MPEG-4", data_track_count=2, plan_signature="")
    yield replace(sample.film(), plan_signature="mp1:0")
    yield made.film(blind=True)
    yield made.film(duration=0.0)
    many = tuple(Attachment(f"{number}.ttf", "font/ttf") for number in range(1001))
    yield made.film(made.text(codec="ass"), attachments=many)
    yield made.film(
        made.sound("eng", original=True),
        made.sound("fra", "Commentary by the director"),
        made.sound("deu", commentary=True),
        made.sound("", object_audio=True, commercial_name="Dolby TrueHD with Atmos"),
        made.sound("eng", channels=0),
        made.sound("eng", channels=12, channel_layout=""),
        made.sound("eng", dual_mono=True, channels_met=(2, 6)),
        made.sound("eng", codec="opus", channels=2, channel_layout="stereo", bit_rate=64.0),
        made.sound("eng", codec="ac4"),
        made.text("eng", "SDH"),
        made.text("eng", hearing_impaired=True),
        made.text("eng"),
        made.text("eng", forced=True),
        made.text("fra", codec="dvb_teletext"),
        made.text("eng", codec="mov_text", commentary=True),
        made.text("", codec="unknown"),
    )


def some_settings() -> Iterator[Settings]:
    yield Settings()
    yield made.COPY_PICTURE
    plain = Settings()
    yield replace(
        plain,
        audio=replace(plain.audio, convert_to_opus=False, languages=("jpn",)),
        subtitles=replace(plain.subtitles, languages=("eng", "fra")),
        video=replace(plain.video, dolby_vision_7=True, drop_captions=True),
        verification=replace(plain.verification, damage_seconds=100.0),
    )


NATIVES = (
    NativeLanguage(),
    made.native("eng"),
    made.native("jpn"),
    made.native("fra", Confidence.LOW),
)


def plans_of(film: MediaFile, *, every: bool) -> Iterator[Plan]:
    """Plans of a film: by ``every`` set of tools and settings together, or each of them once.

    What the tools refuse does not depend on the languages that stay, nor the other way round, so that the
    second form says the same sentences of films whose plans differ in one thing alone.
    """
    known = replace(NATIVES[1], reason=NativeLanguage().reason)
    natives = (decide(file_answers(film)), known)
    rules = tuple(some_settings())
    combined: Tuple[Tuple[Toolset, Settings], ...] = (
        *((toolset, rules[0]) for toolset in TOOLSETS),
        *((TOOLSETS[number], rules[place]) for number, place in ((1, 1), (1, 2), (2, 2))),
    )
    if every:
        combined = tuple((toolset, each) for toolset in TOOLSETS for each in rules)
    for number, (toolset, each) in enumerate(combined):
        for native in natives if every or number in (1, len(combined) - 1) else natives[:1]:
            yield build_plan(film, native, each, toolset)


def errors_texts(error: MediaProcessorError) -> Iterator[str]:
    """Whatever the window shows of an error."""
    yield str(error)
    yield sentence_of(error)
    yield beside_film(error)
    yield end_of_error(error).message
    for failures in (0, 1):
        yield retry_of(error, failures=failures, delays=0, changes=0).reason
