#!/usr/bin/env bash
# A raw HEVC stream with a Dolby Vision RPU after each picture, copied into Matroska. Expected: the copy says that it is
# Dolby Vision, since all of it is there; at the latest MediaInfo, which reads the stream, sees it.
# Seen: ffmpeg 9.0.2 copies each RPU and writes no record of them, though it decodes them; MediaInfo 24.12 goes by the record
# alone and says HDR10, and ffprobe as well. mkvmerge 74 writes the record from the same stream. The other way round, a
# film whose RPUs were taken out by filter_units is still called Dolby Vision by both; dovi_rpu=strip=1 takes out both.
# Source: ETSI GS CCM 001 (RPU), Dolby Vision Streams within Matroska (the record); ffmpeg's documentation of both filters.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
packages pymediainfo==7.0.1
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
mkvmerge --version
dolby_vision record
rpus() { # FILE: NAL units of type 62
    "$ff9" -v error -y -i "$1" -c copy -f hevc out.hevc && "$python" -c '
import re
print(sum(unit[0] >> 1 == 62 for unit in re.split(b"\0\0\1", open("out.hevc", "rb").read())[1:]))'
}
records() { "$probe8" -v quiet -show_entries stream_side_data=side_data_type -of csv=p=0 "$1" | grep -c DOVI; }
says() { # FILE: RPUs, records, whether MediaInfo speaks of Dolby Vision
    case $(look "$1" hdr_format) in *'Dolby Vision'*) said="Dolby Vision" ;; *2086*) said=HDR10 ;; *) said=nothing ;; esac
    printf '%s RPUs, %s records: %s' "$(rpus "$1")" "$(records "$1")" "$said"
}
"$ff9" -v error -f hevc -framerate 24 -i dolby.hevc -c copy copied.mkv || cannot "no copy"
mkvmerge -q -o merged.mkv --default-duration 0:24fps dolby.hevc || cannot "mkvmerge made no film"
"$ff9" -v error -i dolby.mkv -c copy -bsf:v filter_units=remove_types=62 taken.mkv || cannot "no film without RPUs"
"$ff9" -v error -i dolby.mkv -c copy -bsf:v dovi_rpu=strip=1 stripped.mkv || cannot "no film without either"
expect "encoded with -dolbyvision 1" "12 RPUs, 1 records: Dolby Vision" "$(says dolby.mkv)"
expect "raw stream copied by ffmpeg" "12 RPUs, 0 records: HDR10" "$(says copied.mkv)"
expect "by mkvmerge" "12 RPUs, 1 records: Dolby Vision" "$(says merged.mkv)"
expect "RPUs taken out by filter_units" "0 RPUs, 1 records: Dolby Vision" "$(says taken.mkv)"
expect "by dovi_rpu" "0 RPUs, 0 records: HDR10" "$(says stripped.mkv)"
finish
