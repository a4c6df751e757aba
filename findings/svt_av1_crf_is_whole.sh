#!/usr/bin/env bash
# `-crf 28.5` with libsvtav1, whose library has steps of a quarter. Expected: a picture between those of 28 and 29, or
# an error.
# Seen with 8.1.2 and 9.0.2: it is 28 to the byte, with exit code 0 and no message. In -svtav1-params crf=28.5 is what
# it says, and stands above -crf. A search for a quality that tries -crf 28.25, 28.5… measures the same film again and
# again.
# Source: the library's Docs/Parameters.md (crf: to 70, in steps of a quarter); `ffmpeg -h encoder=libsvtav1` lists crf
# as <int>, to 63.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
"$ff9" -v error -f lavfi -i testsrc2=s=128x96:r=25:d=0.8 -c:v ffv1 film.mkv || cannot "no film"
picture() { # PROGRAM OPTIONS…: the hash of the packets
    local program=$1
    shift
    "$program" -v error -i film.mkv -pix_fmt yuv420p -c:v libsvtav1 -preset 10 "$@" -f streamhash -hash md5 - 2>/dev/null
}
same() { if [ -n "$1" ] && [ "$1" = "$2" ]; then echo same; else echo other; fi; }
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    whole=$(picture "$program" -crf 28)
    expect "crf is listed as" "<int>" "$("$program" -hide_banner -h encoder=libsvtav1 | awk '$1 == "-crf" {print $2}')"
    expect "28 twice" same "$(same "$whole" "$(picture "$program" -crf 28)")"
    expect "29" other "$(same "$whole" "$(picture "$program" -crf 29)")"
    expect "28.5" same "$(same "$whole" "$(picture "$program" -crf 28.5)")"
    expect "28.5 in the parameters" other "$(same "$whole" "$(picture "$program" -crf 28 -svtav1-params crf=28.5)")"
done
finish
