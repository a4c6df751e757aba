#!/usr/bin/env bash
# AC-3 made by ffmpeg, muxed into Matroska by ffmpeg. Expected: no CodecDelay, which players know from Opus.
# Seen with 9.0.2: CodecDelay 5.3 ms at 48 kHz (256 samples, the encoder's overlap), and 8.1.2 writes it as well; mkvmerge
# copies it on. A player that honours the element shows the sound earlier than one that does not.
# Source: RFC 9559, 5.1.4.1.25 (CodecDelay: "MUST be subtracted from each frame timestamp").
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
mkvmerge --version
delay() { mkvmerge -J "$1" | sed -n 's/.*"codec_delay": \([0-9]*\).*/\1/p'; }
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    "$program" -v error -y -f lavfi -i sine=d=2:r=48000 -c:a ac3 film.mka || cannot "no film"
    expect "codec_delay in nanoseconds" 5333333 "$(delay film.mka)"
done
mkvmerge -q -o again.mka film.mka
expect "after mkvmerge" 5333333 "$(delay again.mka)"
finish
