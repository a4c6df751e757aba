"""A stand-in for QSVEncC whose graphics come and go: ffmpeg makes the picture, a file says what happens.

It takes the options that the program writes (as the real 8.22 does), and answers as that one does with
and without graphics.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import List

_SCRIPT = """#!{python}
import json, os, subprocess, sys, time
from pathlib import Path

FFMPEG = {ffmpeg!r}
HERE = Path(__file__).parent
argv = sys.argv[1:]
mode = (HERE / "mode").read_text().strip()
with (HERE / "calls").open("a") as calls:
    calls.write(json.dumps(argv) + "\\n")
if mode == "hangs":
    time.sleep(600)
if "--version" in argv:
    print("QSVEncC (x64) {version} (r4385) by rigaya, Jan  1 2026 00:00:00 (gcc 12/Linux)")
    print(" reader: raw, avs, avsw, avhw [H.264/AVC, H.265/HEVC]")
    print(" libdovi  : {libdovi}")
    sys.exit(0)
if "--check-hw" in argv:
    if mode != "works":
        print("Error: QuickSyncVideo (hw encoding) unavailable")
        sys.exit(1)
    print("Success: QuickSyncVideo (hw encoding) available")
    print("Supported Encode Codecs for device auto:")
    print("H.265/HEVC FF")
    sys.exit(0)
if "--check-features" in argv:
    table = "Codec: H.265/HEVC FF\\n             CBR VBR ICQ\\n10bit depth   o   o   o"
    print(table if mode == "works" else "QSV unavailable.")
    sys.exit(0)


def value(*names):
    found = [argv[place + 1] for place, word in enumerate(argv[:-1]) if word in names]
    return found[-1] if found else ""


codec = value("-c", "--codec") or "h264"
if mode == "no av1" and codec == "av1" or mode != "works" and mode != "no av1":
    print("DRMLibVA::DRMLibVA: Intel GPU was not found.", file=sys.stderr)
    print("QSVDevice::init: failed to initialize session.", file=sys.stderr)
    print("QSVEncC.exe finished with error!", file=sys.stderr)
    sys.exit(201)
deep = value("--output-depth") == "10"
command = [FFMPEG, "-v", "error", "-nostdin", "-y", "-i", value("-i", "--input"), "-map", "0:v:0"]
options = ["-c:v", {{"hevc": "libx265", "av1": "libsvtav1", "h264": "libx264"}}[codec]]
options += ["-preset", "12" if codec == "av1" else "ultrafast"]
options += ["-pix_fmt", "yuv420p10le" if deep else "yuv420p"]
if codec == "hevc":
    parameters = "log-level=error"
    if "--dolby-vision-rpu" in argv:
        options += ["-dolbyvision", "1"]
        parameters += ":vbv-maxrate=20000:vbv-bufsize=20000"
    options += ["-x265-params", parameters]
sound = {{}}
for number in filter(None, value("--audio-copy").split(",")):
    sound[int(number)] = ["copy"]
for place, word in enumerate(argv):
    if word == "--audio-codec":
        number, _, encoder = argv[place + 1].partition("?")
        sound[int(number)] = [encoder.split(":")[0].split("#")[0]]
rates = dict(argv[place + 1].split("?") for place, word in enumerate(argv) if word == "--audio-bitrate")
filters = dict(argv[place + 1].split("?", 1) for place, word in enumerate(argv) if word == "--audio-filter")
for place, number in enumerate(sorted(sound)):
    command += ["-map", "0:a:%d" % (number - 1)]
    options += ["-c:a:%d" % place, sound[number][0]]
    if sound[number] != ["copy"]:
        options += ["-b:a:%d" % place, rates.get(str(number), "128") + "k"]
        options += ["-mapping_family:a:%d" % place, "1"]
        if str(number) in filters:
            options += ["-filter:a:%d" % place, filters[str(number)]]
for number in filter(None, value("--sub-copy").split(",")):
    command += ["-map", "0:s:%d" % (int(number) - 1)]
options += ["-c:s", "copy"]
for place, word in enumerate(argv):
    if word == "--metadata" and "=" in argv[place + 1]:
        options += ["-metadata", argv[place + 1]]
    if word == "--video-metadata" and "=" in argv[place + 1]:
        options += ["-metadata:s:v:0", argv[place + 1]]
output = value("-o", "--output")
target = ["pipe:1"] if output == "-" else [output]
os.environ["SVT_LOG"] = "1"  # errors alone: QSVEncC would not speak of this encoder
sys.exit(subprocess.call([*command, *options, "-enc_time_base", "demux", "-f", "matroska", *target]))
"""


class StandIn:
    """One in a folder of its own; ``mode`` is works, no av1, gone (201) or hangs, from its next start on."""

    def __init__(
        self, folder: Path, ffmpeg: str, version: str = "8.22", libdovi: str = "enabled"
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ffmpeg = ffmpeg
        self.path = folder / "qsvencc"
        self._before = 0  # starts in an earlier mode
        self.update(version, libdovi)
        self.mode = "works"

    def update(self, version: str, libdovi: str = "enabled") -> None:
        """Install another version."""
        script = _SCRIPT.format(
            python=sys.executable, ffmpeg=self._ffmpeg, version=version, libdovi=libdovi
        )
        self.path.write_text(script, encoding="utf-8")
        self.path.chmod(0o755)

    @property
    def mode(self) -> str:
        """What happens to whoever starts it."""
        return (self._folder / "mode").read_text("utf-8")

    @mode.setter
    def mode(self, mode: str) -> None:
        self._before += self.starts
        (self._folder / "mode").write_text(mode, encoding="utf-8")

    @property
    def starts(self) -> int:
        """How often it was started since the mode was set last."""
        calls = self._folder / "calls"
        return len(calls.read_text("utf-8").splitlines()) - self._before if calls.exists() else 0

    @property
    def encodes(self) -> List[str]:
        """Each encode that was asked of it, as its words."""
        calls = self._folder / "calls"
        lines = calls.read_text("utf-8").splitlines() if calls.exists() else []
        return [line for line in lines if '"-o"' in line or '"--output"' in line]
