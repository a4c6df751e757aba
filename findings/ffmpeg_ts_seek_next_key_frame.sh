#!/usr/bin/env bash
# `-ss` before `-i` and decoding, in a transport stream with a key frame every two seconds. Expected: exact, as the manual says
# of decoding: ffmpeg goes to the key frame before the place and drops what comes before it.
# Seen with 8.1.2 and 9.0.2, H.264 and HEVC, with and without B-frames: between two key frames the pictures begin at the *next*
# one, up to a whole GOP late, with exit code 0; exact at a key frame's own time alone. The same stream copied to Matroska or MP4
# is exact everywhere. The demuxer looks for places by the times of packets and takes the first at which decoding can begin behind
# it. Whoever needs a picture of a transport stream asks for a place more than a GOP before it and drops by time.
# Source: ffmpeg's documentation of -ss as an input option: "when transcoding and -accurate_seek is enabled (the default), this
# extra segment between the seek point and position will be decoded and discarded".
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
film() { # NAME OPTIONS…: twelve seconds, 300 pictures, a key frame every 50
    "$ff9" -v error -f lavfi -i testsrc2=s=320x180:r=25:d=12 "${@:2}" "$1.ts" || cannot "no film"
    for ending in mkv mp4; do "$ff9" -v error -i "$1.ts" -c copy "$1.$ending" || cannot "no copy"; done
}
film h264 -c:v libx264 -g 50 -bf 3 -sc_threshold 0
film h264_plain -c:v libx264 -g 50 -bf 0 -sc_threshold 0
film hevc -c:v libx265 -preset ultrafast -x265-params open-gop=0:keyint=50:min-keyint=50:bframes=3:log-level=error
left() { # PROGRAM SECONDS FILE: how many pictures follow
    "$1" -v quiet -ss "$2" -i "$3" -map 0:v -f framehash - | grep -vc '^#'
}
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    for name in h264 h264_plain hevc; do
        expect "$name, at the key frame of 4.0 s" 200 "$(left "$program" 4.0 $name.ts)"
        expect "$name, from 4.1 s: the key frame of 6.0 s" 150 "$(left "$program" 4.1 $name.ts)"
        expect "$name, from 5.5 s: the same" 150 "$(left "$program" 5.5 $name.ts)"
        for ending in mkv mp4; do expect "$name in $ending, from 5.5 s" 162 "$(left "$program" 5.5 $name.$ending)"; done
    done
done
finish
