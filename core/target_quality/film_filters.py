"""What a film's pictures went through before they came to the encoder: a result is compared with that."""

from __future__ import annotations

import re
from string import Template as TextTemplate
from typing import List, Union

from core.chunks.eligibility import filter_places, odd_filters
from core.encoders.by_ffmpeg import video_filters
from core.encoders.family import FILTERS, Template, Way
from core.encoders.templates import keeps_every_picture, parse_template
from core.errors import TemplateError
from core.media.model import VideoTrack
from core.plan import Plan, Reason, VideoEncode
from core.target_quality.reasons import unmeasured
from core.text.sentence import Sentence

# They look at pictures before, so they are never quite alike in a part of the film and in all of it; yet each
# picture goes in and out.
_DENOISERS = frozenset("hqdn3d atadenoise fftdnoiz bm3d deflicker".split())
# The way onto a graphics chip, which only its encoder takes.
_UPLOAD = re.compile(r"(?:^|,)(?:format=[\w|]+,)?hwupload(?:=[^,]*)?$")
# Options by which a program of its own changes a picture before it encodes it.
_CHANGES = re.compile(r"^--(?:vpp-|crop$|tff$|bff$)")
_RESIZE_MODE = "--vpp-resize"  # how --output-res scales


def film_filters(plan: Plan) -> Union[str, Reason]:
    """Return ffmpeg's filters that make of the film's pictures what the encoder was given.

    Those of the plan, and those of a template by hand. A Reason where they cannot be told, or where a
    picture of the result is not one of the film.
    """
    track = next(track for track in plan.outputs if isinstance(track.conversion, VideoEncode))
    source, encode = track.source, track.conversion
    assert isinstance(source, VideoTrack)
    assert isinstance(encode, VideoEncode)
    name = encode.template_name
    try:
        template = parse_template(encode.template)
        every = keeps_every_picture(encode.template)
    except TemplateError as error:
        return unmeasured("template", Sentence("the template cannot be used."), str(error))
    if not every:
        why = Sentence("template {name} changes the number of pictures.", name=name)
        return unmeasured("count", why)
    odd = _unknown(template)
    if odd:
        why = Sentence(
            "what {filter} of template {name} makes of a picture is not known here.",
            filter=odd[0],
            name=name,
        )
        return unmeasured("filter", why)
    needed = video_filters(source, encode)
    places = filter_places(template.words) if template.family.way is Way.FFMPEG else ()
    if not places:
        return needed
    values = {
        FILTERS.name: needed,
        "width": str(encode.width),
        "height": str(encode.height),
    }
    written = TextTemplate(template.words[places[-1]]).safe_substitute(values)
    return _UPLOAD.sub("", written) or "null"


def _unknown(template: Template) -> List[str]:
    """Return the filters, or options, that cannot be done again here."""
    if template.family.way is not Way.FFMPEG:
        options = [word for word in template.words if _CHANGES.search(word)]
        return [option for option in options if not option.startswith(_RESIZE_MODE)]
    return [
        name
        for name in odd_filters(template)
        if name not in _DENOISERS and not name.startswith("hwupload")
    ]
