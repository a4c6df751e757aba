#!/usr/bin/env bash
# Where SVT-AV1 sets key frames when nobody says. Expected: every five seconds, as its documentation says, at every
# rate.
# Seen with 4.1.0 and 4.2.0: every 161 pictures at 24 and 25 a second (6.7 and 6.4 s), every 321 at 50 and 60 (6.4 and
# 5.4 s): the mini-GOPs of 32 are counted in full. Whoever reckons with one in each five seconds (to seek, to cut, to
# take samples) finds none.
# Source: SVT-AV1, Docs/Parameters.md: keyint "-2: ~5 seconds".
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
second() { # PROGRAM RATE: the number of pictures before the second key frame
    "$1" -v error -y -f lavfi -i "testsrc2=s=64x64:r=$2:d=8" -c:v libsvtav1 -preset 12 film.mkv 2>/dev/null || return
    "$probe8" -v quiet -select_streams v -show_entries packet=flags -of csv=p=0 film.mkv | grep -n K | sed -n 2p | cut -d: -f1
}
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    for rate in 24 25; do expect "at $rate a second" 162 "$(second "$program" $rate)"; done
    for rate in 50 60; do expect "at $rate a second" 322 "$(second "$program" $rate)"; done
done
finish
