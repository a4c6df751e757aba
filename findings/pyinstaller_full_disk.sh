#!/usr/bin/env bash
# A one-file program of PyInstaller's is started with a temporary folder that is too small for what it unpacks. Expected:
# an error, and the folder as it was before, so that the next start can go better.
# Seen with 6.22.3: an error and exit code 255, and what had been unpacked stays: the disk is full for everybody from
# then on, each further start fails the same way and leaves one more folder.
# Source: PyInstaller's manual says of the folder that it "is removed when the bundled app terminates".
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
own mount
echo 'print("started")' >"$work/hello.py"
exe_of "$work/hello.py" hello
cat >"$work/small" <<'SH'
mount -t tmpfs -o size=6m none "$2" || exit 2
for start in 1 2; do
    TMPDIR=$2 "$1" >/dev/null 2>&1
    echo "exit code $?, folders $(ls "$2" | grep -c _MEI), free kilobytes $(df --output=avail "$2" | tail -n 1 | xargs)"
done
SH
mkdir "$work/temporary"
answer=$("${own[@]}" sh "$work/small" "$work/hello/hello" "$work/temporary") || cannot "no small disk could be mounted"
expect "first start" "exit code 255, folders 1, free kilobytes 0" "$(head -n 1 <<<"$answer")"
expect "second start" "exit code 255, folders 2, free kilobytes 0" "$(tail -n 1 <<<"$answer")"
finish
