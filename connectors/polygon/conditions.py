"""What the chain says of a market: whether it has resolved, and what an address holds of it."""

from decimal import Decimal

from connectors.polygon.watch import ChainWatch
from connectors.polymarket import contracts
from connectors.polymarket.eip712 import address_word, bytes32, word
from schemas.ids import MarketId

_TOKENS = contracts.CONDITIONAL_TOKENS
_NO_PARENT = bytes(32)


async def yes_payout(watch: ChainWatch, market_id: MarketId) -> Decimal | None:
    """Dollars that a YES share is worth; None before the market has resolved.

    Raises:
        NodeAwayError: No node answers.
    """
    condition = bytes32(market_id)
    whole = await watch.asked(_TOKENS, "payoutDenominator(bytes32)", condition)
    if not whole:
        return None
    yes = await watch.asked(_TOKENS, "payoutNumerators(bytes32,uint256)", condition + word(0))
    return Decimal(yes) / Decimal(whole)


async def held(watch: ChainWatch, wallet: str, market_id: MarketId) -> tuple[Decimal, Decimal]:
    """Shares of YES and NO of a market that is in no neg-risk event.

    Raises:
        NodeAwayError: No node answers.
    """
    yes, no = [
        await watch.shares(str(await _token(watch, market_id, index_set)), wallet)
        for index_set in (1, 2)
    ]
    return yes, no


async def _token(watch: ChainWatch, market_id: MarketId, index_set: int) -> int:
    """The token of a set of outcomes, as the contract derives it from its collateral."""
    collection = await watch.asked(
        _TOKENS,
        "getCollectionId(bytes32,bytes32,uint256)",
        _NO_PARENT + bytes32(market_id) + word(index_set),
    )
    collateral = address_word(contracts.COLLATERAL)
    return await watch.asked(
        _TOKENS, "getPositionId(address,bytes32)", collateral + word(collection)
    )
