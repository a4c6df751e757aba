"""Which films may be cut: only those where it is proven that no picture is lost, twice or moved.

What is named here was run through ``tests.chunk_campaign``; all else is encoded in one piece.
"""

from __future__ import annotations

import re
from typing import FrozenSet, Iterator, List, Tuple

from core.chunks.chunk import in_one_piece
from core.encoders.family import FILTERS, Template, Way
from core.encoders.templates import keeps_every_picture, parse_template
from core.errors import TemplateError
from core.media.model import Trait, VideoTrack
from core.plan import Plan, Reason, VideoEncode
from core.text.sentence import Sentence

# A film of less than so many chunks' lengths is not cut.
_LEAST_CHUNKS = 1.5
ENCODERS: FrozenSet[str] = frozenset({"libx265", "libsvtav1", "libx264"})
_CODECS = frozenset({"h264", "hevc", "av1", "vp9"})
_CONTAINERS = frozenset({"Matroska", "WebM", "MPEG-4", "MPEG-TS", "BDAV"})
# Filters of ffmpeg that make each picture of one picture alone, whenever it is shown.
_SINGLE_PICTURE = frozenset(
    "null copy scale zscale crop pad setsar setdar format noformat setparams setrange setfield eq "
    "unsharp hue colorspace colormatrix colorlevels colorbalance colortemperature curves lut lutyuv "
    "lutrgb lut3d lut1d limiter transpose hflip vflip rotate gradfun deband nlmeans removegrain "
    "boxblur gblur avgblur smartblur bilateral cas sab pp deblock vaguedenoiser owdenoise dctdnoiz "
    "chromanr delogo drawbox tonemap exposure huesaturation vibrance".split()
)
_FILTER_OPTIONS = re.compile(r"^-(?:vf|filter:v(?::0)?|filter)$")
_PASSES = re.compile(r"^-(?:pass|passlogfile)(?::|$)|(?:^|:)(?:pass|stats|multi-pass-opt-\w+)=")
# Words that name pictures or moments, counted from where the film begins, or files with such.
_PLACES_IN_TIME = re.compile(
    r"^-(?:force_key_frames|itsoffset|output_ts_offset|copyts|start_at_zero|timelimit|shortest)(?::|$)"
    r"|(?:^|:)(?:zones|zonefile|qpfile|chunk-start|chunk-end|frames|total-frames|seek|analysis-\w+|csv|"
    r"force-key-frames)=|setts"
)


def reasons_for_one_piece(plan: Plan, wanted: float) -> Tuple[Reason, ...]:
    """Return why this film is encoded in one piece, as far as its plan tells; ``wanted`` is in seconds.

    Empty where nothing speaks against chunks; ``processing.chunks.borders`` looks at the film itself.
    """
    pictures = [track for track in plan.outputs if isinstance(track.source, VideoTrack)]
    encoded = [track for track in pictures if isinstance(track.conversion, VideoEncode)]
    if not encoded:
        return (in_one_piece("copied", Sentence("it is copied.")),)
    if len(pictures) > 1:
        return (in_one_piece("several_videos", Sentence("the film has several video tracks.")),)
    source, encode = encoded[0].source, encoded[0].conversion
    assert isinstance(source, VideoTrack)
    assert isinstance(encode, VideoEncode)
    return (*_of_film(plan, wanted), *_of_picture(plan, source), *_of_template(encode))


def _of_film(plan: Plan, wanted: float) -> Iterator[Reason]:
    media = plan.media
    if media.duration < _LEAST_CHUNKS * wanted:
        yield in_one_piece("short", Sentence("it is too short to be cut."))
    if media.container not in _CONTAINERS:
        yield in_one_piece(
            "container",
            Sentence("cutting {container} files is not proven.", container=media.container),
        )
    if media.truncated or (media.damage is not None and media.damage.places):
        yield in_one_piece("damaged", Sentence("the film is damaged."))
    if any(found.trait is Trait.PROGRAMS for found in media.traits):
        yield in_one_piece("programs", Sentence("the file has several programs."))


def _of_picture(plan: Plan, source: VideoTrack) -> Iterator[Reason]:
    media = plan.media
    traits = {found.trait for found in media.traits if found.track in (None, source.index)}
    if source.codec not in _CODECS:
        yield in_one_piece("codec", Sentence("cutting {codec} is not proven.", codec=source.codec))
    if source.timeless:
        yield in_one_piece(
            "times", Sentence("the container does not tell exactly when each picture is shown.")
        )
    if source.edited or Trait.HIDDEN_PART in traits:
        yield in_one_piece("edited", Sentence("an edit list hides a part of it."))
    if source.scan_type.interlaced:
        yield in_one_piece(
            "interlaced", Sentence("it is interlaced, and deinterlacing looks beyond each picture.")
        )
    if source.size_changes or source.shape_changes or source.views > 1:
        yield in_one_piece("changes", Sentence("its size, shape or layers change inside the film."))
    record = source.dolby_vision
    if record is not None and record.enhancement_layer:
        yield in_one_piece(
            "layers", Sentence("cutting Dolby Vision with a second layer is not proven.")
        )


def _of_template(encode: VideoEncode) -> Iterator[Reason]:
    name = encode.template_name
    try:
        template = parse_template(encode.template)
    except TemplateError as error:
        yield in_one_piece("template", Sentence("its template cannot be used."), str(error))
        return
    if template.family.way is not Way.FFMPEG or template.encoder_name not in ENCODERS:
        yield in_one_piece(
            "encoder", Sentence("cutting is not proven with {encoder}.", encoder=template.encoder)
        )
    if not keeps_every_picture(encode.template):
        yield in_one_piece(
            "count", Sentence("template {name} changes the number of pictures.", name=name)
        )
    passes = [word for word in template.words if _PASSES.search(word)]
    if passes:
        yield in_one_piece(
            "passes", Sentence("template {name} encodes in several passes.", name=name), passes[0]
        )
    moments = [word for word in template.words if _PLACES_IN_TIME.search(word)]
    if moments:
        yield in_one_piece(
            "moments", Sentence("template {name} names places in the film.", name=name), moments[0]
        )
    for filter_name in odd_filters(template):
        yield in_one_piece(
            "filter",
            Sentence(
                "the filter {filter} of template {name} may look at more than one picture.",
                filter=filter_name,
                name=name,
            ),
        )


def filter_places(words: Tuple[str, ...]) -> Tuple[int, ...]:
    """Return where among a command's words the picture's filters stand."""
    return tuple(place + 1 for place, word in enumerate(words[:-1]) if _FILTER_OPTIONS.search(word))


def odd_filters(template: Template) -> List[str]:
    """Return the filters that may look at other pictures, or at the time."""
    chains = [template.words[place] for place in filter_places(template.words)]
    found: List[str] = []
    for part in (part for chain in chains for part in re.split(r"[,;]", chain)):
        name = part.strip().partition("=")[0].partition("@")[0]
        ours = name in FILTERS.spellings
        if not ours and (name not in _SINGLE_PICTURE or "enable=" in part or "[" in part):
            found.append(name)
    return found
