"""News of the simulated world over HTTP, in the forms of NewsAPI and RSS.

* `GET /newsapi/v2/everything?q=&sources=&from=&to=&pageSize=&page=` and `/newsapi/v2/top-headlines`
  answer `{"status": "ok", "totalResults": n, "articles": [...]}`, newest first. A key in the header
  `X-Api-Key` or in `apiKey` is wanted, any will do.
* `GET /rss/{outlet}.xml` is an RSS 2.0 feed of the last 50 items with `ETag`; `GET /rss` lists the
  outlets.
* `GET /x/2/tweets/search/recent?max_results=&since_id=` answers what Chirp carries in the form of
  X's API v2.

Outlets and their delays are those of `connectors.sandbox.stories`; every text says SIMULATED.
"""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.frames import Frame
from connectors.sandbox.gamma import iso
from connectors.sandbox.replies import refuse, reply
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.stories import OUTLETS, Outlet, Story

PAGE, MAX_PAGE = 20, 100
RSS_ITEMS = 50
SOCIAL = "social"
SOCIAL_NAME = next(outlet.name for outlet in OUTLETS if outlet.kind == SOCIAL)


class NewsFeed:
    """Serves the wire."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        return [
            Route("/newsapi/v2/everything", self.everything),
            Route("/newsapi/v2/top-headlines", self.everything),
            Route("/rss", self.outlets),
            Route("/rss/{outlet}.xml", self.rss),
            Route("/x/2/tweets/search/recent", self.posts),
        ]

    async def everything(self, request: Request) -> Response:
        """Articles in NewsAPI's form."""
        query = request.query_params
        if not (request.headers.get("x-api-key") or query.get("apiKey")):
            missing = "Your API key is missing. Append this to the URL with the apiKey param."
            body = {"status": "error", "code": "apiKeyMissing", "message": missing}
            return reply(body, 401)
        stories = [each for each in self._newest() if _fits(each, query)]
        size = min(int(query.get("pageSize", PAGE)), MAX_PAGE)
        start = (max(int(query.get("page", "1")), 1) - 1) * size
        articles = [_article(each) for each in stories[start : start + size]]
        return reply({"status": "ok", "totalResults": len(stories), "articles": articles})

    async def outlets(self, request: Request) -> Response:
        """The RSS feeds there are."""
        return reply([{"id": o.name, "title": o.title, "kind": o.kind} for o in OUTLETS])

    async def rss(self, request: Request) -> Response:
        """One outlet's feed."""
        name = request.path_params["outlet"]
        outlet = next((each for each in OUTLETS if each.name == name), None)
        if outlet is None:
            return refuse(f"no outlet {name}", 404)
        stories = [each for each in self._newest() if each.outlet is outlet][:RSS_ITEMS]
        text = _rss(outlet, stories).encode()
        tag = f'"{hashlib.sha256(text).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(text, media_type="application/rss+xml", headers={"ETag": tag})

    async def posts(self, request: Request) -> Response:
        """Posts in the form of X's recent search."""
        query = request.query_params
        stories = [each for each in self._newest() if each.outlet.kind == SOCIAL]
        since = query.get("since_id", "")
        if since.isdecimal():
            stories = [each for each in stories if _number(each) > int(since)]
        shown = stories[: min(int(query.get("max_results", "10")), MAX_PAGE)]
        rows = [
            {
                "id": str(_number(each)),
                "text": each.headline,
                "author_id": "1",
                "created_at": iso(each.at_ms),
            }
            for each in shown
        ]
        users = [{"id": "1", "username": SOCIAL_NAME}]
        meta: Frame = {"result_count": len(rows)}
        if rows:
            meta |= {"newest_id": rows[0]["id"], "oldest_id": rows[-1]["id"]}
        return reply({"data": rows, "includes": {"users": users}, "meta": meta})

    def _newest(self) -> list[Story]:
        world = self._sandbox.world
        return world.wire.stories[::-1] if world is not None else []


def _fits(story: Story, query: QueryParams) -> bool:
    choices = [choice.split() for choice in query.get("q", "").lower().split(" or ")]
    text = f"{story.headline} {story.body}".lower()
    sources = query.get("sources", "")
    day = iso(story.at_ms)
    return (
        any(all(word.strip('"+') in text for word in words) for words in choices)
        and (not sources or story.outlet.name in sources.split(","))
        and day >= query.get("from", "")
        and day <= query.get("to", "9999")
        and story.outlet.kind != SOCIAL
    )


def _article(story: Story) -> Frame:
    return {
        "source": {"id": story.outlet.name, "name": story.outlet.title},
        "author": None,
        "title": story.headline,
        "description": story.body,
        "url": story.url,
        "urlToImage": None,
        "publishedAt": iso(story.at_ms),
        "content": story.body,
    }


def _number(story: Story) -> int:
    """An id that grows with time, as X's do."""
    return story.at_ms * 4_096 + int(story.story_id[:3], 16)


def _rss(outlet: Outlet, stories: list[Story]) -> str:
    items = "".join(
        f"<item><title>{escape(each.headline)}</title><link>{each.url}</link>"
        f'<guid isPermaLink="false">{each.story_id}</guid>'
        f"<description>{escape(each.body)}</description>"
        f"<pubDate>{_rfc822(each.at_ms)}</pubDate></item>"
        for each in stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{escape(outlet.title)}</title><link>https://{outlet.name}.example/</link>"
        f"<description>SIMULATED news</description>{items}</channel></rss>"
    )


def _rfc822(at_ms: int) -> str:
    return format_datetime(datetime.fromtimestamp(at_ms / 1000, UTC))
