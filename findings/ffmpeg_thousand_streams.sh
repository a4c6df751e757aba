#!/usr/bin/env bash
# A Matroska film with 1,005 attached files. Expected: ffmpeg and ffprobe read it all, or fail.
# Seen with 8.1.2 and 9.0.2: they stop at 1,000 streams with one line on stderr and exit code 0; a copy silently lacks
# the rest. -max_streams raises the limit of the input alone: the muxer then ends with "Cannot allocate memory".
# Source: `ffmpeg -h demuxer`-options: max_streams, default 1000; the muxer has no such option.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
mkvmerge --version
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:d=1 -c:v libx264 plain.mkv || cannot "no film"
attach=()
for number in $(seq 1005); do
    echo "$number" >"font$number.ttf"
    attach+=(--attachment-mime-type font/ttf --attach-file "font$number.ttf")
done
mkvmerge -q -o film.mkv "${attach[@]}" plain.mkv || cannot "mkvmerge made no film"
expect "streams that ffprobe shows" 1000 \
    "$("$probe8" -v quiet -show_entries stream=index -of csv=p=0 film.mkv | wc -l)"
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    "$program" -v error -y -i film.mkv -map 0 -c copy copy.mkv 2>messages
    expect "exit code of the copy" 0 $?
    expect "attachments in the copy" 999 "$(mkvmerge -J copy.mkv | grep -c '"mime_copy\|"content_type"')"
    result=0
    "$program" -v error -y -max_streams 2000 -i film.mkv -map 0 -c copy copy.mkv 2>messages || result=failed
    expect "with -max_streams" failed "$result"
done
finish
