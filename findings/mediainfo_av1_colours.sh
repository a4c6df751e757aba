#!/usr/bin/env bash
# AV1 with PQ and a mastering display, as SVT-AV1 writes them into the stream, in a Matroska film without colour elements,
# as mkvmerge makes it of a raw stream. Expected: MediaInfo reads the stream, as it does with HEVC in the same case.
# Seen with 24.12: no transfer, no HDR format, no mastering display: the film reads as if it were SDR. ffprobe reads the
# transfer from the stream's header, and the decoder the display. Of HEVC from a raw stream MediaInfo has them all.
# Source: AV1 Bitstream Specification, 5.5.2 (color_config), 5.8.4 (metadata OBU); MediaInfo's list of fields.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
packages pymediainfo==7.0.1
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
mkvmerge --version
dolby_vision ""
"$ff9" -v error -f hevc -framerate 24 -i plain.hevc -pix_fmt yuv420p10le -c:v libsvtav1 -preset 10 film.mkv 2>/dev/null ||
    cannot "no film"
"$ff9" -v error -i film.mkv -c copy -f obu raw.obu || cannot "no raw stream"
mkvmerge -q -o av1.mkv --default-duration 0:24fps raw.obu || cannot "mkvmerge made no film"
mkvmerge -q -o hevc.mkv --default-duration 0:24fps plain.hevc || cannot "mkvmerge made no film"
fields=(format transfer_characteristics hdr_format)
shown() { "$ff9" -hide_banner -i "$1" -vf showinfo -frames:v 1 -f null - 2>&1 | grep -c 'Mastering display.*has_luminance:1'; }
expect "as the encoder's muxer wrote it" "AV1 | PQ | SMPTE ST 2086" "$(look film.mkv "${fields[@]}")"
expect "by mkvmerge of the raw stream" "AV1 | None | None" "$(look av1.mkv "${fields[@]}")"
expect "HEVC, the same way" "HEVC | PQ | SMPTE ST 2086" "$(look hevc.mkv "${fields[@]}")"
expect "ffprobe's transfer" smpte2084 "$("$probe8" -v quiet -show_entries stream=color_transfer -of csv=p=0 av1.mkv)"
expect "the decoder has the display" yes "$([ "$(shown av1.mkv)" -gt 0 ] && echo yes)"
finish
