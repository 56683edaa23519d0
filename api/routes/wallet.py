"""`/wallet`: balance, transactions, top-up, rebalance."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.context import Context, context_of
from api.freshness import known
from api.models import Envelope
from api.money.wallet import cold_of
from api.periods import Limit
from api.problems import ApiError
from api.wallet_jobs import balancing
from api.wallet_models import (
    RebalanceBody,
    RebalanceView,
    TopUpBody,
    TopUpView,
    TransactionView,
    WalletView,
)
from schemas.errors import WalletError
from schemas.wallet import WalletState
from topics.catalog_wallet import WALLET_INPUTS

router = APIRouter(prefix="/wallet", tags=["wallet"])
NEEDS = ("wallet", "wallet-sender")
PHRASE = "REBALANCE"
ASSET = "USDC.e"


@router.get("/balance")
async def get_wallet_balance(
    context: Annotated[Context, Depends(context_of)],
) -> Envelope[list[WalletView]]:
    """Every wallet with balances, gas, what is under way, and what to do."""
    wallets = [wallet for _, wallet in sorted(context.state.wallets.items())]
    newest = max((wallet.ingest_time for wallet in wallets), default=0)
    views = [WalletView.model_validate(wallet) for wallet in wallets]
    return context.envelope(views, known(context.state, NEEDS, newest))


@router.get("/transactions")
async def list_wallet_transactions(
    context: Annotated[Context, Depends(context_of)], limit: Limit = 50
) -> Envelope[list[TransactionView]]:
    """Settled transactions with what they cost, newest first."""
    last = list(context.state.transactions)[-limit:][::-1]
    newest = max((ended.ingest_time for ended in last), default=0)
    views = [TransactionView.model_validate(ended) for ended in last]
    return context.envelope(views, known(context.state, NEEDS, newest))


@router.post("/topup")
async def top_up_wallet(
    body: TopUpBody, context: Annotated[Context, Depends(context_of)]
) -> Envelope[TopUpView]:
    """Say where a person sends money from the cold wallet: its key is not on this machine."""
    wallet = hot_wallet(context)
    view = TopUpView(
        to=wallet.wallet,
        asset=ASSET,
        amount=body.amount,
        detail=f"Send {body.amount} {ASSET} on Polygon from the cold wallet to {wallet.wallet}. It "
        "is seen within seconds after its block; then wrap it: pets wallet wrap.",
    )
    return context.envelope(view, known(context.state, NEEDS, wallet.ingest_time))


@router.post("/rebalance")
async def rebalance_wallet(
    body: RebalanceBody, context: Annotated[Context, Depends(context_of)]
) -> Envelope[RebalanceView]:
    """Bring the hot wallet into its range: sweep what is too much, or say what to send."""
    if body.phrase != PHRASE:
        raise ApiError(
            403,
            "phrase-needed",
            f"Expected the phrase {PHRASE}, received another.",
            "Money moves: type it to confirm.",
        )
    wallet = hot_wallet(context)
    settings = context.settings
    try:
        job = balancing(wallet, cold_of(settings), settings.account, context.clock.now_ms())
    except WalletError as error:
        raise ApiError(409, "nothing-to-sweep", str(error)) from error
    if job is not None:
        await context.commander.log.send_now(WALLET_INPUTS, settings.account, job)
    view = RebalanceView(
        job_id=None if job is None else job.job_id,
        detail=wallet.advice or "The hot wallet is within its range: nothing is to be done.",
    )
    return context.envelope(view, known(context.state, NEEDS, wallet.ingest_time))


def hot_wallet(context: Context) -> WalletState:
    """The wallet that was seen last.

    Raises:
        ApiError: None was seen.
    """
    wallets = context.state.wallets.values()
    if not wallets:
        raise ApiError(
            409,
            "no-wallet",
            "Expected a wallet, none was seen yet.",
            "Start the sender (pets run wallet-sender); it needs a key: pets wallet create.",
        )
    return max(wallets, key=lambda wallet: wallet.ingest_time)
