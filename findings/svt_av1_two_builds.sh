#!/usr/bin/env bash
# The same words for SVT-AV1 in two builds of one year: 4.1.0 (ffmpeg 8.1.2) and 4.2.0 (9.0.2). Expected: what one
# takes, the other takes too, and a name that one does not know ends the command.
# Seen: tune=3 works in 4.1.0 and ends with an error in 4.2.0 (still pictures and low delay alone); tune=5 the other way
# round. enable-kf-tf is new in 4.2.0; 4.1.0 goes on without it, with exit code 0, and says so as a warning that `-v
# error` hides. So a template can fail on one machine of several, or mean something else there.
# Source: SVT-AV1, Docs/Parameters.md of either version; ffmpeg's libsvtav1 says nothing of unknown names.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:r=25:d=0.4 -c:v ffv1 film.mkv || cannot "no film"
encode() { # PROGRAM LEVEL PARAMETERS
    "$1" -v "$2" -y -i film.mkv -pix_fmt yuv420p -c:v libsvtav1 -preset 10 -svtav1-params "$3" out.mkv 2>messages
}
taken() { # PROGRAM PARAMETERS
    if encode "$1" error "$2"; then echo taken; else echo refused; fi
}
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    encode "$program" error tune=1 || cannot "SVT-AV1 does not work here"
    grep -ao 'SVT-AV1 Encoder Lib [^ ]*' messages | head -n 1
done
expect "tune=3 in 4.1.0" taken "$(taken "$ff8" tune=3)"
expect "tune=3 in 4.2.0" refused "$(taken "$ff9" tune=3)"
expect "tune=5 in 4.1.0" refused "$(taken "$ff8" tune=5)"
expect "tune=5 in 4.2.0" taken "$(taken "$ff9" tune=5)"
expect "enable-kf-tf in 4.1.0" taken "$(taken "$ff8" enable-kf-tf=1)"
expect "and lines about it at -v error" 0 "$(grep -ac kf-tf messages)"
encode "$ff8" warning enable-kf-tf=1
expect "at -v warning" 1 "$(grep -ac 'Error parsing option enable-kf-tf' messages)"
encode "$ff9" warning enable-kf-tf=1
expect "in 4.2.0" 0 "$(grep -ac 'Error parsing option' messages)"
finish
