#!/usr/bin/env bash
# The date of a Matroska film (DateUTC, which cameras, phones and recorders set), through `ffmpeg -map 0 -c copy`, with
# and without `-map_metadata 0`, which is said to be what happens anyway. Expected: the same.
# Seen with 8.1.2 and 9.0.2: without the words the date is gone, with them it stays; all other tags are the same. Exit
# code 0, no message.
# Source: ffmpeg's documentation of -map_metadata: "By default, global metadata is copied from the first input file".
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
mkvmerge --version
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:d=1 -c:v libx264 -metadata creation_time=2001-02-03T04:05:06Z \
    -metadata LOCATION=Delft film.mkv || cannot "no film"
date_of() { mkvmerge -J "$1" | sed -n 's/.*"date_utc": "\(.*\)".*/\1/p'; }
place_of() { mkvextract "$1" tags | sed -n 's:.*<String>\(Delft\)</String>.*:\1:p'; }
expect "the film" "2001-02-03T04:05:06Z Delft" "$(date_of film.mkv) $(place_of film.mkv)"
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    "$program" -v warning -y -i film.mkv -map 0 -c copy plain.mkv 2>messages
    "$program" -v warning -y -i film.mkv -map 0 -map_metadata 0 -c copy asked.mkv 2>>messages
    expect "messages" "" "$(cat messages)"
    expect "without the words" " Delft" "$(date_of plain.mkv) $(place_of plain.mkv)"
    expect "with them" "2001-02-03T04:05:06Z Delft" "$(date_of asked.mkv) $(place_of asked.mkv)"
done
finish
