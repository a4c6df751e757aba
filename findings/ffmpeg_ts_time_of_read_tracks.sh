#!/usr/bin/env bash
# A transport stream whose picture begins 2 seconds after its sound. Expected: a picture has the same time whichever
# tracks a command reads.
# Seen with 8.1.2 and 9.0.2: time is counted from the first of the tracks that the command maps. The same picture is at
# 2.006 s where the sound is read as well, and at 0 where it is not; the container's start_time stays that of the sound.
# Matroska of the same film has 2.006 s both times. A sample that is taken of one track alone is so much off the encode
# that read all of them; one more output that copies the others to nowhere cures it.
# Source: ffmpeg's documentation of -copyts speaks of "the initial start time offset", not of the tracks that are read.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:r=25:d=4 -f lavfi -i sine=d=6 -filter:v setpts=PTS+2/TB \
    -map 0 -map 1 -c:v libx264 -bf 0 -c:a ac3 film.ts || cannot "no film"
"$ff9" -v error -i film.ts -map 0 -c copy film.mkv || cannot "no film"
first() { # PROGRAM FILE OUTPUT…: seconds of the first decoded picture
    local program=$1 film=$2
    shift 2
    "$program" -v info -i "$film" -map 0:v -vf showinfo -f null - "$@" 2>&1 |
        sed -n 's/.* n: *0 .*pts_time:\([0-9.]*\).*/\1/p' | awk '{printf "%.2f", $1}'
}
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    expect "the picture alone" 0.00 "$(first "$program" film.ts)"
    expect "beside the sound" 2.01 "$(first "$program" film.ts -map 0:a -c copy -f null -)"
    expect "Matroska, the picture alone" 2.01 "$(first "$program" film.mkv)"
    expect "Matroska, beside the sound" 2.01 "$(first "$program" film.mkv -map 0:a -c copy -f null -)"
done
expect "where the container says that it begins" 1.400000 \
    "$("$probe8" -v error -show_entries format=start_time -of csv=p=0 film.ts)"
finish
