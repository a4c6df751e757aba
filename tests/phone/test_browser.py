"""The page for the phone in a real browser at phones' widths, served by the real program."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Callable, Iterator

import pytest

from app.program import Program
from core.chunk_progress import ChunkPhase, ChunkProgress
from core.events import JobState, QueueState
from core.progress import Progress
from core.queue.job import JobEnd, NewJob
from queue_manager import QueueManager
from scheduling.running_jobs import Running
from store.jobs import JobStore
from tests.cluster.machines import free_port
from tests.reports.browser import Browser, Page, require_browser

LONG = "A Film With a Very Long Name That Has To Be Broken Somewhere Even.On.A.Phone.2026.mkv"


class Phone:
    """The program with a few films, and a phone's browser."""

    def __init__(self, folder: Path, stack: ExitStack, browser: Browser) -> None:
        self.parts = stack.enter_context(Program(folder))
        self.parts.listens = True
        self.port = free_port()
        self.parts.config.change(
            {"network.phone_port": str(self.port), "network.phone_address": "127.0.0.1"}
        )
        self.parts.config.change({"network.phone": "yes", "network.name": "Attic"})
        self.jobs = JobStore(self.parts.database)
        names = ("At work.mkv", "Failed.mkv", LONG, *(f"Film {at}.mkv" for at in range(30)))
        self.ids = self.jobs.add([NewJob(folder / name, size=2 * 10**9) for name in names])
        for job_id, state in zip(self.ids, (JobState.COMPLETED, JobState.FAILED)):
            self.jobs.claim_next("")
            if state is JobState.FAILED:
                self.jobs.finish(job_id, JobEnd(state, "<b>This file is incomplete.</b>", "probe"))
        self.manager = self.parts.queue_manager()
        self.parts.begin(self.manager)
        self.browser = browser
        self.page = browser.open_address("about:blank")
        stack.callback(self.manager.shutdown)

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}/"

    def open(self, token: str = "", width: int = 360, *, dark: bool = False) -> Page:
        self.page.resize(width, 740, scale=2, dark=dark)
        self.page.load("about:blank")
        self.page.load(self.address + (f"#{token}" if token else ""))
        return self.page

    def shows(self, text: str) -> Callable[[], bool]:
        script = f"document.body.innerText.includes({text!r})"
        return lambda: bool(self.page.evaluate(script))

    def until_shown(self, text: str) -> None:
        self.page.until(self.shows(text), text)

    def begin_film(self) -> None:
        """Let the first film be at work, in chunks, as a worker does."""
        self.jobs.claim_next("")
        self.manager._running.begin(self.ids[0], Running())
        self.tell_progress(self.manager, 25.0)

    def tell_progress(self, manager: QueueManager, percent: float) -> None:
        chunks = (
            ChunkProgress(0, 0.0, 120.0, ChunkPhase.DONE),
            ChunkProgress(1, 120.0, 240.0, ChunkPhase.IN_HAND, share=0.5),
            ChunkProgress(2, 240.0, 300.0),
        )
        told = Progress("encode", percent, fps=23.9, speed=1.5, eta=3723, chunks=chunks)
        manager.publisher.job_progressed(self.ids[0], told)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    require_browser()
    with Browser(reaches="127.0.0.1") as browser:
        yield browser


@pytest.fixture
def phone(tmp_path: Path, browser: Browser) -> Iterator[Phone]:
    with ExitStack() as stack:
        yield Phone(tmp_path, stack, browser)


def test_the_code_opens_the_page_which_shows_everything_and_keeps_the_token(phone: Phone) -> None:
    page = phone.open(phone.parts.phone.entry().token)
    phone.until_shown("The queue is stopped.")
    for text in ("Attic", "Nothing is in progress.", "Waiting 32", "and 12 more", LONG):
        phone.until_shown(text)
    for text in ("Problems 1", "<b>This file is incomplete.</b>", "Today", "this machine"):
        phone.until_shown(text)
    assert page.evaluate("location.href") == phone.address  # the token is not left standing there
    phone.open()
    phone.until_shown("Waiting 32")
    outside = [url for url in page.requests if not url.startswith((phone.address, "about:"))]
    assert outside == []
    assert page.complaints == []


def test_the_page_lives_and_shows_the_chunks_of_a_film(phone: Phone) -> None:
    page = phone.open(phone.parts.phone.entry().token)
    phone.until_shown("Nothing is in progress.")
    phone.begin_film()
    for text in (
        "At work.mkv",
        "25%",
        "1 of 3 chunks",
        "1:02:03 left",
        "23.9 fps",
        "original 2.0 GB",
    ):
        phone.until_shown(text)
    widths = page.evaluate(
        "[...document.querySelectorAll('.chunks > div')].map((part) => part.getBoundingClientRect().width)"
    )
    assert len(widths) == 3
    assert widths[0] == pytest.approx(2 * widths[2], rel=0.05)
    phone.tell_progress(phone.manager, 26.0)
    phone.until_shown("26%")


def test_the_buttons_pause_resume_stop_and_retry(phone: Phone) -> None:
    page = phone.open(phone.parts.phone.entry().token)
    phone.until_shown("The queue is stopped.")
    page.click("#problems button")
    page.until(lambda: phone.jobs.get(phone.ids[1]).state is JobState.QUEUED, "the film")  # type: ignore[union-attr]
    phone.until_shown("No problems.")
    phone.manager.pause()
    phone.until_shown("The queue is paused.")
    page.click("#resume")
    page.until(lambda: phone.manager.state is not QueueState.PAUSED, "the queue that goes on")
    phone.until_shown("Stop after this film")
    page.click("#pause")
    page.until(lambda: phone.manager.state is QueueState.PAUSED, "the pause")
    page.until(lambda: page.evaluate("!document.getElementById('resume').hidden"), "the button")
    page.click("#resume")
    phone.until_shown("Stop after this film")
    page.click("#finish")
    stops = (QueueState.STOPPED, QueueState.STOPPING)
    page.until(lambda: phone.manager.state in stops, "the stop")


def test_a_wrong_token_is_refused_and_a_right_one_typed_in_small_letters_opens(
    phone: Phone,
) -> None:
    page = phone.open("WRONG")
    phone.until_shown("This token is not valid.")
    assert not phone.shows("Waiting 32")()
    page.click("#token")
    page.write(phone.parts.phone.entry().token.lower().replace("-", ""))
    page.press("Enter")
    phone.until_shown("Waiting 32")
    phone.parts.phone.renew_token()
    phone.until_shown("This token is not valid.")
    assert not phone.shows("Waiting 32")()


def test_a_page_without_a_program_says_when_it_was_last_there(phone: Phone) -> None:
    phone.open(phone.parts.phone.entry().token)
    phone.until_shown("Waiting 32")
    phone.parts.config.set("network.phone", "no")
    phone.until_shown("No connection. Last update:")
    phone.parts.config.set("network.phone", "yes")
    phone.page.until(lambda: not phone.shows("No connection.")(), "the connection")


def test_the_page_speaks_the_phones_language(phone: Phone) -> None:
    phone.begin_film()
    for language, texts in (
        ("nl", ("Stopt na de huidige film.", "25%", "origineel 2,0 GB", "1 van 3 delen")),
        ("tr-TR", ("Duraklat", "3 kesitten 1 tanesi", "%25", "orijinal 2,0 GB")),
    ):
        phone.page.speak(language)
        phone.open(phone.parts.phone.entry().token)
        for text in texts:
            phone.until_shown(text)
        assert phone.page.evaluate("document.documentElement.lang") == language[:2]


def test_nothing_is_wider_than_the_phone_in_light_and_dark(phone: Phone) -> None:
    phone.begin_film()
    token = phone.parts.phone.entry().token
    grounds = set()
    for width, dark in ((320, False), (360, True), (412, False), (800, True)):
        page = phone.open(token, width, dark=dark)
        phone.until_shown("At work.mkv")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = "[...document.querySelectorAll('button')].filter((button) => button.offsetHeight)"
        heights = page.evaluate(f"{small}.map((button) => button.offsetHeight)")
        assert min(heights) >= 44  # a thumb meets it
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_another_site_in_the_same_browser_sees_and_does_nothing(
    phone: Phone, tmp_path: Path
) -> None:
    token = phone.parts.phone.entry().token
    phone.open(token)
    phone.until_shown("Waiting 32")
    phone.manager.start(remember=False)
    foreign = tmp_path / "foreign.html"
    foreign.write_text("<title>another site</title>", "utf-8")
    page = phone.browser.open(foreign)
    bearer = f"headers: {{Authorization: 'Bearer {token}'}}"  # even if it had the token
    pause = "method: 'POST', body: JSON.stringify({do: 'pause'})"
    for path, options in (
        ("state", ""),
        ("state", bearer),
        ("state", "mode: 'no-cors'"),
        ("do", f"{bearer}, {pause}"),
        ("do", f"{pause}, mode: 'no-cors'"),
    ):
        asked = f"fetch('{phone.address}{path}', {{{options}}})"
        assert page.evaluate(f"{asked}.then(() => 'answered', () => 'refused')") == "refused", (
            options
        )
    assert phone.manager.state is not QueueState.PAUSED
    framed = (
        f"(() => {{ const frame = document.createElement('iframe'); frame.src = '{phone.address}'; "
    )
    page.evaluate(framed + "document.body.append(frame); return 0 })()")
    page.until(lambda: any("frame" in told for told in page.complaints), "the frame that is denied")
