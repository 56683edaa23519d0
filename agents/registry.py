"""The bots that exist, in order. A new bot is one module, one YAML file and one line here."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from agents.bots.base import Bot, Running, RunningBot, S
from agents.bots.bot_01_rebalancing import Rebalancing
from agents.bots.bot_02_esports import Esports
from agents.bots.bot_03_copy_trading import CopyTrading
from agents.bots.bot_04_news import News
from agents.bots.bot_05_market_maker import MarketMaker
from agents.bots.bot_06_multi_outcome import MultiOutcome
from agents.bots.bot_07_contrarian import Contrarian
from agents.bots.bot_08_tail_risk import TailRisk
from agents.bots.bot_09_kelly_optimizer import KellyOptimizer
from agents.bots.bot_10_long_term_value import LongTermValue
from agents.bots.news_sense import NewsSense
from configs.bots import (
    BotParameters,
    MarketMakerParameters,
    RebalancingParameters,
    load_bot,
)
from configs.bots_directional import (
    CopyParameters,
    EsportsParameters,
    MultiOutcomeParameters,
)
from configs.bots_news import NewsParameters
from configs.bots_patient import (
    ContrarianParameters,
    KellyOptimizerParameters,
    LongTermValueParameters,
    TailParameters,
)
from configs.complements import load_complements
from configs.rules import TradingRules
from configs.yaml_file import Folder
from schemas.errors import ConfigurationError
from schemas.ids import BotId

P = TypeVar("P", bound=BotParameters)


class BotEntry(NamedTuple):
    """One bot.

    Attributes:
        file: Its parameters inside `configs/bots/`; begins with the bot's id.
        load: Loads them, from the operator's folder or the shipped one.
        make: Makes the bot with fresh state from the operator's folder and the common rules.
    """

    file: str
    load: Callable[[Folder | None], BotParameters]
    make: Callable[[Folder | None, TradingRules], RunningBot]

    @property
    def number(self) -> int:
        """The bot's number; 1 to 10 are the mission's."""
        return int(self.file[4:6])

    @property
    def bot_id(self) -> BotId:
        """`bot_01` … `bot_10`."""
        return BotId(self.file[:6])

    @property
    def name(self) -> str:
        """For people, e.g. "market maker"."""
        return self.file[7:].removesuffix(".yaml").replace("_", " ")


def entry(file: str, parameters: type[P], make: Callable[[P, TradingRules], Bot[S]]) -> BotEntry:
    """One line of the registry.

    Args:
        file: Name inside `configs/bots/`.
        parameters: The model of that file.
        make: The bot's class.
    """

    def load(folder: Folder | None) -> P:
        return _load(parameters, file, folder)

    def run(folder: Folder | None, rules: TradingRules) -> RunningBot:
        return Running(make(load(folder), rules))

    return BotEntry(file, load, run)


def _load(parameters: type[P], file: str, folder: Folder | None) -> P:
    loaded = load_bot(parameters, file, folder)
    if loaded.bot_id != file[:6]:
        raise ConfigurationError(
            f"bots/{file}, number: expected {int(file[4:6])}, received {loaded.number}. "
            "The number is part of the file's name."
        )
    return loaded


def analyzer(parameters: NewsParameters) -> SentimentIntensityAnalyzer:
    """VADER, whose lexicon comes with the package, with bot 4's words over it."""
    vader = SentimentIntensityAnalyzer()
    vader.lexicon.update(parameters.vocabulary.words().valence)
    return vader


def sense(folder: Folder | None = None) -> NewsSense:
    """What makes bot 7 stay away from a market, with bot 4's words."""
    parameters = load_bot(NewsParameters, "bot_04_news.yaml", folder)
    return NewsSense(parameters, analyzer(parameters))


def _rebalancing() -> BotEntry:
    """Bot 1, which trades the operator's list of complements as well."""
    file = "bot_01_rebalancing.yaml"
    plain = entry(file, RebalancingParameters, Rebalancing)

    def run(folder: Folder | None, rules: TradingRules) -> RunningBot:
        listed = load_complements(folder).by_market()
        return Running(Rebalancing(_load(RebalancingParameters, file, folder), rules, listed))

    return plain._replace(make=run)


def _contrarian() -> BotEntry:
    """Bot 7, which reads the news as bot 4 does."""
    file = "bot_07_contrarian.yaml"
    plain = entry(file, ContrarianParameters, lambda p, r: Contrarian(p, r, sense()))

    def run(folder: Folder | None, rules: TradingRules) -> RunningBot:
        own = _load(ContrarianParameters, file, folder)
        return Running(Contrarian(own, rules, sense(folder)))

    return plain._replace(make=run)


BOTS: tuple[BotEntry, ...] = (
    _rebalancing(),
    entry("bot_02_esports.yaml", EsportsParameters, Esports),
    entry("bot_03_copy_trading.yaml", CopyParameters, CopyTrading),
    entry("bot_04_news.yaml", NewsParameters, lambda p, r: News(p, r, analyzer(p))),
    entry("bot_05_market_maker.yaml", MarketMakerParameters, MarketMaker),
    entry("bot_06_multi_outcome.yaml", MultiOutcomeParameters, MultiOutcome),
    _contrarian(),
    entry("bot_08_tail_risk.yaml", TailParameters, TailRisk),
    entry("bot_09_kelly_optimizer.yaml", KellyOptimizerParameters, KellyOptimizer),
    entry("bot_10_long_term_value.yaml", LongTermValueParameters, LongTermValue),
)


DIRECTIONAL = frozenset(BotId(f"bot_{number:02d}") for number in (2, 3, 4, 7, 8, 10))
"""Bots that hold opinions; the others make markets and bundles. E.6 asks other proof of them."""
ADVISERS = frozenset({BotId("bot_09")})
"""Bots that place no orders and need no capital."""


def choose_bots(numbers: str) -> tuple[BotEntry, ...]:
    """The bots of a list of numbers and ranges such as "1,5" or "1-10", in the registry's order.

    Raises:
        ConfigurationError: A number is no number, or no bot has it.
    """
    known = {bot.number: bot for bot in BOTS}
    allowed = ", ".join(str(number) for number in known)
    wanted: list[int] = []
    for part in (part.strip() for part in numbers.split(",") if part.strip()):
        first, dash, last = part.partition("-")
        ends = [int(each) for each in (first, last if dash else first) if each.isdigit()]
        if len(ends) != 2 or not set(ends) <= known.keys() or ends[0] > ends[1]:
            raise ConfigurationError(
                f"Expected numbers of bots that exist ({allowed}), received {part!r} in "
                f"{numbers!r}. Write them with commas or as a range, for example 1,5 or 1-10."
            )
        wanted.extend(range(ends[0], ends[1] + 1))
    return tuple(bot for bot in BOTS if bot.number in wanted)


def make_bots(
    numbers: str, rules: TradingRules, folder: Folder | None = None
) -> tuple[RunningBot, ...]:
    """Bots with fresh state.

    Args:
        numbers: A comma-separated list such as "1,5".
        rules: Common rules.
        folder: The operator's folder (`PETS_CONFIG_DIR`), or None.

    Raises:
        ConfigurationError: A bot does not exist, or its parameters are wrong.
    """
    return tuple(bot.make(folder, rules) for bot in choose_bots(numbers))
