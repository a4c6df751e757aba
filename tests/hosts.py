"""Hosts on a network of their own: Linux namespaces behind a switch that loses, delays and parts.

Each host has its own network, processes and mounts; programs in it see nothing of the machine's network.
The switch is a thread of this process that carries every frame between TAP devices, so that loss and delay
need nothing of the kernel but TUN (``tc netem`` is missing from many). Needs root.

Nothing is left behind, however this process ends: a host lives as long as its pipe is open, a TAP device as
long as its descriptor.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Type

if sys.platform != "linux":
    raise ImportError("network namespaces are Linux's")

_TUNSETIFF = 0x400454CA  # linux/if_tun.h
_TAP_WITHOUT_HEADER = 0x0002 | 0x1000  # IFF_TAP, IFF_NO_PI
_LONGEST_FRAME = 2048
_PATIENCE = 20.0  # seconds for a namespace to come or go
NETWORK = "10.77.0"
ROOT = Path(__file__).resolve().parent.parent


def why_not() -> str:
    """Say why this machine can have no such hosts; "" where it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for name in ("ip", "unshare", "nsenter", "mount"):
        if shutil.which(name) is None:
            return f"{name} is not installed (packages iproute2, util-linux, mount)"
    if not Path("/dev/net/tun").exists():
        return "this kernel has no TUN devices"
    tried = subprocess.run(
        ["unshare", "--net", "--pid", "--fork", "true"], stderr=subprocess.PIPE, check=False
    )
    return "" if tried.returncode == 0 else f"namespaces cannot be made: {tried.stderr!r}"


@dataclass
class Link:
    """How a host is tied to the switch; what is set holds at once, for frames of both directions."""

    loss: float = 0.0  # the part of frames that get lost, 0 to 1
    delay: float = 0.0  # seconds, each way
    cut: bool = False
    frames: int = 0
    lost: int = 0


class Switch:
    """Carries frames between hosts until it is closed; used as a context manager."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._ports: Dict[int, Link] = {}
        self._learned: Dict[bytes, int] = {}
        self._late: List[Tuple[float, int, int, bytes]] = []
        self._count = 0
        self._ended = False
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._carry, name="switch", daemon=True)

    def __enter__(self) -> Switch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._ended = True
        self._thread.join(_PATIENCE)

    def plug(self, descriptor: int, link: Link) -> None:
        """Carry the frames of a TAP device from now on."""
        os.set_blocking(descriptor, False)
        with self._guard:
            self._ports[descriptor] = link

    def unplug(self, descriptor: int) -> None:
        """Carry them no longer; the descriptor may be closed afterwards."""
        with self._guard:
            self._ports.pop(descriptor, None)  # a host that did not come up is not among them

    def _carry(self) -> None:
        while not self._ended:
            with self._guard:
                ports = list(self._ports)
            wait = 0.05
            if self._late:
                wait = min(wait, max(0.0, self._late[0][0] - time.monotonic()))
            try:
                readable, _writable, _failed = select.select(ports, [], [], wait)
            except OSError:  # a host was switched off meanwhile
                continue
            with self._guard:
                for port in readable:
                    self._take_from(port)
                self._deliver_late()

    def _take_from(self, port: int) -> None:
        for _turn in range(64):
            try:
                frame = os.read(port, _LONGEST_FRAME)
            except OSError:  # nothing more, or unplugged meanwhile
                return
            if port in self._ports:
                self._send_on(port, frame)

    def _send_on(self, port: int, frame: bytes) -> None:
        to, source = frame[:6], frame[6:12]
        self._learned[source] = port
        if to[0] & 1 or to not in self._learned:
            targets = [other for other in self._ports if other != port]
        else:
            targets = [self._learned[to]]
        for target in targets:
            if target == port or target not in self._ports:
                continue
            ends = (self._ports[port], self._ports[target])
            for end in ends:
                end.frames += 1
            if any(end.cut or self._chance.random() < end.loss for end in ends):
                for end in ends:
                    end.lost += 1
                continue
            delay = sum(end.delay for end in ends)
            if delay <= 0:
                self._deliver(target, frame)
            else:
                self._count += 1
                late = (time.monotonic() + delay, self._count, target, frame)
                heapq.heappush(self._late, late)

    def _deliver_late(self) -> None:
        now = time.monotonic()
        while self._late and self._late[0][0] <= now:
            _due, _number, target, frame = heapq.heappop(self._late)
            link = self._ports.get(target)
            if link is not None and not link.cut:
                self._deliver(target, frame)

    def _deliver(self, target: int, frame: bytes) -> None:
        with suppress(OSError):  # its queue is full: a frame that is lost, as everywhere
            os.write(target, frame)


@dataclass
class Host:
    """One machine: ``address`` is its own, ``link`` ties it to the others."""

    name: str
    switch: Switch
    address: str
    link: Link = field(default_factory=Link)
    _tap: int = -1
    _holder: Optional[subprocess.Popen[bytes]] = None
    _first: int = 0  # the first process in it

    def begin(self, number: int) -> None:
        """Switch it on."""
        argv = ["unshare", "--net", "--mount", "--pid", "--uts", "--fork", "--kill-child"]
        self._holder = subprocess.Popen(
            [*argv, "--mount-proc", "--", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        self._first = _child_of(self._holder.pid)
        name = f"mp{os.getpid() % 10**8}-{number}"
        self._tap = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(self._tap, _TUNSETIFF, struct.pack("16sH", name.encode(), _TAP_WITHOUT_HEADER))
        _run("ip", "link", "set", name, "netns", str(self._first))
        self.run("ip", "link", "set", name, "name", "eth0")
        self.run("hostname", self.name)
        self.run("ip", "link", "set", "lo", "up")
        self._be_at(self.address)
        self.switch.plug(self._tap, self.link)

    def end(self) -> None:
        """Switch it off; every program on it is gone."""
        if self._holder is None:
            return
        assert self._holder.stdin is not None
        self._holder.stdin.close()
        self._holder.wait(_PATIENCE)
        self._holder = None
        if self._tap >= 0:
            self.switch.unplug(self._tap)
            os.close(self._tap)

    def _be_at(self, address: str) -> None:
        self.run("ip", "address", "add", f"{address}/24", "broadcast", "+", "dev", "eth0")
        self.run("ip", "link", "set", "eth0", "up")
        self.run("ip", "route", "replace", "default", "dev", "eth0")

    def move_to(self, address: str) -> None:
        """Have another address from now on, as a laptop in another room has."""
        self.run("ip", "address", "flush", "dev", "eth0")
        self.address = address
        self._be_at(address)

    def see(self, folder: Path, at: Path) -> None:
        """Show a folder of this machine under another name, on this host alone."""
        at.mkdir(parents=True, exist_ok=True)
        self.run("mount", "--bind", str(folder), str(at))

    def inside(self, *argv: str) -> List[str]:
        """Return the command that does this on the host."""
        enter = ["nsenter", "--target", str(self._first), "--net", "--mount", "--pid", "--uts"]
        enter += [
            "--root"
        ]  # the target's, which is not the mounts' where the tests are in a chroot
        return [*enter, "--", "env", f"--chdir={ROOT}", *argv]

    def run(self, *argv: str) -> str:
        """Run a command on the host to its end; return what it said."""
        return _run(*self.inside(*argv))

    def start(self, argv: Sequence[str], **more: Any) -> subprocess.Popen[str]:
        """Start a program on the host."""
        return subprocess.Popen(
            self.inside(*argv), start_new_session=True, encoding="utf-8", **more
        )

    def processes(self) -> List[int]:
        """Return all that run on the host, by their numbers on this machine."""
        mine = _namespace(self._first)
        found = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
        return [
            pid for pid in found if pid != self._first and _namespace(pid) == mine and _lives(pid)
        ]

    def signal_all(self, number: int) -> None:
        """Send a signal to all that run on the host."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def sleep(self) -> None:
        """Stand still, as a laptop whose lid is closed: nothing runs, nothing is answered."""
        self.link.cut = True
        self.signal_all(signal.SIGSTOP)

    def wake(self) -> None:
        """Go on where it stood."""
        self.signal_all(signal.SIGCONT)
        self.link.cut = False


@contextmanager
def network(names: Sequence[str], seed: int = 1) -> Iterator[Dict[str, Host]]:
    """Hosts of these names at 10.77.0.1, .2 and so on, which reach each other alone."""
    made: Dict[str, Host] = {}
    with Switch(seed) as switch:
        try:
            for number, name in enumerate(names, 1):
                made[name] = Host(name, switch, f"{NETWORK}.{number}")
                made[name].begin(number)
            yield made
        finally:
            for host in made.values():
                host.end()


def _run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(argv)}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout.decode("utf-8", "replace")


def _child_of(pid: int) -> int:
    """Wait for the first process of a namespace to be there, with everything mounted."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError, IndexError):
            child = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
            if Path(f"/proc/{child}/comm").read_text().strip() == "cat":
                return int(child)
        time.sleep(0.01)
    raise OSError("a namespace did not come up")


def _lives(pid: int) -> bool:
    """Whether a process runs; an orphan that has ended stays in the list, as nobody waits for it."""
    with suppress(OSError):
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


def _namespace(pid: int) -> str:
    with suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/pid")
    return ""
