"""What the chain says of wallets and gas, and of sent transactions, as messages for the log."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from connectors.polygon.gas_station import GasStation
from connectors.polygon.nodes import Nodes, Nonces
from connectors.polygon.sender import Seen
from connectors.polymarket import contracts
from connectors.polymarket.eip712 import address_word, word
from connectors.polymarket.keccak import keccak
from connectors.polymarket.position_ids import is_structured
from schemas.envelope import Header
from schemas.ids import derive_id
from schemas.wallet import (
    GasObserved,
    SenderStarted,
    SendTransaction,
    TransactionObserved,
    WalletObserved,
)

SOURCE = "wallet-sender"
WEI_DECIMALS = 18
DOLLAR_DECIMALS = 6
ASSETS = {"pUSD": contracts.COLLATERAL, "USDC.e": contracts.USDC_E}


class ChainWatch:
    """Reads the chain; every reading is a message with the session's time."""

    def __init__(
        self,
        nodes: Nodes,
        station: GasStation,
        now_ms: Callable[[], int],
        *,
        cold: str = "",
        keyed_at: int = 0,
        count: Callable[[str], Awaitable[Nonces]] | None = None,
    ) -> None:
        """Use the nodes.

        Args:
            nodes: The chain.
            station: The price of gas.
            now_ms: The session clock.
            cold: Address of the cold wallet; empty for none.
            keyed_at: When the hot key was made, ms; 0 when unknown.
            count: Who counts a wallet's nonces; the nodes, unless a relayer does.
        """
        self._count_nonces = nodes.nonces if count is None else count
        self._nodes = nodes
        self._station = station
        self._now_ms = now_ms
        self._cold = cold
        self._keyed_at = keyed_at
        self._count = 0

    def started(self, wallet: str, chain_id: int) -> SenderStarted:
        """The sender begins."""
        return SenderStarted(**self._head("started", wallet), wallet=wallet, chain_id=chain_id)

    async def gas(self) -> GasObserved:
        """What gas costs now.

        Raises:
            NodeAwayError: Nobody says.
        """
        price = await self._station.price()
        return GasObserved(
            **self._head("gas"),
            base_fee=price.base_fee,
            tip_slow=price.tip_slow,
            tip_standard=price.tip_standard,
            tip_fast=price.tip_fast,
            pol_usd=await self._station.pol_usd(),
            origin=price.origin,
        )

    async def wallet(self, address: str) -> WalletObserved:
        """Nonces and balances of an address.

        Raises:
            NodeAwayError: No node answers.
        """
        nonces = await self._count_nonces(address)
        balances: dict[str, Decimal] = {}
        cold = Decimal(0)
        if not nonces.doubt:
            wei = await self._nodes.first(lambda node: node.balance(address))
            balances["POL"] = Decimal(wei).scaleb(-WEI_DECIMALS)
            for name in ASSETS:
                balances[name] = await self.dollars(name, address)
            if self._cold:
                cold = sum([await self.dollars(name, self._cold) for name in ASSETS], Decimal(0))
        return WalletObserved(
            **self._head("wallet", address),
            wallet=address,
            nonce=nonces.latest,
            pending_nonce=nonces.pending,
            settled_nonce=nonces.settled,
            block=nonces.block,
            balances=balances,
            doubt=nonces.doubt,
            keyed_at=self._keyed_at,
            cold=cold,
        )

    def transaction(self, request: SendTransaction, seen: Seen) -> TransactionObserved:
        """What was seen of a transaction."""
        return TransactionObserved(
            **self._head("seen", request.wallet, request.nonce, seen.attempt),
            wallet=request.wallet,
            nonce=request.nonce,
            attempt=seen.attempt,
            hash=seen.hash,
            sight=seen.sight,
            block=seen.block,
            head=seen.head,
            gas_used=seen.gas_used,
            gas_price=seen.gas_price,
            detail=seen.detail,
        )

    async def dollars(self, asset: str, owner: str) -> Decimal:
        """What an address has of "pUSD" or "USDC.e".

        Raises:
            NodeAwayError: No node answers.
        """
        return await self._held(ASSETS[asset], "balanceOf(address)", address_word(owner))

    async def shares(self, token_id: str, owner: str) -> Decimal:
        """What an address has of an outcome token.

        Raises:
            NodeAwayError: No node answers.
        """
        asked = address_word(owner) + word(int(token_id))
        place = contracts.CONDITIONAL_TOKENS
        if is_structured(token_id):
            place = contracts.POSITION_MANAGER
        return await self._held(place, "balanceOf(address,uint256)", asked)

    async def allows(self, token: str, owner: str, spender: str, *, whole: bool) -> int:
        """What a spender may move: an amount, or 1 and 0 for everything and nothing.

        Raises:
            NodeAwayError: No node answers.
        """
        signature = "isApprovedForAll(address,address)" if whole else "allowance(address,address)"
        return await self.asked(token, signature, address_word(owner) + address_word(spender))

    async def asked(self, contract: str, signature: str, words: bytes) -> int:
        """The first word of what a contract answers.

        Args:
            contract: Its address.
            signature: Of the function.
            words: Its arguments, encoded.

        Raises:
            NodeAwayError: No node answers.
        """
        data = "0x" + (keccak(signature.encode())[:4] + words).hex()
        answer = await self._nodes.first(lambda node: node.call(contract, data))
        return int.from_bytes(answer[:32], "big")

    async def _held(self, token: str, signature: str, words: bytes) -> Decimal:
        return Decimal(await self.asked(token, signature, words)).scaleb(-DOLLAR_DECIMALS)

    def _head(self, *parts: str | int) -> Header:
        now = self._now_ms()
        self._count += 1
        return {
            "event_id": derive_id(SOURCE, now, self._count, *parts),
            "event_time": now,
            "ingest_time": now,
            "source": SOURCE,
            "causation_id": "",
        }
