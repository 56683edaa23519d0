"""Money modes refuse in one sentence each, against a venue that says no."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from api.configuration import content_at_hand
from api.gateway import venue_checks
from api.gateway_parts import Parts, assemble
from api.gateway_watch import gateway_metrics
from api.money.access import VenueAccess, open_access
from api.money.choice import keep_to, money_of, with_money
from api.money.gate import phrase, require_money
from api.money.graduation import graduation, keep
from api.money.keys import account_for, signer_for
from configs.clock import SessionClock
from configs.metrics_gateway import GATEWAY_METRICS
from configs.settings import Settings
from connectors.polymarket.signer import Signer
from connectors.sandbox.fault_commands import FaultCommand, FaultDesk
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from schemas.envelope import Message
from schemas.errors import ConfigurationError
from schemas.values import Money
from schemas.venue_status import VenueStatus
from tests.streams.test_graduation import MAKER
from topics.catalog import TopicSpec

KEY = bytes(range(1, 33))
ENVIRON = {"PETS_PRIVATE_KEY": KEY.hex()}
ADDRESS = Signer(KEY).address


class Venue:
    """A sandbox in the place of the live venue."""

    def __init__(self, url: str, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.settings = Settings(
            _env_file=None,
            home=folder,
            money=Money.LIVE,
            source="live",
            clob_url=url,
            data_url=url,
            site_url=url,
            live_phrase=phrase(ADDRESS),
            paper_record=folder / "graduation.json",
        )
        self.settings.paper_record.write_bytes(answer(records(self.settings)))

    def fault(self, command: FaultCommand) -> None:
        FaultDesk(self.sandbox).arm(command)


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    sandbox = Sandbox(SandboxSettings(source="world", activity=1e-9), SessionClock())
    listener = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve_on(listener, sandbox))
    yield Venue(f"http://127.0.0.1:{listener.getsockname()[1]}", sandbox, tmp_path)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def required(venue: Venue, **changes: object) -> None:
    settings = venue.settings.model_copy(update=changes)
    async with open_access(settings, ENVIRON) as access:
        await require_money(settings, access)


async def test_live_money_passes_when_everything_is_as_it_must_be(venue: Venue) -> None:
    await required(venue)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (FaultCommand(kind="geoblock"), r"\(geoblock\): The venue does not let US NY trade"),
        (FaultCommand(kind="closed_only", address=ADDRESS), r"\(closed-only\): .* positions only"),
        (FaultCommand(kind="clock_skew", ms=9_000), r"\(clock\): .*\+[89] s from ours"),
        (
            FaultCommand(kind="status", path="/balance-allowance", status=403, count=9),
            r"\(balance\): It could not be read",
        ),
    ],
)
async def test_live_money_is_refused_with_the_reason(
    venue: Venue, fault: FaultCommand, sentence: str
) -> None:
    venue.fault(fault)
    with pytest.raises(ConfigurationError, match=sentence):
        await required(venue)


async def test_live_money_wants_what_paper_money_has_shown(venue: Venue) -> None:
    with pytest.raises(ConfigurationError, match=r"\(graduation\): There is no paper record at"):
        await required(venue, paper_record=Path("nowhere.json"))
    with pytest.raises(ConfigurationError, match=r"bot_07: insufficient. It has no paper record."):
        await required(venue, bots="1,7", capital=1)


async def test_live_money_wants_the_capital_and_the_phrase(venue: Venue) -> None:
    with pytest.raises(ConfigurationError, match="lower PETS_CAPITAL, or pay in"):
        await required(venue, capital=10**9)
    for typed in ("", "yes", phrase("0x" + "0" * 40)):
        with pytest.raises(ConfigurationError, match="Expected the phrase 'I trade real money"):
            await required(venue, live_phrase=typed)


async def test_sandbox_money_never_leaves_this_machine(venue: Venue) -> None:
    sandbox = {"money": Money.SANDBOX, "source": "world"}
    await required(venue, **sandbox)

    async def at(url: str, access: VenueAccess) -> None:
        away = {**sandbox, "clob_url": url}
        await require_money(venue.settings.model_copy(update=away), access)

    async with open_access(venue.settings, ENVIRON) as access:
        await at("http://sandbox:18080", access)
        for url in ("https://clob.polymarket.com", "http://sandbox.example.com:18080"):
            with pytest.raises(ConfigurationError, match="sandbox money never leaves it"):
                await at(url, access)


def records(at: Settings) -> list[dict[str, object]]:
    """Records of two bots that lack nothing, as the API tells them."""
    told = msgspec.to_builtins(msgspec.structs.replace(MAKER, deflated=0.99))
    parameters = content_at_hand(at).parameters
    return [
        {**told, "bot_id": bot, "parameters": parameters, "lacks": []}
        for bot in ("bot_01", "bot_05")
    ]


def answer(data: list[dict[str, object]], money: str = "paper") -> bytes:
    return msgspec.json.encode({"money": money, "as_of": 1, "data": data})


def settings(**changes: object) -> Settings:
    return Settings(_env_file=None).model_copy(update=changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"money": Money.LIVE, "source": "world"}, "--source live at speed 1"),
        ({"money": Money.LIVE, "source": "live", "speed": 2.0}, "--source live at speed 1"),
        ({"money": Money.SANDBOX, "source": "live"}, "a source that the sandbox plays"),
        ({"money": Money.SANDBOX, "shards": 2}, "Set PETS_SHARDS=1"),
    ],
)
def test_a_mode_that_does_not_go_together_is_refused(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        with_money(settings(**changes))


def test_paper_is_the_default_and_other_money_has_a_folder_of_its_own() -> None:
    assert Settings(_env_file=None).money is Money.PAPER
    assert with_money(settings()).home == Path(".pets")
    assert with_money(settings(money=Money.SANDBOX)).home == Path(".pets-sandbox")
    with pytest.raises(ConfigurationError, match="paper, sandbox, live, received 'real'"):
        money_of("real")


def test_a_folder_is_about_one_money_for_good(tmp_path: Path) -> None:
    keep_to(tmp_path, Money.SANDBOX)
    keep_to(tmp_path, Money.SANDBOX)
    with pytest.raises(ConfigurationError, match="it holds sandbox"):
        keep_to(tmp_path, Money.LIVE)
    (tmp_path / "old" / "data" / "kafka").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="it holds paper"):
        keep_to(tmp_path / "old", Money.SANDBOX)


def test_the_sandbox_has_a_throw_away_key_that_stays(tmp_path: Path) -> None:
    sandbox = settings(money=Money.SANDBOX, home=tmp_path)
    first, again = signer_for(sandbox, {}), signer_for(sandbox, {})
    assert first.address == again.address
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_live_money_wants_a_key_and_a_wallet_that_it_commands(tmp_path: Path) -> None:
    live = settings(money=Money.LIVE, source="live", home=tmp_path)
    with pytest.raises(ConfigurationError, match="Expected a private key in PETS_PRIVATE_KEY"):
        signer_for(live, {})
    strange = live.model_copy(update={"venue_wallet": "0x" + "12" * 20})
    with pytest.raises(ConfigurationError, match="to be a proxy, Safe or deposit wallet of"):
        account_for(strange, Signer(KEY))
    assert account_for(live, Signer(KEY)).maker == ADDRESS


class Told:
    """Stands in for the log."""

    def __init__(self) -> None:
        self.statuses: list[VenueStatus] = []

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        assert isinstance(message, VenueStatus)
        self.statuses.append(message)


def opens(parts: Parts) -> bool:
    return not parts.sender.refuses_opening


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (FaultCommand(kind="closed_only", address=ADDRESS), "lets this account close positions"),
        (FaultCommand(kind="geoblock"), "does not let US trade"),
    ],
)
async def test_one_asker_stops_what_opens_here_and_tells_the_gate(
    venue: Venue, fault: FaultCommand, sentence: str
) -> None:
    async with open_access(venue.settings, ENVIRON) as access:

        async def publish(message: object) -> None:
            """Nobody listens."""

        parts = assemble(venue.settings, access, venue.settings.clock(), publish)
        told = Told()
        checks = venue_checks(venue.settings, access, parts, told)
        await checks.check()
        assert opens(parts)
        venue.fault(fault)
        await checks.check()
        assert sentence in parts.watch.forbids_opening
        assert not opens(parts)
        FaultDesk(venue.sandbox).disarm()
        await checks.check()
        assert opens(parts)
        counted = {(each.name, each.type) for each in gateway_metrics(parts).collect()}
        assert counted == {(metric.name, str(metric.kind)) for metric in GATEWAY_METRICS}
        shown = [bool(each.closed_only or each.geoblocked) for each in told.statuses]
        assert shown == [False, True, False]


def insufficient(changes: dict[str, object], money: str = "paper") -> str:
    """What live money says of the records, one of which differs."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "graduation.json"
        first, *others = records(settings())
        path.write_bytes(answer([{**first, **changes}, *others], money))
        found = graduation(settings(paper_record=path))
    assert not found.passed
    return found.says


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days": 27}, r"bot_01: insufficient. 27 of 28 days."),
        ({"violations": 2}, r"bot_01: insufficient. 2 invariants were broken."),
        ({"deflated": None}, r"bot_01: insufficient. The deflated Sharpe ratio is None"),
        ({"parameters": "others"}, r"made with other parameters than those at hand"),
        ({"bot_id": "bot_02"}, r"bot_01: insufficient. It has no paper record."),
    ],
)
def test_live_money_is_refused_where_a_record_is_insufficient(
    changes: dict[str, object], sentence: str
) -> None:
    said = insufficient(changes)
    assert re.search(sentence, said), said
    assert "bot_05" not in said


def test_only_a_paper_record_that_can_be_read_counts(tmp_path: Path) -> None:
    assert "is about sandbox money" in insufficient({}, money="sandbox")
    assert "cannot be read" in insufficient({"days": "many"})
    missing = graduation(settings(paper_record=tmp_path / "none.json"))
    assert "There is no paper record at" in missing.says
    with pytest.raises(ConfigurationError, match="this one has live money"):
        keep({"money": "live", "data": []}, tmp_path / "new" / "graduation.json")
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_is_what_live_money_reads(tmp_path: Path) -> None:
    path = tmp_path / "new" / "graduation.json"
    keep(msgspec.json.decode(answer(records(settings()))), path)
    found = graduation(settings(bots="1,5,9", paper_record=path))
    assert found.passed, found.says
    assert [each.name for each in path.parent.iterdir()] == ["graduation.json"]
