#!/usr/bin/env bash
# A tenth of a second is copied out of a Matroska film of 30 s with a key frame every 10 s, just behind one of them.
# Expected: whichever key frame it is, a little is read. Seen with 8.1.2 and 9.0.2: behind the last one ffmpeg reads to the
# end of the film first, to see whether a further cue follows, and goes back then: 34 times as much. With 4K and key frames
# far apart that is 100 MB for a look at a film's end. Whoever samples a film near its end, or asks for its last packets, pays it.
# Source: ffmpeg's documentation of -ss: "seeks in this input file to position", to "the closest seek point before".
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
ffmpeg_8
cd "$work" || exit 2
"$ff9" -v error -f lavfi -i testsrc2=s=320x180:r=25,noise=alls=20:allf=t -t 30 -c:v mpeg4 -q:v 4 -g 250 \
    -sc_threshold 1000000000 film.mkv || cannot "no film"
bytes_read() { # PROGRAM POSITION
    "$1" -v verbose -nostdin -ss "$2" -t 0.1 -i film.mkv -map 0 -c copy -f null - 2>&1 |
        sed -n 's/.*Statistics: \([0-9]*\) bytes read.*/\1/p' | tail -n 1
}
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    middle=$(bytes_read "$program" 10.1) last=$(bytes_read "$program" 20.1)
    printf '  behind the second key frame %s bytes, behind the last one %s, of %s\n' \
        "$middle" "$last" "$(stat -c %s film.mkv)"
    expect "ten times as much is read" yes "$([ "$last" -gt $((10 * middle)) ] && echo yes || echo no)"
done
finish
