#!/usr/bin/env bash
# A Matroska film that is called "A film", with a tag TITLE of its series and one of a track that has a name. Expected:
# MediaInfo's title is the segment's, or the first of several.
# Seen with MediaInfo 24.12: it is all of them in one field, "A film / A series", and the track's "By element / By tag".
# A program that writes the field back as the title gives the film both names.
# Source: RFC 9559 (Title, Tags); MediaInfo's list of parameters says of Title "(Generic)Title of file" and nothing of
# several.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system mkvmerge mkvtoolnix
packages pymediainfo==7.0.1
ffmpeg_9
cd "$work" || exit 2
mkvmerge --version
simple='<Simple><Name>TITLE</Name><String>%s</String></Simple>'
# shellcheck disable=SC2059
printf "<?xml version=\"1.0\"?><Tags><Tag><Targets>%s</Targets>$simple</Tag></Tags>" \
    '<TargetTypeValue>70</TargetTypeValue>' 'A series' >series.xml
# shellcheck disable=SC2059
printf "<?xml version=\"1.0\"?><Tags><Tag><Targets/>$simple</Tag></Tags>" 'By tag' >track.xml
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:d=2 -f lavfi -i sine=d=2 -c:v libx264 -c:a aac plain.mkv || cannot "no film"
mkvmerge -q -o film.mkv --title 'A film' --global-tags series.xml --track-name 1:'By element' --tags 1:track.xml \
    plain.mkv || cannot "mkvmerge made no film"
"$python" - <<'PY' >found || cannot "pymediainfo brings no library for this machine"
from pymediainfo import MediaInfo

library, handle, _, _ = MediaInfo._get_library()
print(library.MediaInfo_Option(handle, "Info_Version", ""))
library.MediaInfo_Delete(handle)
tracks = MediaInfo.parse("film.mkv")
print(tracks.general_tracks[0].title)
print(tracks.audio_tracks[0].title)
PY
sed -n 1p found
expect "the film" "A film / A series" "$(sed -n 2p found)"
expect "the track" "By element / By tag" "$(sed -n 3p found)"
finish
