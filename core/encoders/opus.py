"""Sound on its way to Opus: the filter that brings a track's channels into a layout that Opus takes.

libopus takes the back layouts only and refuses 5.1(side), which is what every Dolby and DTS track
decodes to. ``aformat`` renames side to back and mixes up without loss, but mixes down by adding up,
which clips; there ``pan`` with ``<`` adds up to no more than full scale. Names that the input
lacks are ignored by ``pan``. (Measured per channel; docs/templates.md.)
"""

from __future__ import annotations

from core.media.model import AudioTrack
from core.plan import OpusEncode, OutputTrack

_STEREO = (
    "pan=stereo"
    "|FL<FL+0.707*FC+0.707*BL+0.707*SL+0.5*BC+0.707*FLC+0.5*TFL+0.5*TBL"
    "|FR<FR+0.707*FC+0.707*BR+0.707*SR+0.5*BC+0.707*FRC+0.5*TFR+0.5*TBR"
)
_SURROUND = (
    "pan=5.1|FL<FL+0.707*FLC+0.5*TFL|FR<FR+0.707*FRC+0.5*TFR|FC=FC|LFE=LFE"
    "|BL<BL+SL+0.707*BC+0.5*TBL|BR<BR+SR+0.707*BC+0.5*TBR"
)
# Six channels that need no mixing; those of 6.0 do: aformat's sum was measured 4.6 dB above full scale.
_SAME_CHANNELS = ("5.1", "5.1(side)", "")
_DYNAMIC_RANGE_CODECS = ("ac3", "eac3")


def channel_filter(track: AudioTrack, opus: OpusEncode) -> str:
    """The value of ``-filter:a`` for this track."""
    if opus.channels == 2 and track.channels > 3:
        return _STEREO
    if opus.channels == 2 and track.channels == 3 and track.channel_layout != "2.1":
        return _STEREO
    mixed = track.channels == 6 and track.channel_layout not in _SAME_CHANNELS
    if opus.channels == 6 and (track.channels > 6 or mixed):
        return _SURROUND
    return f"aformat=channel_layouts={opus.channel_layout}"


def mapping_family(opus: OpusEncode) -> int:
    """1 above two channels: libopus' default puts the channels of 5.0 and 6.1 in wrong places."""
    return 1 if opus.channels > 2 else 0


def has_night_mode(track: OutputTrack) -> bool:
    """Whether the decoder applies broadcast compression by default."""
    return track.source.codec in _DYNAMIC_RANGE_CODECS
