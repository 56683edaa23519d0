"""One stream of changes to many clients, fast, slow and dead, without growth.

A client's mailbox holds the keys that changed since it last took, not the messages: whoever is slow
gets the newest value of each key, once. A value is made when the first client takes it, and then
shared. What waits is bounded by the number of keys, however much is published.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Mailbox:
    """What one client has still to be told.

    Attributes:
        taken: Values handed over so far.
        conflated: Changes that were overtaken by a newer one of their key before they were taken.
    """

    def __init__(self, subject: "Subject") -> None:
        """Begin empty.

        Args:
            subject: What it is subscribed to.
        """
        self._subject = subject
        self._keys: dict[str, None] = {}
        self._news = asyncio.Event()
        self.taken = 0
        self.conflated = 0

    def __len__(self) -> int:
        """How many keys wait."""
        return len(self._keys)

    def put(self, key: str) -> None:
        """A key changed."""
        if key in self._keys:
            self.conflated += 1
            return
        self._keys[key] = None
        self._news.set()

    async def take(self, patience_s: float) -> list[bytes]:
        """The newest value of everything that changed; none when nothing did in time.

        Args:
            patience_s: How long to wait.
        """
        try:
            await asyncio.wait_for(self._news.wait(), patience_s)
        except TimeoutError:
            return []
        self._news.clear()
        keys, self._keys = self._keys, {}
        self.taken += len(keys)
        return [self._subject.value(key) for key in keys]


class Subject:
    """One thing that clients follow: a book, a bot's positions, all bots."""

    def __init__(self, render: Callable[[str], bytes]) -> None:
        """Begin without clients.

        Args:
            render: Makes the message about a key from the present.
        """
        self._render = render
        self._values: dict[str, bytes] = {}
        self._mailboxes: set[Mailbox] = set()

    def changed(self, key: str) -> None:
        """Tell every client that the value of a key is another one."""
        self._values.pop(key, None)
        for mailbox in self._mailboxes:
            mailbox.put(key)

    def value(self, key: str) -> bytes:
        """The message about a key, made once for all clients."""
        value = self._values.get(key)
        if value is None:
            value = self._values[key] = self._render(key)
        return value

    @contextmanager
    def subscribed(self) -> Iterator[Mailbox]:
        """A mailbox, as long as the client is there."""
        mailbox = Mailbox(self)
        self._mailboxes.add(mailbox)
        try:
            yield mailbox
        finally:
            self._mailboxes.discard(mailbox)
            if not self._mailboxes:
                self._values.clear()

    @property
    def clients(self) -> int:
        """How many follow it."""
        return len(self._mailboxes)

    @property
    def waiting(self) -> int:
        """Keys that its clients have still to be told."""
        return sum(map(len, self._mailboxes))


class Fanout:
    """Subjects by name; one without clients costs nothing."""

    def __init__(self) -> None:
        """Begin without clients."""
        self._subjects: dict[str, Subject] = {}

    @contextmanager
    def follow(self, name: str, render: Callable[[str], bytes]) -> Iterator[Mailbox]:
        """Follow a subject as long as the client is there.

        Args:
            name: The subject's.
            render: Makes its messages; the first client's is used.
        """
        subject = self._subjects.get(name)
        if subject is None:
            subject = self._subjects[name] = Subject(render)
        try:
            with subject.subscribed() as mailbox:
                yield mailbox
        finally:
            if not subject.clients:
                self._subjects.pop(name, None)

    def changed(self, name: str, key: str) -> None:
        """A key of a subject changed; nothing happens where nobody follows it."""
        subject = self._subjects.get(name)
        if subject is not None:
            subject.changed(key)

    @property
    def clients(self) -> int:
        """How many clients there are."""
        return sum(subject.clients for subject in self._subjects.values())

    @property
    def waiting(self) -> int:
        """Keys that all clients have still to be told."""
        return sum(subject.waiting for subject in self._subjects.values())
