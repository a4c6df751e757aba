#!/usr/bin/env bash
# `-ss 3` before `-i` and `-c copy`, of a film with a key frame each second, one of them at 3. Expected: the copy begins
# there.
# Seen with 8.1.2 and 9.0.2: in Matroska and FLV it begins a key frame earlier, at 2, as soon as the picture has
# B-frames, and at 3 without them; in MP4, MOV and transport streams at 3 in any case. ffmpeg takes 3/23 of a second off
# the place in containers that seek by the order of decoding. Whoever wants the pictures from a key frame on, asks for
# one 0.14 s behind it.
# Source: ffmpeg's documentation: -ss "seeks to the closest seek point before position"; the 3/23 are nowhere in it.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
for b_frames in 0 3; do
    "$ff9" -v error -f lavfi -i testsrc2=s=64x64:r=25:d=8 -c:v libx264 -bf $b_frames -g 25 -sc_threshold 0 \
        film$b_frames.mkv || cannot "no film"
    for ending in flv mp4 mov ts; do "$ff9" -v error -i film$b_frames.mkv -c copy film$b_frames.$ending; done
done
pictures() { # PROGRAM SECONDS FILE: that are left of 200
    "$1" -v error -ss "$2" -i "$3" -c copy -f framehash - | grep -vc '^#'
}
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    for ending in mkv flv; do
        expect "$ending without B-frames" 125 "$(pictures "$program" 3 film0.$ending)"
        expect "$ending with B-frames" 150 "$(pictures "$program" 3 film3.$ending)"
        expect "$ending with B-frames, 0.14 s later" 125 "$(pictures "$program" 3.14 film3.$ending)"
    done
    for ending in mp4 mov ts; do expect "$ending with B-frames" 125 "$(pictures "$program" 3 film3.$ending)"; done
done
finish
