#!/usr/bin/env bash
# Makes the pictures in docs/screens: every tab and window, with films in every state; those that are read
# most dark, in Dutch and in Turkish as well.
#
#   scripts/screenshots.sh                                        docs/screens at 96 dpi
#   scripts/screenshots.sh --all --into DIR                       every page, list and small window
#   scripts/screenshots.sh --empty --into DIR                     a program without films
#   scripts/screenshots.sh --dpi 192 --into DIR --size 1800x1200  anything else
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/environment.sh
source scripts/environment.sh

dpi=96 into=docs/screens more=()
while [ $# -gt 0 ]; do
    case "$1" in
    --dpi) dpi=$2 && shift 2 ;;
    --into) into=$2 && shift 2 ;;
    *) more+=("$1") && shift ;;
    esac
done
if [ -z "${PYTHON_WITH_EVERYTHING:-}" ]; then
    environment .venv requirements.txt requirements-dev.txt
    PYTHON_WITH_EVERYTHING=.venv/bin/python
fi
need xvfb-run xvfb "The screen that is photographed"
need import imagemagick "The camera"

# Nobody's temporary folder is to be read in the pictures: where the system lets us, the films lie in /srv,
# in a name space of our own that ends with us.
films=$(mktemp -d)
trap 'rm -rf "$films"' EXIT
work=$films
# shellcheck disable=SC2016 # for the inner shell
inside=(unshare --map-root-user --mount sh -c 'mount --bind "$1" /srv && shift && exec "$@"' sh "$films")
if "${inside[@]}" true 2>/dev/null; then
    work=/srv
else
    inside=()
fi
photograph() {
    "${inside[@]}" xvfb-run --auto-servernum --server-args="-screen 0 2560x1600x24 -dpi $dpi" \
        "$PYTHON_WITH_EVERYTHING" scripts/screenshots.py "$into" --work "$work" "$@"
    rm -rf "${films:?}"/*
}

if [ "$into" != docs/screens ] || [ ${#more[@]} != 0 ]; then
    photograph "${more[@]}"
else # everything in English, the pages that are read most dark and in the other languages as well
    photograph --themes light --dark queue library settings statistics
    for language in Nederlands:nl Türkçe:tr; do
        photograph --language "${language%:*}" --name "${language#*:}" --themes light \
            --windows details --tabs queue library settings --sections films
    done
fi
