"""Rules that all bots and the risk gate share (STRATEGIES.md J, `common`)."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from configs.yaml_file import Folder, load_yaml

FILE = "rules.yaml"


class Strict(BaseModel):
    """A mapping of a configuration file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)


class RebateShare(Strict):
    """Maker rebate per category as a share of the taker fee, where the market carries none."""

    crypto: Decimal = Field(ge=0, le=1)
    sports: Decimal = Field(ge=0, le=1)
    geopolitics: Decimal = Field(ge=0, le=1)
    other: Decimal = Field(ge=0, le=1)
    unknown: Decimal = Field(ge=0, le=1)


class TradingRules(Strict):
    """What every bot and the gate go by; a profile overrides some of it for its markets."""

    min_edge: Decimal = Field(gt=0, lt=1, description="Net edge, dollars per share.")
    z3_min_edge: Decimal = Field(gt=0, lt=1, description="Net edge in zone 3.")
    min_size: Decimal = Field(gt=0, description="Shares of a new order.")
    lot: Decimal = Field(gt=0, description="Step of a size, shares.")
    book_max_age_s: int = Field(gt=0, description="Lag of a book's last event, decision's age.")
    feed_silence_s: int = Field(gt=0, le=12, description="Silence of a connection.")
    min_rest_s: int = Field(ge=0, description="An order's least rest before it is re-priced.")
    gtd_early_s: int = Field(ge=0, description="The venue drops GTD orders this early.")
    gtd_min_ahead_s: int = Field(gt=0, description="The venue refuses a nearer GTD time.")
    clock_slack_s: int = Field(ge=0, description="Kept for clock error.")
    view_max_age_s: int = Field(gt=0, description="Age of an account view that may open.")
    e_ref_slack: Decimal = Field(ge=0, lt=1, description="A view's equity above the gate's.")
    mm_grace_s: int = Field(ge=0, description="One market maker side alone.")
    snapshot_max_age_s: int = Field(gt=0, description="Freshness of snapshot recordings.")
    improve_entry: bool
    improve_exit: bool
    would_cross_retries: int = Field(ge=0, description="Tries after WOULD_CROSS.")
    would_cross_window_s: int = Field(gt=0, description="Within so many seconds.")
    unanswered_s: int = Field(gt=0, description="An intent without a verdict counts as live.")
    rebate_share: RebateShare

    @property
    def gtd_life_s(self) -> int:
        """Seconds a GTD order lives at least: what is ahead of it, less what the venue takes."""
        return self.gtd_min_ahead_s + self.clock_slack_s - self.gtd_early_s


def load_rules(folder: Folder | None = None) -> TradingRules:
    """Load `rules.yaml`.

    Raises:
        ConfigurationError: It is wrong; the sentence names file and line.
    """
    return load_yaml(TradingRules, FILE, folder)
