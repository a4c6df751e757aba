#!/usr/bin/env bash
# WebVTT with a hard space (&nbsp;), and ASS with a drawing, made SubRip by ffmpeg. Expected: a space (U+00A0), as &amp;
# becomes &; and the drawing is left out, as positions are.
# Seen with 8.1.2 and 9.0.2: the hard space becomes the two letters \h, which is ASS and which SubRip does not know; the
# drawing's numbers become a line of text, "m 0 0 l 10 10". Exit code 0, no message.
# Source: W3C WebVTT (a cue's text may hold HTML's character references: &nbsp; is U+00A0); ffmpeg's documentation of
# its encoders has nothing on subrip.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ffmpeg_8
ffmpeg_9
cd "$work" || exit 2
printf 'WEBVTT\n\n00:00.500 --> 00:01.500\nthis&nbsp;and&nbsp;that &amp; more\n' >film.vtt
cat >film.ass <<'ASS'
[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,Arial,20,&H00FFFFFF

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,a sign {\p1}m 0 0 l 10 10{\p0}{\pos(10,10)}
ASS
for program in "$ff8" "$ff9"; do
    "$program" -version | head -n 1
    "$program" -v warning -i film.vtt -c:s subrip -f srt - >vtt.srt 2>messages || cannot "WebVTT was not read"
    "$program" -v warning -i film.ass -c:s subrip -f srt - >ass.srt 2>>messages || cannot "ASS was not read"
    expect "messages" "" "$(cat messages)"
    expect "WebVTT" 'this\hand\hthat & more' "$(sed -n 3p vtt.srt)"
    expect "lines with the drawing" 1 "$(grep -c 'm 0 0 l 10 10' ass.srt)"
    expect "lines with the position" 0 "$(grep -c 'pos' ass.srt)"
done
finish
