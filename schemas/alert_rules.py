"""Every alert: how loud it is, what it means, what to do; docs/runbook.md is made of it."""

import msgspec

from schemas.ops import Severity


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of alert.

    Attributes:
        watched: The API raises it while a condition holds, and resolves it when it is gone.
        meaning: What has happened, in a sentence.
        action: What an operator does, in order.
    """

    name: str
    severity: Severity
    meaning: str
    action: str
    watched: bool = True


def _rule(
    name: str, severity: Severity, meaning: str, action: str, *, watched: bool = True
) -> AlertRule:
    return AlertRule(name=name, severity=severity, meaning=meaning, action=action, watched=watched)


RULES: tuple[AlertRule, ...] = (
    _rule(
        "emergency-halt",
        Severity.CRITICAL,
        "The account is in emergency halt, by an operator or because the portfolio's drawdown "
        "reached its limit: no bot opens anything, orders are cancelled, positions are unwound "
        "passively.",
        "See which orders and positions are left (`pets status`, page Positions). Find the cause "
        "on the Risk Monitor. Re-arm the portfolio in two steps, then `pets resume`.",
    ),
    _rule(
        "trading-halted",
        Severity.WARNING,
        "An operator halted trading: no bot opens anything, orders are cancelled, positions stay.",
        "Find who and why with `pets status`. End it with `pets resume` once the cause is gone.",
    ),
    _rule(
        "breaker-open",
        Severity.CRITICAL,
        "A circuit breaker tripped: the bots in its scope may only reduce.",
        "Look at the losses that led to it before anything else. Daily losses and streaks re-arm "
        "by themselves; a drawdown stop waits for `rearm` on the Risk Monitor.",
    ),
    _rule(
        "breaker-near",
        Severity.WARNING,
        "A breaker has used more than 80 % of its limit.",
        "Decide now, not when it trips: pause the bot, or reduce its positions.",
    ),
    _rule(
        "bot-error",
        Severity.CRITICAL,
        "A bot raised while it folded a message and stands still; its orders are cancelled.",
        "Its reason is on page Bot Control and in its log. It is a defect: report it. Starting the "
        "bot begins it anew.",
    ),
    _rule(
        "market-data-old",
        Severity.CRITICAL,
        "No book has changed for 30 s: the venue is silent or the connector is away. Bots rest.",
        "See the connector's log (`pets logs --component connector`) and the venue's "
        "status page. Orders that rest are still at the venue: halt if it lasts.",
    ),
    _rule(
        "stage-silent",
        Severity.CRITICAL,
        "A stage has not been heard for 15 s: it hangs, or its process is gone.",
        "The supervisor restarts it within half a minute. If not, see its log and start it with "
        "`pets run STAGE`.",
    ),
    _rule(
        "stage-behind",
        Severity.WARNING,
        "A stage has more than 5,000 records to read: it is slower than what is written.",
        "It usually catches up after a restart. If it lasts, follow fewer markets "
        "(PETS_MAX_MARKETS) or give the machine more processor time.",
    ),
    _rule(
        "database-away",
        Severity.WARNING,
        "The database does not answer the API. Trading goes on and the log keeps everything.",
        "Start it, or correct PETS_DATABASE; `pets doctor` says which. The sinks catch up.",
    ),
    _rule(
        "dead-letters",
        Severity.CRITICAL,
        "A component set messages aside that it could not read or process.",
        "`pets dead-letters list` and `show` name the cause; `retry` puts one back after an "
        "upgrade.",
        watched=False,
    ),
    _rule(
        "records-lost",
        Severity.CRITICAL,
        "A stage was away longer than its log is kept and goes on behind a gap.",
        "Compare positions with the venue before trading goes on; halt until then.",
        watched=False,
    ),
    _rule(
        "venue-order-differs",
        Severity.WARNING,
        "An order is otherwise at the venue than for us, and nothing under way explains it.",
        "Ghosts are cancelled and lost ones asked for by themselves. A foreign one was placed by "
        "somebody else with the same account: find out who, and give PETS a key of its own.",
        watched=False,
    ),
    _rule(
        "venue-trade-differs",
        Severity.CRITICAL,
        "The venue has a trade that was not booked, or does not have one that was.",
        "Halt. Compare the venue's trades with `pets topics tail trading.fills`.",
        watched=False,
    ),
    _rule(
        "venue-balance-differs",
        Severity.CRITICAL,
        "The wallet holds more or less than our trades explain.",
        "Look for a deposit, a withdrawal, a redemption that is still to be made, or another user "
        "of the key. Halt if it is none of them.",
        watched=False,
    ),
    _rule(
        "fills-missing",
        Severity.CRITICAL,
        "The venue matched more shares of an order than it told trades of.",
        "Compare its trades with the ledger before trading goes on.",
        watched=False,
    ),
    _rule(
        "pairs-not-sent",
        Severity.CRITICAL,
        "Pairs were approved to be merged, split or converted, which orders cannot do.",
        "Nothing happened. Merge them by hand, or hold them until the market resolves.",
        watched=False,
    ),
    _rule(
        "venue-account-changed",
        Severity.CRITICAL,
        "The gateway has another account than the orders that are open.",
        "Nothing is sent. Start with the earlier key, cancel everything, then change the key.",
        watched=False,
    ),
    _rule(
        "wallet-balance-low",
        Severity.WARNING,
        "The hot wallet holds fewer dollars than 2,500, or than 1,000, which is critical.",
        "`pets wallet topup 2500` says where to send money from the cold wallet.",
        watched=False,
    ),
    _rule(
        "gas-spike",
        Severity.WARNING,
        "Gas costs more than 100 gwei: transactions wait; the alert comes again at the end.",
        "Nothing: they go on by themselves. What cannot wait is `pets wallet withdraw`.",
        watched=False,
    ),
    _rule(
        "insufficient-gas",
        Severity.CRITICAL,
        "The hot wallet lacks POL for a transaction.",
        "Send it POL. The transaction goes on by itself.",
        watched=False,
    ),
    _rule(
        "transaction-stuck",
        Severity.CRITICAL,
        "A transaction pends for ten minutes, though its fee was raised; those behind it wait.",
        "See `pets wallet balance`. Wait for cheaper gas, or give it up: "
        "`pets wallet void N --phrase VOID`.",
        watched=False,
    ),
    _rule(
        "nonce-gap",
        Severity.WARNING,
        "Nonces below ours are used by nobody and hold ours up.",
        "Nothing: they are filled with transactions that do nothing. If it comes again, somebody "
        "else uses the key.",
        watched=False,
    ),
    _rule(
        "nonce-out-of-sync",
        Severity.CRITICAL,
        "The chain has transactions of the hot wallet that PETS did not send.",
        "If it was not you, the key is known to somebody: withdraw everything at once, "
        "`pets wallet withdraw`, and make a new wallet.",
        watched=False,
    ),
    _rule(
        "nonce-used-by-another",
        Severity.CRITICAL,
        "Another transaction has a nonce that PETS had given; its work is done under a new one.",
        "As for `nonce-out-of-sync`.",
        watched=False,
    ),
    _rule(
        "wallet-doubt",
        Severity.WARNING,
        "The chain's nodes disagree, lag, or serve another chain: nothing new is sent.",
        "Take the wrong node out of PETS_POLYGON_RPC and start the sender again.",
        watched=False,
    ),
    _rule(
        "job-failed",
        Severity.WARNING,
        "A contract refused a transaction, or an operator gave it up.",
        "Its detail names the reason: missing approval (`pets wallet approve`), too few dollars or "
        "tokens, a market that has not resolved. Ask for it again once that is gone.",
        watched=False,
    ),
    _rule(
        "nothing-to-void",
        Severity.WARNING,
        "A transaction was to be given up that does not pend.",
        "Nothing: it has settled, or its number was another. See `pets wallet transactions`.",
        watched=False,
    ),
    _rule(
        "key-rotation-due",
        Severity.WARNING,
        "The hot key is older than 90 days.",
        "Sweep to the cold wallet, make the phrase's next account, fund it. Daily until then.",
        watched=False,
    ),
    _rule(
        "truth-doubt",
        Severity.WARNING,
        "Venue, Data API, chain and our ledger differ, and nothing under way explains it; bots "
        "quote less in that market, or not at all.",
        "Its detail has the four figures. Look for a transfer, a redemption, or another user of "
        "the key; what agrees again is quoted again by itself.",
        watched=False,
    ),
    _rule(
        "test",
        Severity.INFO,
        "An operator sent a test alert.",
        "Nothing: it shows that a channel works.",
        watched=False,
    ),
)
BY_NAME: dict[str, AlertRule] = {rule.name: rule for rule in RULES}


def rule_of(name: str) -> AlertRule:
    """The rule of a name; one that is not listed is told as it came."""
    known = BY_NAME.get(name)
    if known is not None:
        return known
    return _rule(
        name,
        Severity.CRITICAL,
        "A component raised an alert that this list does not name.",
        "Read its detail and the component's log.",
        watched=False,
    )
