#!/usr/bin/env bash
# A film of exactly 3 seconds with AAC in MP4, copied into Matroska by 8.1.2 and by 9.0.2. Expected: the same file.
# Seen: AAC begins 1024 samples (21 ms) before the picture. 8.1.2 moves the whole film, its first picture is at 0.021 s,
# and the sound is 1,024 samples longer than in MP4. 9.0.2 leaves the picture at 0 and writes CodecDelay (21.3 ms) for
# AAC, and DiscardPadding at the end: the sound is exactly 3 seconds, in either program. A player that knows CodecDelay
# from Opus alone shows it 21 ms late. mkvmerge does as 8.1.2. And of the MP4 itself 9.0.2 decodes fewer samples, since
# it cuts off what the encoder has padded.
# Source: RFC 9559 (CodecDelay, DiscardPadding); nothing about AAC in ffmpeg's documentation of its Matroska muxer.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
mkvmerge --version
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:r=25:d=3 -f lavfi -i sine=r=48000:d=3 -c:v libx264 -bf 0 -c:a aac film.mp4 ||
    cannot "no film"
begin() { "$probe8" -v error -select_streams v -show_entries stream=start_time -of csv=p=0 "$1"; }
delay() { mkvmerge -J "$1" | sed -n 's/.*"codec_delay": \([0-9]*\).*/\1/p'; }
samples() { # PROGRAM FILE
    "$1" -v error -i "$2" -map 0:a -f s16le -ac 1 - | wc -c | awk '{print $1 / 2}'
}
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    if [ "$program" = "$ff8" ]; then name=eight; else name=nine; fi
    "$program" -v error -i film.mp4 -c copy $name.mkv || cannot "no copy"
done
mkvmerge -q -o merged.mkv film.mp4
expect "8.1.2: first picture, CodecDelay" "0.021000, " "$(begin eight.mkv), $(delay eight.mkv)"
expect "mkvmerge: the same" "0.021000, " "$(begin merged.mkv), $(delay merged.mkv)"
expect "9.0.2: first picture, CodecDelay" "0.000000, 21333333" "$(begin nine.mkv), $(delay nine.mkv)"
expect "samples of the MP4 in 8.1.2" 144384 "$(samples "$ff8" film.mp4)"
expect "samples of the MP4 in 9.0.2" 144000 "$(samples "$ff9" film.mp4)"
for program in "$ff8" "$ff9"; do
    expect "samples of the copy by 8.1.2" 145408 "$(samples "$program" eight.mkv)"
    expect "samples of the copy by 9.0.2" 144000 "$(samples "$program" nine.mkv)"
done
finish
