#!/usr/bin/env bash
# A film with Dolby Vision, encoded with -dolbyvision auto, which is the default of libx265 and libsvtav1. Expected: kept
# where the input has it and the rate is bounded, as the name says and as it is with the mastering display.
# Seen with 9.0.2: auto never keeps it. With the same command and `-dolbyvision 1` it is kept; with auto the result is
# HDR10, with exit code 0 and no message, at -strict unofficial as well. Whoever sees "default auto" in the help and leaves
# the option out loses it.
# Source: ffmpeg -h encoder=libx265: "Enable Dolby Vision RPU coding (default auto)"; what auto asks of the encoder's
# input is data of the whole stream, and RPUs are data of each picture.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
dolby_vision record
held() { # FILE: what is told beside the picture
    "$probe8" -v quiet -show_entries stream_side_data=side_data_type -of csv=p=0 "$1" | tr , '\n' |
        sed 's/Content.*/light/; s/Mastering.*/display/; s/DOVI.*/Dolby Vision/' | LC_ALL=C sort | paste -sd,
}
result() { # OPTION…
    "$ff9" -v warning -y -i dolby.mkv "$@" out.mkv 2>messages || { printf fails && return; }
    held out.mkv
}
all="Dolby Vision,display,light"
expect "input" "$all" "$(held dolby.mkv)"
av1=(-pix_fmt yuv420p10le -c:v libsvtav1 -preset 10)
expect "libx265 lists" 1 "$("$ff9" -hide_banner -h encoder=libx265 | grep -c 'dolbyvision.*default auto')"
expect "libsvtav1 lists" 1 "$("$ff9" -hide_banner -h encoder=libsvtav1 | grep -c 'dolbyvision.*default auto')"
for option in '-dolbyvision auto' '-strict unofficial'; do
    read -ra words <<<"$option"
    expect "libx265 $option" "display,light" "$(result "${encode[@]}" "${words[@]}")"
    expect "lines about it" 0 "$(grep -ci 'dolby\|dovi' messages)"
    expect "libsvtav1 $option" "display,light" "$(result "${av1[@]}" "${words[@]}")"
    expect "lines about it" 0 "$(grep -ci 'dolby\|dovi' messages)"
done
expect "libx265 -dolbyvision 1" "$all" "$(result "${encode[@]}" -dolbyvision 1)"
expect "libsvtav1 -dolbyvision 1" "$all" "$(result "${av1[@]}" -dolbyvision 1)"
finish
