#!/usr/bin/env bash
# One Dolby Vision film in Matroska and, copied, in MP4: MediaInfo's HDR_Format and its sister fields are lists with " / ".
# Expected: the same in both, or at least one order for all fields of a film, so that the profile at a place is that
# of the format at this place.
# Seen with 24.12: in Matroska Dolby Vision comes first in all of them. In MP4 HDR_Format begins with the mastering
# display while HDR_Format_Profile, _Level and _Settings still begin with Dolby Vision's: MediaInfo's own text pairs "SMPTE
# ST 2086" with dvhe.08. Whoever goes by the place finds Dolby Vision without a profile, and who takes the first finds
# HDR10. (Without -strict unofficial ffmpeg does not copy the record into MP4 at all, which -v error hides.)
# Source: MediaInfo's list of fields (HDR_Format, HDR_Format_Profile), which says nothing of the order.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages pymediainfo==7.0.1
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
dolby_vision record
"$ff9" -v error -i dolby.mkv -c copy -strict unofficial film.mp4 || cannot "no copy"
"$ff9" -v error -i dolby.mkv -c copy plain.mp4 2>messages || cannot "no copy"
"$ff9" -v error -i dolby.mkv -pix_fmt yuv420p10le -c:v libsvtav1 -preset 10 -dolbyvision 1 av1.mkv 2>/dev/null || cannot "no AV1"
"$ff9" -v error -i av1.mkv -c copy -strict unofficial av1.mp4 || cannot "no copy"
fields=(hdr_format hdr_format_profile hdr_format_settings)
expect "HEVC in Matroska" "Dolby Vision / SMPTE ST 2086 / SMPTE ST 2086 | dvhe.08 /  | BL+RPU / " \
    "$(look dolby.mkv "${fields[@]}")"
expect "HEVC in MP4" "SMPTE ST 2086 / Dolby Vision / SMPTE ST 2086 | dvhe.08 /  | BL+RPU / " "$(look film.mp4 "${fields[@]}")"
expect "AV1 in Matroska" "Dolby Vision / SMPTE ST 2086 | dav1.10 | BL+RPU" "$(look av1.mkv "${fields[@]}")"
expect "AV1 in MP4" "SMPTE ST 2086 / Dolby Vision | dav1.10 | BL+RPU" "$(look av1.mp4 "${fields[@]}")"
expect "MP4 without -strict" "SMPTE ST 2086" "$(look plain.mp4 hdr_format)"
expect "and what -v error says of it" "" "$(cat messages)"
finish
