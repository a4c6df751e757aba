"""What becomes of a film, for people: the settings that decide it, by question, and a summary in sentences.

The first page of the settings is made of ``QUESTIONS``; whoever leaves it alone has a new user's settings.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Dict, List, Mapping, Sequence, Tuple

from core.encoders.quality import Codec, Quality
from core.errors import ConfigError
from core.media.languages import UNDETERMINED, parse_language
from core.settings.fields import FIELDS, with_values
from core.settings.tree import AudioSettings, FileSettings, Settings, VideoSettings
from core.text.sentence import (
    Bytes,
    Field,
    LanguageName,
    Listed,
    Sentence,
    counted_sentence,
    joined,
)

_GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Question:
    """One heading of the first page, and the keys of the settings below it."""

    title: Sentence
    keys: Tuple[str, ...]


QUESTIONS: Tuple[Question, ...] = (
    Question(
        Sentence("Picture"),
        (
            *("video.encode", "video.codec", "video.quality", "video.target", "video.speed"),
            "video.graphics",
        ),
    ),
    Question(Sentence("Sound"), ("audio.convert_to_opus",)),
    Question(Sentence("Languages that stay"), ("audio.languages", "subtitles.languages")),
    Question(
        Sentence("What is removed"),
        ("audio.drop_commentary", "subtitles.drop_commentary", "subtitles.drop_sdh"),
    ),
    Question(
        Sentence("How long originals are kept"),
        ("files.keep_original_days", "files.keep_original_gigabytes"),
    ),
)
OUTCOME_KEYS = tuple(key for question in QUESTIONS for key in question.keys)

# The sizes and times are those measured with x265 and SVT-AV1 (docs/quality.md).
_EXPLAINED: Mapping[Tuple[str, str], Sentence] = {
    ("video.codec", "hevc"): Sentence("HEVC plays on every television and box of the last decade."),
    ("video.codec", "av1"): Sentence(
        "AV1 is about a fifth smaller at the same quality, and needs a newer television or box."
    ),
    ("video.quality", "smaller"): Sentence(
        "About two thirds of the size of “balanced”; fine detail and grain are smoothed a little."
    ),
    ("video.quality", "balanced"): Sentence(
        "Hard to tell from the original from where you sit; for most films."
    ),
    ("video.quality", "better"): Sentence(
        "About a third larger than “balanced”; for large screens and films with grain."
    ),
    ("video.quality", "best"): Sentence(
        "Nearly twice the size of “balanced”; for films that you want as good as they are."
    ),
    ("video.quality", "by hand"): Sentence(
        "The command templates were edited and decide; choose a quality to have them made again."
    ),
    ("video.target", "off"): Sentence(
        "The quality above decides: every film is encoded with the same number."
    ),
    ("video.target", "good"): Sentence(
        "Each film becomes as small as it can be at VMAF 92: a difference may be seen beside the original."
    ),
    ("video.target", "very good"): Sentence(
        "Each film becomes as small as it can be at VMAF 94: hard to tell from the original."
    ),
    ("video.target", "as good as the original"): Sentence(
        "Each film becomes as small as it can be at VMAF 96: nobody sees a difference."
    ),
    ("video.speed", "very fast"): Sentence(
        "Takes about two thirds of the time of “normal”; files are often larger."
    ),
    ("video.speed", "fast"): Sentence("A little quicker than “normal”; files may be larger."),
    ("video.speed", "normal"): Sentence("A good relation of time and size."),
    ("video.speed", "thorough"): Sentence(
        "Takes about twice as long as “normal”; files are about a fifth smaller."
    ),
    ("video.speed", "very thorough"): Sentence(
        "Takes several times as long as “normal”; files are the smallest that this quality allows."
    ),
    ("video.graphics", "QSVEncC"): Sentence(
        "Intel's graphics encode, by the program QSVEncC; the processor where they cannot."
    ),
    ("video.graphics", "Intel"): Sentence(
        "Intel's graphics encode, by whichever program can; the processor where they cannot."
    ),
    ("video.graphics", "NVIDIA"): Sentence(
        "The NVIDIA card encodes; the processor where it cannot."
    ),
    ("video.graphics", "AMD"): Sentence("AMD's graphics encode; the processor where they cannot."),
    ("video.graphics", "any"): Sentence(
        "Whatever graphics are in the computer encode; the processor where there are none."
    ),
    ("video.graphics", "none"): Sentence(
        "The processor encodes: slower, and smaller files at the same quality."
    ),
}


def explained(key: str, text: str) -> str:
    """What one choice of a setting does, in a sentence; empty where its help says all."""
    return _EXPLAINED.get((key, text), "")


def outcome_of(texts: Mapping[str, str]) -> Sentence:
    """The summary for settings as texts by key; what cannot be read counts as it is for a new user."""
    values: Dict[str, object] = {}
    for key in OUTCOME_KEYS:
        if key in texts:
            with suppress(ConfigError):
                values[key] = FIELDS[key].parse(texts[key])
    return outcome(with_values(Settings(), values))


def outcome(settings: Settings) -> Sentence:
    """What films become with these settings."""
    return joined(
        [
            _picture(settings.video),
            _sound(settings.audio),
            *_languages(settings),
            *_removed(settings),
            _originals(settings.files),
        ]
    )


def _picture(video: VideoSettings) -> Sentence:
    if not video.encode:
        return Sentence("The picture of films stays as it is.")
    if video.quality is Quality.BY_HAND:
        return Sentence("The picture of films becomes what your own command templates make of it.")
    codec = "AV1" if video.codec is Codec.AV1 else "HEVC"
    if video.quality is Quality.SMALLER:
        return Sentence("Films become {codec}, as small files.", codec=codec)
    if video.quality is Quality.BALANCED:
        return Sentence("Films become {codec} at good quality.", codec=codec)
    if video.quality is Quality.BETTER:
        return Sentence("Films become {codec} at very good quality.", codec=codec)
    return Sentence("Films become {codec} at the best quality.", codec=codec)


def _sound(audio: AudioSettings) -> Sentence:
    if audio.convert_to_opus:
        return Sentence("Their sound becomes Opus.")
    return Sentence("Their sound is copied.")


def _languages(settings: Settings) -> List[Sentence]:
    audio, subtitles = settings.audio.languages, settings.subtitles.languages
    sound = (
        Sentence(
            "Sound in {languages} and in the film's own language stays.",
            languages=languages_in_words(audio),
        )
        if audio
        else Sentence("Only sound in the film's own language stays.")
    )
    if not subtitles:
        return [sound, Sentence("No subtitles stay.")]
    if tuple(audio) == tuple(subtitles):
        return [sound, Sentence("Subtitles in these languages stay.")]
    return [
        sound,
        Sentence("Subtitles in {languages} stay.", languages=languages_in_words(subtitles)),
    ]


def languages_in_words(codes: Sequence[str]) -> Listed:
    """Languages after each other, each by its name."""
    names: List[Field] = []
    for code in codes:
        tag = parse_language(code)
        if tag == UNDETERMINED:
            names.append(Sentence("an unknown language"))
        else:
            names.append(LanguageName(tag.bcp47, tag.english_name))
    return Listed(names)


def _removed(settings: Settings) -> List[Sentence]:
    goes: List[Field] = []
    if settings.audio.drop_commentary:
        goes.append(Sentence("commentary"))
    if settings.subtitles.drop_commentary:
        goes.append(Sentence("subtitles of commentary"))
    if settings.subtitles.drop_sdh:
        goes.append(Sentence("subtitles for the deaf (SDH)"))
    return [Sentence("Removed: {what}.", what=Listed(goes))] if goes else []


def _originals(files: FileSettings) -> Sentence:
    days = files.keep_original_days
    if not days:
        return Sentence("Originals are deleted as soon as they are replaced.")
    most = Bytes(round(files.keep_original_gigabytes * _GIGABYTE))
    if days == int(days):
        return counted_sentence(
            "Originals are kept for {number} day, up to {most} of them.",
            "Originals are kept for {number} days, up to {most} of them.",
            int(days),
            most=most,
        )
    return Sentence(
        "Originals are kept for {days} days, up to {most} of them.", days=days, most=most
    )
