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
        "See the connector's log (`pets logs connector`) and the venue's status page. Orders that "
        "rest are still at the venue: halt if it lasts.",
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
