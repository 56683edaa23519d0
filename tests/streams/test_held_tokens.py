from decimal import Decimal

import pytest
from msgspec.structs import replace

from schemas.ids import VenueEventId
from schemas.market import MarketResolved
from schemas.portfolio import PositionState
from schemas.trading import Fill, TradeStatusChanged
from schemas.values import Side, TradeStatus
from schemas.wallet_truths import AssetTruth
from streams.held_tokens import COLLATERAL, SETTLE_MS, HeldTokens, Said
from tests.streams.account_messages import (
    ACCOUNT,
    BOT_1,
    BOT_5,
    BUY,
    MARKET,
    T0,
    YES,
    Stream,
    a_market,
    an_order,
)

STREAM = Stream()
LISTED = a_market()
TOKEN = LISTED.yes_token_id
SILENCE = Said(None, None, None)


def position(bot: str, size: str, token: str = TOKEN) -> PositionState:
    return PositionState(
        **STREAM.head(1),
        position_id=f"{bot}/{token}",
        bot_id=BOT_1,
        account_id=ACCOUNT,
        venue_event_id=VenueEventId("event"),
        market_id=MARKET,
        token_id=LISTED.yes_token_id if token == TOKEN else LISTED.no_token_id,
        side=Side.YES,
        size=Decimal(size),
        entry_price=Decimal("0.4"),
        mark=None,
        realised_pnl=Decimal(0),
        unrealised_pnl=Decimal(0),
        fees=Decimal(0),
        zone=None,
        opened_at=0,
    )


def held(*sizes: str) -> HeldTokens:
    found = HeldTokens()
    found.hear(STREAM.listed(0, LISTED))
    for number, size in enumerate(sizes):
        found.hear(position(f"bot_{number}", size))
    return found


def one(found: HeldTokens, said: Said, token: str = TOKEN, now: int = T0) -> AssetTruth:
    (asset,) = found.assets({token: said}, now)
    return asset


def fill(status: TradeStatus) -> Fill:
    order = an_order(YES, BUY, "0.40", "10", bot=BOT_5)
    return replace(STREAM.fill(2, order), trade_status=status)


def test_the_positions_of_all_bots_are_one_holding() -> None:
    found = held("10", "5")
    assert found.tokens() == (TOKEN,)
    assert one(found, SILENCE).ours == 15
    found.hear(position("bot_0", "0"))
    assert one(found, SILENCE).ours == 5
    found.hear(position("bot_1", "0"))
    assert found.tokens() == ()


@pytest.mark.parametrize("final", [TradeStatus.CONFIRMED, TradeStatus.FAILED])
def test_a_fill_that_may_be_taken_back_moves_tokens_and_dollars_until_it_is_final(
    final: TradeStatus,
) -> None:
    found, made = held(), fill(TradeStatus.MATCHED)
    found.hear(made)
    assert found.tokens() == (made.token_id,)
    assert one(found, SILENCE).moving == 10
    assert one(found, SILENCE, COLLATERAL).moving == 4 + made.fee
    changed = TradeStatusChanged(**STREAM.head(3), fill=made, status=TradeStatus.MINED)
    found.hear(changed)
    assert one(found, SILENCE).moving == 10
    found.hear(replace(changed, status=final))
    assert one(found, SILENCE, now=T0 + SETTLE_MS).moving == 10, "others may not know it yet"
    assert one(found, SILENCE, now=T0 + 4 + SETTLE_MS).moving == 0
    assert found.tokens() == ()


def test_a_resolved_market_is_asked_after_until_the_chain_has_nothing_of_it() -> None:
    found = held("10")
    found.hear(MarketResolved(**STREAM.head(3), market_id=MARKET, yes_payout=Decimal(1)))
    found.hear(position("bot_0", "0"))
    assert found.tokens() == (TOKEN,)
    seen = one(found, Said(None, None, Decimal(10)))
    assert (seen.resolved, seen.payout, seen.outcome, seen.ours) == (
        True,
        Decimal(1),
        0,
        Decimal(0),
    )
    assert found.tokens() == (TOKEN,)
    one(found, Said(None, None, Decimal(0)))
    assert found.tokens() == ()


def test_dollars_are_compared_among_those_that_know_them() -> None:
    asset = one(held(), Said(Decimal(90), None, Decimal(100)), COLLATERAL)
    assert (asset.ours, asset.venue, asset.chain) == (Decimal(90), Decimal(90), Decimal(100))
    assert one(held(), Said(None, None, Decimal(7)), COLLATERAL).ours == 7
    assert one(held(), SILENCE, COLLATERAL).said == ()


def test_tokens_of_markets_that_nobody_listed_say_nothing() -> None:
    assert held().assets({"999": Said(None, Decimal(5), None)}, T0) == ()
