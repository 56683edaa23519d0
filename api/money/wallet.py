"""Whether this installation moves money on a chain, on which, and between which wallets."""

from collections.abc import Mapping

from configs.settings import Settings
from connectors.keystore.source import OPENED_BY, vault_of
from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polymarket.contracts import CHAIN_ID
from connectors.polymarket.keys import KEY
from connectors.sandbox.chain.known import COLD
from schemas.values import Money


def is_local(settings: Settings) -> bool:
    """Whether the money is the local chain's, which is worth nothing."""
    return settings.chain_id == LOCAL_CHAIN_ID


def cold_of(settings: Settings) -> str:
    """The cold wallet's address; empty where none is named."""
    return COLD if is_local(settings) else settings.cold_address


def local_chain(settings: Settings) -> dict[str, str]:
    """The settings that lead to the local chain of this machine."""
    base = f"http://127.0.0.1:{settings.chain_port}"
    return {
        "chain_id": str(LOCAL_CHAIN_ID),
        "polygon_rpc": f"{base}/rpc,{base}/rpc/2",
        "gas_station_url": f"{base}/gas-station/v2",
    }


def why_off(settings: Settings, environ: Mapping[str, str]) -> str:
    """Why no wallet is run, in a sentence; empty when one is.

    Played data brings the local chain with it. On live data there is a wallet with live money only,
    and with a key that opens without a person.

    Args:
        settings: Source, money and chain.
        environ: Where keys are named.
    """
    if settings.source != "live":
        return ""
    if settings.money is not Money.LIVE:
        return "The wallet stays off: live data with paper money moves nothing on a chain."
    if settings.chain_id != CHAIN_ID:
        return (
            f"The wallet stays off: PETS_CHAIN_ID is {settings.chain_id}. For merges and "
            f"redemptions set it to {CHAIN_ID} (Polygon) and PETS_POLYGON_RPC to two nodes of it."
        )
    if _is_named(KEY, environ):
        return ""
    if not vault_of(settings.home, environ).path.exists():
        return "The wallet stays off: it has no key. Make one: pets wallet create."
    if not _is_named(OPENED_BY, environ):
        return (
            f"The wallet stays off: nobody opens its keystore. Name the passphrase in {OPENED_BY}, "
            f"or its file in {OPENED_BY}_FILE."
        )
    return ""


def _is_named(name: str, environ: Mapping[str, str]) -> bool:
    return bool(environ.get(name) or environ.get(f"{name}_FILE"))
