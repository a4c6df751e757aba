"""Messages are kept and sent when it is time, over a real database; films never wait for them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Callable, Iterator, List, Sequence, Tuple

import pytest

from app.message_addresses import MessageAddresses
from app.messenger import Messenger
from core.errors import ConfigError, MessageNotSent
from core.events import JobState, JobStateChanged, QueueEmptied
from core.messages.letter import Letter
from core.messages.message import MessageAddress, MessageKind, UserMessage
from core.reporting.page_language import ENGLISH, PageLanguage
from core.settings.tree import MessageSettings, NetworkSettings, Settings
from store.connection import Database
from store.messages import MessageStore
from store.vault import FileVault
from tests.metadata.made import HandClock

NIGHT = datetime(2026, 11, 30, 23, 0).astimezone().timestamp()
FAILED = JobStateChanged(1, JobState.FAILED, "/films/X.mkv", "ffmpeg stopped.")
DONE = QueueEmptied(1, 0, 0, 10**9)


@dataclass
class Post:
    """Takes letters as a service does, or refuses them."""

    letters: List[Tuple[str, Letter]] = field(default_factory=list)
    refusing: bool = False
    asked: int = 0

    def send(self, name: str, address: str, letter: Letter) -> None:
        self.asked += 1
        if self.refusing:
            raise MessageNotSent(name, "the service cannot be reached.")
        self.letters.append((address, letter))


@dataclass
class House:
    """A messenger over a data folder."""

    folder: Path
    clock: HandClock = field(default_factory=lambda: HandClock(NIGHT - 8 * 3600))
    settings: Settings = field(
        default_factory=lambda: replace(
            Settings(),
            messages=MessageSettings(pause_minutes=10),
            network=NetworkSettings(name="attic"),
        )
    )
    post: Post = field(default_factory=Post)
    hidden: List[str] = field(default_factory=list)
    complaints: List[str] = field(default_factory=list)
    language: PageLanguage = ENGLISH
    looks: int = 0

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "messages.db")
        self.store = MessageStore(self.database)
        self.vault = FileVault(self.folder)
        self.messenger = self.start()

    def start(self) -> Messenger:
        addresses = MessageAddresses(self.store, self.vault, self.hidden.append)
        self.messenger = Messenger(
            self.store,
            addresses,
            self.post,
            self,
            self.clock,
            lambda: self.language,
            (self,),
            look_every=0.02,
        )
        return self.messenger

    def add(self, name: str = "Phone", **more: object) -> MessageAddress:
        address = MessageAddress(name, f"ntfy://{name}-topic-secret", **more)  # type: ignore[arg-type]
        return replace(address, id=self.messenger.addresses.save(address))

    def begin(self) -> None:
        self.messenger.start(self.complaints.append)

    def set(self, **values: object) -> None:
        changed = replace(self.settings.messages, **values)  # type: ignore[arg-type]
        self.settings = replace(self.settings, messages=changed)

    def wait_for(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def wait_for_another_try(self) -> None:
        asked = self.post.asked
        self.wait_for(lambda: self.post.asked > asked)

    def settle(self) -> None:
        """Wait until the messenger has looked at all that has happened so far."""
        looks = self.looks
        self.wait_for(lambda: self.looks > looks + 1)

    def look(self, now: float) -> Sequence[UserMessage]:
        """Count the rounds (``app.messenger.Watch``)."""
        self.looks += 1
        return ()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path)
    yield found
    found.messenger.close()
    found.database.close()


def test_what_happens_is_sent_at_once_where_nothing_was_lately(house: House) -> None:
    house.add()
    house.begin()
    house.messenger.take(FAILED)
    house.wait_for(lambda: house.post.letters)
    address, letter = house.post.letters[0]
    assert address == "ntfy://Phone-topic-secret"
    assert letter == Letter(
        "MediaProcessor (attic): A film failed", "X.mkv failed. ffmpeg stopped."
    )


def test_what_happens_soon_after_is_told_together_in_the_next_message(house: House) -> None:
    house.add()
    house.begin()
    house.messenger.take(FAILED)
    house.wait_for(lambda: house.post.letters)
    for _film in range(3):
        house.messenger.take(FAILED)
    house.settle()
    assert len(house.post.letters) == 1
    house.clock.advance(600)
    house.wait_for(lambda: len(house.post.letters) == 2)
    assert house.post.letters[1][1].title == "MediaProcessor (attic): 3 messages"


def test_what_comes_in_quiet_hours_is_told_together_afterwards(house: House) -> None:
    house.set(quiet_hours="mon-sun 22:00-07:00", pause_minutes=0)
    house.clock.time = NIGHT
    house.add()
    house.begin()
    house.messenger.take(FAILED)
    house.messenger.take(DONE)
    house.settle()
    assert house.post.letters == []
    house.clock.advance(8 * 3600)
    house.wait_for(lambda: house.post.letters)
    (letter,) = (letter for _address, letter in house.post.letters)
    assert letter.title.endswith("2 messages")
    assert "X.mkv failed." in letter.body


def test_quiet_hours_outlast_a_restart(house: House) -> None:
    house.set(quiet_hours="mon-sun 22:00-07:00")
    house.clock.time = NIGHT
    house.add()
    house.begin()
    house.messenger.take(FAILED)
    house.messenger.close()
    assert house.post.letters == []
    house.start()
    house.begin()
    house.clock.advance(9 * 3600)
    house.wait_for(lambda: house.post.letters)


def test_each_address_gets_what_it_was_chosen_for(house: House) -> None:
    house.set(pause_minutes=0)
    house.add("Phone", kinds=frozenset({MessageKind.QUEUE_DONE}))
    house.add("Mail", kinds=frozenset({MessageKind.FILM_FAILED}))
    house.add("Off", enabled=False)
    house.begin()
    house.messenger.take(FAILED)
    house.messenger.take(DONE)
    house.wait_for(lambda: len(house.post.letters) == 2)
    house.settle()
    told = {address: letter.title for address, letter in house.post.letters}
    assert told == {
        "ntfy://Phone-topic-secret": "MediaProcessor (attic): The queue is done",
        "ntfy://Mail-topic-secret": "MediaProcessor (attic): A film failed",
    }


def test_a_new_address_hears_nothing_of_the_past(house: House) -> None:
    house.add("First")
    house.begin()
    house.messenger.take(FAILED)
    house.wait_for(lambda: house.post.letters)
    house.add("Second")
    house.settle()
    assert len(house.post.letters) == 1


def test_an_address_that_fails_is_told_once_and_gets_all_of_it_later(house: House) -> None:
    house.post.refusing = True
    house.add()
    house.begin()
    for _film in range(3):
        house.messenger.take(FAILED)
        house.wait_for(lambda: house.post.asked)
    for _try in range(4):
        house.clock.advance(3600)
        house.wait_for_another_try()
    assert house.complaints == ["No message could be sent to Phone: the service cannot be reached."]
    assert house.store.addresses()[0].last_error == "the service cannot be reached."
    house.post.refusing = False
    house.clock.advance(3600)
    house.wait_for(lambda: house.post.letters)
    assert house.post.letters[0][1].title.endswith("3 messages")
    assert house.store.addresses()[0].last_error == ""


def test_the_end_of_a_run_is_told_before_the_program_ends(house: House) -> None:
    house.add()
    house.begin()
    house.messenger.take(FAILED)
    house.wait_for(lambda: house.post.letters)
    house.messenger.take(DONE)
    house.messenger.close()
    assert house.post.letters[-1][1].title.endswith("The queue is done")


def test_without_an_address_nothing_is_kept(house: House) -> None:
    house.begin()
    for _film in range(100):
        house.messenger.take(FAILED)
    house.messenger.close()
    assert house.store.after(0, 0.0) == ()


def test_what_everybody_has_is_forgotten(house: House) -> None:
    house.add()
    house.begin()
    house.messenger.take(FAILED)
    house.wait_for(lambda: house.post.letters)
    house.wait_for(lambda: house.store.after(0, 0.0) == ())


def test_messages_are_in_the_users_language(house: House) -> None:
    house.language = PageLanguage("nl", sentence=lambda text: f"NL {text}")
    house.add()
    house.begin()
    house.messenger.take(FAILED)
    house.wait_for(lambda: house.post.letters)
    assert house.post.letters[0][1].body.startswith("NL X.mkv")


def test_an_address_is_sealed_and_hidden_before_it_is_used(house: House) -> None:
    house.add()
    assert "ntfy://Phone-topic-secret" in house.hidden
    assert "Phone-topic-secret" in house.hidden
    assert b"topic-secret" not in (house.folder / "messages.db").read_bytes()
    with house.database.read() as connection:
        dump = "\n".join(connection.iterdump())
    assert "topic-secret" not in dump


@pytest.mark.parametrize(
    ("name", "address", "problem"),
    [
        ("", "ntfy://x-topic", "give it a name"),
        ("Phone", "ntfy://x-topic", "another address has this name"),
        ("Mail", "someone@example.org", "it looks like ntfy://"),
        ("Mail", "", "it looks like ntfy://"),
        ("Mail", "ntfy://a\nb", "it looks like ntfy://"),
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(
    house: House, name: str, address: str, problem: str
) -> None:
    house.add("phone")
    with pytest.raises(ConfigError, match=problem):
        house.messenger.addresses.save(MessageAddress(name, address))


def test_a_removed_address_leaves_no_secret_behind(house: House) -> None:
    address = house.add()
    house.messenger.addresses.remove(address.id)
    assert house.messenger.addresses.all() == ()
    assert "topic-secret" not in (house.folder / "secrets.json").read_text("utf-8")


def test_addresses_move_to_another_machine_as_sealed_keys(house: House, tmp_path: Path) -> None:
    house.add("Phone", kinds=frozenset({MessageKind.DISK_LOW}))
    keys = house.messenger.addresses.as_keys()
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    other = House(other_folder)
    other.messenger.addresses.take_keys(keys)
    other.messenger.addresses.take_keys(keys)
    (there,) = other.messenger.addresses.all()
    assert (there.name, there.address) == ("Phone", "ntfy://Phone-topic-secret")
    assert there.kinds == {MessageKind.DISK_LOW}
    other.database.close()
