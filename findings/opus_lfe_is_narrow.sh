#!/usr/bin/env bash
# The bass channel of 5.1 through libopus at 256 kbit/s. Expected: as wide as the other channels, which keep 20 kHz, or
# cut at 120 Hz as AC-3's is.
# Seen with 9.0.2: 300 Hz comes through unharmed and 600 Hz is gone (-35 dB). A comparison of the sound that takes
# the LFE for a channel like any other finds a difference that is none.
# Source: opus, surround encoder: the LFE stream is coded narrow; the number is nowhere in the documentation.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
loss() { # HERTZ: decibels that the LFE channel loses
    local mix="aevalsrc='0|0|0|0.3*sin(2*PI*$1*t)|0|0:c=5.1:s=48000:d=3'"
    "$ff9" -v error -y -f lavfi -i "$mix" -c:a pcm_s16le before.wav &&
        "$ff9" -v error -y -i before.wav -c:a libopus -b:a 256k -mapping_family 1 after.mka || return
    for file in before.wav after.mka; do
        "$ff9" -hide_banner -i "$file" -af pan='mono|c0=LFE',volumedetect -f null - 2>&1 |
            sed -n 's/.*mean_volume: \(.*\) dB/\1/p'
    done | xargs | awk '{printf "%.0f", $1 - $2}'
}
low=$(loss 100) middle=$(loss 300) high=$(loss 600)
printf '  lost at 100 Hz: %s dB, at 300 Hz: %s dB, at 600 Hz: %s dB\n' "$low" "$middle" "$high"
expect "300 Hz stays" yes "$(awk "BEGIN {print ($middle < 3) ? \"yes\" : \"no\"}")"
expect "600 Hz is gone" yes "$(awk "BEGIN {print ($high > 20) ? \"yes\" : \"no\"}")"
finish
