#!/usr/bin/env bash
# Runs every finding, or those that are named, and prints a table. Not a part of the tests: findings are about
# other people's programs (findings/README.md).
#
#   scripts/findings.sh [NAME…]
set -uo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/../findings" && pwd)
outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for path in "$folder"/*.sh; do
        name=$(basename "$path" .sh)
        [ "$name" = common ] || names+=("$name")
    done
fi

changed=0
printf '%-36s %-8s %s\n' finding result seconds
for name in "${names[@]}"; do
    if [ ! -f "$folder/$name.sh" ]; then
        printf 'There is no finding named %s in %s.\n' "$name" "$folder" >&2
        exit 2
    fi
    began=$SECONDS
    bash "$folder/$name.sh" >"$outputs/$name" 2>&1
    case $? in
        0) result="as found" ;;
        1) result=changed changed=1 ;;
        *) result="not run" ;;
    esac
    printf '%-36s %-8s %s\n' "$name" "$result" $((SECONDS - began))
    [ "$result" = "as found" ] || sed 's/^/    /' "$outputs/$name"
done
exit "$changed"
