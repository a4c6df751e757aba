#!/usr/bin/env bash
# The bytes of an HLS playlist, given to MediaInfo as a buffer without a name. Expected: what it says is of these bytes;
# a caller who hands over bytes has taken care of what is opened.
# Seen with MediaInfo 24.12 (pymediainfo 7.0.1): it looks for the files that the playlist names in the working
# directory, opens them and shows their tracks as the buffer's. Whoever wants the bytes alone must look at what they are
# first.
# Source: RFC 8216 (playlists); MediaInfo's documentation of Open_Buffer_Init does not mention other files.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
packages pymediainfo==7.0.1
ffmpeg_9
cd "$work" || exit 2
"$ff9" -v error -f lavfi -i testsrc2=s=64x64:r=25:d=2 -c:v libx264 part.ts || cannot "no film"
mkdir elsewhere
cat >look.py <<'PY'
import io
from pymediainfo import MediaInfo

playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\npart.ts\n#EXT-X-ENDLIST\n"
tracks = MediaInfo.parse(io.BytesIO(playlist)).tracks
print(", ".join(f"{track.track_type} {track.format}" for track in tracks if track.track_type != "Menu"))
library, handle, _, _ = MediaInfo._get_library()
print(library.MediaInfo_Option(handle, "Info_Version", ""))
PY
"$python" look.py >beside || cannot "pymediainfo brings no library for this machine"
sed -n 2p beside
expect "where the part lies beside" "General HLS, Video AVC" "$(head -n 1 beside)"
expect "where it does not" "General HLS" "$(cd elsewhere && "$python" ../look.py | head -n 1)"
finish
