#!/usr/bin/env bash
# A picture copied into NUT, ffmpeg's own container, which can have any time base. Expected: the stamps and their time base go
# over as they are, so that NUT is the place for parts of a film that must not be rounded.
# Seen with 9.0.2: the muxer chooses a finer base: 1/24000 becomes 1/48000, 1/25000 becomes 1/50000 and Matroska's 1/1000
# becomes 1/64000. The moments are the same, the numbers are not: whoever compares or cuts by stamps must reckon them over. MP4
# with -video_track_timescale keeps the base that is asked for.
# Source: ffmpeg's documentation of formats (nut, -video_track_timescale); the NUT specification's time_base_num and _denom.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
film() { # RATE TIMESCALE NAME
    "$ff9" -v error -f lavfi -i "testsrc2=s=320x180:r=$1:d=2" -c:v libx264 -bf 2 -video_track_timescale "$2" "$3.mp4" ||
        cannot "no film"
}
copied() { # FROM TO OPTIONS…: the copy's time base
    "$ff9" -v error -i "$1" -c copy "${@:3}" "$2" || cannot "no copy"
    "$ff9" -v error -i "$2" -c copy -f framehash - | sed -n 's/^#tb 0: //p'
}
film 24000/1001 24000 ntsc
film 25 25000 pal
expect "23.976 from MP4 to NUT" 1/48000 "$(copied ntsc.mp4 ntsc.nut)"
expect "25 from MP4 to NUT" 1/50000 "$(copied pal.mp4 pal.nut)"
expect "23.976 from MP4 to Matroska" 1/1000 "$(copied ntsc.mp4 ntsc.mkv)"
expect "and from there to NUT" 1/64000 "$(copied ntsc.mkv again.nut)"
expect "23.976 from NUT to MP4 that asks for it" 1/24000 "$(copied ntsc.nut back.mp4 -video_track_timescale 24000)"
finish
