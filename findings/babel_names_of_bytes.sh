#!/usr/bin/env bash
# format_unit(5, "digital-byte", "long"), as CLDR calls the unit, in Dutch and Turkish. Expected: "5 byte", "5 bayt".
# Seen with Babel 2.16.0 to 2.18.0 (the last for Python 3.8): "5 digital-byte", the name of the unit itself, while German and
# French get "5 Byte" and "5 octets"; "byte" for a name gives "5 byte" in both, which in Turkish is no word. Kilobytes and the rest
# are right. With 2.19.0 all are, so a program that allows several versions writes one size in two ways.
# Source: the version history of CLDR and Babel's own documentation name the units; none says that some languages lack one.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
python=${PYTHON:-python3}
for version in 2.16.0 2.18.0 2.19.0; do
    "$python" -m pip install -qq --disable-pip-version-check --no-deps --target "$work/$version" "babel==$version" ||
        cannot "pip could not install babel==$version"
    say() { # NAME LANGUAGE
        PYTHONPATH=$work/$version "$python" -c \
            'import sys; from babel.units import format_unit; print(format_unit(5, sys.argv[1], "long", locale=sys.argv[2]))' "$@"
    }
    printf 'Babel %s\n' "$version"
    case $version in
    2.19.0) dutch="5 byte" turkish="5 bayt" other="5 bayt" ;;
    *) dutch="5 digital-byte" turkish="5 digital-byte" other="5 byte" ;;
    esac
    expect "digital-byte in Dutch" "$dutch" "$(say digital-byte nl)"
    expect "digital-byte in Turkish" "$turkish" "$(say digital-byte tr)"
    expect "byte in Turkish" "$other" "$(say byte tr)"
    expect "digital-byte in German" "5 Byte" "$(say digital-byte de)"
    expect "digital-kilobyte in Dutch" "5 kilobyte" "$(say digital-kilobyte nl)"
done
finish
