#!/usr/bin/env bash
# Tags of Matroska that are about something else than the film: a title of the series (TargetTypeValue 70), a track's
# LANGUAGE and TITLE, a comment on an edition. Expected: the segment's title, the track's name and its language stay,
# and each tag stays about what it is about.
# Seen with 8.1.2 and 9.0.2, `-c copy`: the segment is called as the series, a German track says Turkish in its Language
# element, its name is the tag's, and the edition's comment is the whole film's. With the word COLLECTION beside the
# number (TargetType) the title stays, and the tag becomes one of the film with the name COLLECTION/TITLE. Exit code 0,
# no message.
# Source: RFC 9559, 5.1.8.1.1 (Targets), Title, Name and Language; ffmpeg has one list for elements and tags.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
mkvmerge --version
tag() { # TARGETS NAME VALUE
    printf '<Tag><Targets>%s</Targets><Simple><Name>%s</Name><String>%s</String></Simple></Tag>' "$@"
}
tags() { # FILE TAG…
    local file=$1
    shift
    printf '<?xml version="1.0"?><Tags>%s</Tags>' "$*" >"$file"
}
level='<TargetTypeValue>70</TargetTypeValue>'
tags number.xml "$(tag "$level" TITLE 'A series')" "$(tag '<EditionUID>7</EditionUID>' COMMENT 'Of the edition')"
tags word.xml "$(tag "$level<TargetType>COLLECTION</TargetType>" TITLE 'A series')"
tags track.xml "$(tag '' TITLE 'By tag')" "$(tag '' LANGUAGE tur)"
cat >chapters.xml <<'XML'
<?xml version="1.0"?>
<Chapters><EditionEntry><EditionUID>7</EditionUID><ChapterAtom><ChapterTimeStart>00:00:00.000</ChapterTimeStart>
<ChapterDisplay><ChapterString>One</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>
</ChapterAtom></EditionEntry></Chapters>
XML
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:d=2 -f lavfi -i sine=d=2 -c:v libx264 -c:a aac plain.mkv || cannot "no film"
for tagged in number word; do
    mkvmerge -q -o $tagged.mkv --title 'A film' --chapters chapters.xml --global-tags $tagged.xml \
        --track-name 1:'By element' --language 1:de --tags 1:track.xml plain.mkv || cannot "mkvmerge made no film"
done
segment() { mkvmerge -J "$1" | sed -n 's/^ *"title": "\(.*\)",\{0,1\}$/\1/p'; }
sound() { # FILE KEY: of the second track
    mkvmerge -J "$1" | sed -n "s/^ *\"$2\": \"\(.*\)\",\{0,1\}\$/\1/p" | tail -n 1
}
expect "the film's title, name and language" "A film, By element, ger" \
    "$(segment number.mkv), $(sound number.mkv track_name), $(sound number.mkv language)"
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    for tagged in number word; do
        "$program" -v warning -y -i $tagged.mkv -map 0 -c copy $tagged-copy.mkv 2>messages || cannot "no copy"
        expect "messages" "" "$(cat messages)"
    done
    expect "title after the copy" "A series" "$(segment number-copy.mkv)"
    expect "with the word" "A film" "$(segment word-copy.mkv)"
    expect "and its tag" 1 "$(mkvextract word-copy.mkv tags | grep -c '<Name>COLLECTION/TITLE</Name>')"
    expect "the track's name" "By tag" "$(sound number-copy.mkv track_name)"
    expect "the track's language" tur "$(sound number-copy.mkv language)"
    expect "editions that a tag is about" 0 "$(mkvextract number-copy.mkv tags | grep -c '<EditionUID>')"
    expect "the edition's comment" 1 "$(mkvextract number-copy.mkv tags | grep -c 'Of the edition')"
done
finish
