"""Which templates of another machine may run here: those whose every word is known to name no file of ours.

A template may hold any words of its program, and each has dozens of options, filters and encoder parameters
that read or write a file, send data somewhere, or run a program. So what is not known to be
harmless is refused, and nobody has to know all that is not. Who wants such a template to run on a machine
puts it into that machine's own settings.
"""

from __future__ import annotations

import re
from string import Template as StringTemplate
from typing import FrozenSet, Sequence

from core.encoders.chain import texts_in
from core.encoders.templates import parse_template, placeholders
from core.errors import TemplateError
from core.peer_errors import ForeignTemplate
from core.settings.tree import TemplateSettings

_FILTER_OPTIONS = frozenset(("-vf", "-filter"))
_PARAMETER_OPTIONS = frozenset(("-x264opts", "-x264-params", "-x265-params", "-svtav1-params"))
_STREAM = re.compile(r":v(:0)?$|:0$")
_FILTERS = frozenset(
    """
    null scale zscale format noformat setsar setdar setparams setfield fps crop pad transpose hflip vflip
    yadif bwdif estdif w3fdif fieldmatch decimate pullup dejudder mpdecimate separatefields weave
    hqdn3d nlmeans atadenoise vaguedenoiser owdenoise fftdnoiz bilateral removegrain deblock dedot dctdnoiz
    unsharp cas smartblur deband gradfun noise eq hue vibrance colorspace tonemap limiter
    hwupload hwdownload hwmap vpp_qsv scale_qsv deinterlace_qsv scale_vaapi deinterlace_vaapi
    denoise_vaapi sharpness_vaapi tonemap_vaapi scale_cuda yadif_cuda bwdif_cuda hwupload_cuda
    """.split()
)
_PARAMETERS = frozenset(
    """
    8x8dct amp annexb aq aq-mode aq-motion aq-strength asm aud b-adapt b-bias b-intra b-pyramid bframe-bias
    bframes bitrate cabac cbqpoffs chroma-qp-offset chroma-sample-position chromaloc color-primaries
    color-range colormatrix colorprim const-vbv constrained-intra content-light copy-pic crf crf-max crf-min
    crqpoffs ctu cu-lossless cutree dct-decimate deadzone-inter deadzone-intra deblock dhdr10-opt direct
    display-window dynamic-rd early-skip enable-cdef enable-dlf enable-hdr enable-overlays enable-qm
    enable-restoration enable-tf enable-variance-boost eob eos fades fast-decode fast-intra fast-pskip field
    film-grain film-grain-denoise force-cfr fps frame-threads fullrange gop-lookahead hash hdr hdr10 hdr10-opt
    hevc-aq hierarchical-levels high-tier hist-scenecut hme hrd info input-depth interlace intra-refresh
    ipratio irefresh-type keyint level level-idc limit-modes limit-refs limit-sao limit-tu log-level lookahead
    lookahead-slices lookahead-threads lossless lowpass-dct lp master-display mastering-display
    matrix-coefficients max-cll max-luma max-merge max-tu-size mbr mbtree mcstf me merange min-cu-size
    min-keyint min-luma mixed-refs mvrange nal-hrd nr nr-inter nr-intra open-gop opt-cu-delta-qp opt-qp-pps
    overscan partitions pbratio pic-struct pin pme pmode pools pred-struct preset profile psnr psy psy-rd
    psy-rdoq qblur qcomp qg-size qm-max qm-min qp qpmax qpmin qpstep radl range rc rc-grain rc-lookahead rd
    rd-refine rdoq-level rdpenalty rect ref repeat-headers rskip rskip-edge-threshold sao sao-non-deblock sar
    scd scenecut scenecut-bias selective-sao sharpness signhide sliced-threads slices splitrd-skip ssim
    ssim-rd strict-cbr strong-intra-smoothing subme subq tbr temporal-layers temporal-mvp threads tier
    tile-columns tile-rows transfer transfer-characteristics trellis tskip tskip-fast tu-inter-depth
    tu-intra-depth tune uhd-bd variance-boost-strength variance-octile vbv-bufsize vbv-end vbv-init
    vbv-maxrate videoformat vui-timing-info weightb weightp wpp
    """.split()
)
_NUMBERS_ONLY = frozenset(("film-grain",))  # libx265 has a file there
_FRACTION = re.compile(r"(?<=[A-Za-z0-9)])/(?=[A-Za-z0-9(])")
_GRAPHICS_CHIP = re.compile(r"/dev/dri/(renderD|card)[0-9]+")
_PLAIN = re.compile(r"[A-Za-z0-9_.,:+=()*%|<>!?#-]*\Z")
_NUMBER = re.compile(r"[0-9.]*\Z")


def demand_harmless(name: str, text: str, own: TemplateSettings) -> None:
    """Raise ForeignTemplate where another machine's template could touch a file here that it must not.

    ``name`` is the template's among the settings. What stands in this machine's ``own`` settings is its
    user's will.
    """
    if any(text in (chain, *texts_in(chain)) for chain in vars(own).values()):
        return
    word = foreign_word(text)
    if word:
        raise ForeignTemplate(name, word)


def foreign_word(text: str) -> str:
    """Return the first word of a template that is not known to be harmless; "" where all are."""
    try:
        template = parse_template(text)
    except TemplateError:
        return text.split("\n", 1)[0] or "(empty)"
    family = template.family
    words = template.words[1:-1] if family.output_last else template.words[1:]
    return _foreign(words, family.harmless.flags, family.harmless.values)


def _foreign(words: Sequence[str], flags: FrozenSet[str], values: FrozenSet[str]) -> str:
    place = 0
    while place < len(words):
        word = words[place]
        following = words[place + 1] if place + 1 < len(words) else ""
        option = _STREAM.sub("", word)
        if word in flags or _is_alone(word):
            place += 1
        elif following and (_is_end(word, following) or option in values):
            if option in values and not _is_value(option, following):
                return f"{word} {following}"
            place += 2
        else:
            return word
    return ""


def _is_alone(word: str) -> bool:
    return any(word in known.spellings for known in placeholders() if known.is_list)


def _is_end(word: str, following: str) -> bool:
    """Whether these two are the film or the result, as the template has to name them."""
    named = following.strip("${}")
    return (word in ("-i", "--input") and named == "input") or (
        word in ("-o", "--output") and named == "output"
    )


def _is_value(option: str, text: str) -> bool:
    value = _filled(text)
    if option in ("-init_hw_device", "-vaapi_device"):
        value = _GRAPHICS_CHIP.sub("", value)
    if re.match(r"-[A-Za-z-]", value) or ".." in value:
        return False
    if not _PLAIN.match(_FRACTION.sub("", value)):
        return False
    if option in _FILTER_OPTIONS:
        return all(re.split("[=@]", part)[0].strip() in _FILTERS for part in value.split(","))
    return option not in _PARAMETER_OPTIONS or all(map(_is_parameter, value.split(":")))


def _is_parameter(pair: str) -> bool:
    """Whether a parameter of an encoder (``key=value``) is one that names no file."""
    key, _, value = pair.partition("=")
    key = key[3:] if key.startswith("no-") else key
    if key in _NUMBERS_ONLY and not _NUMBER.match(value):
        return False
    return not pair or key in _PARAMETERS


def _filled(text: str) -> str:
    """Return a value with its placeholders filled by what is as harmless as they are."""
    return StringTemplate(text).safe_substitute(
        filters="null", width="2", height="2", pixel_format="yuv420p"
    )
