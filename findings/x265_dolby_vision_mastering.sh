#!/usr/bin/env bash
# `-dolbyvision 1` with libx265 and a 10-bit PQ picture that says nothing of the display that it was mastered on, where
# the Dolby Vision data of a film of profile 8.1 tell it. Expected: encoded as profile 8.1, as profile 8.4 (HLG) and 5
# are.
# Seen with 9.0.2: the encoder does not open, "Dolby Vision profile - 8.1 requires Mastering display color volume
# information"; with any values given by hand it does. Such a film cannot keep its Dolby Vision through x265 without
# inventing figures.
# Source: x265's own line; ffmpeg's documentation of -dolbyvision does not mention it.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
encode() { # TRANSFER PARAMETERS: what it says of Dolby Vision
    "$ff9" -v error -y -f lavfi -i testsrc2=s=128x96:r=25:d=0.4 \
        -vf "format=yuv420p10le,setparams=range=tv:color_primaries=bt2020:color_trc=$1:colorspace=bt2020nc" \
        -c:v libx265 -preset ultrafast -x265-params "log-level=error$2" -dolbyvision 1 -maxrate 20M -bufsize 20M out.mkv 2>&1 |
        grep -ao 'requires Mastering display\|frame without AV_FRAME_DATA_DOVI_METADATA' | head -n 1
}
display='master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)'
# A picture without Dolby Vision data ends the command after the encoder has opened.
opened='frame without AV_FRAME_DATA_DOVI_METADATA'
expect "PQ without a display" 'requires Mastering display' "$(encode smpte2084 '')"
expect "PQ with one" "$opened" "$(encode smpte2084 ":$display:max-cll=1000,400")"
expect "HLG without" "$opened" "$(encode arib-std-b67 '')"
finish
