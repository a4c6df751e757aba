#!/usr/bin/env bash
# EIA-608 captions inside an H.264 picture (SEI), encoded by libx265. Expected: kept, as libx264 keeps them by
# default, or at least told by ffprobe beforehand (closed_captions=1).
# Seen with 8.1.2 and 9.0.2: libx264 keeps them unasked, libx265 drops all of them unless -a53cc 1 is given, without
# a message; and ffprobe 8.1.2 shows no closed_captions of the film that has them.
# Source: `ffmpeg -h encoder=libx265` lists a53cc with default false, libx264 with default true.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:r=25:d=1 -c:v libx264 -bf 0 plain.h264 || cannot "no film"
"$python" - <<'PY' || cannot "no captions could be written"
import re
# user_data_registered_itu_t_t35: US, ATSC, "GA94", cc_data with one EIA-608 pair ("AB", odd parity)
cc = bytes([0xB5, 0x00, 0x31]) + b"GA94" + bytes([0x03, 0xC1, 0xFF, 0xFC, 0xC1, 0xC2, 0xFF])
body = bytes([0x06, 0x04, len(cc)]) + cc + bytes([0x80])
data = open("plain.h264", "rb").read()
units = [unit for unit in re.split(b"\x00\x00\x00?\x01", data) if unit]
with open("captioned.h264", "wb") as film:
    for unit in units:
        if unit[0] & 0x1F in (1, 5):
            film.write(b"\x00\x00\x00\x01" + body)
        film.write(b"\x00\x00\x00\x01" + unit)
PY
"$ff9" -v error -r 25 -i captioned.h264 -c copy film.mkv || cannot "the film could not be muxed"
captions() { # FILE: pictures with captions
    "$probe8" -v error -select_streams v -show_entries frame_side_data=side_data_type -of csv=p=0 "$1" |
        grep -c 'Closed Captions'
}
expect "pictures with captions in the film" 25 "$(captions film.mkv)"
expect "closed_captions that ffprobe shows" "" \
    "$("$probe8" -v error -select_streams v -show_entries stream=closed_captions -of csv=p=0 film.mkv)"
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    "$program" -v error -y -i film.mkv -c:v libx264 x264.mkv
    "$program" -v error -y -i film.mkv -c:v libx265 -x265-params log-level=none x265.mkv 2>/dev/null
    "$program" -v error -y -i film.mkv -c:v libx265 -a53cc 1 -x265-params log-level=none asked.mkv 2>/dev/null
    expect "after libx264" 25 "$(captions x264.mkv)"
    expect "after libx265" 0 "$(captions x265.mkv)"
    expect "after libx265 -a53cc 1" 25 "$(captions asked.mkv)"
done
finish
