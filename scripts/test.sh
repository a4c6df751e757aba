#!/usr/bin/env bash
# Sets everything up that the tests need and runs them: format, lint, types, syntax of Python 3.8, the
# whole suite, and its pure part on the oldest and the newest Python that are here.
#
#   scripts/test.sh                    everything
#   scripts/test.sh tests/core -k opus the checks, then pytest with these arguments
#   scripts/test.sh --exe              the exe alone: built and driven in Wine
#   scripts/test.sh --missing          what it would install with apt-get, as a command; nothing else
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=scripts/environment.sh
source scripts/environment.sh

failed=()
times=() # of each stage, told at the end
outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT # what runs beside something else does not hear of it by itself

stage() { # NAME COMMAND…
    local name=$1 began=$SECONDS
    shift
    say "── $name"
    "$@" || failed+=("$name")
    times+=("$name $((SECONDS - began))")
}

beside() { # NAME COMMAND…: runs it beside what follows, until somebody asks how it ended
    local name=$1 began=$SECONDS status
    shift
    (
        status=0
        "$@" >"$outputs/$name" 2>&1 || status=$?
        printf '%s %s\n' "$status" $((SECONDS - began)) >"$outputs/$name.end"
    ) &
    printf '%s\n' $! >"$outputs/$name.pid"
}

end_of() { # NAME: waits for it and shows what it said; its status
    local status seconds
    wait "$(cat "$outputs/$1.pid")"
    say "── $1"
    tail -n 80 "$outputs/$1"
    read -r status seconds <"$outputs/$1.end"
    times+=("$1 $seconds")
    return "$status"
}

# Each program, the package of Debian that has it, and for whom: some tests run as root alone.
programs=(
    "mkvpropedit mkvtoolnix all" "xvfb-run xvfb all" "xauth xauth all" "xdotool xdotool all" "openbox openbox all"
    "import imagemagick all" "shellcheck shellcheck all" "ip iproute2 root" "getfacl acl root" "mkfs.ext4 e2fsprogs root"
    "mkfs.vfat dosfstools root" "mkfs.exfat exfatprogs root"
)
if [[ ${1:---missing} == --missing || $1 == --exe ]]; then # what the exe in Wine needs, which is not among asked tests
    programs+=("wine wine all" "wineserver wine64 all" "xwininfo x11-utils all" "makensis nsis all")
fi
missing=()
python_with_all || missing+=(python3 python3-venv python3-tk)
for entry in "${programs[@]}"; do
    read -r program package who <<<"$entry"
    if absent "$program" && { [ "$who" = all ] || [ "$(id -u)" -eq 0 ]; }; then missing+=("$package"); fi
done
if [ "${1:-}" = --missing ]; then
    [ ${#missing[@]} -eq 0 ] || printf 'apt-get install %s\n' "${missing[*]}"
    exit 0
fi

not_run=() # what is left out, and why
[ -x .venv/bin/python ] || say "The first run puts 630 MB of Python packages into .venv."
if [ ${#missing[@]} -gt 0 ]; then
    say "Of Debian's packages these are missing: ${missing[*]} (with all that they need: up to 1.8 GB, some minutes)."
    install_packages "Tests" "${missing[@]}" || not_run+=("tests that need ${missing[*]}: not installed")
fi
[ $# -gt 0 ] || say "The tests take less than half an hour on two cores and up to 2 GB in the temporary folder."

environment .venv requirements.txt requirements-dev.txt || exit 1
python=.venv/bin/python
display=()
if command -v xvfb-run >/dev/null && command -v xauth >/dev/null; then
    display=(xvfb-run --auto-servernum --server-args="-screen 0 1280x900x24")
else
    not_run+=("tests of the window: there is no xvfb-run")
fi

# Tests of one file one after the other; files beside each other.
at_once=(--numprocesses 2 --dist loadfile)

# What fails beside others on a busy machine is tried once more, alone; what is wrong fails again.
tests() { # FOLDER PYTHON ARGUMENTS…: FOLDER keeps what has failed
    local folder=$1 interpreter=$2
    shift 2
    "${display[@]}" "$interpreter" -m pytest -o cache_dir="$folder" "${at_once[@]}" "$@" && return 0
    [ ${#at_once[@]} -gt 0 ] || return 1 # some that somebody asked for
    once_more "$folder" "$interpreter" "$@"
}

once_more() { # FOLDER PYTHON ARGUMENTS…
    local folder=$1 interpreter=$2
    shift 2
    say "── once more, alone, what failed"
    "${display[@]}" "$interpreter" -m pytest -o cache_dir="$folder" --last-failed --last-failed-no-failures none "$@"
}

# The exe, built and driven in Wine; half an hour at the most, and only where Wine can be had. Wine has one screen, of
# its own, and loses a start now and then.
exe_in_wine() { # [once_more]: what failed, without building anew
    local exe status=0
    # shellcheck source=scripts/wine.sh
    source scripts/wine.sh
    exe=$wine_cache/exe
    export MEDIAPROCESSOR_EXE=$exe/MediaProcessor.exe MEDIAPROCESSOR_WINE_PREFIX=$wine_cache/test-prefix \
        MEDIAPROCESSOR_WINE_PYTHON=$wine_cache/python/python.exe
    display=() at_once=()
    if [ "${1:-tests}" = tests ]; then
        PYTHON_WITH_EVERYTHING=$python timeout 1200 scripts/build_exe_wine.sh --no-start --into "$exe" || status=$?
        [ "$status" -ne 3 ] || return 3 # Wine cannot be had
        [ "$status" -eq 0 ] || return 4
        make_prefix "$wine_cache/test-prefix" "$python" || return 4
    fi
    "${1:-tests}" "$wine_cache/pytest" "$python" -q tests/exe
}
if [ "${1:-}" = --exe ]; then
    say "── the exe in Wine"
    status=0
    (exe_in_wine) || status=$?
    [ "$status" -ne 1 ] || { (exe_in_wine once_more) && status=0; }
    exit "$status"
fi

# It computes on one core and waits much: it goes on beside everything else.
[ $# -gt 0 ] || beside "the exe in Wine" exe_in_wine

stage "ruff format" "$python" -m ruff format --check --quiet .
stage "ruff check" "$python" -m ruff check --quiet .
checks=("mypy" "mypy for Windows" "syntax of Python 3.8 (vermin)")
beside "${checks[0]}" "$python" -m mypy .
beside "${checks[1]}" "$python" -m mypy --platform win32 --cache-dir .mypy_cache/win32 .
# copy.replace is new in 3.13; vermin takes a path named "copy" for that module.
beside "${checks[2]}" "$python" -c 'from vermin import main; main()' --quiet --no-tips \
    --target=3.8- --violations --exclude copy.replace \
    --exclude-regex '/\.venv' --exclude-regex '/(build|dist)/' .

# A Python of that version from PATH or pyenv, that really starts (a shim may not).
interpreter() {
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
        if python_has "$candidate" ensurepip venv sqlite3; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# The part of the suite that another Python could see differently, without the long encodes and without machines at
# work for each other, as programs or as hosts in namespaces: those take minutes and test disks and the wire.
portable=(
    tests/core tests/store tests/tools tests/cluster
    tests/test_config.py tests/test_logger.py tests/test_network.py tests/test_queue_manager.py
    --ignore tests/cluster/test_hosts.py --ignore tests/cluster/test_work_over_the_wire.py
)
# What an old Python lacks shows everywhere; on the oldest these come too, without mounts and limits of the system,
# each command failing at each of its steps, and programs that are watched at their work.
on_the_oldest=(
    tests/monitoring tests/test_monitor.py tests/test_statistics.py tests/views tests/commandline
    --ignore tests/monitoring/test_places.py --ignore tests/monitoring/test_supervised.py
    --ignore tests/monitoring/test_left_alone.py
    --ignore tests/commandline/test_network.py --ignore tests/commandline/test_first_steps.py
    --ignore tests/commandline/test_failing_steps.py --ignore tests/commandline/test_held.py
    --ignore tests/commandline/test_at_work.py
)
other_pythons=()
prepare_python() { # VERSION: its virtual environment, if there is such a Python
    local found
    if ! found=$(interpreter "$1"); then
        not_run+=("Python $1: no such interpreter in PATH or in pyenv's folder")
    elif ! base_python=$found environment ".venv-$1" requirements.txt requirements-dev.txt; then
        failed+=("environment of Python $1")
    else
        media_info ".venv-$1/bin/python" || true
        other_pythons+=("$1")
    fi
}

if [ $# -eq 0 ]; then
    prepare_python 3.8
    for newest in 3.15 3.14 3.13 3.12; do
        if interpreter "$newest" >/dev/null; then break; fi
    done
    # The whole suite runs on that of .venv anyway.
    [[ $("$python" --version) == "Python $newest."* ]] || prepare_python "$newest"
fi
for check in "${checks[@]}"; do
    end_of "$check" || failed+=("$check")
done

for version in "${other_pythons[@]}"; do
    parts=("${portable[@]}")
    [ "$version" != 3.8 ] || parts+=("${on_the_oldest[@]}")
    beside "Python $version" tests "$outputs/$version.cache" ".venv-$version/bin/python" -q "${parts[@]}"
done
for version in "${other_pythons[@]}"; do
    end_of "Python $version" || failed+=("Python $version")
done

say "── the whole suite on $("$python" --version)"
summary=$outputs/summary
began=$SECONDS
at_once[1]=3 # most tests wait more than they compute
if [ $# -gt 0 ]; then
    at_once=()
elif grep -q -e --no-loadscope-reorder <<<"$("$python" -m pytest --help)"; then
    # The longest tests are in the smallest files, which would come last, and one of them alone at the end.
    at_once+=(--no-loadscope-reorder)
fi
tests "$outputs/cache" "$python" "$@" 2>&1 | tee "$summary"
[ "${PIPESTATUS[0]}" -eq 0 ] || failed+=("pytest")
last=$(tail -n 1 "$summary")
times+=("whole suite $((SECONDS - began))")

if [ $# -eq 0 ]; then
    status=0
    end_of "the exe in Wine" || status=$?
    if [ "$status" -eq 1 ]; then
        status=0
        (exe_in_wine once_more) || status=$?
    fi
    case $status in
    0) ;;
    3) not_run+=("the exe: Wine cannot be had here") ;;
    *) failed+=("the exe in Wine") ;;
    esac
fi

if [ ${#not_run[@]} -gt 0 ]; then
    say "── not run here"
    printf '  %s\n' "${not_run[@]}" >&2
fi
say "── seconds of each stage, some beside each other: $(printf '%s, ' "${times[@]}")all together $SECONDS"

# pytest's last line is the last, said again.
if [ ${#failed[@]} -gt 0 ] && [ "${failed[*]}" != pytest ]; then
    names=$(printf '%s, ' "${failed[@]}")
    printf '===== FAILED: %s; %s =====\n' "${names%, }" "$(sed 's/^=* *//; s/ *=*$//' <<<"$last")"
else
    printf '%s\n' "$last"
fi
[ ${#failed[@]} -eq 0 ]
