"""What `/wallet` takes and gives."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class PendingView(BaseModel):
    """A transaction under way."""

    model_config = ConfigDict(from_attributes=True)

    nonce: int
    job_id: str
    kind: str
    attempt: int
    hash: str
    since: int
    mined: bool


class WalletView(BaseModel):
    """One wallet."""

    model_config = ConfigDict(from_attributes=True)

    wallet: str = Field(description="Its address.")
    balances: dict[str, Decimal] = Field(description="Whole units by asset.")
    nonce: int | None
    last_sync_at: int | None = Field(description="When chain and wallet were compared, ms.")
    gas_gwei: Decimal | None = Field(description="What an ordinary transaction pays.")
    band: str = Field(description="rapid, fast, standard, or queue: transactions wait.")
    share: Decimal | None = Field(description="Part of all capital that is in this wallet.")
    cold: Decimal = Field(description="Dollars in the cold wallet, which no key here commands.")
    sweep: Decimal = Field(description="Dollars that are too many for a hot wallet.")
    advice: str = Field(description="What to do about it; empty for nothing.")
    doubt: str = Field(description="Why nothing new is sent; empty when all is well.")
    queued: int
    pending: tuple[PendingView, ...]
    gas_usd: dict[str, Decimal] = Field(description="Dollars of gas by bot; empty serves all.")
    freed: Decimal = Field(description="Dollars that merges and redemptions have freed.")


class TransactionView(BaseModel):
    """How one nonce ended."""

    model_config = ConfigDict(from_attributes=True)

    wallet: str
    nonce: int
    event_time: int = Field(description="When it was final, ms.")
    kind: str
    status: str
    bot_id: str
    hash: str
    block: int
    attempt: int
    gas_used: int
    cost_pol: Decimal
    cost_usd: Decimal | None


class TopUpBody(BaseModel):
    """How much is to come from the cold wallet."""

    amount: Decimal = Field(gt=0, max_digits=18, decimal_places=6, description="Dollars.")


class TopUpView(BaseModel):
    """What a person has to do: no key of the cold wallet is here."""

    to: str
    asset: str
    amount: Decimal
    detail: str


class RebalanceBody(BaseModel):
    """The typed phrase."""

    phrase: str = Field(max_length=20, description="REBALANCE")


class RebalanceView(BaseModel):
    """What was begun, or what a person has to do."""

    job_id: str | None
    detail: str
