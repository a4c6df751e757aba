"""The language that a film was made in, as far as the file itself tells it."""

from __future__ import annotations

from core.languages import UNDETERMINED, parse_language
from core.model import Confidence, MediaFile, NativeLanguage

# Codes that name no one language: undetermined, uncoded, several, none.
_NO_LANGUAGE = frozenset({"und", "mis", "mul", "zxx"})


def native_language(media: MediaFile, override: str = "") -> NativeLanguage:
    """The user's word first, then tracks flagged original, then an only language, then the default track.

    Only a HIGH answer ever lets a track be dropped. With one language in the whole file there is none
    to choose from, so HIGH does no harm there; a default track proves little (dubs are often the default), so
    it is LOW.
    """
    if override:
        tag = parse_language(override)
        if tag != UNDETERMINED:
            reason = f"You set the film's language to {tag}."
            return NativeLanguage(tag, Confidence.HIGH, ("user",), reason)
    audio = [track for track in media.audio if not track.flags.commentary]
    original = {track.language for track in audio if track.flags.original}
    if len(original) == 1:
        tag = original.pop()
        if tag.bcp47 not in _NO_LANGUAGE:
            reason = f"The file's original-language flag is on {tag}."
            return NativeLanguage(tag, Confidence.HIGH, ("original flag",), reason)
    elif original:
        names = ", ".join(sorted(str(tag) for tag in original))
        reason = f"Several languages are flagged original ({names}), so none is trusted."
        return NativeLanguage(reason=reason)
    every = {track.language for track in audio}
    if len(every) == 1:
        tag = every.pop()
        if tag.bcp47 not in _NO_LANGUAGE:
            reason = f"{tag} is the only audio language in the file."
            return NativeLanguage(tag, Confidence.HIGH, ("only language",), reason)
        return NativeLanguage()
    default = {track.language for track in audio if track.flags.default}
    if len(default) == 1:
        tag = default.pop()
        if tag.bcp47 not in _NO_LANGUAGE:
            reason = f"The default audio track is {tag}, which need not be the film's own language."
            return NativeLanguage(tag, Confidence.LOW, ("default track",), reason)
    return NativeLanguage()
