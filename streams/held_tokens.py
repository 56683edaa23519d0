"""What our own log says of an account's tokens, as the comparison of truths needs it. Pure.

Positions of all bots are added up by token. Fills that may still be taken back say by how much a
token may differ without being in doubt. A resolved market's tokens stay listed until the chain has
none of them any more: the ledger counts them as paid when the market resolves.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import Market, MarketListed, MarketResolved
from schemas.portfolio import PositionState
from schemas.trading import Fill, TradeStatusChanged
from schemas.values import TradeStatus
from schemas.wallet_truths import AssetTruth

ZERO = Decimal(0)
COLLATERAL = ""
SETTLE_MS = 30_000
"""The Data API trails the chain by seconds, so a fill explains a difference a little longer."""


class Said(NamedTuple):
    """What was said outside of one asset; None where nobody answered."""

    venue: Decimal | None
    data_api: Decimal | None
    chain: Decimal | None


class _Moving(NamedTuple):
    token_id: str
    shares: Decimal
    dollars: Decimal
    ended_at: int | None = None


class HeldTokens:
    """Folds positions, fills, and what becomes of markets."""

    def __init__(self, settle_ms: int = SETTLE_MS) -> None:
        """Start with nothing.

        Args:
            settle_ms: How long after a fill's end others may still not know of it.
        """
        self._settle_ms = settle_ms
        self._sizes: dict[str, tuple[str, Decimal]] = {}
        self._markets: dict[str, tuple[Market, int]] = {}
        self._payouts: dict[MarketId, Decimal] = {}
        self._moving: dict[str, _Moving] = {}
        self._emptied: set[str] = set()

    def hear(self, message: Message) -> None:
        """Fold one message; others than those of the module's first lines say nothing."""
        match message:
            case PositionState():
                self._sizes[message.position_id] = (message.token_id, message.size)
                if message.size:
                    self._emptied.discard(message.token_id)
            case MarketListed(market=market):
                self._markets[market.yes_token_id] = (market, 0)
                self._markets[market.no_token_id] = (market, 1)
            case MarketResolved():
                self._payouts[message.market_id] = message.yes_payout
            case Fill():
                self._move(message, message.trade_status, message.ingest_time)
            case TradeStatusChanged():
                self._move(message.fill, message.status, message.ingest_time)
            case _:
                pass

    def tokens(self) -> tuple[str, ...]:
        """Tokens that have to be asked after, those of unknown markets left out."""
        ours = self._ours()
        listed = {token for token, size in ours.items() if size}
        listed |= {each.token_id for each in self._moving.values()}
        listed |= {token for token in ours if self._is_resolved(token)} - self._emptied
        return tuple(sorted(token for token in listed if token in self._markets))

    def assets(self, said: Mapping[str, Said], now: int) -> tuple[AssetTruth, ...]:
        """What we and others say of each asset.

        Args:
            said: By token; dollars under the empty name.
            now: When they were asked, ms.
        """
        for key, moving in list(self._moving.items()):
            if moving.ended_at is not None and now - moving.ended_at > self._settle_ms:
                del self._moving[key]
        ours, found = self._ours(), []
        for token_id, told in sorted(said.items()):
            if token_id == COLLATERAL:
                found.append(self._dollars(told))
            elif token_id in self._markets:
                found.append(self._token(token_id, ours.get(token_id, ZERO), told))
        return tuple(found)

    def _dollars(self, told: Said) -> AssetTruth:
        """The ledger's dollars include what is owed; so the venue and the chain are compared."""
        known = [each for each in told if each is not None]
        moving = sum((each.dollars for each in self._moving.values()), ZERO)
        return AssetTruth(
            key=COLLATERAL,
            market_id="",
            ours=known[0] if known else ZERO,
            venue=told.venue,
            data_api=told.data_api,
            chain=told.chain,
            moving=moving,
        )

    def _token(self, token_id: str, ours: Decimal, told: Said) -> AssetTruth:
        market, outcome = self._markets[token_id]
        yes_payout = self._payouts.get(market.market_id)
        if yes_payout is not None and told.chain == 0:
            self._emptied.add(token_id)
        won = ZERO if yes_payout is None else yes_payout if outcome == 0 else 1 - yes_payout
        moving = (each.shares for each in self._moving.values() if each.token_id == token_id)
        return AssetTruth(
            key=token_id,
            market_id=market.market_id,
            ours=ours,
            venue=told.venue,
            data_api=told.data_api,
            chain=told.chain,
            moving=sum(moving, ZERO),
            resolved=yes_payout is not None,
            payout=won,
            outcome=outcome,
            neg_risk=market.neg_risk,
            version=market.version,
        )

    def _ours(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for token_id, size in self._sizes.values():
            found[token_id] = found.get(token_id, ZERO) + size
        return found

    def _is_resolved(self, token_id: str) -> bool:
        known = self._markets.get(token_id)
        return known is not None and known[0].market_id in self._payouts

    def _move(self, fill: Fill, status: TradeStatus, at: int) -> None:
        dollars = fill.price * fill.size + fill.fee
        ended_at = at if status.is_final else None
        key = f"{fill.trade_id}/{fill.order_id}"
        self._moving[key] = _Moving(fill.token_id, fill.size, dollars, ended_at)
