"""What a plan's signature is made of: an update that adds something changes none."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass, replace
from typing import Any

import pytest

from core.media.model import MediaFile, TrackFlags
from core.plan import ContentClass, OpusEncode, VideoEncode
from core.planning.planner import build_plan
from core.planning.signature import changed_settings, signature_of
from core.protocol.offer import OFFERED
from core.settings.declaring import RULES, Scope, group, setting
from core.settings.fields import FIELDS, keys_of
from core.settings.tree import AudioSettings, Settings
from tests.core.made_media import (
    COPY_PICTURE,
    NO_TOOLS,
    UNKNOWN,
    film,
    native,
    sound,
    text,
)

# Of today's defaults. Where one of these changes without RULES_VERSION, every library's verdicts are lost,
# and machines of neighbouring versions refuse each other's films.
TODAY = [
    pytest.param(film(sound("eng")), "en", "eeac51962ff76e1378a1a1b9d19bcc8c", id="one soundtrack"),
    pytest.param(
        film(sound("eng"), sound("fre"), text("nld")),
        "en",
        "6625259788b3f90bd09867e15b7b4015",
        id="a dub and a subtitle",
    ),
    pytest.param(
        film(sound("jpn", "Commentary"), text("tur", "SDH")),
        "ja",
        "e8a9e1818ecdba9abd08cb907faf7fab",
        id="by titles",
    ),
]

Louder: Any = make_dataclass(
    "Louder",
    [("loudness", int, setting(0, "Loudness", "Made up."))],
    bases=(AudioSettings,),
    frozen=True,
)
Updated: Any = make_dataclass(
    "Updated", [("audio", Louder, group(Louder(), *RULES))], bases=(Settings,), frozen=True
)


@pytest.mark.parametrize(("media", "language", "signature"), TODAY)
def test_the_signatures_of_todays_defaults_stay(
    media: MediaFile, language: str, signature: str
) -> None:
    assert build_plan(media, native(language), COPY_PICTURE, NO_TOOLS).signature == signature


def test_a_setting_that_an_update_adds_changes_no_signature() -> None:
    plan = build_plan(film(sound("eng")), UNKNOWN, Settings(), NO_TOOLS)
    assert signature_of(plan, Updated()) == signature_of(plan, Settings())
    assert changed_settings(Updated(audio=Louder(loudness=3))) == {"audio.loudness": 3}
    assert signature_of(plan, Updated(audio=Louder(loudness=3))) != signature_of(plan, Settings())


def test_who_changes_what_was_signed_changes_it_for_nobody_else() -> None:
    settings = Updated(audio=Louder(loudness=4))
    changed_settings(settings)["audio.loudness"] = 5
    assert changed_settings(settings) == {"audio.loudness": 4}


@dataclass(frozen=True)
class _SlowerOpus(OpusEncode):
    complexity: int = 10


@dataclass(frozen=True)
class _MoreFlags(TrackFlags):
    made_up: bool = False


@dataclass(frozen=True)
class _FinerEncode(VideoEncode):
    grain: int = field(default=0)


def test_a_field_that_an_update_adds_to_a_decision_changes_no_signature() -> None:
    plan = build_plan(film(sound("eng")), UNKNOWN, COPY_PICTURE, NO_TOOLS)
    picture, track = plan.outputs
    encode = VideoEncode(ContentClass.NORMAL, "normal", "a template", "av1", 1920, 1080, 10, ())
    assert isinstance(track.conversion, OpusEncode)
    plan = replace(plan, outputs=(replace(picture, conversion=encode), track))
    finer = _FinerEncode(**vars(encode))
    slower, flags = _SlowerOpus(**vars(track.conversion)), _MoreFlags(**vars(track.flags))
    updated = replace(
        plan,
        outputs=(
            replace(picture, conversion=finer),
            replace(track, conversion=slower, flags=flags),
        ),
    )
    assert signature_of(updated, COPY_PICTURE) == signature_of(plan, COPY_PICTURE)
    grainy = replace(picture, conversion=replace(finer, grain=8))
    assert signature_of(replace(updated, outputs=(grainy, track)), COPY_PICTURE) != signature_of(
        plan, COPY_PICTURE
    )


def test_a_template_is_the_same_whatever_stands_before_it_in_its_chain() -> None:
    plan = build_plan(film(sound("eng")), UNKNOWN, COPY_PICTURE, NO_TOOLS)

    def signed(name: str, text: str = "a template") -> str:
        encode = VideoEncode(ContentClass.NORMAL, name, text, "hevc", 1920, 1080, 10, ())
        picture = replace(plan.outputs[0], conversion=encode)
        return signature_of(replace(plan, outputs=(picture, *plan.outputs[1:])), COPY_PICTURE)

    assert signed("normal_fallback_7") == signed("normal_fallback") != signed("normal")
    assert signed("normal_fallback", "another template") != signed("normal_fallback")


def test_what_is_signed_is_offered_and_a_folder_may_have_its_own() -> None:
    assert set(keys_of(Scope.SIGNED)) <= set(OFFERED)
    assert set(keys_of(Scope.SIGNED)) <= set(keys_of(Scope.PER_FOLDER))


def test_no_setting_of_the_machine_goes_to_another() -> None:
    groups = {key.partition(".")[0] for key in FIELDS if key not in OFFERED}
    assert groups >= {"tools", "queue", "logs", "monitor", "network", "window"}
    assert not {key for key in OFFERED if key.startswith(("tools.", "network.", "window."))}
