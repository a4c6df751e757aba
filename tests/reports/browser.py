"""A real browser for tests of the pages that we write: headless Chromium, spoken to over DevTools.

Optional: where there is no Chromium, ``require_browser`` skips the test with a message. Keys and clicks
are real input events, so what works here works by hand. The browser can reach no other machine, and
tells what the page asked for (``Page.requests``) and complained about (``Page.complaints``).
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Tuple, Type

import pytest
from websockets.sync.client import connect

PATIENCE = 30.0  # seconds
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_KEYS = {  # key: (code, Windows key code, text)
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Tab": ("Tab", 9, ""),
    "Backspace": ("Backspace", 8, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    " ": ("Space", 32, " "),
}
_SHIFT = 8


def find_browser() -> Optional[str]:
    """Return Chromium's path, or None."""
    return next((found for found in map(shutil.which, _NAMES) if found), None)


def require_browser() -> str:
    """Return Chromium's path; skips the test where there is none."""
    found = find_browser()
    if found is None:
        pytest.skip("no Chromium (apt install chromium)")
    return found


class Browser:
    """One headless Chromium; used with ``with``.

    ``reaches`` is the one host that it can reach, whose certificate it takes as a user does who has looked
    at it.
    """

    def __init__(self, size: Tuple[int, int] = (1200, 800), *, reaches: str = "") -> None:
        self._size = size
        self._reaches = reaches

    def __enter__(self) -> Browser:
        self._home = Path(tempfile.mkdtemp(prefix="browser-"))
        argv = [
            require_browser(),
            "--headless=new",
            f"--user-data-dir={self._home}",
            "--remote-debugging-port=0",
            "--host-resolver-rules=MAP * ~NOTFOUND"
            + (f", EXCLUDE {self._reaches}" if self._reaches else ""),
            "--no-first-run",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            f"--window-size={self._size[0]},{self._size[1]}",
            "about:blank",
        ]
        if sys.platform == "linux" and os.geteuid() == 0:
            argv.insert(1, "--no-sandbox")  # Chromium refuses to run as root with it
        self._process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._open = ExitStack()
        try:
            self._socket = self._open.enter_context(
                connect(self._address(), max_size=None, open_timeout=PATIENCE)
            )
        except BaseException:
            self._end()
            raise
        self._number = 0
        self._pages: Dict[str, Page] = {}
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._end()

    def open(self, path: Path) -> Page:
        """Open a file, and wait until it is loaded with all that its scripts do at once."""
        return self.open_address(path.resolve().as_uri())

    def open_address(self, url: str) -> Page:
        """Open an address, and wait until it is loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session)
        if self._reaches:
            page.call("Security.setIgnoreCertificateErrors", ignore=True)
        page.load(url)
        return page

    def call(self, method: str, session: str = "", **parameters: Any) -> Dict[str, Any]:
        """Ask for something of the DevTools protocol and return the answer."""
        self._number += 1
        number = self._number
        message: Dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        while True:
            answer = self._take(PATIENCE)
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: Dict[str, Any] = answer["result"]
                return result

    def listen(self, seconds: float) -> None:
        """Take in what the pages tell, until there has been nothing for so long."""
        try:
            while True:
                self._take(seconds)
        except TimeoutError:
            return

    def _take(self, timeout: float) -> Dict[str, Any]:
        message: Dict[str, Any] = json.loads(self._socket.recv(timeout=timeout))
        page = self._pages.get(message.get("sessionId", ""))
        if page is not None and "method" in message:
            page.told(message["method"], message["params"])
        return message

    def _address(self) -> str:
        place = self._home / "DevToolsActivePort"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "Chromium ended at its start"
            lines = place.read_text().split() if place.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.02)
        raise AssertionError("Chromium opened no port for DevTools")

    def _end(self) -> None:
        self._process.terminate()
        self._open.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


class Page:
    """One open page. Sizes and places in CSS pixels."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self._loaded = False
        self.url = ""
        self.seconds = 0.0  # from asking for the page until it was loaded
        self.requests: List[str] = []  # every address but the page's own, also those refused
        self.complaints: List[str] = []  # console errors, refused resources, exceptions of scripts
        self.dialogs: List[str] = []  # alert() and its like
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Dict[str, Any]:
        """Ask for something of the DevTools protocol in this page."""
        return self._browser.call(method, self._session, **parameters)

    def load(self, url: str) -> None:
        """Go to an address and wait for the load event."""
        self.url, self._loaded = url, False
        began = time.monotonic()
        self.call("Page.navigate", url=url)
        self.until(lambda: self._loaded, "the page")
        self.seconds = time.monotonic() - began
        self._browser.listen(0.05)

    def evaluate(self, script: str) -> Any:
        """Return the value of a JavaScript expression (a promise is awaited)."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, reached: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
        """Let the page live until something is so; fails after ``patience`` seconds."""
        deadline = time.monotonic() + patience
        while not reached():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            self._browser.listen(0.01)

    def speak(self, language: str) -> None:
        """Ask for pages in this language from now on."""
        agent = self.evaluate("navigator.userAgent")
        self.call("Network.setUserAgentOverride", userAgent=agent, acceptLanguage=language)

    def click(self, selector: str) -> None:
        """Click the middle of the first element that matches, after scrolling to it."""
        place = self.evaluate(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)});"
            " one.scrollIntoView({block: 'center'}); const box = one.getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )

    def move_to(self, x: float, y: float) -> None:
        """Move the mouse, for what shows on hovering."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def write(self, text: str) -> None:
        """Type text, key by key, into what has the focus."""
        for character in text:
            self.call("Input.dispatchKeyEvent", type="keyDown", text=character, key=character)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=character)

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press one of Enter, Escape, Tab, Backspace, ArrowDown, ArrowUp and the space bar."""
        code, number, text = _KEYS[key]
        shared = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        modifiers = _SHIFT if shift else 0
        self.call(
            "Input.dispatchKeyEvent", type="keyDown", text=text, modifiers=modifiers, **shared
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", modifiers=modifiers, **shared)

    def resize(self, width: int, height: int, *, scale: float = 1.0, dark: bool = False) -> None:
        """Show the page on a screen of this size, density and colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def screenshot(self, path: Path) -> Path:
        """Save what is visible as a PNG."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))
        return path

    def told(self, method: str, event: Dict[str, Any]) -> None:
        """Take in an event of the DevTools protocol."""
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent" and event["request"]["url"] != self.url:
            self.requests.append(event["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(event["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and event["type"] in (
            "error",
            "warning",
            "assert",
        ):
            self.complaints.append(str(event["args"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.complaints.append(event["entry"]["text"])
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(event["message"])
            self.call("Page.handleJavaScriptDialog", accept=True)
