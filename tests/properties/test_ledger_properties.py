"""The ledger over generated trades: G.1, G.18, and episodes that lose nothing on the way."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import MarketId
from schemas.values import Action, Side
from streams.account import Account
from streams.account_facts import Fact
from streams.account_state import AccountRules
from streams.breaker_state import BreakerLimits
from streams.episodes import ClosedEpisode
from streams.exposure import held
from tests.streams.account_messages import (
    ACCOUNT,
    BOT_5,
    BUY,
    MARKET,
    NO,
    SELL,
    YES,
    Stream,
    a_market,
    an_order,
)

RULES = AccountRules(
    breakers=BreakerLimits(
        consecutive_losses=3,
        pause_ms=86_400_000,
        daily_loss=Decimal("0.05"),
        bot_drawdown=Decimal("0.25"),
        portfolio_drawdown=Decimal("0.40"),
    ),
    redeem_gas=Decimal(0),
)
CENTS = st.integers(1, 99)
SIZES = st.integers(1, 100_000).map(lambda lots: Decimal(lots) / 100)
TRADES = st.lists(
    st.tuples(st.sampled_from((YES, NO)), st.sampled_from((BUY, SELL)), CENTS, SIZES), max_size=30
)
PAYOUTS = st.sampled_from((Decimal(0), Decimal("0.5"), Decimal(1)))
Trade = tuple[Side, Action, int, Decimal]


def new_account(dust: str = "0.01") -> tuple[Account, Stream]:
    stream, account = Stream(), Account(ACCOUNT, RULES)
    account.apply(stream.listed(0, a_market(min_size=dust)))
    account.apply(stream.capital(0, BOT_5, "10000000"))
    return account, stream


def play(account: Account, stream: Stream, trades: list[Trade]) -> list[Fact]:
    """Apply trades; a SELL takes at most what is held."""
    facts: list[Fact] = []
    for side, action, cents, size in trades:
        stake = account.state.ledger.bots[BOT_5].stakes.get(MARKET)
        if action is SELL:
            size = min(size, Decimal(0) if stake is None else stake.size(side))
        if size:
            order = an_order(side, action, f"{Decimal(cents) / 100}", f"{size}")
            facts += account.apply(stream.fill(1, order))
    return facts


@given(TRADES, PAYOUTS)
def test_equity_is_flows_plus_realised_plus_unrealised_exactly(
    trades: list[Trade], payout: Decimal
) -> None:
    account, stream = new_account()
    bot = account.state.ledger.bots[BOT_5]
    play(account, stream, trades)
    for message in (
        stream.mark(2, "0.41", "0.52"),
        stream.mark(3, None, "0.52", good=False),
        stream.tick(400_000),
        stream.resolved(500_000, f"{payout}"),
        stream.tick(90_000_000),
    ):
        account.apply(message)
        assert bot.equity == bot.flows + bot.realised + bot.unrealised
        assert bot.cash == (
            bot.flows - bot.bought + bot.sold + bot.settled - bot.receivable - bot.fees
        )
        assert account.state.ledger.wallet == bot.cash
    assert bot.value == bot.cost == bot.receivable == 0


@given(TRADES, PAYOUTS)
def test_episodes_add_up_to_what_was_earned(trades: list[Trade], payout: Decimal) -> None:
    account, stream = new_account()
    facts = play(account, stream, trades)
    facts += account.apply(stream.resolved(2, f"{payout}"))
    results = sum((fact.pnl for fact in facts if isinstance(fact, ClosedEpisode)), Decimal(0))
    bot = account.state.ledger.bots[BOT_5]
    assert results == bot.equity - bot.flows


@given(TRADES, SIZES)
def test_a_merge_costs_gas_and_nothing_else(trades: list[Trade], size: Decimal) -> None:
    account, stream = new_account()
    play(account, stream, trades)
    play(account, stream, [(YES, BUY, 45, size), (NO, BUY, 50, size)])
    account.apply(stream.mark(2, "0.41", "0.52"))
    bot = account.state.ledger.bots[BOT_5]
    before = bot.equity
    account.apply(stream.merged(3, f"{size}", bot=BOT_5, gas="0.01"))
    assert bot.equity == before - Decimal("0.01")
    assert bot.equity == bot.flows + bot.realised + bot.unrealised


@given(CENTS, CENTS, SIZES, PAYOUTS)
def test_a_locked_pair_earns_its_floor_in_every_resolution(
    yes: int, no: int, size: Decimal, payout: Decimal
) -> None:
    account, stream = new_account()
    play(account, stream, [(YES, BUY, yes, size), (NO, BUY, no, size)])
    account.apply(stream.resolved(2, f"{payout}"))
    bot = account.state.ledger.bots[BOT_5]
    assert bot.equity - bot.flows == size * (1 - Decimal(yes + no) / 100)


@given(st.lists(CENTS, min_size=2, max_size=6), SIZES, st.data())
def test_a_complete_set_of_outcomes_pays_one_dollar(
    prices: list[int], size: Decimal, data: st.DataObject
) -> None:
    stream, account = Stream(), Account(ACCOUNT, RULES)
    account.apply(stream.capital(0, BOT_5, "10000000"))
    ids = [MarketId(f"0x{number}") for number in range(len(prices))]
    for market, cents in zip(ids, prices, strict=True):
        account.apply(stream.listed(0, a_market(market, neg_risk=True)))
        order = an_order(YES, BUY, f"{Decimal(cents) / 100}", f"{size}", market=market)
        account.apply(stream.fill(1, order))
    winner = data.draw(st.sampled_from(ids))
    for market in ids:
        account.apply(stream.resolved(2, "1" if market == winner else "0", market))
    bot = account.state.ledger.bots[BOT_5]
    assert bot.equity - bot.flows == size * (1 - Decimal(sum(prices)) / 100)


@given(TRADES, PAYOUTS)
def test_no_resolution_loses_more_than_the_exposure(trades: list[Trade], payout: Decimal) -> None:
    account, stream = new_account()
    play(account, stream, trades)
    bot = account.state.ledger.bots[BOT_5]
    stake = bot.stakes.get(MARKET)
    worst = Decimal(0) if stake is None else held(stake).worst
    realised = bot.realised
    account.apply(stream.resolved(2, f"{payout}"))
    assert bot.realised - realised >= -worst
