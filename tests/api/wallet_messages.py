"""What the wallet stage tells of a wallet, as the API hears it."""

from decimal import Decimal

from schemas.ids import AccountId, BotId
from schemas.wallet import JobKind, PendingTransaction, TransactionEnded, WalletState
from tests.sinks.messages import at

ADDRESS = "0x" + "ab" * 20


def wallet_state(
    ms: int, *, sweep: str = "0", advice: str = "", address: str = ADDRESS
) -> WalletState:
    return WalletState(
        **at(ms, "wallet", address),
        wallet=address,
        balances={"pUSD": Decimal(3000), "USDC.e": Decimal(2000), "POL": Decimal("99.5")},
        nonce=14,
        last_sync_at=at(ms, "w")["event_time"],
        gas_gwei=Decimal("27.5"),
        band="rapid",
        share=Decimal("0.142857"),
        cold=Decimal(30_000),
        sweep=Decimal(sweep),
        advice=advice,
        doubt="",
        queued=1,
        pending=(
            PendingTransaction(
                nonce=13,
                job_id="j",
                kind=JobKind.REDEEM,
                attempt=1,
                hash="0x1",
                since=1,
                mined=False,
            ),
        ),
        gas_usd={"": Decimal("0.01"), "bot_05": Decimal("0.02")},
        freed=Decimal(100),
    )


def ended(ms: int, nonce: int, kind: JobKind = JobKind.SPLIT) -> TransactionEnded:
    return TransactionEnded(
        **at(ms, "ended", str(nonce)),
        account_id=AccountId("main"),
        wallet=ADDRESS,
        job_id=f"job-{nonce}",
        kind=kind,
        bot_id=BotId(""),
        nonce=nonce,
        attempt=1,
        hash=f"0x{nonce:064x}",
        block=nonce + 10,
        status="confirmed",
        began_at=1,
        gas_used=90_000,
        gas_price=27 * 10**9,
        cost_pol=Decimal("0.00243"),
        cost_usd=None if nonce == 0 else Decimal("0.0012"),
    )
