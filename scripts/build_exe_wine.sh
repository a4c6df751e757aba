#!/usr/bin/env bash
# Builds MediaProcessor.exe on Linux, with a Windows Python in Wine: for tests. What is released is built on
# Windows by build_exe.ps1. Wine, its Windows and its Python are kept in ~/.cache/mediaprocessor-wine
# (or $MEDIAPROCESSOR_WINE); where nothing has changed since the last build, nothing is done.
#
#   scripts/build_exe_wine.sh               dist/MediaProcessor.exe and dist/MediaProcessor-folder
#   scripts/build_exe_wine.sh --into DIR    into another folder
#   scripts/build_exe_wine.sh --no-start    without measuring how long it takes to start
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/environment.sh
source scripts/environment.sh
# shellcheck source=scripts/wine.sh
source scripts/wine.sh

into=dist start=yes
while [ $# -gt 0 ]; do
    case "$1" in
    --into) into=$2 && shift 2 ;;
    --no-start) start=no && shift ;;
    *) say "Unknown: $1" && exit 2 ;;
    esac
done
have_wine || exit 3
[ -n "${PYTHON_WITH_EVERYTHING:-}" ] || environment .venv requirements.txt
python=${PYTHON_WITH_EVERYTHING:-.venv/bin/python}

mkdir -p "$wine_cache" "$into"
into=$(cd "$into" && pwd)
exec 9>"$wine_cache/lock"
flock 9 # one build at a time; what Wine leaves running must not hold it, so it gets 9>&-
make_prefix "$wine_cache/build-prefix" "$python" 9>&-
make_windows_python "$python" 9>&-

sources() { # what the exe is made of
    find ./*.py MediaProcessor.spec requirements.txt assets scripts/bill_of_materials.py scripts/wine.sh \
        ./*/__init__.py -maxdepth 0 ! -path './tests/*' ! -path './benchmarks/*' | while read -r path; do
        case "$path" in
        */__init__.py) find "${path%/*}" -name '*.py' ;;
        *) find "$path" -type f ;;
        esac
    done | LC_ALL=C sort
}
stamp=$(sources | tr '\n' '\0' | xargs -0 sha256sum | sha256sum)
if [ "$(cat "$into/built-from" 2>/dev/null)" = "$stamp" ]; then
    say "$into/MediaProcessor.exe is up to date."
else
    rm -f "$into/built-from"
    say "Building MediaProcessor.exe (some minutes)…"
    log=$wine_cache/build.log
    # The two that PyInstaller's builds are repeatable by.
    export PYTHONHASHSEED=0 SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1704067200}
    if ! WINEPREFIX=$wine_cache/build-prefix in_wine "$wine_python/python.exe" -m PyInstaller --noconfirm \
        --distpath "Z:$into" --workpath "Z:$wine_cache/build" MediaProcessor.spec >"$log" 2>&1 9>&- ||
        [ ! -f "$into/MediaProcessor.exe" ]; then
        tail -n 20 "$log" >&2
        say "The build failed; $log has everything."
        exit 1
    fi
    cp "$into/MediaProcessor-folder/_internal/licences/sbom.cdx.json" "$into/MediaProcessor.cdx.json"
    (cd "$into" && sha256sum MediaProcessor.exe MediaProcessor.cdx.json MediaProcessor-folder/*.exe >SHA256SUMS)
    printf '%s\n' "$stamp" >"$into/built-from"
fi
du -h --apparent-size -s "$into/MediaProcessor.exe" "$into/MediaProcessor-folder"
cat "$into/SHA256SUMS"
flock -u 9
if [ "$start" = yes ]; then
    make_prefix "$wine_cache/test-prefix" "$python"
    "$python" -m scripts.wine_desktop "$wine_cache/test-prefix" \
        "$into/MediaProcessor.exe" "$into/MediaProcessor-folder/MediaProcessor.exe"
fi
