"""What of a film cannot be worked with; a part of the tree of ``core.errors``."""

from __future__ import annotations

from core.errors import ProbeError
from core.media.codec_names import codec_name
from core.media.model import Track, TrackKind
from core.media.track_text import track_name
from core.text.sentence import Sentence

_WAY_ON = {
    TrackKind.VIDEO: Sentence(
        "Get the film again, or have its video copied as it is: switch off the setting video.encode."
    ),
    TrackKind.AUDIO: Sentence(
        "Get the film again, or have its audio copied as it is: switch off the setting "
        "audio.convert_to_opus."
    ),
    TrackKind.SUBTITLE: Sentence("Get the film again."),
}


class CannotDecode(ProbeError):
    """ffmpeg rejects most packets of a ``track`` that would be converted."""

    code = "undecodable"

    def __init__(self, path: object, track: Track) -> None:
        self.track = track
        super().__init__(
            path,
            Sentence(
                "ffmpeg cannot decode {track} ({codec}, {language}), so it cannot be converted. {way_on}",
                track=track_name(track),
                codec=codec_name(track.codec),
                language=track.language.name,
                way_on=_WAY_ON[track.kind],
            ),
        )
