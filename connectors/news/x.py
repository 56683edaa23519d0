"""X: `GET /2/tweets/search/recent` (docs.x.com, recent search), bearer token, by `since_id`."""

from collections.abc import Sequence

import msgspec

from connectors.feeds.feed import Feed, Request, decode, head, millis
from connectors.news.rss import plain
from schemas.envelope import Message
from schemas.outside import NewsItem, Outlet
from topics.catalog import NEWS_ITEMS


class _Post(msgspec.Struct):
    id: str
    text: str
    created_at: str
    author_id: str = ""


class _User(msgspec.Struct):
    id: str
    username: str


class _Includes(msgspec.Struct):
    users: list[_User] = msgspec.field(default_factory=list)


class _Meta(msgspec.Struct):
    newest_id: str = ""


class _Answer(msgspec.Struct):
    data: list[_Post] = msgspec.field(default_factory=list)
    includes: _Includes = msgspec.field(default_factory=_Includes)
    meta: _Meta = msgspec.field(default_factory=_Meta)


class XFeed(Feed):
    """Posts that match a query since the last one read."""

    name = "x"
    topic = NEWS_ITEMS

    def __init__(self, base: str, token: str, query: str, every_s: float) -> None:
        """Name it.

        Args:
            base: The host, e.g. `https://api.x.com`.
            token: Bearer token of the application.
            query: X's search expression, e.g. `from:Reuters -is:retweet`.
            every_s: Session seconds between two looks.
        """
        self.every_s = every_s
        self._url = f"{base.rstrip('/')}/2/tweets/search/recent"
        self._token = token
        self._query = query
        self._newest = ""

    def requests(self, now: int) -> Sequence[Request]:
        """What came after the newest that was read."""
        params = {
            "query": self._query,
            "tweet.fields": "created_at,author_id",
            "expansions": "author_id",
            "max_results": "100",
        }
        if self._newest:
            params["since_id"] = self._newest
        return (Request(self._url, params, {"Authorization": f"Bearer {self._token}"}),)

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """Posts, oldest first."""
        answer = decode(body, _Answer, self.name)
        names = {user.id: user.username for user in answer.includes.users}
        items = [self._item(post, names.get(post.author_id, ""), now) for post in answer.data]
        self._newest = answer.meta.newest_id or self._newest
        return sorted(items, key=lambda item: item.event_time)

    def _item(self, post: _Post, author: str, now: int) -> Message:
        return NewsItem(
            **head(self.name, now, millis(post.created_at, self.name), post.id),
            item_id=post.id,
            outlet=f"x/{author or post.author_id}",
            kind=Outlet.SOCIAL,
            headline=plain(post.text),
            url=f"https://x.com/{author}/status/{post.id}" if author else "",
        )
