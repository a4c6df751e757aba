#!/usr/bin/env bash
# An option that is meant for the picture and names no stream, in a command with libx265 and libopus. Expected: it
# means the encoder that it is written behind (-c:v … OPTION), or the other one ignores it with a warning.
# Seen with 9.0.2: it goes to every track of the result. `-q 5` ends the command in libopus ("Quality-based encoding not
# supported"), `-tag hvc1` ends it in Matroska, which has no such tag for Opus; with :v both work. The others are taken
# by both encoders and change the sound with exit code 0 and no message: -compression_level, which some encoders of
# the picture have as well, -vbr, -cutoff, -application, -frame_duration. Only of -b and -profile, which are kept from
# the sound, is there a warning.
# Source: ffmpeg's documentation, Stream specifiers: an empty one matches all streams; of the warning it tells nothing.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
"$ff9" -v error -f lavfi -i testsrc2=s=128x96:r=24:d=1 -f lavfi -i sine=d=1 -c:v ffv1 -c:a pcm_s16le film.mkv ||
    cannot "no film"
encode() { # OPTION…: "fails", or the hash of the sound's packets
    "$ff9" -hide_banner -v warning -y -guess_layout_max 0 -i film.mkv -c:v libx265 -preset ultrafast \
        -x265-params log-level=error "$@" -af aformat=channel_layouts=mono -c:a libopus -b:a 64k out.mkv 2>messages ||
        { printf fails && return; }
    "$ff9" -v error -i out.mkv -map 0:a -c copy -f streamhash -hash md5 -
}
plain=$(encode)
sound() { # OPTION…: what came of the sound, and of how many lines
    local after
    after=$(encode "$@")
    if [ "$after" = "$plain" ]; then after=same; elif [ "$after" != fails ]; then after=changed; fi
    printf '%s, ambiguous: %s' "$after" "$(grep -c 'is ambiguous' messages)"
}
says() { grep -c "$1" messages; }
expect "nothing" "same, ambiguous: 0" "$(sound)"
expect "-q 5" "fails, ambiguous: 0" "$(sound -q 5)"
expect "and libopus says so" 1 "$(says 'libopus.*Quality-based encoding not supported')"
expect "-q:v 5" "same, ambiguous: 0" "$(sound -q:v 5)"
expect "-tag hvc1" "fails, ambiguous: 0" "$(sound -tag hvc1)"
expect "and Matroska says so" 1 "$(says 'Tag hvc1 incompatible with output codec')"
expect "-tag:v hvc1" "same, ambiguous: 0" "$(sound -tag:v hvc1)"
for option in '-compression_level 4' '-vbr off' '-cutoff 8000' '-application lowdelay' '-frame_duration 60'; do
    read -ra words <<<"$option"
    expect "$option" "changed, ambiguous: 0" "$(sound "${words[@]}")"
done
expect "-compression_level:v 4" "same, ambiguous: 0" "$(sound -compression_level:v 4)"
expect "-b 2M" "same, ambiguous: 1" "$(sound -b 2M)"
expect "-profile main" "same, ambiguous: 1" "$(sound -profile main)"
finish
