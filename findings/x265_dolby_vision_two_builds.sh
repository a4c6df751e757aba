#!/usr/bin/env bash
# `-dolbyvision 1` with libx265 and a 10-bit HLG picture (profile 8.4), in two builds. Expected: the same.
# Seen: 8.1.2's x265 is built for 8 bits, takes the picture down without a word, and then says "could not determine
# profile … Double-check colorspace and format settings": the colours are right, the depth is not, and nothing says so.
# 9.0.2 opens the encoder (and stops at the first picture, which has no Dolby Vision data here). Neither lists the depth
# where one would look: `-h encoder=libx265` does, as "Supported pixel formats".
# Source: Dolby Vision Profiles and Levels (profiles 5 and 8 have 10 bits); ffmpeg's documentation of libx265 does not
# tell of builds.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
hlg=setparams=range=tv:color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc
encode() { # PROGRAM
    "$1" -v error -y -f lavfi -i testsrc2=s=128x96:r=25:d=0.4 -vf "format=yuv420p10le,$hlg" -c:v libx265 \
        -preset ultrafast -x265-params log-level=error -dolbyvision 1 -maxrate 20M -bufsize 20M out.mkv 2>messages
}
says() { grep -ac "$1" messages; }
for program in "$ff8" "$ff9"; do "$program" -version | head -n 1; done
encode "$ff8"
expect "8.1.2: profile not determined" 1 "$(says 'could not determine profile')"
expect "8.1.2: lines about its depth" 0 "$(says -E '[0-9]+.bit|depth')"
expect "8.1.2: formats of 10 bits" 0 "$("$ff8" -hide_banner -h encoder=libx265 | grep -c 'yuv420p10')"
encode "$ff9"
expect "9.0.2: profile not determined" 0 "$(says 'could not determine profile')"
expect "9.0.2: waits for the data" 1 "$(says 'frame without AV_FRAME_DATA_DOVI_METADATA')"
expect "9.0.2: formats of 10 bits" 1 "$("$ff9" -hide_banner -h encoder=libx265 | grep -c 'yuv420p10')"
finish
