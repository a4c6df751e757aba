#!/usr/bin/env bash
# Sets MediaProcessor up and starts it.
#
#   scripts/run.sh             opens the window
#   scripts/run.sh --demo      makes a sample film, processes it and shows what became of it
#   scripts/run.sh plan FILM   any other arguments go to main.py (docs/commandline.md)
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/environment.sh
source "$project/scripts/environment.sh"

here=$PWD # the arguments may name files from here
cd "$project"
environment .venv requirements.txt
media_info .venv/bin/python || true
need mkvpropedit mkvtoolnix "Track names, languages and flags (mkvpropedit)" ||
    say "Without mkvpropedit films wait, unless the setting processing.missing_mkvpropedit says \"continue\"."
cd "$here"

if [ "${1:-}" = "--demo" ]; then
    shift
    exec "$project/.venv/bin/python" "$project/scripts/demo.py" "$@"
fi
exec "$project/.venv/bin/python" "$project/main.py" "$@"
