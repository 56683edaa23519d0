"""Parameters of the paper exchange (STRATEGIES.md J, `paper`)."""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field, field_validator

from configs.rules import Strict, TradingRules
from configs.yaml_file import Folder, load_yaml
from streams.paper_rules import PaperRules
from streams.queue_models import Optimistic, PowerProbability, QueueModel, RiskAverse

FILE = "paper.yaml"


class QueueKind(StrEnum):
    """The queue models there are; one that fills without a queue is not offered.

    Every result is shown under all of them. Only the optimistic one is above the truth
    (docs/fill-truth.md), so it ends every band and is no model to trade paper money under.
    """

    RISK_AVERSE = "risk_averse"
    POWER_PROBABILITY = "power_probability"
    OPTIMISTIC = "optimistic"


class VenueRate(Strict):
    """The venue's buckets per signer; requests beyond them wait."""

    orders_per_s: int = Field(gt=0, le=1000)
    orders_burst: int = Field(gt=0)
    cancels_per_s: int = Field(gt=0, le=1000)
    cancels_burst: int = Field(gt=0)


class PaperConfig(Strict):
    """`paper.yaml`; what the venue does to GTD orders is in `rules.yaml`."""

    queue: QueueKind
    prob_n: int = Field(ge=1, le=10, description="Exponent of power_probability.")
    feed_ms: int = Field(ge=0, description="Venue to our log.")
    entry_ms: int = Field(ge=0, description="Decision to arrival.")
    cancel_ms: int = Field(ge=0, description="Decision to the cancel's arrival.")
    ack_ms: int = Field(ge=0, description="The venue's answer back to us.")
    noise_sigma: float = Field(ge=0, le=2, description="Of the logarithm of latencies.")
    max_level_share: Decimal = Field(gt=0, lt=1, description="Of the displayed size and ours.")
    level_ticks: int = Field(ge=0, description="How near counts as displayed with us.")
    max_adv_share: Decimal = Field(gt=0, le=1, description="Of a market's 24 h volume.")
    mirror_ms: int = Field(ge=0, description="Stamps of one match lie this near.")
    redeem_delay_s: int = Field(ge=0, description="Resolution to cash.")
    gas_usdc: Decimal = Field(ge=0, description="Dollars per merge, split or redemption.")
    heartbeat_lapse_s: int = Field(gt=0, description="The venue's dead man's switch.")
    venue_rate: VenueRate

    @field_validator("queue")
    @classmethod
    def _errs_low(cls, queue: QueueKind) -> QueueKind:
        if queue is QueueKind.OPTIMISTIC:
            raise ValueError("optimistic ends the bands of backtests and is not for paper money")
        return queue

    def exchange_rules(self, common: TradingRules, seed: int) -> PaperRules:
        """What the fold takes.

        Args:
            common: `rules.yaml`, for the venue's treatment of GTD orders.
            seed: Of the latency noise.
        """
        return PaperRules(
            feed_ms=self.feed_ms,
            entry_ms=self.entry_ms,
            cancel_ms=self.cancel_ms,
            ack_ms=self.ack_ms,
            noise_sigma=self.noise_sigma,
            seed=seed,
            level_ticks=self.level_ticks,
            max_level_share=self.max_level_share,
            max_volume_share=self.max_adv_share,
            mirror_ms=self.mirror_ms,
            gas=self.gas_usdc,
            gtd_early_ms=common.gtd_early_s * 1000,
            gtd_min_ahead_ms=common.gtd_min_ahead_s * 1000,
            lapse_ms=self.heartbeat_lapse_s * 1000,
            orders_per_s=self.venue_rate.orders_per_s,
            orders_burst=self.venue_rate.orders_burst,
            cancels_per_s=self.venue_rate.cancels_per_s,
            cancels_burst=self.venue_rate.cancels_burst,
        )

    def queue_model(self, kind: QueueKind | None = None) -> QueueModel:
        """The configured queue model, or another one for a band."""
        match kind or self.queue:
            case QueueKind.RISK_AVERSE:
                return RiskAverse()
            case QueueKind.OPTIMISTIC:
                return Optimistic()
            case _:
                return PowerProbability(self.prob_n)


def load_paper(folder: Folder | None = None) -> PaperConfig:
    """Load `paper.yaml`.

    Args:
        folder: The operator's folder (`PETS_CONFIG_DIR`), or None.

    Raises:
        ConfigurationError: It is wrong; the sentence names file and line.
    """
    return load_yaml(PaperConfig, FILE, folder)
