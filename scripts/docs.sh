#!/usr/bin/env bash
# Builds the pages of docs/ as a site into build/site; ends with an error where a link leads nowhere. Nothing in it is
# fetched from elsewhere, and nothing is published.
#
#   scripts/docs.sh            builds it
#   scripts/docs.sh --serve    shows it on http://127.0.0.1:8000 (the search needs that) and follows what is changed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/environment.sh
source scripts/environment.sh

environment .venv requirements.txt requirements-dev.txt
if ! .venv/bin/python -c 'import material' 2>/dev/null; then
    say "The site needs Python 3.11 or newer: rm -r .venv && PYTHON=/usr/bin/python3.11 scripts/docs.sh"
    exit 3
fi
export NO_MKDOCS_2_WARNING=1 # what it warns of stands in docs/dependencies.md
case "${1:-}" in
'') .venv/bin/python -m mkdocs build --strict --quiet && say "The site is in build/site; scripts/docs.sh --serve shows it." ;;
--serve) exec .venv/bin/python -m mkdocs serve --strict --dev-addr 127.0.0.1:8000 ;;
*) say "Unknown: $1 (--serve)" && exit 2 ;;
esac
