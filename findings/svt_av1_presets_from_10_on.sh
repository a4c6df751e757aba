#!/usr/bin/env bash
# SVT-AV1's quickest presets. Expected: a preset decides how long the encoder searches, so that a quicker one needs more bytes at
# the same CRF and looks about the same.
# Seen with SVT-AV1 4.2.0 of ffmpeg 9.0.2: preset 12 is silently 11, and from 10 on the encoder says itself that such presets are
# meant for automation and may leave visual artifacts. They do: where small blocks of a still picture go black and white in each
# picture (a counter, a score board), blocks of earlier pictures are left standing, in the worst picture at 10 dB less than with
# preset 9, at CRF 8. No exit code tells. With preset 9 and slower ones all is well.
# Source: what the encoder logs; its Docs/CommonQuestions.md on presets.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_9
cd "$work" || exit 2
"$ff9" -version | head -n 1
bits="if(mod(floor(if(lt(Y,16),N,mod(N*17611,65536))/pow(2,floor(X/8))),2),235,16)"
picture="testsrc2=s=128x192:r=50:d=2,geq=lum='if(lt(Y,32),$bits,lum(X,Y))':cb='cb(X,Y)':cr='cr(X,Y)'"
"$ff9" -v error -f lavfi -i "$picture" -c:v ffv1 film.mkv || cannot "no film"
worst() { # PRESET: the lowest PSNR of a picture's luma, in whole dB
    "$ff9" -v error -y -i film.mkv -c:v libsvtav1 -preset "$1" -crf 8 -pix_fmt yuv420p10le "$1.mkv" 2> "$1.log" ||
        cannot "no encode"
    "$ff9" -v error -i "$1.mkv" -i film.mkv -lavfi "[0:v]format=yuv420p,settb=1/50,setpts=N[a];[1:v]format=yuv420p,settb=1/50,setpts=N[b];[a][b]psnr=stats_file=$1.txt" \
        -f null - || cannot "no comparison"
    sed -E 's/.*psnr_y:([0-9]+).*/\1/' "$1.txt" | sort -n | head -n 1
}
nine=$(worst 9)
ten=$(worst 10)
twelve=$(worst 12)
echo "worst picture: preset 9 $nine dB, 10 $ten dB, 12 $twelve dB"
expect "preset 9 keeps all pictures above 25 dB" yes "$([ "$nine" -gt 25 ] && echo yes)"
expect "preset 10 is 5 dB worse or more" yes "$([ "$ten" -le $((nine - 5)) ] && echo yes)"
expect "preset 12 is 5 dB worse or more" yes "$([ "$twelve" -le $((nine - 5)) ] && echo yes)"
expect "12 is told to be 11" 1 "$(grep -c 'Preset M12 is mapped to M11' 12.log)"
expect "10 warns" 1 "$(grep -c 'Visual artifacts may occur' 10.log)"
expect "9 does not" 0 "$(grep -c 'Visual artifacts may occur' 9.log)"
finish
