"""NewsAPI: `GET /v2/everything` (newsapi.org/docs/endpoints/everything), key in `X-Api-Key`."""

from collections.abc import Sequence

import msgspec

from connectors.feeds.feed import Feed, FeedFormatError, Request, decode, head, millis
from connectors.news.rss import BODY_CHARS, plain
from schemas.envelope import Message
from schemas.outside import NewsItem, Outlet
from topics.catalog import NEWS_ITEMS

PAGE = "100"


class _Source(msgspec.Struct):
    name: str = ""
    id: str | None = None


class _Article(msgspec.Struct, rename="camel"):
    source: _Source
    title: str | None
    published_at: str
    url: str = ""
    description: str | None = None


class _Answer(msgspec.Struct):
    status: str
    articles: list[_Article] = msgspec.field(default_factory=list)
    code: str = ""
    message: str = ""


class NewsApiFeed(Feed):
    """Everything that matches a query, newest first at the source."""

    name = "newsapi"
    topic = NEWS_ITEMS

    def __init__(self, base: str, key: str, query: str, every_s: float) -> None:
        """Name it.

        Args:
            base: The host, e.g. `https://newsapi.org`.
            key: API key.
            query: NewsAPI's search expression.
            every_s: Session seconds between two looks.
        """
        self.every_s = every_s
        self._url = f"{base.rstrip('/')}/v2/everything"
        self._key = key
        self._query = query

    def requests(self, now: int) -> Sequence[Request]:
        """The newest page."""
        params = {"q": self._query, "language": "en", "sortBy": "publishedAt", "pageSize": PAGE}
        return (Request(self._url, params, {"X-Api-Key": self._key}),)

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """Articles, oldest first; withdrawn ones have no title and are left out."""
        answer = decode(body, _Answer, self.name)
        if answer.status != "ok":
            raise FeedFormatError(
                f"Expected newsapi to answer ok, received {answer.code or answer.status}: "
                f"{answer.message}. Check key, plan and query in feeds.yaml."
            )
        items = [self._item(each, now) for each in answer.articles if _is_there(each)]
        return sorted(items, key=lambda item: item.event_time)

    def _item(self, article: _Article, now: int) -> Message:
        at = millis(article.published_at, self.name)
        headline = plain(article.title or "")
        item_id = article.url or headline
        return NewsItem(
            **head(self.name, now, at, item_id, headline),
            item_id=item_id,
            outlet=article.source.id or article.source.name,
            kind=Outlet.AGGREGATOR,
            headline=headline,
            body=plain(article.description or "")[:BODY_CHARS],
            url=article.url,
        )


def _is_there(article: _Article) -> bool:
    return bool(article.title) and article.title != "[Removed]"
