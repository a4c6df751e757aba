#!/usr/bin/env bash
# Sets MediaProcessor up and starts it.
#
#   scripts/run.sh             opens the window
#   scripts/run.sh --demo      makes a sample film, processes it and shows what became of it
#   scripts/run.sh plan FILM   any other arguments go to main.py (docs/commandline.md)
if [ -z "${BASH_VERSION:-}" ]; then # started as "sh run.sh", where sh is another shell
    command -v bash >/dev/null || { echo "scripts/run.sh needs bash: please install it." >&2 && exit 1; }
    exec bash "$0" "$@"
fi
set -euo pipefail
script=${BASH_SOURCE[0]}
while [ -L "$script" ]; do # a link to it, anywhere
    link=$(readlink "$script")
    case $link in
        /*) script=$link ;;
        *) script=$(dirname "$script")/$link ;;
    esac
done
project=$(cd "$(dirname "$script")/.." && pwd)
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
