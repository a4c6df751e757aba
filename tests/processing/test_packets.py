"""What ffmpeg writes of packets, read and compared."""

from __future__ import annotations

from typing import Optional

import pytest

from core.encoders.templates import keeps_every_picture
from core.errors import ToolFailed
from core.settings.tree import Settings
from processing.packets import (
    Packet,
    Pictures,
    as_pictures,
    difference,
    leanest_place,
    parse_framehash,
    without_lead,
)

FRAMEHASH = """#format: frame checksums
#version: 2
#hash: MD5
#tb 0: 1/1000
#media_type 0: video
#stream#, dts,        pts, duration,     size, hash
0,          0,          0,       40,     7534, 77c5827530bd4cd95e0d4d611c8d00e8
0,         40,        120,       40,      100, 87c5827530bd4cd95e0d4d611c8d00e8, S=1, 4, 0x1
0,         80,         80,       40,       50, 97c5827530bd4cd95e0d4d611c8d00e8
"""


def packet(digest: str, time: Optional[float] = 0.0, size: int = 10) -> Packet:
    return Packet(time, size, digest)


def test_packets_are_read_with_their_times_and_shown_in_their_order() -> None:
    packets = parse_framehash(FRAMEHASH)
    assert [shown.time for shown in packets] == [0.0, 0.12, 0.08]
    pictures = as_pictures(packets)
    assert pictures == Pictures((0.0, 0.08, 0.12), (7534, 50, 100))
    assert pictures.number_at(0.09) == 1


def test_pictures_without_times_are_counted_all_the_same() -> None:
    untimed = FRAMEHASH.replace("        120,", "-9223372036854775808,")
    assert as_pictures(parse_framehash(untimed)) == Pictures((), (7534, 100, 50))


def test_what_differs_between_two_tracks_is_said() -> None:
    film = [packet("a"), packet("b", 1.0), packet("c", 2.0)]
    assert difference(film, film) is None
    assert difference(film, []) == "is empty; the film's has 3 packets."
    assert difference(film, film[:2]) == "has 2 packets instead of 3."
    other = [film[0], packet("x", 1.0), film[2]]
    assert difference(film, other) == "is not the film's: its packets differ from 1.0 seconds on."
    assert difference([*film, packet("d", 3.0, size=0)], film) is None


def test_only_what_lies_before_the_first_picture_may_be_missing() -> None:
    film = [packet("a", 0.0), packet("b", 0.5), packet("c", 1.0), packet("d", 1.5)]
    assert without_lead(film, film[2:], 0.6) == film[2:]
    assert without_lead(film, film[2:], 0.4) == film
    assert without_lead(film, [], 0.4) == film


def test_a_passage_on_which_an_encoder_spent_next_to_nothing_stands_out() -> None:
    times = tuple(number / 25 for number in range(500))
    film = Pictures(times, (1000,) * 500)
    assert leanest_place(film, Pictures(times, (300,) * 500)) is None
    black = tuple(5 if 200 <= number < 250 else 300 for number in range(500))
    assert leanest_place(film, Pictures(times, black)) == 8.25
    # Credits that take the film as little.
    assert leanest_place(Pictures(times, black), Pictures(times, black)) is None


def test_templates_that_change_the_number_of_pictures_are_known() -> None:
    shipped = Settings().templates
    for text in vars(shipped).values():
        assert keeps_every_picture(text)
    ffmpeg = "$ffmpeg -i $input -c:v libx265 -filter:v:0 {} $tracks $output"
    assert keeps_every_picture(ffmpeg.format("$filters,hqdn3d,unsharp"))
    for filters in ("$filters,fps=25", "yadif=1", "$filters,bwdif", "mpdecimate,null"):
        assert not keeps_every_picture(ffmpeg.format(filters))
    assert not keeps_every_picture("$ffmpeg -i $input -r 25 -c:v libx265 $tracks $output")
    assert not keeps_every_picture(
        "$qsvenc -i $input -c hevc --vpp-deinterlace bob $tracks -o $output"
    )


@pytest.mark.parametrize(
    "text", ["rubbish", "#tb 0: 1/0\n", "0, 0, 0, 1\n", "0, 0, now, 1, 2, ab\n"]
)
def test_what_is_no_list_of_packets_is_the_tool_s_failure_in_a_sentence(text: str) -> None:
    with pytest.raises(ToolFailed, match="what it wrote of the packets cannot be read"):
        parse_framehash(text)
