#!/usr/bin/env bash
# A Matroska film with bars that its header cuts off (PixelCrop) and a stated display size of 320x240 pixels, through
# `-c copy`. Expected: both as they were, or neither.
# Seen with 8.1.2 and 9.0.2: PixelCrop is copied, and the display size becomes "4x3" in the unit "aspect ratio": a
# player that scales to the display size in pixels, and then crops, shows another size than before.
# Source: RFC 9559, 5.1.4.1.28.14 (DisplayUnit).
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
mkvmerge --version
"$ff9" -v error -f lavfi -i testsrc2=s=320x240:d=1 -c:v libx264 plain.mkv || cannot "no film"
mkvmerge -q -o film.mkv --cropping 0:0,20,0,20 --display-dimensions 0:320x240 plain.mkv || cannot "no film"
elements() { mkvinfo "$1" | sed -nE 's/^.*(Display (width|height|unit)|Pixel crop (top|bottom)): ([^(]*).*$/\4/p' | xargs; }
printf '  film: %s\n' "$(elements film.mkv)"
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    "$program" -v error -y -i film.mkv -c copy copy.mkv
    expect "crop, display width, height, unit" "20 20 4 3 3" "$(elements copy.mkv)"
done
finish
