#!/usr/bin/env bash
# XPSNR of pictures with more than 8 bits. Expected: the same two pictures give about the same XPSNR in 8 and in 10 bits, whatever
# their width.
# Seen with ffmpeg 9.0.2: at a width that is no multiple of 64 pixels 10 bits give a few dB or less than none where 8 bits give about 30, with exit
# code 0 and no warning; at 640 pixels both agree. The filter goes from line to line of its second input by the width, and not by
# the distance of two lines in memory, which is rounded up. Its inputs are not alike either: the weights are those of the first.
# So: score in 8 bits, and give the original first.
# Source: the filter's output; ffmpeg's documentation of filters (xpsnr).
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
luma() { # WIDTH FORMAT: XPSNR of the luma, in whole dB
    [ -f "$1.mkv" ] || "$ff9" -v error -f lavfi -i "testsrc2=s=$1x240:r=25:d=1" -c:v ffv1 -pix_fmt yuv420p10le "$1.mkv" || cannot "no film"
    [ -f "$1.out.mkv" ] || "$ff9" -v error -i "$1.mkv" -c:v libx265 -crf 34 -preset veryfast -x265-params log-level=none \
        -pix_fmt yuv420p10le "$1.out.mkv" || cannot "no encode"
    "$ff9" -hide_banner -i "$1.mkv" -i "$1.out.mkv" -lavfi "[0:v]format=$2[a];[1:v]format=$2[b];[a][b]xpsnr" -f null - 2>&1 |
        sed -nE 's/.*XPSNR +y: *(-?[0-9]+).*/\1/p' | tail -n 1
}
near() { # A B: whether two are within 2 dB
    [ $(($1 - $2)) -le 2 ] && [ $(($2 - $1)) -le 2 ] && echo yes
}
echo "640 wide: $(luma 640 yuv420p) and $(luma 640 yuv420p10le) dB; 418 wide: $(luma 418 yuv420p) and $(luma 418 yuv420p10le) dB"
expect "640 wide, 8 and 10 bits agree" yes "$(near "$(luma 640 yuv420p)" "$(luma 640 yuv420p10le)")"
expect "418 wide, 10 bits are 15 dB lower or more" yes "$([ $(($(luma 418 yuv420p) - $(luma 418 yuv420p10le))) -ge 15 ] && echo yes)"
finish
