"""The ledger stage: positions, episodes and equity from the same fold the gate embeds (C.2)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from agents.stages.base import Emit
from agents.stages.ledger_points import EquityPoints, SentPoint
from schemas.envelope import Header, Message, header
from schemas.ids import AccountId, BotId, MarketId, VenueEventId
from schemas.ops import ClockTick
from schemas.portfolio import PositionClosed, PositionOpened, PositionState
from schemas.values import Side
from streams.account import Account
from streams.account_facts import Fact
from streams.account_state import AccountRules, AccountState
from streams.episodes import ClosedEpisode
from streams.holdings import Holding, Stake
from streams.ledger_state import HoldingChange
from streams.marks import ZERO
from topics.catalog import DECIDE_INPUTS, EPISODES, GATE_INPUTS, POSITIONS, TopicSpec

APART_MS = 1_000
"""Least time between two marks of one position."""

ADVISER_SHARD = "0"
"""Closes go to one shard, where bot 9 turns them into advice for the account."""


class LedgerState(msgspec.Struct):
    """The account fold's state, and what was sent.

    Attributes:
        marked: Per position: when it was last sent, and with which mark.
        points: The last equity point of each bot, and of the account under "".
    """

    account: AccountState = msgspec.field(default_factory=AccountState)
    marked: dict[str, tuple[int, Decimal | None]] = {}
    points: dict[str, SentPoint] = {}


class LedgerStage:
    """Positions on change, marks and equity at most once a second."""

    name = "ledger"
    reads: TopicSpec = GATE_INPUTS

    def __init__(self, account_id: AccountId, rules: AccountRules) -> None:
        """Start without capital.

        Args:
            account_id: Whose ledger.
            rules: `gate_rules.account_rules` of the configuration, the gate's own.
        """
        self._account_id = account_id
        self._rules = rules
        self._use(LedgerState())

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message in.

        Raises:
            PositionNotFoundError: A fill or merge of what is not held.
        """
        facts = self._account.apply(message)
        emits = [emit for fact in facts for emit in self._tell(fact, message)]
        if isinstance(message, ClockTick):
            emits.extend(self._marks(message))
        emits.extend(self._points.due(message))
        return emits

    def snapshot(self) -> bytes:
        """Everything the ledger remembers, as JSON."""
        return msgspec.json.encode(self._state)

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot taken under the same rules."""
        self._use(msgspec.json.decode(snapshot, type=LedgerState))

    def _use(self, state: LedgerState) -> None:
        self._state = state
        self._account = Account(self._account_id, self._rules, state.account)
        self._points = EquityPoints(self._account_id, self._account, state.points)

    def _head(self, cause: Message, *parts: str) -> Header:
        return header(self.name, cause, *parts, now=self._account.now)

    def _tell(self, fact: Fact, cause: Message) -> Iterator[Emit]:
        if isinstance(fact, HoldingChange):
            if fact.opened:
                yield self._opened(fact, cause)
            yield self._position(fact.bot_id, fact.market_id, fact.side, fact.holding, cause)
        elif isinstance(fact, ClosedEpisode):
            closed = PositionClosed(
                **self._head(cause, "closed", fact.episode_id),
                episode_id=fact.episode_id,
                bot_id=fact.bot_id,
                market_id=fact.market_id,
                pnl=fact.pnl,
                opened_at=fact.opened_at,
                reason=fact.reason,
                shares=fact.shares,
                risked=fact.risked,
                payout=fact.payout,
            )
            yield Emit(EPISODES, fact.bot_id, closed)
            yield Emit(DECIDE_INPUTS, ADVISER_SHARD, closed)

    def _opened(self, change: HoldingChange, cause: Message) -> Emit:
        holding = change.holding
        opened = PositionOpened(
            **self._head(cause, "opened", holding.position_id),
            position_id=holding.position_id,
            bot_id=change.bot_id,
            market_id=change.market_id,
            token_id=holding.token_id,
            side=change.side,
            size=holding.size,
            price=holding.cost / holding.size,
        )
        return Emit(EPISODES, change.bot_id, opened)

    def _marks(self, tick: Message) -> Iterator[Emit]:
        """Positions whose mark moved since they were last sent, at most once a second each."""
        now = self._account.now
        for bot_id, bot in self._account.state.ledger.bots.items():
            for market_id, stake in bot.stakes.items():
                for side in Side:
                    holding = stake.side(side)
                    if holding is None:
                        continue
                    at, mark = self._state.marked.get(holding.position_id, (0, None))
                    if now - at >= APART_MS and mark != self._bid(market_id, side):
                        yield self._position(bot_id, market_id, side, holding, tick)

    def _position(
        self, bot_id: BotId, market_id: MarketId, side: Side, holding: Holding, cause: Message
    ) -> Emit:
        known, now = self._account.state, self._account.now
        closed = holding.size == 0
        bid, facts = self._bid(market_id, side), known.markets.get(market_id)
        if closed:
            self._state.marked.pop(holding.position_id, None)
        else:
            self._state.marked[holding.position_id] = (now, bid)
        stake = known.ledger.bots[bot_id].stakes.get(market_id)
        state = PositionState(
            **self._head(cause, "position", holding.position_id),
            position_id=holding.position_id,
            bot_id=bot_id,
            account_id=self._account_id,
            venue_event_id=VenueEventId("") if facts is None else facts.venue_event_id,
            market_id=market_id,
            token_id=holding.token_id,
            side=side,
            size=holding.size,
            entry_price=ZERO if closed else holding.cost / holding.size,
            mark=bid,
            realised_pnl=holding.realised,
            unrealised_pnl=self._unrealised(market_id, stake, side, holding),
            fees=holding.fees,
            zone=holding.zone,
            opened_at=holding.opened_at,
            closed_at=now if closed else None,
        )
        return Emit(POSITIONS, holding.position_id, state)

    def _bid(self, market_id: MarketId, side: Side) -> Decimal | None:
        """The mark of a token now; None before the first, or after the resolution."""
        mark = self._account.state.ledger.marks.get(market_id)
        if mark is None:
            return None
        return mark.bid(side, self._account.now, self._account.carry_ms(market_id))

    def _unrealised(
        self, market_id: MarketId, stake: Stake | None, side: Side, holding: Holding
    ) -> Decimal:
        mark = self._account.state.ledger.marks.get(market_id)
        if stake is None or mark is None or holding.size == 0:
            return ZERO
        return stake.worth(side, mark) - holding.cost
