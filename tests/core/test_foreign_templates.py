"""A master's template runs on another machine only where no word of it can name a file there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.peer_errors import ForeignTemplate
from core.settings.foreign_templates import demand_harmless, foreign_word
from core.settings.tree import Settings, TemplateSettings

SHIPPED = TemplateSettings()
FFMPEG = "$ffmpeg {before} -i $input {words} -c:v libx265 $hdr $tracks $output"
QSVENC = "$qsvenc -i $input -c hevc {words} $hdr $tracks -o $output"


@pytest.mark.parametrize("name", sorted(vars(SHIPPED)))
def test_the_shipped_templates_run_everywhere(name: str) -> None:
    assert foreign_word(getattr(SHIPPED, name)) == ""


@pytest.mark.parametrize(
    "words",
    [
        "-preset veryslow -x265-params log-level=none:pools=1:no-sao:aq-mode=3:deblock=-1,-1",
        "-c:v libsvtav1 -preset 8 -crf 28 -pix_fmt $pixel_format -svtav1-params film-grain=8:tune=0",
        "-filter:v:0 $filters,hqdn3d=2:1:3:3,scale=trunc(iw/2)*2:${height}:flags=lanczos",
        "-vf $filters -r 24000/1001 -g 240 -profile:v main10 -tag:v hvc1",
        "-x265-params master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(1,2)L(3,4):max-cll=0,0",
    ],
)
def test_what_users_write_about_a_picture_runs_everywhere(words: str) -> None:
    assert foreign_word(FFMPEG.format(before="-readrate 1", words=words)) == ""


def test_a_graphics_chip_may_be_named_and_no_other_device() -> None:
    chip = "-init_hw_device vaapi=va:/dev/dri/renderD128 -hwaccel vaapi"
    assert foreign_word(FFMPEG.format(before=chip, words="")) == ""
    disk = "-init_hw_device vaapi=va:/dev/sda"
    assert foreign_word(FFMPEG.format(before=disk, words="")) == disk


@pytest.mark.parametrize(
    "words",
    [
        "-i /etc/shadow",
        "-i secret.mkv",
        "/home/user/.bashrc",
        "out.mkv",
        "-an out.mkv",
        "-noautorotate out.mkv",
        "-attach /etc/shadow",
        "-dump_attachment:t out",
        "-progress http://elsewhere/",
        "-report",
        "-vstats_file /tmp/x",
        "-passlogfile /tmp/x",
        "-pass 1",
        "-/filter:v /etc/shadow",
        "-/c:v:0 /etc/shadow",
        "-f tee",
        "-filter_complex movie=/etc/shadow",
        "-vf movie=/etc/shadow",
        "-vf movie=secret",
        "-vf $filters,subtitles=x.srt",
        "-vf null,'movie=x'",
        "-vf null[a];movie=x[b];[a][b]overlay",
        "-vf scale=/w=/etc/shadow",
        "-vf scale=w=/etc/shadow",
        "-vf lut3d=x.cube",
        "-vf metadata=print:file=x",
        "-filter:a amovie=x",
        "-c:v ../x",
        "-crf C:\\secret",
        "-x265-params csv=x",
        "-x265-params log-level=none:csv=/tmp/x",
        "-x265-params recon-y4m-exec=sh",
        "-x265-params film-grain=x.bin",
        "-x265-params qpfile=x",
        "-x265-params pools=/etc/shadow",
        "-svtav1-params fgs-table=x",
        "-x264-params stats=x",
        "-crf -report",
        "-preset $$HOME",
    ],
)
def test_what_could_reach_another_file_is_refused_for_ffmpeg(words: str) -> None:
    assert foreign_word(FFMPEG.format(before="", words=words))


@pytest.mark.parametrize(
    "words",
    [
        "--log /tmp/x",
        "--log x",
        "--option-file /etc/shadow",
        "--audio-source x.mkv",
        "--sub-source x.srt",
        "--attachment-source /etc/shadow",
        "--chapter x",
        "--dhdr10-info x.json",
        "--dolby-vision-rpu x.bin",
        "--vpp-subburn filename=x",
        "--vpp-delogo x",
        "--vpp-afs ini=x",
        "--vpp-resize /etc/shadow",
        "--perf-monitor all",
        "-i other.mkv",
        "-o other.mkv",
        "x.mkv",
        "--tff x.mkv",
    ],
)
def test_what_could_reach_another_file_is_refused_for_qsvenc(words: str) -> None:
    assert foreign_word(QSVENC.format(words=words))


def test_the_refusal_says_which_words_of_which_template_and_what_to_do() -> None:
    text = FFMPEG.format(before="", words="-attach /etc/shadow")
    with pytest.raises(ForeignTemplate) as refusal:
        demand_harmless("downscale", text, Settings().templates)
    assert "downscale" in str(refusal.value)
    assert "-attach" in str(refusal.value)
    assert "settings" in str(refusal.value)


def test_what_the_machines_own_user_has_among_the_templates_may_run() -> None:
    text = FFMPEG.format(before="", words="-report")
    own = replace(Settings().templates, downscale_fallback=text)
    demand_harmless("normal", text, own)
    with pytest.raises(ForeignTemplate):
        demand_harmless("normal", text + " ", own)
