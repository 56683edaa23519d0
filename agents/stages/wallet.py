"""The wallet stage: what is to be done with an account's money on the chain, and what became of it.

It decides nonces and fees and writes them down; the sender signs what is written and says what it
sees. So whatever is killed between two steps, the same transaction is sent again or found sent.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from agents.stages.base import Emit
from agents.stages.wallet_book import (
    WalletBook,
    WalletRules,
    advice_of,
    hot_dollars,
    in_words,
    pending_of,
    sending,
)
from schemas.envelope import Header, Message, header
from schemas.ids import AccountId, MarketId
from schemas.ops import Alert, ClockTick, Severity
from schemas.wallet import (
    GasObserved,
    GasSpikeDetected,
    JobEnded,
    JobRequested,
    SenderStarted,
    TransactionEnded,
    TransactionObserved,
    TransactionVoided,
    WalletBalanceLow,
    WalletObserved,
    WalletState,
)
from schemas.wallet_truths import EVERY_MARKET, TruthDoubted, TruthObserved
from streams.gas import GasBand, band_of, cost_pol, cost_usd, in_gwei, price_of
from streams.nonce_state import JobOver, SlotEnded, Trouble
from streams.nonces import Nonces
from streams.redemption import redemptions
from streams.treasury import level_of, reminds
from streams.truths import TruthComparison
from topics.catalog import ALERTS, DECIDE_INPUTS, GATE_INPUTS, TopicSpec
from topics.catalog_wallet import (
    WALLET_INPUTS,
    WALLET_SENDS,
    WALLET_STATES,
    WALLET_TRANSACTIONS,
)

ZERO = Decimal(0)


class WalletStageState(msgspec.Struct):
    """All addresses of an account.

    Attributes:
        gas: The present price.
        spike: It is above what transactions wait for, and that was said.
    """

    wallets: dict[str, WalletBook] = {}
    gas: GasObserved | None = None
    spike: bool = False
    now: int = 0


class WalletStage:
    """Jobs in; transactions to send, the audit trail, balances and alerts out."""

    name = "wallet"
    reads: TopicSpec = WALLET_INPUTS

    def __init__(self, account_id: AccountId, rules: WalletRules) -> None:
        """Start without wallets; the sender introduces them.

        Args:
            account_id: Whose wallets.
            rules: Parameters.
        """
        self._account_id = account_id
        self._rules = rules
        self._state = WalletStageState()

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message in."""
        # Whoever asks for something may have another clock than the session.
        if not isinstance(message, JobRequested | TransactionVoided):
            self._state.now = max(self._state.now, message.ingest_time)
        return tuple(self._follow(message))

    def snapshot(self) -> bytes:
        """Everything the stage remembers, as JSON."""
        return msgspec.json.encode(self._state)

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot."""
        self._state = msgspec.json.decode(snapshot, type=WalletStageState)

    def _follow(self, message: Message) -> Iterator[Emit]:
        match message:
            case ClockTick():
                for wallet in self._state.wallets:
                    yield from self._go_on(wallet, message, self._nonces(wallet))
            case GasObserved():
                yield from self._price(message)
            case JobRequested():
                nonces = self._nonces(message.wallet)
                nonces.request(message)
                yield from self._go_on(message.wallet, message, nonces)
            case TransactionVoided():
                nonces = self._nonces(message.wallet)
                if not nonces.void(message.nonce, self._state.now):
                    told = f"Transaction {message.nonce} is not pending: nothing was given up."
                    yield self._alert("nothing-to-void", message.wallet, told, message)
                yield from self._go_on(message.wallet, message, nonces)
            case SenderStarted():
                self._nonces(message.wallet).forget_nonce()
            case WalletObserved():
                yield from self._look(message)
            case TransactionObserved():
                nonces = self._nonces(message.wallet)
                nonces.on_transaction(message, self._state.now)
                yield from self._go_on(message.wallet, message, nonces)
            case TruthObserved():
                yield from self._compare(message)
            case _:
                return

    def _book(self, wallet: str) -> WalletBook:
        return self._state.wallets.setdefault(wallet, WalletBook())

    def _nonces(self, wallet: str) -> Nonces:
        # A view of the state, so that nothing lives outside of it; facts are taken in `_go_on`.
        return Nonces(self._rules.of(wallet), self._book(wallet).nonces, self._state.gas)

    def _head(self, cause: Message, *parts: str | int) -> Header:
        return header(self.name, cause, *parts, now=self._state.now)

    # ------------------------------------------------------------------ transactions

    def _go_on(self, wallet: str, cause: Message, nonces: Nonces) -> Iterator[Emit]:
        sends = nonces.sends(self._state.now)
        facts = nonces.facts()
        for fact in facts:
            yield from self._tell(wallet, fact, cause)
        if any(isinstance(fact, SlotEnded | JobOver) for fact in facts):
            yield self._stand(wallet, cause)
        for send in sends:
            parts = (wallet, send.slot.nonce, send.attempt.number)
            message = sending(wallet, send, self._head(cause, "send", *parts))
            if send.attempt.planned_at == self._state.now:
                yield Emit(WALLET_TRANSACTIONS, self._account_id, message)
            yield Emit(WALLET_SENDS, self._account_id, message)

    def _tell(
        self, wallet: str, fact: SlotEnded | JobOver | Trouble, cause: Message
    ) -> Iterator[Emit]:
        if isinstance(fact, Trouble):
            yield self._alert(fact.rule, wallet, fact.detail, cause, critical=fact.critical)
        elif isinstance(fact, SlotEnded):
            yield Emit(WALLET_TRANSACTIONS, self._account_id, self._ended(wallet, fact, cause))
        else:
            job, book = fact.request, self._book(wallet)
            frees = job.frees if fact.done else ZERO
            book.freed += frees
            redeemed = book.redeeming.pop(job.job_id, None)
            if redeemed is not None:
                book.redeemed_at[redeemed] = self._state.now
            ended = JobEnded(
                **self._head(cause, "job", job.job_id),
                wallet=wallet,
                job_id=job.job_id,
                kind=job.kind,
                bot_id=job.bot_id,
                done=fact.done,
                detail=fact.detail,
                frees=frees,
                cost_usd=book.job_usd.pop(job.job_id, ZERO),
            )
            yield Emit(WALLET_TRANSACTIONS, self._account_id, ended)
            if job.reply_to:
                yield Emit(DECIDE_INPUTS, job.reply_to, ended)
            if not fact.done:
                told = f"{job.kind.capitalize()} failed: {fact.detail}. {job.reason}"
                yield self._alert("job-failed", wallet, told, cause)

    def _ended(self, wallet: str, fact: SlotEnded, cause: Message) -> TransactionEnded:
        slot, gas = fact.slot, self._state.gas
        usd = cost_usd(fact.gas_used, fact.gas_price, None if gas is None else gas.pol_usd)
        book = self._book(wallet)
        for paid, key in ((book.gas_usd, slot.bot_id), (book.job_usd, slot.job_id)):
            paid[key] = paid.get(key, ZERO) + (usd or ZERO)
        return TransactionEnded(
            **self._head(cause, "ended", wallet, slot.nonce),
            account_id=self._account_id,
            wallet=wallet,
            job_id=slot.job_id,
            kind=slot.kind,
            bot_id=slot.bot_id,
            nonce=slot.nonce,
            attempt=fact.attempt.number,
            hash=fact.attempt.hash,
            block=slot.mined_block,
            status=fact.status,
            began_at=slot.since,
            gas_used=fact.gas_used,
            gas_price=fact.gas_price,
            cost_pol=cost_pol(fact.gas_used, fact.gas_price),
            cost_usd=usd,
        )

    def _price(self, gas: GasObserved) -> Iterator[Emit]:
        state = self._state
        state.gas = gas
        spike = band_of(gas, self._rules.gas) is GasBand.QUEUE
        if spike != state.spike:
            state.spike = spike
            found = GasSpikeDetected(
                **self._head(gas, "spike"),
                gas_gwei=in_gwei(price_of(gas)),
                limit_gwei=Decimal(self._rules.gas.standard_to),
                over=not spike,
            )
            yield Emit(WALLET_TRANSACTIONS, self._account_id, found)
            said = "Transactions wait." if spike else "Transactions go on."
            told = f"Gas costs {found.gas_gwei} gwei, the limit is {found.limit_gwei}. {said}"
            yield self._alert("gas-spike", self._account_id, told, gas)
        for wallet in state.wallets:
            yield from self._go_on(wallet, gas, self._nonces(wallet))

    # ------------------------------------------------------------------ money

    def _look(self, seen: WalletObserved) -> Iterator[Emit]:
        book, rules, now = self._book(seen.wallet), self._rules.treasury, self._state.now
        nonces = self._nonces(seen.wallet)
        nonces.on_wallet(seen, now)
        yield from self._go_on(seen.wallet, seen, nonces)
        if seen.doubt:
            # No balance was read: the last ones stand, and no level follows from none.
            yield self._stand(seen.wallet, seen)
            return
        book.seen = seen
        level = level_of(hot_dollars(seen), book.treasury.level, rules)
        if level.name and level.name != book.treasury.level:
            low = WalletBalanceLow(
                **self._head(seen, "low", level.name),
                wallet=seen.wallet,
                level=level.name,
                balance=hot_dollars(seen),
                threshold=level.threshold,
            )
            yield Emit(WALLET_TRANSACTIONS, self._account_id, low)
            advice = in_words(advice_of(seen, rules), seen.wallet, self._rules.cold)
            told = f"{low.balance} dollars are in the hot wallet, fewer than {low.threshold}."
            critical = level.name == "critical"
            yield self._alert(
                "wallet-balance-low", seen.wallet, f"{told} {advice}", seen, critical=critical
            )
        book.treasury.level = level.name
        if reminds(seen.keyed_at, book.treasury.reminded_at, now, rules):
            book.treasury.reminded_at = now
            told = (
                f"The hot key is older than {rules.rotation_days} days. Stop trading, sweep the "
                "money to the cold wallet, make the next account of the phrase, fund it, start."
            )
            yield self._alert("key-rotation-due", seen.wallet, told, seen)
        yield self._stand(seen.wallet, seen)

    def _compare(self, truth: TruthObserved) -> Iterator[Emit]:
        book = self._book(truth.wallet)
        comparison = TruthComparison(self._rules.truths, book.since)
        book.differences = comparison.compare(truth.assets, truth.ingest_time)
        told: dict[str, str] = {}
        for diff in book.differences:
            scale = comparison.scale((diff,), diff.market_id)
            if scale == 1:
                continue
            told[diff.key] = f"{diff.kind}/{scale}"
            if book.told.get(diff.key) != told[diff.key]:
                what = f"{diff.market_id} {diff.key}" if diff.key else "dollars"
                detail = (
                    f"{diff.kind} for {diff.age_ms // 1000} s in {what}: we say {diff.ours}, the "
                    f"venue {diff.venue}, its Data API {diff.data_api}, the chain {diff.chain}."
                )
                yield self._alert("truth-doubt", truth.wallet, detail, truth)
        book.told = told
        yield from self._doubt(truth, book, comparison)
        yield from self._redeem(truth, book)
        yield self._stand(truth.wallet, truth)

    def _doubt(
        self, truth: TruthObserved, book: WalletBook, comparison: TruthComparison
    ) -> Iterator[Emit]:
        """Tell the gate how much may be opened, where that has changed."""
        markets = sorted({MarketId(diff.market_id) for diff in book.differences})
        found = {market: comparison.scale_within(book.differences, market) for market in markets}
        scales = {market: scale for market, scale in found.items() if scale < 1}
        if scales == book.scales:
            return
        book.scales = scales
        worst = min(scales, key=lambda market: scales[market], default=None)
        reason = ""
        if worst is not None:
            where = worst or "dollars"
            reason = f"{len(scales)} differences in {truth.wallet}, the worst in {where}."
        doubted = TruthDoubted(
            **self._head(truth, "doubted", truth.wallet),
            account_id=self._account_id,
            wallet=truth.wallet,
            scales=scales,
            reason=reason,
        )
        yield Emit(GATE_INPUTS, self._account_id, doubted)

    def _redeem(self, truth: TruthObserved, book: WalletBook) -> Iterator[Emit]:
        """Redeem what the chain still has of resolved markets; one redemption a market at once."""
        nonces = self._nonces(truth.wallet)
        busy = set(book.redeeming.values())
        for job in redemptions(truth):
            market_id = job.calls[0].market_id
            if market_id in busy or truth.event_time <= book.redeemed_at.get(market_id, 0):
                continue
            book.redeeming[job.job_id] = market_id
            nonces.request(job)
            yield Emit(WALLET_TRANSACTIONS, self._account_id, job)
        yield from self._go_on(truth.wallet, truth, nonces)

    def _stand(self, wallet: str, cause: Message) -> Emit:
        book, gas, rules = self._book(wallet), self._state.gas, self._rules
        seen = book.seen
        advice = None if seen is None else advice_of(seen, rules.treasury)
        comparison = TruthComparison(rules.truths, {})
        markets = sorted({diff.market_id for diff in book.differences} | {EVERY_MARKET})
        state = WalletState(
            **self._head(cause, "state", wallet),
            wallet=wallet,
            balances={} if seen is None else seen.balances,
            nonce=book.nonces.next_nonce,
            last_sync_at=book.nonces.synced_at,
            gas_gwei=None if gas is None else in_gwei(price_of(gas)),
            band="" if gas is None else band_of(gas, rules.gas),
            share=None if advice is None else advice.share,
            cold=ZERO if seen is None else seen.cold,
            sweep=ZERO if advice is None else advice.sweep,
            advice="" if advice is None else in_words(advice, wallet, rules.cold),
            doubt=book.nonces.doubt,
            queued=sum(job.nonce is None for job in book.nonces.jobs.values()),
            pending=pending_of(book.nonces),
            gas_usd=book.gas_usd,
            freed=book.freed,
            freeing=sum((job.request.frees for job in book.nonces.jobs.values()), ZERO),
            differences=book.differences,
            scale={market: comparison.scale(book.differences, market) for market in markets},
        )
        return Emit(WALLET_STATES, wallet, state)

    def _alert(
        self, rule: str, scope: str, detail: str, cause: Message, *, critical: bool = False
    ) -> Emit:
        alert = Alert(
            **self._head(cause, "alert", rule, scope, detail),
            rule=rule,
            severity=Severity.CRITICAL if critical else Severity.WARNING,
            scope=scope,
            detail=detail.strip(),
        )
        return Emit(ALERTS, self.name, alert)
