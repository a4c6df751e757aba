#!/usr/bin/env bash
# enzyme, a reader of Matroska in Python, on whole films and on such that a download or a copy left unfinished. Expected:
# every whole film is read; of one that ends early all that stands before the end.
# Seen with 0.5.2: films of ffmpeg's are read whole and in part. One of mkvmerge's, whose tags or
# chapters stand behind the pictures, is MalformedMKVError where its last hundredth is missing, since the
# first list of places points behind it. A whole film that ffmpeg wrote into a pipe, whose segment does not tell how long it
# is, is OSError, which is none of enzyme's own errors. Cues are nowhere among what it reads.
# Source: RFC 9559, 5.1.1 (SeekHead) and RFC 8794, 6.2 (Unknown-Sized Elements).
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
packages enzyme==0.5.2
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
mkvmerge --version
"$ff9" -v error -f lavfi -i testsrc2=s=160x90:r=24:d=8 -f lavfi -i sine=d=8 -c:v libx264 -preset ultrafast -g 24 -c:a aac film.mkv ||
    cannot "no film"
"$ff9" -v error -i film.mkv -c copy -f matroska - | cat >piped.mkv
printf 'CHAPTER01=00:00:00.000\nCHAPTER01NAME=One\n' >chapters.txt
mkvmerge -q -o merged.mkv --chapters chapters.txt film.mkv || cannot "mkvmerge made no film"
start() { head -c $(($(stat -c %s "$1") * $2 / 100)) "$1" >"$2-$1"; }
for percent in 25 99; do start film.mkv $percent && start merged.mkv $percent; done
expect "pictures of the piped film" 192 "$("$ff9" -v error -i piped.mkv -map 0:v -f framemd5 - 2>&1 | grep -vc '#')"
cat >read.py <<'PY'
import sys
import enzyme

with open(sys.argv[1], "rb") as stream:
    try:
        film = enzyme.MKV(stream)
        print(len(film.video_tracks), "video", len(film.audio_tracks), "audio", "cues" if hasattr(film, "cues") else "no cues")
    except Exception as error:
        print(type(error).__name__)
PY
read_it() { "$python" read.py "$1"; }
tracks="1 video 1 audio no cues"
for film in film.mkv 99-film.mkv 25-film.mkv merged.mkv; do expect "$film" "$tracks" "$(read_it $film)"; done
for film in 99-merged.mkv 25-merged.mkv; do expect "$film" MalformedMKVError "$(read_it $film)"; done
expect piped.mkv OSError "$(read_it piped.mkv)"
finish
