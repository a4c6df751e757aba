"""Templates: what may stand in one, what each mistake is called, and that values stay whole."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import pytest

from core.encoders import templates
from core.encoders.templates import Value, parse_template, placeholders
from core.errors import TemplateError
from core.tools import ToolName

SHIPPED = {
    name: getattr(templates, name)
    for name in dir(templates)
    if name.startswith(("QSVENC_", "FFMPEG_")) and name.isupper()
}
FFMPEG = "$ffmpeg -i $input -c:v libx265 $tracks $output"
QSVENC = "$qsvenc -i $input -c hevc $tracks -o $output"


def values(**more: Value) -> Dict[str, Value]:
    return {
        "ffmpeg": ("ffmpeg", "-y"),
        "qsvenc": ("qsvencc",),
        "input": "in",
        "output": "out",
        "tracks": ("-map", "0:0"),
        "hdr": (),
        "filters": "null",
        "width": "1920",
        "height": "1080",
        "pixel_format": "yuv420p10le",
        **more,
    }


def test_six_templates_are_shipped_and_all_make_ten_bit_hevc() -> None:
    assert len(SHIPPED) == 6
    for text in SHIPPED.values():
        template = parse_template(text)
        assert (template.codec, template.bit_depth) == ("hevc", 10)
        assert template.uses("hdr")


def test_a_template_knows_its_program_and_encoder() -> None:
    assert parse_template(FFMPEG).encoder == "libx265"
    assert parse_template(FFMPEG.replace("libx265", "libsvtav1")).encoder == "libsvtav1"
    qsv = parse_template(FFMPEG.replace("libx265", "hevc_qsv"))
    assert qsv.encoder == "hevc_qsv (ffmpeg, QSV)"
    assert parse_template(FFMPEG.replace("libx265", "libx264")).encoder == "libx264"
    assert parse_template(QSVENC).encoder == "QSVEnc HEVC"
    assert parse_template(QSVENC.replace("hevc", "av1")).encoder == "QSVEnc AV1"
    assert parse_template(QSVENC.replace("$qsvenc", "$nvencc")).encoder == "NVEnc HEVC"
    assert parse_template(QSVENC.replace("$qsvenc", "$vceencc")).encoder == "VCEEnc HEVC"
    assert parse_template(QSVENC.replace("-c hevc", "")).encoder == "QSVEnc H264"
    assert parse_template(QSVENC.replace("-c hevc", "")).codec == "h264"
    assert parse_template(QSVENC).tool is ToolName("QSVEncC")


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        (FFMPEG, 8),
        (FFMPEG.replace("$tracks", "-pix_fmt yuv420p10le $tracks"), 10),
        (FFMPEG.replace("$tracks", "-pix_fmt p010le $tracks"), 10),
        (FFMPEG.replace("$tracks", "-pix_fmt yuv420p $tracks"), 8),
        (FFMPEG.replace("$tracks", "-pix_fmt yuv420p12le $tracks"), 12),
        (FFMPEG.replace("$tracks", "-pix_fmt $pixel_format $tracks"), 10),
        (QSVENC, 8),
        (QSVENC.replace("$tracks", "--output-depth 10 $tracks"), 10),
    ],
)
def test_a_template_knows_the_bits_that_it_makes(text: str, depth: int) -> None:
    assert parse_template(text).bit_depth == depth


MISTAKES = [
    ("", "the template is empty"),
    (" \n# only a comment\n", "the template is empty"),
    ("ffmpeg -i $input $tracks $output", "must begin with $qsvenc, $nvencc, $vceencc or $ffmpeg"),
    (FFMPEG.replace("$input", "'$input"), "a quote is opened and never closed"),
    (FFMPEG.replace("$input", "film.mkv"), "$input is missing"),
    (FFMPEG.replace("$output", "film.mkv"), "$output is missing"),
    (FFMPEG.replace("$tracks", "-c:a copy"), "$tracks is missing"),
    (FFMPEG.replace("$tracks", "$track"), "$track is not a placeholder"),
    (FFMPEG.replace("$tracks", "$tracks $tracks"), "$tracks may stand only once"),
    (FFMPEG.replace("$tracks", "x$tracks"), "$tracks must stand alone"),
    (FFMPEG.replace("$tracks", "${hdr}x $tracks"), "$hdr must stand alone"),
    (FFMPEG.replace("$input", "file:$input"), "$input must stand alone"),
    (FFMPEG.replace("$tracks", "-crf 5$ $tracks"), "begins no placeholder"),
    (FFMPEG.replace("-i $input", "$input"), "$input must follow -i"),
    (FFMPEG + " -y", "$output must be the last word"),
    (QSVENC.replace("-o $output", "$output"), "$output must follow -o"),
    (QSVENC.replace("$tracks", "$filters $tracks"), "does not belong in a template for QSVEncC"),
    (FFMPEG.replace("$tracks", "$qsvenc $tracks"), "does not belong in a template for ffmpeg"),
    (FFMPEG.replace("libx265", "copy"), "-c:v copy names none that is known"),
    (FFMPEG.replace("-c:v libx265", ""), "-c:v is missing"),
    (QSVENC.replace("hevc", "divx"), "-c divx is no codec of QSVEnc"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_each_mistake_is_named_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(text, "templates.normal")
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("Setting templates.normal: ")
    assert "\n" not in str(caught.value)


def test_a_value_is_never_split_unquoted_or_read_as_a_placeholder() -> None:
    hostile = "-i $output \"a b\" 'c' $(rm) # \\\n\u202e"
    argv = parse_template(FFMPEG).expand(values(input=hostile, tracks=("-metadata", hostile)))
    assert argv == (
        *("ffmpeg", "-y", "-i", hostile, "-c:v", "libx265"),
        *("-metadata", hostile, "out"),
    )


def test_quotes_keep_a_word_together_and_a_backslash_is_only_a_backslash() -> None:
    text = FFMPEG.replace("$tracks", '"C:\\My Films\\x" -a "it\'s" -b \'say "x"\' C:\\new $tracks')
    argv = parse_template(text).expand(values())
    assert argv[6:12] == ("C:\\My Films\\x", "-a", "it's", "-b", 'say "x"', "C:\\new")


def test_lines_are_white_space_and_comments_are_left_out() -> None:
    text = "# mine, don't touch\n" + FFMPEG.replace(" ", "\n") + "\n  # the end"
    assert parse_template(text) == parse_template(FFMPEG)


def test_a_hash_inside_a_line_is_a_word() -> None:
    text = FFMPEG.replace("$tracks", "-metadata comment=#1 $tracks")
    assert "comment=#1" in parse_template(text).expand(values())


def test_scalars_stand_inside_words_and_two_dollars_are_one() -> None:
    text = FFMPEG.replace("$tracks", "-vf $filters,scale=${width}x$height -x a$$b $tracks")
    argv = parse_template(text).expand(values())
    assert argv[6:10] == ("-vf", "null,scale=1920x1080", "-x", "a$b")


def test_an_empty_list_leaves_no_empty_word() -> None:
    text = FFMPEG.replace("$tracks", "$hdr $tracks")
    assert parse_template(text).expand(values()) == parse_template(FFMPEG).expand(values())


def test_the_last_of_two_encoders_counts_as_it_does_in_ffmpeg() -> None:
    text = FFMPEG.replace("$tracks", "-c:v libsvtav1 $tracks")
    assert parse_template(text).encoder_name == "libsvtav1"


def test_every_placeholder_says_what_it_stands_for() -> None:
    known = placeholders()
    assert len({placeholder.name for placeholder in known}) == len(known)
    assert all(placeholder.meaning.endswith(".") for placeholder in known)


def test_the_documentation_has_every_placeholder_and_every_shipped_template() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "templates.md"
    text = page.read_text(encoding="utf-8")
    for placeholder in placeholders():
        assert f"| `${placeholder.name}` |" in text
        assert placeholder.meaning in text
    for shipped in SHIPPED.values():
        assert f"```\n{shipped}```" in text
