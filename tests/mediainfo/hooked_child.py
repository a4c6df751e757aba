"""A MediaInfo child in which tests can do what no harmless film does: hang, break down, be led astray.

``python hooked_child.py [--without-signatures] [--without-seal]``; the name of a file says what happens.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.media.probing import signatures
from mediainfo import child
from mediainfo.frames import Message
from mediainfo.library import Library

_answer = child.answer


def answer(library: Library, path: str, template: Optional[str]) -> Message:
    name = Path(path).name
    if name.startswith("held up"):
        time.sleep(600)
    while name.startswith("computing"):
        pass
    if name.startswith("breaks"):
        os._exit(3)
    return _answer(library, path, template)


child.answer = answer
if "--without-signatures" in sys.argv:
    signatures.refusal = lambda head: ""
if "--without-seal" in sys.argv:
    child._seal = lambda: None
    child._lead_nowhere = lambda: None
sys.exit(child.main())
