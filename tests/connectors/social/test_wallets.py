"""Other people's wallets: RTDS frames, Data API rows, histories; attention."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.feeds.feed import FeedFormatError
from connectors.social.kaito import KaitoFeed
from connectors.social.leaders import LeadersFeed
from connectors.social.wallet_trades import read_page, read_push
from schemas.outside import AttentionScore, WalletResolved, WalletTrade
from schemas.values import Action, Side

NOW = 1_795_802_425_000
RECORDED = Path("../shared/data/polymarket/wallet_activity_2026-01.jsonl.gz")
PAYLOAD = {
    "proxyWallet": "0xABC",
    "side": "SELL",
    "asset": "123",
    "conditionId": "0x01",
    "size": 4.5,
    "price": 0.21,
    "timestamp": 1_795_802_424,
    "outcomeIndex": 1,
    "transactionHash": "0xfe",
    "title": "Will it?",
}
ROW = {
    "proxy_wallet": "0xabc",
    "side": "SELL",
    "condition_id": "0x01",
    "token_id": "123",
    "size": "4.5",
    "price": "0.21",
    "timestamp": 1_795_802_424,
    "outcome_index": 1,
    "transaction_hash": "0xfe",
}


def push(payload: object, topic: str = "activity", kind: str = "trades") -> bytes:
    frame = {"topic": topic, "type": kind, "timestamp": NOW, "payload": payload}
    return json.dumps(frame).encode()


def test_a_trade_of_the_stream() -> None:
    trade = read_push(push(PAYLOAD), NOW)
    assert trade is not None
    assert (trade.wallet, trade.side, trade.action) == ("0xabc", Side.NO, Action.SELL)
    assert (trade.price, trade.size) == (Decimal("0.21"), Decimal("4.5"))
    assert (trade.event_time, trade.ingest_time) == (1_795_802_424_000, NOW)


def test_the_stream_and_the_page_name_a_trade_alike() -> None:
    pushed = read_push(push(PAYLOAD), NOW)
    (read,) = read_page(json.dumps({"data": [ROW], "pagination": {}}).encode(), NOW + 5_000)
    assert pushed is not None
    assert pushed.event_id == read.event_id


@pytest.mark.parametrize("frame", [b"PONG", push({}, "comments"), push({}, kind="orders_matched")])
def test_what_is_no_trade_is_passed_over(frame: bytes) -> None:
    assert read_push(frame, NOW) is None


def test_a_trade_of_another_form_is_refused() -> None:
    with pytest.raises(FeedFormatError, match="wallets's documented answer"):
        read_push(push({"proxyWallet": "0x1"}), NOW)


@pytest.mark.skipif(not RECORDED.is_file(), reason=f"no recorded wallet activity at {RECORDED}")
def test_recorded_trades_are_read_to_the_last_digit() -> None:
    lines = gzip.decompress(RECORDED.read_bytes()).splitlines()
    for line in lines:
        recorded = json.loads(line, parse_float=Decimal)["trade"]
        trade = read_push(
            b'{"topic":"activity","type":"trades","payload":'
            + line[line.index(b'"trade":') + 8 : -1]
            + b"}",
            NOW,
        )
        assert trade is not None
        assert (trade.price, trade.size) == (recorded["price"], recorded["size"])
        assert trade.market_id == recorded["conditionId"]
    assert lines


def test_leaders_are_read_once_a_day_and_their_histories_once() -> None:
    feed = LeadersFeed("https://data.test", 2, 60)
    (board,) = feed.requests(NOW)
    leaders = {"data": [{"rank": 1, "user_id": "0xB"}, {"rank": 2, "user_id": "0xA"}]}
    assert feed.parse(board, json.dumps(leaders).encode(), NOW) == []
    assert feed.wallets == {"0xa", "0xb"}
    first, second, *trades = feed.requests(NOW)
    assert [first.params["user"], second.params["user"]] == ["0xa", "0xb"]
    assert len(trades) == 2
    position = {
        "token_id": "1",
        "condition_id": "0x01",
        "current_size": "0",
        "avg_price": "0.40",
        "entry_cost_usdc": "20",
        "current_price": "1",
        "resolved_at": 1_795_800_000,
    }
    open_one = position | {"current_price": "0.55"}
    body = json.dumps({"data": [position, open_one]}).encode()
    (resolved,) = feed.parse(first, body, NOW)
    assert isinstance(resolved, WalletResolved)
    assert (resolved.wallet, resolved.size, resolved.payout) == ("0xa", Decimal(50), Decimal(1))
    assert resolved.event_time == 1_795_800_000_000
    feed.parse(second, b'{"data": []}', NOW)
    assert {request.subject for request in feed.requests(NOW)} == {"trades"}
    (traded,) = feed.parse(trades[0], json.dumps({"data": [ROW]}).encode(), NOW)
    assert isinstance(traded, WalletTrade)
    (again,) = feed.requests(NOW + 86_400_000)
    assert again.url == "https://data.test/v2/leaderboard"


def test_kaito_says_the_newest_days_share() -> None:
    feed = KaitoFeed("https://kaito.test", "k", {"BTC": "0x07"}, 3600)
    (request,) = feed.requests(NOW)
    assert (request.params, request.headers) == ({"token": "BTC"}, {"x-api-key": "k"})
    body = b'{"mindshare": {"2026-11-26": 0.5, "2026-11-27": 0.25}}'
    (score,) = feed.parse(request, body, NOW)
    assert isinstance(score, AttentionScore)
    assert (score.market_id, score.score, score.event_time) == ("0x07", 25.0, 1_795_737_600_000)
    assert feed.parse(request, b'{"mindshare": {}}', NOW) == []
