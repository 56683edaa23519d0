"""Where the live venue is (PROTOCOL.md section 1), for whoever reads live data without saying."""

from collections.abc import Mapping
from types import MappingProxyType

from configs.settings import Settings

LIVE: Mapping[str, str] = MappingProxyType(
    {
        "gamma_url": "https://gamma-api.polymarket.com",
        "clob_url": "https://clob.polymarket.com",
        "data_url": "https://data-api.polymarket.com",
        "site_url": "https://polymarket.com",
        "market_ws_url": "wss://ws-subscriptions-clob.polymarket.com/ws/market",
        "user_ws_url": "wss://ws-subscriptions-clob.polymarket.com/ws/user",
    }
)


def hosts(settings: Settings) -> dict[str, str]:
    """The live venue's addresses by setting; those that were set stay."""
    named = settings.model_fields_set
    return {name: getattr(settings, name) if name in named else url for name, url in LIVE.items()}


def at_hosts(settings: Settings) -> Settings:
    """The settings with the live venue's addresses, where the source is live."""
    return settings.model_copy(update=hosts(settings)) if settings.source == "live" else settings
