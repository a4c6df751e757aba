"""What a bug report has to know of a machine: programs, system, processor, memory, graphics, free space."""

from __future__ import annotations

import platform
import shutil
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Iterator, Tuple

import psutil

from core.reporting.machine_check import MachineFact
from core.text.sentence import Bytes, Sentence
from core.tools import ToolName, Toolset
from core.version import VERSION
from mediainfo.library import library_version
from tools.graphics import graphics
from tools.windows_places import SystemRegistry

_PROCESSOR_KEY = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
_LOOK_SECONDS = 0.5  # over which the processor's load is measured


def machine_facts(toolset: Toolset, work: Path) -> Tuple[MachineFact, ...]:
    """Look at this machine; ``work`` is the folder that trials stand in. Takes half a second."""
    return (
        MachineFact("program", Sentence("Program"), _program()),
        MachineFact("system", Sentence("System"), _system()),
        MachineFact("processor", Sentence("Processor"), _processor()),
        MachineFact("cores", Sentence("Cores"), _cores()),
        MachineFact("load", Sentence("Load before the check"), _load()),
        MachineFact("memory", Sentence("Memory"), _memory()),
        MachineFact("graphics", Sentence("Graphics"), graphics() or Sentence("none found")),
        MachineFact("free_space", Sentence("Free space for work"), _free(work)),
        *_tools(toolset),
    )


def _program() -> Sentence:
    packaged = getattr(sys, "frozen", False)
    return Sentence(
        "MediaProcessor {version}, {how}; Python {python}, {bits} bit",
        version=VERSION,
        how=Sentence("packaged") if packaged else Sentence("from its source"),
        python=platform.python_version(),
        bits=str(8 * struct.calcsize("P")),
    )


def _system() -> str:
    return ", ".join(filter(None, (_distribution(), platform.platform())))


def _distribution() -> str:
    """What a Linux calls itself (Python 3.10 has this); empty elsewhere."""
    with suppress(OSError):
        for line in Path("/etc/os-release").read_text("utf-8", errors="replace").splitlines():
            key, _, value = line.partition("=")
            if key == "PRETTY_NAME":
                return value.strip().strip("\"'")
    return ""


def _processor() -> str:
    if sys.platform == "win32":
        name = SystemRegistry().value("HKLM", _PROCESSOR_KEY, "ProcessorNameString").strip()
    else:
        name = _cpuinfo()
    return ", ".join(filter(None, (name or platform.processor(), platform.machine())))


def _cpuinfo() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return ""


def _cores() -> Sentence:
    cores, threads = psutil.cpu_count(logical=False), psutil.cpu_count()
    return Sentence(
        "{cores}, {threads} threads", cores=str(cores or "?"), threads=str(threads or "?")
    )


def _load() -> str:
    return f"{psutil.cpu_percent(_LOOK_SECONDS):.0f}%"


def _memory() -> Sentence:
    memory = psutil.virtual_memory()
    return Sentence("{total}, {free} free", total=Bytes(memory.total), free=Bytes(memory.available))


def _free(folder: Path) -> Sentence:
    try:
        return Sentence("{size}", size=Bytes(shutil.disk_usage(folder).free))
    except OSError:
        return Sentence("unknown")


def _tools(toolset: Toolset) -> Iterator[MachineFact]:
    missing = Sentence("not here")
    for name in (ToolName.FFMPEG, ToolName.FFPROBE, ToolName.MKVPROPEDIT):
        tool = toolset.get(name)
        yield MachineFact(name.value, name.value, missing if tool is None else tool.version)
    with_opus = toolset.can(ToolName.FFMPEG, "libopus")
    yield MachineFact("opus", "Opus", Sentence("libopus of ffmpeg") if with_opus else missing)
    try:
        yield MachineFact("mediainfo", "MediaInfo", library_version())
    except (OSError, RuntimeError):
        yield MachineFact("mediainfo", "MediaInfo", missing)
