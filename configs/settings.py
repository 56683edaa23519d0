"""Settings of a process: environment variables `PETS_*`, or a `.env` file, over these defaults."""

import socket
from decimal import Decimal
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from configs.clock import PROCESS_WALL, SessionClock, SteadyWall
from schemas.values import Money

Source = Literal["world", "recorded", "both", "live"]
World = Literal["small", "large"]


class Settings(BaseSettings):
    """Everything a stage needs to know about where it runs.

    Each field is set by `PETS_<NAME>`, e.g. `PETS_BROKER=redpanda:9092`.
    """

    model_config = SettingsConfigDict(env_prefix="PETS_", env_file=".env", extra="ignore")

    home: Path = Field(Path(".pets"), description="State of a local installation.")
    archive: Path = Field(
        Path(".pets/archive"),
        description="Folder of the log's archive; `pets up` records where it is set.",
    )
    broker: str = Field("127.0.0.1:19092", description="Kafka bootstrap address.")
    database: SecretStr = Field(
        SecretStr("postgresql://pets@127.0.0.1:15432/pets"), description="PostgreSQL address."
    )
    topic_prefix: str = Field("", description="Put before every topic name; tests isolate by it.")
    account: str = Field("main", description="Trading account; one risk gate each.")
    shards: int = Field(1, ge=1, description="Partitions of shard topics.")
    money: Money = Field(Money.PAPER, description="paper, sandbox or live.")
    source: Source = Field("both", description="Where market data comes from.")
    world: World = Field("small", description="Size of the simulated world: small or large.")
    speed: float = Field(1.0, gt=0, description="Session seconds per wall second.")
    seed: int = Field(7, description="Seed of the simulated world and of latency noise.")
    anchor_wall_ms: int = Field(0, description="Wall time at which the session clock was anchored.")
    anchor_event_ms: int = Field(0, description="Session time at that moment.")
    wall_offset_ms: int = Field(
        0,
        description="Wall time at the machine's start, ms UTC, shared by a session's processes on "
        "one machine so that setting its clock moves none of them; 0 is taken at the start.",
    )
    capital: Decimal = Field(
        Decimal(10_000), gt=0, description="Paper dollars of each running bot."
    )
    bots: str = Field("1,5", description="Numbers of the bots that run, comma separated.")
    config_dir: Path | None = Field(None, description="Folder that overrides the shipped YAML.")

    max_markets: int = Field(300, ge=1, description="Most markets to follow, the busiest first.")

    gamma_url: str = Field("http://127.0.0.1:18080", description="Market metadata (Gamma).")
    clob_url: str = Field("http://127.0.0.1:18080", description="Order books and orders (CLOB).")
    market_ws_url: str = Field(
        "ws://127.0.0.1:18080/ws/market", description="Market WebSocket of the venue."
    )
    user_ws_url: str = Field(
        "ws://127.0.0.1:18080/ws/user", description="User WebSocket of the venue."
    )
    data_url: str = Field("http://127.0.0.1:18080", description="Public records (Data API).")
    site_url: str = Field("http://127.0.0.1:18080", description="The venue's site, for geoblock.")
    venue_wallet: str = Field(
        "",
        description="Proxy, Safe or deposit wallet that holds the live funds; empty is the key's "
        "own address.",
    )
    paper_record: Path = Field(
        Path(".pets/graduation.json"),
        description="What `pets graduation` keeps of each bot's paper record; live money asks "
        "for it.",
    )
    live_phrase: str = Field("", description="The typed phrase that `pets up --money live` asks.")

    feeds_url: str = Field(
        "",
        description="Read all outside feeds here instead of at their own hosts, each under its "
        "name; the sandbox's own in a simulated world.",
    )
    newsapi_key: SecretStr = Field(SecretStr(""), description="Key of NewsAPI; empty is off.")
    x_token: SecretStr = Field(SecretStr(""), description="Bearer token of X; empty is off.")
    pandascore_token: SecretStr = Field(SecretStr(""), description="PandaScore; empty is off.")
    abios_secret: SecretStr = Field(SecretStr(""), description="Abios; empty is off.")
    riot_key: SecretStr = Field(SecretStr(""), description="LoL Esports; empty is off.")
    steam_key: SecretStr = Field(SecretStr(""), description="Steam Web API; empty is off.")
    kaito_key: SecretStr = Field(SecretStr(""), description="Kaito; empty is off.")

    relayer_url: str = Field(
        "https://relayer-v2.polymarket.com",
        description="Relayer of the venue, which moves a proxy, Safe or deposit wallet.",
    )
    settle_pairs: bool = Field(
        False,
        description="Merge and split pairs on the chain with live money; needs the wallet's "
        "sender, with the key of the account that trades. Off denies them (CHAIN_ONLY).",
    )
    polygon_rpc: SecretStr = Field(
        SecretStr("http://127.0.0.1:18081/rpc,http://127.0.0.1:18081/rpc/2"),
        description="Nodes of the chain, comma separated; two or more, so that one alone is never "
        "believed.",
    )
    chain_id: int = Field(
        31337,
        description="137 is Polygon; 31337 the local chain, on which no key of yours is used.",
    )
    gas_station_url: str = Field(
        "http://127.0.0.1:18081/gas-station/v2",
        description="Gas station; empty asks the nodes alone.",
    )
    chain_host: str = Field("127.0.0.1", description="Address the local chain binds to.")
    chain_port: int = Field(18081, description="Port of the local chain.")
    cold_address: str = Field(
        "",
        description="Address of the cold wallet, whose key is not on this machine; the local "
        "chain has its own.",
    )

    api_host: str = Field("127.0.0.1", description="Address the API binds to.")
    api_port: int = Field(8000, description="Port of the API.")
    api_url: str = Field(
        "http://127.0.0.1:8000", description="Where dashboard and CLI find the API."
    )
    api_key: SecretStr = Field(
        SecretStr(""), description="Key the API asks for; required off loopback."
    )
    dashboard_host: str = Field("127.0.0.1", description="Address the dashboard binds to.")
    dashboard_port: int = Field(8501, description="Port of the dashboard.")
    language: Literal["en", "es"] = Field("en", description="Language of the dashboard: en or es.")
    console_url: str = Field(
        "", description="Where a browser finds Redpanda Console; empty shows no links to it."
    )
    broker_port: int = Field(19092, description="Port of the embedded Kafka.")
    broker_controller_port: int = Field(19093, description="Port of its controller.")
    database_port: int = Field(15432, description="Port of the embedded PostgreSQL.")
    postgres_bin: Path | None = Field(
        None, description="Folder with initdb and postgres; the installed wheel's by default."
    )
    sandbox_host: str = Field("127.0.0.1", description="Address the sandbox venue binds to.")
    sandbox_port: int = Field(18080, description="Port of the sandbox venue.")
    metrics_port: int = Field(0, description="Port of a stage's Prometheus metrics; 0 is off.")
    metrics_host: str = Field("127.0.0.1", description="Address the metrics are served on.")
    redis_url: str = Field("", description="Rate-limit store; empty keeps it in memory.")
    instance: str = Field(
        "",
        description="Name of this worker among those of its stage, kept over restarts; empty "
        "takes the host's name. Two workers of a stage on one host need different ones.",
    )
    fetch_wait_ms: int = Field(
        500, ge=1, description="How long the broker may hold an empty fetch; Kafka wakes it."
    )
    checkpoint_ms: int = Field(
        100, ge=1, description="Least milliseconds between two checkpoints of a stage."
    )
    checkpoint_bytes_per_s: int = Field(
        500_000, ge=1, description="Large checkpoints are spaced to stay below this per stage."
    )
    alert_webhook_url: SecretStr = Field(
        SecretStr(""), description="Alerts are POSTed here as JSON; empty is off."
    )
    telegram_token: SecretStr = Field(
        SecretStr(""), description="Telegram bot that sends alerts; empty is off."
    )
    telegram_chat: str = Field("", description="Chat it sends them to.")
    telegram_url: str = Field("https://api.telegram.org", description="Telegram's host.")
    mail_url: SecretStr = Field(
        SecretStr(""),
        description="Mail server for alerts, smtp://host:587, user and password before the host; "
        "empty is off.",
    )
    mail_from: str = Field("", description="Sender of alerts; the receiver where it is empty.")
    mail_to: str = Field("", description="Receiver of alerts.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    def secrets(self) -> tuple[str, ...]:
        """Every secret among the settings, so that no log line contains one."""
        values = (getattr(self, name) for name in type(self).model_fields)
        texts = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        password = urlsplit(self.database.get_secret_value()).password or ""
        texts += (password, *self.rpc_urls)
        local = ("@127.0.0.1", "//127.0.0.1")
        return tuple(text for text in texts if text and not any(host in text for host in local))

    @property
    def rpc_urls(self) -> tuple[str, ...]:
        """Addresses of the chain's nodes; those of providers carry a key."""
        urls = self.polygon_rpc.get_secret_value().split(",")
        return tuple(url.strip() for url in urls if url.strip())

    def worker_instance(self) -> str:
        """The name of this worker among those of its stage."""
        return self.instance or socket.gethostname()

    def clock(self) -> SessionClock:
        """The session clock of this process; wall time where nothing was anchored."""
        wall = SteadyWall(self.wall_offset_ms) if self.wall_offset_ms else PROCESS_WALL
        return SessionClock(self.anchor_wall_ms, self.anchor_event_ms, self.speed, wall)
