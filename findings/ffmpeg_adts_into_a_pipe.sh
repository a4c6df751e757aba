#!/usr/bin/env bash
# AAC of a transport stream (ADTS), copied into Matroska: into a file, and into a pipe. Expected: the same.
# Seen with 9.0.2: into a file it works, into a pipe it ends with "Error parsing AAC extradata" and an exit code; the
# muxer learns the header from the first packet and has to go back for it. The bitstream filter aac_adtstoasc, which is
# for that, does not cure it there.
# Source: the Matroska muxer's documentation does not mention it.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
"$ff9" -v error -f lavfi -i sine=d=2 -c:a aac film.ts || cannot "no film"
code() { "$@" >/dev/null 2>messages && echo 0 || echo failed; }
expect "into a file" 0 "$(code "$ff9" -v error -y -i film.ts -c copy -f matroska file.mkv)"
expect "into a pipe" failed "$(code "$ff9" -v error -i film.ts -c copy -f matroska -)"
expect "its message" yes "$(grep -q 'AAC extradata' messages && echo yes)"
expect "with the filter" failed "$(code "$ff9" -v error -i film.ts -c copy -bsf:a aac_adtstoasc -f matroska -)"
finish
