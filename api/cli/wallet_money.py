"""The work of `pets wallet sweep`, `withdraw`, `approve`, `wrap`, `split` and the like.

What is to be done is written to the wallets' log, so that it needs no API: the wallet stage decides
when and with which nonce, the sender signs.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from api.cli.asking import finish
from api.client import ApiAwayError, call
from api.money.wallet import cold_of, is_local, local_chain
from api.wallet_chain import open_nodes, open_watch, own_address
from api.wallet_jobs import Jobs, amount_of, approvals, market_of, sweeping, voiding, wish_of
from configs.settings import Settings
from connectors.polygon import jobs
from connectors.polygon.conditions import held, yes_payout
from connectors.polygon.watch import ChainWatch
from connectors.sandbox.chain.known import WALLET
from schemas.envelope import Message
from schemas.errors import ApplicationError
from streams.settlement import payout
from topics.catalog_wallet import WALLET_INPUTS
from topics.producer import FrameProducer

T = TypeVar("T")


class Hot(NamedTuple):
    """The hot wallet that a command is about, and the settings of its chain."""

    address: str
    settings: Settings


def sweep(amount: str, phrase: str, *, as_json: bool) -> None:
    """Send dollars to the cold wallet."""
    hot, dollars = hot_wallet(), amount_of(amount)
    cold = _cold(hot.settings)
    confirm(phrase, "SWEEP", f"{dollars} dollars go to {cold}")
    balances = asyncio.run(_with_watch(hot, lambda watch: _balances(watch, hot.address)))
    _order(hot, "sweep", sweeping(hot.address, cold, dollars, balances), as_json=as_json)


def withdraw(phrase: str, *, as_json: bool) -> None:
    """Send everything to the cold wallet, from what the chain says."""
    hot = hot_wallet()
    cold = _cold(hot.settings)
    confirm(phrase, "WITHDRAW EVERYTHING", f"all money goes to {cold}, at any price of gas")
    balances = asyncio.run(_with_watch(hot, lambda watch: _balances(watch, hot.address)))
    tokens = _tokens(hot.settings)
    shares = asyncio.run(_with_watch(hot, lambda watch: _shares(watch, hot.address, tokens or ())))
    more = "Outcome tokens that positions name go along."
    if tokens is None:
        more = "The API is away, so nobody knows which outcome tokens there are: they stay."
    _order(
        hot,
        "withdraw",
        lambda cause: jobs.withdraw(hot.address, cold, balances, cause, shares),
        as_json=as_json,
        more=more,
    )


def _tokens(settings: Settings) -> tuple[str, ...] | None:
    """Outcome tokens that positions are of; None where nobody knows."""
    try:
        rows = call(settings, "GET", "/positions")["data"]
    except ApiAwayError:
        return None
    return tuple(sorted({row["token_id"] for row in rows}))


async def _shares(watch: ChainWatch, wallet: str, tokens: tuple[str, ...]) -> dict[str, Decimal]:
    """What the chain has of outcome tokens."""
    return {token: await watch.shares(token, wallet) for token in tokens}


def approve(phrase: str, *, as_json: bool) -> None:
    """Give the venue's contracts the permissions they need and do not have."""
    hot = hot_wallet()
    confirm(phrase, "APPROVE", "the venue's contracts may move the wallet's dollars and tokens")
    missing = asyncio.run(
        _with_watch(hot, lambda watch: jobs.missing_approvals(watch, hot.address))
    )
    if not missing:
        finish([], "Everything is approved.", as_json=as_json)
        return
    _order(hot, "approve", approvals(hot.address, missing), as_json=as_json)


def convert_dollars(amount: str, *, wraps: bool, as_json: bool) -> None:
    """Wrap or unwrap."""
    hot, dollars = hot_wallet(), amount_of(amount)
    make = jobs.wrap if wraps else jobs.unwrap
    _order(hot, make.__name__, lambda cause: (make(hot.address, dollars, cause),), as_json=as_json)


def pair(verb: str, market: str, amount: str, *, neg_risk: bool, as_json: bool) -> None:
    """Split dollars into pairs, or merge pairs into dollars."""
    hot, market_id, dollars = hot_wallet(), market_of(market), amount_of(amount)
    make = jobs.split if verb == "split" else jobs.merge
    _order(
        hot,
        verb,
        lambda cause: (make(hot.address, market_id, dollars, cause, neg_risk=neg_risk),),
        as_json=as_json,
    )


def redeem(market: str, *, neg_risk: bool, as_json: bool) -> None:
    """Turn a resolved market's tokens into dollars."""
    hot, market_id = hot_wallet(), market_of(market)

    async def worth(watch: ChainWatch) -> Decimal | None:
        yes = await yes_payout(watch, market_id)
        if yes is None or neg_risk:
            return None if yes is None else Decimal(0)
        return payout(await held(watch, hot.address, market_id), yes)

    frees = asyncio.run(_with_watch(hot, worth))
    if frees is None:
        raise ApplicationError(f"{market_id} has not resolved: nothing can be redeemed yet.")
    if not (frees or neg_risk):
        raise ApplicationError(
            f"{hot.address} holds nothing of {market_id} that pays. Is it a neg-risk market? "
            "Then add --neg-risk."
        )
    _order(
        hot,
        "redeem",
        lambda cause: (jobs.redeem(hot.address, market_id, cause, frees=frees, neg_risk=neg_risk),),
        as_json=as_json,
    )


def void(nonce: int, phrase: str, *, as_json: bool) -> None:
    """Give a pending transaction up."""
    hot = hot_wallet()
    confirm(phrase, "VOID", f"what transaction {nonce} should do is not done")
    wish = _wish(hot, f"void {nonce}")
    asyncio.run(_write(hot.settings, (voiding(hot.address, nonce, wish),)))
    said = f"Transaction {nonce} is being given up; see pets wallet balance."
    finish({"wallet": hot.address, "nonce": nonce}, said, as_json=as_json)


def hot_wallet() -> Hot:
    """The wallet that the running system moves; without an API, the one that this machine has.

    Raises:
        ApplicationError: The system runs without a wallet.
        ConfigurationError: There is neither an API nor a key.
    """
    settings = Settings()
    try:
        wallets: list[dict[str, Any]] = call(settings, "GET", "/wallet/balance")["data"]
    except ApiAwayError:
        return _at_its_chain(own_address(settings, os.environ), settings)
    if not wallets:
        raise ApplicationError(
            "Expected a wallet, none was seen yet: its sender does not run, or no node of the "
            "chain answers. pets status and pets logs say more."
        )
    newest = max(wallets, key=lambda wallet: wallet["last_sync_at"] or 0)
    return _at_its_chain(str(newest["wallet"]), settings)


def _at_its_chain(address: str, settings: Settings) -> Hot:
    """The local wallet is on the local chain, whatever the settings of live money say."""
    named = is_local(settings) and "polygon_rpc" in settings.model_fields_set
    if address != WALLET or named:
        return Hot(address, settings)
    return Hot(address, Settings(**(settings.model_dump() | local_chain(settings))))


def confirm(phrase: str, wanted: str, what: str) -> None:
    """Let only go on who typed the phrase.

    Raises:
        ApplicationError: It is another one.
    """
    if phrase != wanted:
        raise ApplicationError(f"This moves money: {what}. Type --phrase '{wanted}' to do it.")


def _cold(settings: Settings) -> str:
    cold = cold_of(settings)
    if not cold:
        raise ApplicationError(
            "Expected the cold wallet's address in PETS_COLD_ADDRESS, it is empty. Its key stays "
            "away from this machine."
        )
    return cold


def _wish(hot: Hot, what: str) -> Message:
    return wish_of(hot.settings.account, what, hot.settings.clock().now_ms())


def _order(
    hot: Hot, what: str, make: Callable[[Message], Jobs], *, as_json: bool, more: str = ""
) -> None:
    wanted = make(_wish(hot, what))
    asyncio.run(_write(hot.settings, wanted))
    lines = [f"{job.kind.lower()}: {job.reason} (job {job.job_id})" for job in wanted]
    lines += [more] if more else []
    lines.append("Asked for. It is final some seconds after its block: pets wallet transactions.")
    answer = [
        {"job_id": job.job_id, "kind": job.kind, "wallet": job.wallet, "reason": job.reason}
        for job in wanted
    ]
    finish(answer, "\n".join(lines), as_json=as_json)


async def _write(settings: Settings, messages: tuple[Message, ...]) -> None:
    async with FrameProducer(
        settings.broker, writer="cli", prefix=settings.topic_prefix, shards=settings.shards
    ) as producer:
        for message in messages:
            await producer.send_now(WALLET_INPUTS, settings.account, message)


async def _with_watch(hot: Hot, ask: Callable[[ChainWatch], Awaitable[T]]) -> T:
    async with open_nodes(hot.settings) as nodes, open_watch(hot.settings, nodes) as watch:
        return await ask(watch)


async def _balances(watch: ChainWatch, wallet: str) -> dict[str, Decimal]:
    seen = await watch.wallet(wallet)
    if seen.doubt:
        raise ApplicationError(f"Nothing is asked for: {seen.doubt}")
    return seen.balances
