#!/usr/bin/env bash
# `-ss 0` before `-i` of a film whose picture begins 1.2 s after its sound. Expected: the same as without it.
# Seen with 9.0.2: the seek goes to the picture's first key frame, and the sound before it is lost: 1.2 of 6 seconds in
# Matroska, more than 2 in FLV, with exit code 0 and no message. Whoever takes samples leaves -ss out at the beginning.
# Source: ffmpeg's documentation: -ss "seeks in this input file to position"; 0 is not mentioned.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
"$ff9" -v error -f lavfi -i sine=d=6 -f lavfi -i testsrc2=s=64x64:r=25:d=4 -filter:v setpts=PTS+1.2/TB \
    -map 0 -map 1 -c:v libx264 -c:a aac film.flv || cannot "no film"
"$ff9" -v error -i film.flv -c copy film.mkv || cannot "no film"
seconds() { # ARGUMENTS…: of sound that is decoded
    "$ff9" -v error "$@" -map 0:a -f s16le -ac 1 -ar 8000 - | wc -c | awk '{printf "%.1f", $1 / 16000}'
}
expect "Matroska without" 6.0 "$(seconds -i film.mkv)"
expect "Matroska with -ss 0" 4.8 "$(seconds -ss 0 -i film.mkv)"
with=$(seconds -ss 0 -i film.flv)
printf '  FLV with -ss 0: %s seconds\n' "$with"
expect "FLV loses more than two seconds" yes "$(awk "BEGIN {print (6 - $with > 2) ? \"yes\" : \"no\"}")"
finish
