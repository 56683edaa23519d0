"""RSS, NewsAPI and X: payloads of the documented form to news items."""

import json

import pytest

from connectors.feeds.feed import FeedFormatError, Request
from connectors.news.newsapi import NewsApiFeed
from connectors.news.rss import RssFeed, plain
from connectors.news.x import XFeed
from schemas.outside import NewsItem, Outlet

NOW = 1_795_800_000_000
ASKED = Request("http://test")

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Wire</title>
<item><title>Senate &amp; House agree</title><link>https://wire.test/2</link>
<guid isPermaLink="false">two</guid><pubDate>Fri, 27 Nov 2026 18:00:00 GMT</pubDate>
<description>&lt;p&gt;They &lt;b&gt;did&lt;/b&gt;.&lt;/p&gt;</description></item>
<item><title>Court blocks merger</title><link>https://wire.test/1</link>
<pubDate>Fri, 27 Nov 2026 12:30:00 -0500</pubDate></item>
<item><link>https://wire.test/0</link></item>
</channel></rss>"""
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>
<entry><id>tag:a</id><title>Fed holds</title><updated>2026-11-27T18:00:00Z</updated>
<link href="https://atom.test/a"/></entry></feed>"""


def rss() -> RssFeed:
    return RssFeed("wire", Outlet.WIRE, "http://wire.test/rss", 15)


def items(messages: list) -> list[NewsItem]:  # type: ignore[type-arg]
    assert all(isinstance(message, NewsItem) for message in messages)
    return messages


def test_rss_items_come_oldest_first_as_plain_text() -> None:
    first, second = items(rss().parse(ASKED, RSS, NOW))
    assert (first.headline, first.item_id) == ("Court blocks merger", "https://wire.test/1")
    assert first.event_time == 1_795_800_600_000
    assert (second.headline, second.body) == ("Senate & House agree", "They did .")
    assert (second.item_id, second.url) == ("two", "https://wire.test/2")
    assert (second.kind, second.outlet, second.ingest_time) == (Outlet.WIRE, "wire", NOW)


def test_atom_is_read_too() -> None:
    (item,) = items(rss().parse(ASKED, ATOM, NOW))
    assert (item.headline, item.url, item.event_time) == (
        "Fed holds",
        "https://atom.test/a",
        1_795_802_400_000,
    )


def test_an_item_keeps_its_id_and_a_corrected_title_is_another() -> None:
    (one,) = rss().parse(ASKED, ATOM, NOW)
    (same,) = rss().parse(ASKED, ATOM, NOW + 60_000)
    (corrected,) = rss().parse(ASKED, ATOM.replace(b"holds", b"cuts"), NOW)
    assert one.event_id == same.event_id != corrected.event_id


@pytest.mark.parametrize("body", [b"", b"<html><body>no feed</body></html>", b"\x00\x01", b"{}"])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(FeedFormatError, match=r"feeds\.yaml"):
        rss().parse(ASKED, body, NOW)


def test_an_empty_feed_is_no_error() -> None:
    body = b"<?xml version='1.0'?><rss version='2.0'><channel><title>x</title></channel></rss>"
    assert rss().parse(ASKED, body, NOW) == []


def test_plain_text() -> None:
    assert plain("<a href='x'>A&amp;B</a>\n  &lt;tag&gt; ") == "A&B <tag>"


def newsapi() -> NewsApiFeed:
    return NewsApiFeed("https://newsapi.test/", "k", "fed OR senate", 60)


ARTICLE = {
    "source": {"id": "reuters", "name": "Reuters"},
    "author": "A. Author",
    "title": "Senate passes bill",
    "description": "The <b>bill</b> passed.",
    "url": "https://reuters.test/a",
    "urlToImage": None,
    "publishedAt": "2026-11-27T17:00:00Z",
    "content": "…",
}


def test_newsapi_articles() -> None:
    removed = ARTICLE | {"title": "[Removed]", "url": "https://removed.com"}
    nameless = ARTICLE | {
        "source": {"id": None, "name": "Some Paper"},
        "description": None,
        "url": "https://some.test/b",
        "publishedAt": "2026-11-27T16:00:00Z",
    }
    body = {"status": "ok", "totalResults": 3, "articles": [ARTICLE, removed, nameless]}
    older, newer = items(newsapi().parse(ASKED, json.dumps(body).encode(), NOW))
    assert (older.outlet, older.body) == ("Some Paper", "")
    assert (newer.outlet, newer.body) == ("reuters", "The bill passed.")
    assert (newer.kind, newer.event_time) == (Outlet.AGGREGATOR, 1_795_798_800_000)


def test_newsapi_asks_with_its_key_in_the_header() -> None:
    (request,) = newsapi().requests(NOW)
    assert request.url == "https://newsapi.test/v2/everything"
    assert request.headers["X-Api-Key"] == "k"
    assert request.params["q"] == "fed OR senate"


def test_newsapi_says_what_is_wrong() -> None:
    body = b'{"status": "error", "code": "apiKeyInvalid", "message": "Your API key is invalid"}'
    with pytest.raises(FeedFormatError, match="apiKeyInvalid"):
        newsapi().parse(ASKED, body, NOW)


def test_x_goes_on_where_it_stopped() -> None:
    feed = XFeed("https://x.test", "token", "from:Reuters", 30)
    (first,) = feed.requests(NOW)
    assert "since_id" not in first.params
    assert first.headers["Authorization"] == "Bearer token"
    body = {
        "data": [
            {
                "id": "12",
                "text": "Fed holds",
                "created_at": "2026-11-27T18:00:01Z",
                "author_id": "5",
            },
            {
                "id": "11",
                "text": "A &amp; B",
                "created_at": "2026-11-27T18:00:00Z",
                "author_id": "6",
            },
        ],
        "includes": {"users": [{"id": "5", "username": "Reuters", "name": "Reuters"}]},
        "meta": {"newest_id": "12", "oldest_id": "11", "result_count": 2},
    }
    older, newer = items(feed.parse(first, json.dumps(body).encode(), NOW))
    assert (older.headline, older.outlet, older.url) == ("A & B", "x/6", "")
    assert (newer.outlet, newer.kind) == ("x/Reuters", Outlet.SOCIAL)
    assert newer.url == "https://x.com/Reuters/status/12"
    assert feed.parse(first, b'{"meta": {"result_count": 0}}', NOW) == []
    (again,) = feed.requests(NOW)
    assert again.params["since_id"] == "12"
