"""What to install where an encoder finds no graphics: the driver, for the program itself is there already."""

from __future__ import annotations

from typing import Mapping

_INTEL = {
    "win32": "Install Intel's graphics driver: https://www.intel.com/content/www/us/en/support/detect.html",
    "linux": "Install Intel's driver (intel-media-va-driver-non-free, libmfx-gen1.2 and libvpl2 on "
    "Debian and Ubuntu), and let your account use /dev/dri (group render).",
}
_NVIDIA = {
    "win32": "Install NVIDIA's graphics driver: https://www.nvidia.com/drivers",
    "linux": "Install NVIDIA's driver with its libraries for CUDA and encoding (libcuda1 and "
    "libnvidia-encode1 on Debian).",
}
_AMD = {
    "win32": "Install AMD's graphics driver: https://www.amd.com/support",
    "linux": "Install AMD's AMF runtime (amf-amdgpu-pro of https://repo.radeon.com), or use "
    "vaapi's encoders.",
}
_VAAPI = {
    "linux": "Install the graphics' VA-API driver (mesa-va-drivers for AMD, "
    "intel-media-va-driver-non-free for Intel), and let your account use /dev/dri (group render).",
}
_BY_FAMILY: Mapping[str, Mapping[str, str]] = {
    "QSVEncC": _INTEL,
    "qsv": _INTEL,
    "NVEncC": _NVIDIA,
    "nvenc": _NVIDIA,
    "VCEEncC": _AMD,
    "amf": _AMD,
    "vaapi": _VAAPI,
}


def driver_hint(family: str, system: str) -> str:
    """The driver that a family of encoders needs on a system (``sys.platform``), as one sentence or none."""
    return _BY_FAMILY.get(family, {}).get(system, "")
