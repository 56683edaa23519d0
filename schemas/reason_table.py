"""What each denial means: the gate's check, the error a caller gets, and what to do about it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from schemas import errors
from schemas.errors import PETSError
from schemas.reasons import DenialCode as Code


class Reason(NamedTuple):
    """One code explained.

    Attributes:
        check: Number of the check in the normative order (STRATEGIES.md C.1); "D.0" for a replace,
            "A.1" for what only splits, merges and conversions meet.
        error: What is raised where a caller outside the fold asked.
        meaning: When it is given, in a sentence.
        remedy: What to do, in a sentence.
    """

    check: str
    error: type[PETSError]
    meaning: str
    remedy: str


_WAIT = "Wait; an order that reduces may pass."
_REDUCE = "Only orders that reduce pass until then."

REASONS: Mapping[Code, Reason] = MappingProxyType(
    {
        Code.DUPLICATE: Reason(
            "0",
            errors.DuplicateOrderError,
            "The order id came before with another content.",
            "Send a new order under a new id.",
        ),
        Code.HALTED: Reason(
            "1",
            errors.CircuitBreakerOpenError,
            "An operator halted trading.",
            "Resume trading when the cause is gone. " + _REDUCE,
        ),
        Code.EMERGENCY_HALT: Reason(
            "1",
            errors.CircuitBreakerOpenError,
            "The portfolio's drawdown stop is open, or an operator ordered the emergency halt.",
            "Look at what is still open, then re-arm the portfolio or resume. " + _REDUCE,
        ),
        Code.DAILY_LOSS: Reason(
            "2",
            errors.CircuitBreakerOpenError,
            "The account lost its daily limit.",
            "It re-arms at 00:00 UTC. " + _REDUCE,
        ),
        Code.BOT_DRAWDOWN: Reason(
            "3",
            errors.DrawdownExceededError,
            "The bot's drawdown stop is open.",
            "An operator re-arms it. " + _REDUCE,
        ),
        Code.CONSECUTIVE_LOSSES: Reason(
            "4",
            errors.ConsecutiveLossesError,
            "The bot is paused after losing episodes in a row.",
            "It goes on by itself at the time named as the limit. " + _REDUCE,
        ),
        Code.BOT_NOT_ACTIVE: Reason(
            "5",
            errors.OrderRejectedError,
            "The bot's state does not allow this order.",
            "Start or resume the bot; give it capital if it has none.",
        ),
        Code.MARKET_CLOSED: Reason(
            "6",
            errors.OrderRejectedError,
            "The market is unknown, takes no orders, ends too soon or is not for this bot; or the "
            "venue restarts, lets us only close, or speaks differently than it did.",
            "Read rule and value: choose another market, wait for the venue, or look at what "
            "changed.",
        ),
        Code.TRUTH_IN_DOUBT: Reason(
            "6",
            errors.OrderRejectedError,
            "Venue, Data API and chain disagree about what we have, and nothing explains it.",
            "Look at the wallet's differences: they end by themselves, or a person settles them. "
            "Only orders that reduce pass until then.",
        ),
        Code.STALE_DATA: Reason(
            "7",
            errors.OrderRejectedError,
            "The view behind the order is not fresh: trust, silence, lag or age.",
            "Wait for a snapshot; look at the feed if it lasts.",
        ),
        Code.POST_ONLY_REQUIRED: Reason(
            "8",
            errors.InvalidOrderError,
            "The order is not post-only, or neither GTC nor GTD.",
            "Send post-only GTC or GTD orders.",
        ),
        Code.BAD_TICK: Reason(
            "8",
            errors.InvalidOrderError,
            "The price is no multiple of the tick, or outside tick to 1 − tick.",
            "Round the price to the market's tick.",
        ),
        Code.BAD_PRICE: Reason(
            "8",
            errors.InvalidOrderError,
            "The price is outside 0.01 to 0.99.",
            "Quote inside the range.",
        ),
        Code.BAD_SIZE: Reason(
            "8",
            errors.InvalidOrderError,
            "The size is below the minimum, not on lot, or worth less than the minimum in dollars.",
            "Order more, in whole lots, or nothing.",
        ),
        Code.BAD_EXPIRATION: Reason(
            "8",
            errors.InvalidOrderError,
            "A GTD order without a time far enough ahead.",
            "State a time at least the limit ahead.",
        ),
        Code.WOULD_CROSS: Reason(
            "9",
            errors.OrderRejectedError,
            "The order would take liquidity from the book.",
            "Price it anew from the book.",
        ),
        Code.SELF_CROSS: Reason(
            "10",
            errors.OrderRejectedError,
            "The order could match one of our own, of any bot, on either token.",
            "Wait until that one is gone; for an order that reduces it is cancelled.",
        ),
        Code.OUT_OF_ZONE: Reason(
            "11",
            errors.ZoneViolationError,
            "Nothing may be opened at a price without a zone.",
            "Open between 0.05 and 0.98 only.",
        ),
        Code.ARB_NOT_LOCKED: Reason(
            "11",
            errors.ZoneViolationError,
            "The bundle is not whole, or does not lock its threshold in every state.",
            "Send all legs in one batch at prices that lock it.",
        ),
        Code.MM_NOT_TWO_SIDED: Reason(
            "11",
            errors.ZoneViolationError,
            "A market maker's quote without its other side.",
            "Quote both sides.",
        ),
        Code.DIRECTIONAL_Z4_Z5: Reason(
            "11",
            errors.ZoneViolationError,
            "A directional order at 0.60 or more.",
            "Buy the other token, or nothing.",
        ),
        Code.NOT_WHITELISTED: Reason(
            "11",
            errors.ZoneViolationError,
            "The bot may not open directional orders in this zone.",
            "Stay in the bot's zones.",
        ),
        Code.Z3_EDGE: Reason(
            "11",
            errors.ZoneViolationError,
            "A directional order in zone 3 with less than 5 cents of net edge.",
            "Wait for more edge, or price it in zone 2.",
        ),
        Code.NO_EDGE: Reason(
            "12",
            errors.RiskViolation,
            "No declared edge, or what a portfolio leg or hedge rests on does not carry it.",
            "Declare a probability above the price, or the whole vector.",
        ),
        Code.KELLY_EXCEEDED: Reason(
            "12",
            errors.RiskViolation,
            "More than the Kelly size, a multiplier above the bot's, or sizing advice of 0.",
            "Order less.",
        ),
        Code.TRADE_RISK: Reason(
            "13",
            errors.ExposureLimitError,
            "Too much at risk in one order, bundle or quote side.",
            "Order less.",
        ),
        Code.EXPOSURE_OUTCOME: Reason(
            "14",
            errors.ExposureLimitError,
            "Too much at risk in one outcome of an event.",
            _WAIT,
        ),
        Code.EXPOSURE_MARKET: Reason(
            "14",
            errors.ExposureLimitError,
            "Too much at risk in one market, or in windows that end together.",
            _WAIT,
        ),
        Code.EXPOSURE_EVENT: Reason(
            "14",
            errors.ExposureLimitError,
            "All bots together risk too much in one event.",
            _WAIT,
        ),
        Code.EXPOSURE_BOT: Reason(
            "14",
            errors.ExposureLimitError,
            "The bot risks too much in all its events.",
            _WAIT,
        ),
        Code.EXPOSURE_PORTFOLIO: Reason(
            "14",
            errors.ExposureLimitError,
            "All bots together risk too much.",
            _WAIT,
        ),
        Code.EXPOSURE_COUNT: Reason(
            "14",
            errors.ExposureLimitError,
            "Too many positions, resting openings included.",
            _WAIT,
        ),
        Code.EXPOSURE_LEG: Reason(
            "14",
            errors.ExposureLimitError,
            "Too much in filled legs that nothing matches.",
            "Complete or unwind the open bundles first.",
        ),
        Code.INSUFFICIENT_BALANCE: Reason(
            "15",
            errors.InsufficientBalanceError,
            "Free cash or free tokens do not cover the order.",
            "Order less, or cancel something.",
        ),
        Code.RATE_LIMIT: Reason(
            "16",
            errors.OrderRejectedError,
            "The order bucket is empty, or what is left is kept for orders that reduce.",
            "Quote more slowly.",
        ),
        Code.REPLACE_FAILED: Reason(
            "D.0",
            errors.OrderRejectedError,
            "The order to be replaced filled, could not be cancelled, or is not the bot's.",
            "Decide anew from the fills.",
        ),
        Code.WRONG_OUTCOMES: Reason(
            "A.1",
            errors.InvalidOrderError,
            "A conversion that does not name every outcome of one neg-risk event once.",
            "Name the whole event, with some outcomes to give.",
        ),
        Code.CHAIN_ONLY: Reason(
            "A.1",
            errors.OrderRejectedError,
            "Pairs are split, merged and converted by orders with paper money only.",
            "Settle through the wallet: `pets wallet`.",
        ),
    }
)


def reason_table() -> str:
    """All codes as a Markdown document."""
    lines = [
        "# Reason codes",
        "",
        "Why the risk gate denies an order, in the order in which it checks; the first failure",
        "wins. Splits, merges and conversions are denied with the same codes. Every denial also",
        "carries the rule in a sentence, the limit and the value found.",
        "This file is made from `schemas/reason_table.py` by `make docs`.",
        "",
        "| check | code | when | what to do | error for callers |",
        "|---|---|---|---|---|",
    ]
    for code, reason in REASONS.items():
        cells = (
            reason.check,
            f"`{code}`",
            reason.meaning,
            reason.remedy,
            f"`{reason.error.__name__}`",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
