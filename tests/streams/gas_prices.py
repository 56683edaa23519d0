from decimal import Decimal

from schemas.wallet import GasObserved
from streams.gas import GWEI


def gas(base: int = 20, standard: int = 5, fast: int = 10, now: int = 0) -> GasObserved:
    """What gas costs, in gwei."""
    return GasObserved(
        event_id=f"gas-{base}-{now}",
        event_time=now,
        ingest_time=now,
        source="test",
        base_fee=base * GWEI,
        tip_slow=min(2, standard) * GWEI,
        tip_standard=standard * GWEI,
        tip_fast=fast * GWEI,
        pol_usd=Decimal("0.25"),
        origin="station",
    )
