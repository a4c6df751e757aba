#!/usr/bin/env bash
# A constant 25 pictures a second by libx264 in a transport stream. Expected of MediaInfo: a rate of 25, whatever the encoder.
# Seen with 24.12: variable, and no rate at all, since x264 writes fixed_frame_rate_flag=0 into the stream unless force-cfr=1
# is asked for, and a transport stream has nothing else that tells. The same packets copied to Matroska are constant, 25.000;
# with force-cfr, and with HEVC or MPEG-2 in the same container, the rate is there and the mode is not. "Variable" of a
# transport stream is thus no word about the film: the times of its pictures are.
# Source: ITU-T H.264, E.2.1 (fixed_frame_rate_flag); x264's --force-cfr; MediaInfo's field FrameRate_Mode.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages pymediainfo==7.0.1
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
shown() { # OPTIONS…: what MediaInfo says of the film
    "$ff9" -v error -f lavfi -i testsrc2=s=320x180:r=25:d=8 "$@" -y film.ts || cannot "no film"
    look film.ts format frame_rate_mode frame_rate
}
expect "x264" "AVC | VFR | None" "$(shown -c:v libx264)"
"$ff9" -v error -i film.ts -c copy film.mkv || cannot "no copy"
expect "the same packets in Matroska" "AVC | CFR | 25.000" "$(look film.mkv format frame_rate_mode frame_rate)"
expect "x264 with force-cfr" "AVC | None | 25.000" "$(shown -c:v libx264 -x264-params force-cfr=1)"
expect "x265" "HEVC | None | 25.000" "$(shown -c:v libx265 -x265-params log-level=error)"
expect "MPEG-2" "MPEG Video | None | 25.000" "$(shown -c:v mpeg2video)"
finish
