#!/usr/bin/env bash
# A raw stream of HEVC or H.264, copied into a container with -framerate 24. Expected: each picture gets its time, with
# B-frames as without; the parser tells the order of the pictures.
# Seen with 9.0.2: without B-frames it is so. With them Matroska ends the command ("Can't write packet with unknown
# timestamp"), and MP4 takes them with exit code 0: each picture has the time at which it is decoded, and pictures are
# missing when it is played. The bitstream filter setts=ts=N/24/TB makes Matroska take them, in the order of decoding
# too, so that it fits streams without B-frames only. mkvmerge gives each picture its own time.
# Source: ffmpeg's documentation of setts; "Timestamps are unset … deprecated" has been a warning of the muxers for years.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
mkvmerge --version
stream() { # FILE FORMAT OPTION…: 24 pictures
    "$ff9" -v error -y -f lavfi -i testsrc2=s=320x180:r=24:d=1 "${@:3}" -f "$2" "$1" || cannot "no stream"
}
copy() { # FORMAT STREAM FILE OPTION…: the exit code
    "$ff9" -v warning -y -f "$1" -framerate 24 -i "$2" -c copy "${@:4}" "$3" 2>messages
    printf %s $?
}
order() { # FILE: whether its packets' times only rise
    "$probe8" -v quiet -show_entries packet=pts_time -of csv=p=0 "$1" | tr -d , >stamps
    if [ "$(sort -n stamps | cksum)" = "$(cksum <stamps)" ]; then printf 'of decoding'; else printf 'of showing'; fi
}
shown() { "$ff9" -v error -i "$1" -f framemd5 - | grep -vc '#'; }
parameters=(-c:v libx265 -x265-params)
stream plain.hevc hevc "${parameters[@]}" bframes=0:log-level=error
stream ahead.hevc hevc "${parameters[@]}" bframes=3:log-level=error
stream plain.h264 h264 -c:v libx264 -bf 0
stream ahead.h264 h264 -c:v libx264 -bf 3
for format in hevc h264; do
    expect "$format without B-frames: exit code" 0 "$(copy $format plain.$format plain.mkv)"
    expect "pictures" 24 "$(shown plain.mkv)"
    expect "$format with B-frames is refused" 234 "$(copy $format ahead.$format ahead.mkv)"
    expect "by the muxer" 1 "$(grep -c "matroska.*Can't write packet with unknown timestamp" messages)"
done
expect "HEVC with B-frames into MP4: exit code" 0 "$(copy hevc ahead.hevc ahead.mp4)"
expect "times are in the order" "of decoding" "$(order ahead.mp4)"
expect "pictures are missing" yes "$([ "$(shown ahead.mp4)" -lt 24 ] && echo yes)"
expect "with setts: exit code" 0 "$(copy hevc ahead.hevc set.mkv -bsf:v setts=ts=N/24/TB)"
expect "times are in the order" "of decoding" "$(order set.mkv)"
mkvmerge -q -o merged.mkv --default-duration 0:24fps ahead.hevc || cannot "mkvmerge made no film"
expect "mkvmerge's are in the order" "of showing" "$(order merged.mkv)"
expect "pictures" 24 "$(shown merged.mkv)"
finish
