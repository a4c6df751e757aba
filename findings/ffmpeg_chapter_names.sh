#!/usr/bin/env bash
# A Matroska chapter that is named in two languages, in one of two editions, with a chapter inside, through
# `ffmpeg -c copy`. Expected: the first name (or the one in the default language), of the default edition.
# Seen with 8.1.2 and 9.0.2: both editions become one list, the chapter inside is gone, and of two names the LAST
# one stays, without its language. Exit code 0, no message. A film with English and Dutch names comes out Dutch.
# Source: RFC 9559, 5.1.7 (EditionEntry, ChapterDisplay); what ffmpeg does is not in its documentation.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
cat >chapters.xml <<'XML'
<?xml version="1.0"?>
<Chapters>
  <EditionEntry><EditionFlagDefault>1</EditionFlagDefault>
    <ChapterAtom><ChapterUID>1</ChapterUID><ChapterTimeStart>00:00:00.000</ChapterTimeStart>
      <ChapterDisplay><ChapterString>Beginning</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>
      <ChapterDisplay><ChapterString>Begin</ChapterString><ChapterLanguage>dut</ChapterLanguage></ChapterDisplay>
    </ChapterAtom></EditionEntry>
  <EditionEntry>
    <ChapterAtom><ChapterUID>2</ChapterUID><ChapterTimeStart>00:00:01.000</ChapterTimeStart>
      <ChapterDisplay><ChapterString>Part</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>
      <ChapterAtom><ChapterUID>3</ChapterUID><ChapterTimeStart>00:00:01.500</ChapterTimeStart>
        <ChapterDisplay><ChapterString>Scene</ChapterString><ChapterLanguage>eng</ChapterLanguage></ChapterDisplay>
      </ChapterAtom></ChapterAtom></EditionEntry>
</Chapters>
XML
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 plain.mkv || cannot "ffmpeg made no film"
mkvmerge -q -o film.mkv --chapters chapters.xml plain.mkv || cannot "mkvmerge made no film"
mkvmerge --version
for program in "$ff8" "$ff9"; do
    "$program" -hide_banner -version | head -n 1
    "$program" -v warning -y -i film.mkv -map 0 -c copy copy.mkv 2>messages
    expect "exit code" 0 $?
    expect "messages" "" "$(cat messages)"
    xml=$(mkvextract copy.mkv chapters)
    expect "editions" 1 "$(grep -c '<EditionEntry>' <<<"$xml")"
    names=$(sed -n 's:.*<ChapterString>\(.*\)</ChapterString>.*:\1:p' <<<"$xml" | paste -sd' ')
    expect "names that are left" "Begin Part" "$names"
done
finish
