#!/usr/bin/env bash
# A constant in the sound (DC, as old recordings and cheap converters have it) through libopus at 256 kbit/s. Expected: it stays, or is a
# little less, as with AAC and AC-3.
# Seen with 8.1.2 and 9.0.2: Opus drops all of it, and 5 dB of a tone of 2 Hz; 20 Hz stays. AC-3 and AAC keep the constant.
# Whoever compares how loud a film and its result are, channel by channel, finds "silence" where nothing was to be heard.
# Source: opus' encoder has a high-pass at 3 Hz (opus_encoder.c, dc_reject); RFC 6716 leaves that to encoders.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
level() { # PROGRAM FILE: of the second second, decibels in whole numbers
    "$1" -hide_banner -i "$2" -af atrim=1:2,astats=measure_overall=RMS_level:measure_perchannel=none -f null - 2>&1 |
        sed -n 's/.*RMS level dB: \([-a-z0-9.]*\)$/\1/p' | awk '{printf "%d", ($1 == "-inf") ? -200 : $1 - 0.5}'
}
loss() { # PROGRAM EXPRESSION CODEC…: decibels that are lost
    local program=$1 sound=$2
    shift 2
    "$program" -v error -y -f lavfi -i "aevalsrc='$sound|$sound':s=48000:d=3" -c:a pcm_f32le before.mka &&
        "$program" -v error -y -i before.mka -c:a "$@" after.mka || return
    echo $(($(level "$program" before.mka) - $(level "$program" after.mka)))
}
above() { if [ "$1" -ge "$2" ]; then echo yes; else echo "no ($1)"; fi; }
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    expect "Opus drops a constant (40 dB and more)" yes "$(above "$(loss "$program" 0.1 libopus -b:a 256k)" 40)"
    expect "Opus drops 20 Hz (3 dB and more)" "no (0)" "$(above "$(loss "$program" '0.1*sin(2*PI*20*t)' libopus -b:a 256k)" 3)"
    expect "AAC drops a constant" "no (0)" "$(above "$(loss "$program" 0.1 aac -b:a 256k)" 3)"
    expect "AC-3 drops a constant" "no (0)" "$(above "$(loss "$program" 0.1 ac3 -b:a 256k)" 3)"
    printf '  Opus, 2 Hz: %s dB lost\n' "$(loss "$program" '0.1*sin(2*PI*2*t)' libopus -b:a 256k)"
done
finish
