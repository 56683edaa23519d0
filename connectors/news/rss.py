"""RSS and Atom: Reuters, Bloomberg and whoever else publishes a feed.

Only the text is parsed by `feedparser`; fetching is the poller's business.
"""

import calendar
import re
from collections.abc import Sequence
from html import unescape

import feedparser

from connectors.feeds.feed import Feed, FeedFormatError, Request, head
from schemas.envelope import Message
from schemas.outside import NewsItem, Outlet
from topics.catalog import NEWS_ITEMS

BODY_CHARS = 1_000
_TAG = re.compile(r"<[^>]+>")


class RssFeed(Feed):
    """One address of one outlet."""

    topic = NEWS_ITEMS

    def __init__(self, outlet: str, kind: Outlet, url: str, every_s: float) -> None:
        """Name it.

        Args:
            outlet: Who publishes, e.g. "reuters"; part of the feed's name.
            kind: Its weight's class.
            url: Address of the feed.
            every_s: Session seconds between two looks.
        """
        self.name = f"rss-{outlet}"
        self.every_s = every_s
        self._outlet = outlet
        self._kind = kind
        self._url = url

    def requests(self, now: int) -> Sequence[Request]:
        """The address."""
        return (Request(self._url),)

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """Items, oldest first; one without a title says nothing and is left out."""
        document = feedparser.parse(body)
        if not document.get("version"):
            raise FeedFormatError(
                f"Expected RSS or Atom at {self.name}'s address, received {body[:80]!r}. "
                "Check the address in feeds.yaml."
            )
        items = [self._item(entry, now) for entry in document.entries if entry.get("title")]
        return sorted(items, key=lambda item: item.event_time)

    def _item(self, entry: feedparser.FeedParserDict, now: int) -> Message:
        stamp = entry.get("published_parsed") or entry.get("updated_parsed")
        at = calendar.timegm(stamp) * 1000 if stamp else now
        url = str(entry.get("link") or "")
        headline = plain(str(entry["title"]))
        item_id = str(entry.get("id") or url or headline)
        return NewsItem(
            **head(self.name, now, at, item_id, headline),
            item_id=item_id,
            outlet=self._outlet,
            kind=self._kind,
            headline=headline,
            body=plain(str(entry.get("summary") or ""))[:BODY_CHARS],
            url=url,
        )


def plain(text: str) -> str:
    """A text without markup, entities and repeated spaces."""
    return " ".join(unescape(_TAG.sub(" ", text)).split())
