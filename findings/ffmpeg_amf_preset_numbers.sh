#!/usr/bin/env bash
# The presets of AMD's two encoders in ffmpeg, by number. Expected: the same names have the same numbers, or the same
# direction at least: HEVC's with a larger number are faster or all slower, and AV1's too.
# Seen with 9.0.2: in HEVC quality is 0, balanced 5, speed 10 and high_quality, the slowest, 15; in AV1 high_quality is 0,
# quality 30, balanced 70, speed 100. So `-quality 0` is one step off and `-quality 10` HEVC's fastest and nearly AV1's best;
# each number up to 15 is taken by both. -usage's 1 and 2 (lowlatency, ultralowlatency) have changed places, too. Only
# names mean the same in both.
# Source: ffmpeg -h encoder=hevc_amf and av1_amf.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
values() { # ENCODER OPTION: name=number…
    "$ff9" -hide_banner -h "encoder=$1" |
        awk -v option="-$2" '$1 ~ /^-[a-z]/ {within = $1 == option; next} within && NF >= 2 {printf "%s=%s ", $1, $2}' |
        sed 's/ $//'
}
expect "HEVC" "quality=0 balanced=5 speed=10 high_quality=15" "$(values hevc_amf quality)"
expect "AV1" "high_quality=0 quality=30 balanced=70 speed=100" "$(values av1_amf quality)"
latency() { values "$1" usage | tr ' ' '\n' | grep latency= | sort | paste -sd' '; }
expect "HEVC's usage" "lowlatency=2 ultralowlatency=1" "$(latency hevc_amf)"
expect "AV1's usage" "lowlatency=1 ultralowlatency=2" "$(latency av1_amf)"
finish
