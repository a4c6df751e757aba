"""Windows' job objects: a child and all that it starts end with us, however we end.

https://learn.microsoft.com/windows/win32/procthread/job-objects
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import weakref
from typing import Optional

import psutil

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _KILL_ON_JOB_CLOSE = 0x2000
    _EXTENDED_LIMIT_INFORMATION = 9  # JobObjectExtendedLimitInformation

    # A child that ran before it is in its job could start another one outside of it.
    CREATE_SUSPENDED = 0x4

    class _BasicLimits(ctypes.Structure):
        """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

        _fields_ = (
            ("process_time", ctypes.c_int64),
            ("job_time", ctypes.c_int64),
            ("flags", wintypes.DWORD),
            ("smallest_working_set", ctypes.c_size_t),
            ("largest_working_set", ctypes.c_size_t),
            ("active_processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority", wintypes.DWORD),
            ("scheduling", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

        _fields_ = (
            ("basic", _BasicLimits),
            ("counters", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        )

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, wintypes.LPCWSTR)
    _kernel.SetInformationJobObject.argtypes = (
        *(wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD),
    )
    _kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    _kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
    _kernel.CloseHandle.argtypes = (wintypes.HANDLE,)

    def _new_job() -> Optional[int]:
        handle: Optional[int] = _kernel.CreateJobObjectW(None, None)
        if not handle:
            return None
        limits = _ExtendedLimits()
        limits.basic.flags = _KILL_ON_JOB_CLOSE
        if _kernel.SetInformationJobObject(
            handle, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        ):
            return handle
        _kernel.CloseHandle(handle)
        return None

    # While its Popen object lives, so does the child's job; the last handle's end is the job's end.
    _jobs: weakref.WeakKeyDictionary[subprocess.Popen[bytes], int] = weakref.WeakKeyDictionary()

    def take_in_and_start(process: subprocess.Popen[bytes]) -> None:
        """Put a child that was made suspended into a job of its own, and let it run.

        Windows 7 has no job within a job: where we are in one ourselves, the child runs without.
        """
        job = _new_job()
        if job is not None:
            # The handle that Popen owns: a pid could be another process by now.
            child = int(process._handle)  # type: ignore[attr-defined]  # noqa: SLF001
            if _kernel.AssignProcessToJobObject(job, child):
                _jobs[process] = job
                weakref.finalize(process, _kernel.CloseHandle, job).atexit = False
            else:
                _kernel.CloseHandle(job)
        with contextlib.suppress(psutil.Error):
            psutil.Process(process.pid).resume()

    def end(process: subprocess.Popen[bytes]) -> bool:
        """End a child with all that it started; False where it is in no job."""
        job = _jobs.get(process)
        return job is not None and bool(_kernel.TerminateJobObject(job, 1))
