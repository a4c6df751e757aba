#!/usr/bin/env bash
# Makes a release: the exe, the folder as an archive, the installer, SHA-256 sums, the bill of materials (CycloneDX)
# and the release notes of CHANGELOG.md. The version is that of core/version.py.
#
#   scripts/release.sh --from DIST    of what scripts\build_exe.cmd made on Windows: what is published
#   scripts/release.sh                of an exe built in Wine, which is for tests
#   scripts/release.sh --into DIR     into another folder than release/VERSION
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/environment.sh
source scripts/environment.sh

from='' into=''
while [ $# -gt 0 ]; do
    case "$1" in
    --from) from=${2:?--from needs a folder} && shift 2 ;;
    --into) into=${2:?--into needs a folder} && shift 2 ;;
    *) say "Unknown: $1 (--from DIST, --into DIR)" && exit 2 ;;
    esac
done
need makensis nsis "The installer" || exit 3
[ -n "${PYTHON_WITH_EVERYTHING:-}" ] || environment .venv requirements.txt
python=${PYTHON_WITH_EVERYTHING:-.venv/bin/python}
version=$("$python" -c 'from core.version import VERSION; print(VERSION)')
into=${into:-release/$version}

if [ -z "$from" ]; then
    from=dist
    PYTHON_WITH_EVERYTHING=$python scripts/build_exe_wine.sh --no-start --into "$from" || exit $?
    say "This exe was built in Wine: for tests. What is published is built on Windows (docs/windows.md)."
fi
if git rev-parse --git-dir >/dev/null 2>&1 && [ -n "$(git status --porcelain --untracked-files=no)" ]; then
    say "Files have been changed since the last commit: this release cannot be made again from it."
fi
"$python" -m scripts.release "$from" "$into"
(cd "$into" && sha256sum --quiet --check SHA256SUMS) && say "MediaProcessor $version is in $into; the sums are right."
