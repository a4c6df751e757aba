#!/usr/bin/env bash
# Two outputs of one ffmpeg command, the first of which takes 10 pictures and the second 50, and what `-progress`
# says at the end. Expected: frame= and total_size= of the last output, or sums over all.
# Seen with 9.0.2: both are the FIRST output's, though it was finished long before; the second one's 50 pictures
# and its size appear nowhere. Whoever adds an output to a command must measure the file itself.
# Source: ffmpeg's documentation of -progress says "program-friendly progress information" and no more.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
"$ff9" -v error -progress report -nostats -f lavfi -i testsrc2=s=64x64:r=25:d=2 \
    -map 0 -c:v libx264 -frames:v 10 -f matroska first.mkv -map 0 -c:v libx264 -f matroska second.mkv ||
    cannot "ffmpeg made no film"
last() { grep "^$1=" report | tail -n 1 | cut -d= -f2; }
expect "frame" 10 "$(last frame)"
expect "total_size is the first file's" "$(stat -c %s first.mkv)" "$(last total_size)"
expect "the second file is larger" yes "$([ "$(stat -c %s second.mkv)" -gt "$(last total_size)" ] && echo yes)"
finish
