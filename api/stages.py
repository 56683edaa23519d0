"""The composition root of the stages: which parts and which configuration make which stage."""

from collections.abc import Callable, Sequence

from agents.registry import BOTS, choose_bots, make_bots
from agents.shell.runner import StageFactory
from agents.stages.base import Stage
from agents.stages.book import BookStage
from agents.stages.bots import BotsStage
from agents.stages.configured import ConfiguredGate, ConfiguredStage, Library, taken_apart
from agents.stages.gate import GateStage
from agents.stages.gate_rules import account_rules, gate_rules
from agents.stages.ledger import LedgerStage
from agents.stages.live import LiveStage
from agents.stages.live_state import LiveRules
from agents.stages.paper import PaperStage
from agents.stages.relay import relays
from agents.stages.wallet import WalletStage
from agents.stages.wallet_book import WalletRules
from api.configuration import WORKER, content_at_hand, message_of
from api.money.wallet import cold_of
from api.wallet_relayer import gasless
from configs.complements import load_complements
from configs.paper import QueueKind, load_paper
from configs.profiles import load_profiles
from configs.risk import capital_notes, load_risk, risk_notes
from configs.rules import load_rules
from configs.settings import Settings
from configs.yaml_file import Documents, Folder
from connectors.polymarket.order_form import outgoing_order
from schemas.control import Configuration
from schemas.ids import AccountId
from schemas.values import Money
from streams.truths import TruthRules


class Stages:
    """Makes stages from the settings and the YAML they name.

    Attributes:
        settings: The process's settings, and what the configuration says in their place.
        configuration: What these stages are born with.
        library: The configurations that their logs know.
    """

    def __init__(
        self,
        settings: Settings,
        configuration: Configuration | None = None,
        library: Library | None = None,
    ) -> None:
        """Load and check every configuration file.

        Args:
            settings: The process's settings.
            configuration: In the place of its files, bots, money and seed; None takes those.
            library: Shared with the stages it was born beside; None makes one.

        Raises:
            ConfigurationError: A file is wrong; the sentence names file and line.
        """
        folder: Folder | None = settings.config_dir
        if configuration is None:
            content = content_at_hand(settings)
            configuration = message_of(
                content, AccountId(settings.account), WORKER, "what a worker was started with"
            )
        else:
            folder = Documents(configuration.files)
            changed = {name: getattr(configuration, name) for name in ("bots", "money", "seed")}
            settings = settings.model_copy(update=changed)
        self.settings = settings
        self._folder = folder
        self._account = AccountId(settings.account)
        self._rules = load_rules(folder)
        self._paper = load_paper(folder)
        self._risk = load_risk(folder)
        self._complements = load_complements(folder).by_market()
        self._profiles = load_profiles(folder, self._rules, self._risk.standard_limits())
        self._others: dict[str, Stages] = {}
        self.configuration = configuration
        self.library = library or Library(configuration)

    def under(self, configuration: Configuration) -> "Stages":
        """The stages that another configuration makes.

        Raises:
            ConfigurationError: It is wrong; the sentence names file and line.
        """
        if configuration.fingerprint == self.configuration.fingerprint:
            return self
        found = self._others.get(configuration.fingerprint)
        if found is None:
            found = Stages(self.settings, configuration, self.library)
            found.bots(0)
            self._others = {configuration.fingerprint: found}
        return found

    def notes(self) -> tuple[str, ...]:
        """What an operator should know at the start: loosened rules, bots that cannot trade."""
        bots = choose_bots(self.settings.bots)
        capitals = {bot.number: self.settings.capital for bot in bots}
        profile = self._profiles.short_horizon
        return risk_notes(self._risk) + capital_notes(
            self._risk, profile, self._rules.min_size, capitals
        )

    def named(self, name: str) -> tuple[StageFactory, ...]:
        """What makes the stages behind a name of `pets run`."""
        return self._makers()[name]()

    @property
    def names(self) -> tuple[str, ...]:
        """The names there are, in the order of the data's way."""
        return tuple(self._makers())

    def _makers(self) -> dict[str, Callable[[], tuple[StageFactory, ...]]]:
        return {
            "relay": self._relays,
            "book": lambda: (lambda _: self.book(),),
            "bots": lambda: (self._configured(lambda stages, shard: stages.bots(shard)),),
            "gate": lambda: (lambda _: self._configured_gate(),),
            "paper": lambda: (self._configured(lambda stages, shard: stages.paper(shard)),),
            "execution": self._execution,
            "ledger": lambda: (self._configured(lambda stages, _: stages.ledger()),),
            "wallet": lambda: (lambda _: self.wallet(),),
        }

    def _configured(self, make: Callable[["Stages", int], Stage]) -> StageFactory:
        def configured(partition: int) -> Stage:
            return ConfiguredStage(
                lambda configuration: make(self.under(configuration), partition),
                self.library,
            )

        return configured

    def _configured_gate(self) -> Stage:
        return ConfiguredGate(
            lambda configuration: self.under(configuration).gate(),
            self.library,
            self.settings.shards,
        )

    def _execution(self) -> tuple[StageFactory, ...]:
        """What fills orders: the paper exchange for paper money, else the stage at the venue."""
        return self.named("paper") if self.settings.money is Money.PAPER else (self.live,)

    def _relays(self) -> tuple[StageFactory, ...]:
        def maker(index: int) -> StageFactory:
            return lambda shard: relays(shard, self._account)[index]

        return tuple(maker(index) for index in range(len(relays(0, self._account))))

    def book(self) -> BookStage:
        """Marks and best prices."""
        return BookStage(self._account)

    def bots(self, shard: int) -> BotsStage:
        """The bots of a shard."""
        settings = self.settings
        return BotsStage(
            shard,
            self._account,
            make_bots(settings.bots, self._rules, self._folder),
            self._profiles,
            self._rules,
            settings.money,
            book_shows_own_orders=settings.money is not Money.PAPER,
        )

    def gate(self) -> GateStage:
        """The account's risk gate."""
        settings = self.settings
        rules = gate_rules(
            self._risk,
            self._rules,
            self._profiles,
            self._paper,
            settings.money,
            self._complements,
            on_chain=self._on_chain,
        )
        bots = (bot.bot_id for bot in BOTS)
        return GateStage(self._account, rules, bots, settings.shards)

    @property
    def _on_chain(self) -> bool:
        """Whether the account's wallet merges and splits: with live money, where it is wished."""
        return self.settings.settle_pairs and self.settings.money is Money.LIVE

    def gate_of(self, snapshot: bytes) -> GateStage:
        """The gate as a checkpoint left it, under the configuration it had.

        Raises:
            ConfigurationError: The configuration is not known, or this version cannot read it.
        """
        taken = taken_apart(snapshot)
        gate = self.under(self.library.get(taken.configuration)).gate()
        gate.restore(bytes(taken.state))
        return gate

    def ledger(self) -> LedgerStage:
        """The account's ledger."""
        return LedgerStage(self._account, account_rules(self._risk, self._profiles, self._paper))

    def wallet(self) -> WalletStage:
        """The account's wallets on the chain."""
        settings = self.settings
        rules = WalletRules(
            cold=cold_of(settings),
            gasless=gasless(settings),
            truths=TruthRules().at_speed(settings.speed),
        )
        return WalletStage(self._account, rules)

    def paper(self, shard: int, queue: QueueKind | None = None) -> PaperStage:
        """The paper exchange of a shard.

        Args:
            shard: Its partition.
            queue: Another queue model than the configured one, for a band.
        """
        rules = self._paper.exchange_rules(self._rules, self.settings.seed)
        return PaperStage(shard, self._account, rules, self._paper.queue_model(queue))

    def live(self, shard: int) -> LiveStage:
        """Execution at a venue, for one shard; the gateway makes its calls."""
        rules = LiveRules(on_chain=self._on_chain).at_speed(self.settings.speed)
        return LiveStage(shard, self._account, outgoing_order, rules)

    def closed_loop(self, queue: QueueKind | None = None) -> Sequence[Stage]:
        """All stages of one shard and account, in the order of the data's way."""
        return (
            *relays(0, self._account),
            self.book(),
            self.bots(0),
            self.gate(),
            self.paper(0, queue),
            self.ledger(),
        )
