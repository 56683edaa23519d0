"""From an order as decided to the order as it is signed and sent. Pure.

Salt and creation time follow from the intent and amounts from price and size, so the hash by which
the venue will know the order is known before a key is near, and the same intent is the same hash.
"""

from decimal import Decimal

from connectors.polymarket import orders as signed
from connectors.polymarket.amounts import limit_amounts
from connectors.polymarket.contracts import CHAIN_ID, exchange_of
from connectors.polymarket.eip712 import address_word, bytes32, digest, domain_separator, word
from connectors.polymarket.keccak import keccak
from connectors.polymarket.order_body import order_body
from connectors.polymarket.orders import OrderSigner, Signed, salt_of
from connectors.polymarket.position_ids import is_structured
from connectors.polymarket.signer import Signer
from schemas.errors import InvalidOrderError
from schemas.trading import Order
from schemas.values import Action
from schemas.venue import OutgoingOrder, VenueAccount

FINEST_TICK = Decimal("0.0001")
"""Amounts are exact on any grid as long as the price is on the finest."""


def outgoing_order(account: VenueAccount, order: Order, neg_risk: bool) -> OutgoingOrder:
    """The order as the account sends it.

    Args:
        account: Whose it is.
        order: As decided; its price must be on the market's grid.
        neg_risk: Whether the market belongs to a neg-risk event.
    """
    amounts = limit_amounts(order.action, order.price, order.size, FINEST_TICK)
    fields = signed.Order(
        salt=salt_of(order.order_id.encode()),
        maker=account.maker,
        signer=account.signer,
        token_id=int(order.token_id),
        maker_amount=amounts.maker,
        taker_amount=amounts.taker,
        action=order.action,
        signature_type=account.signature_type,
        timestamp=order.ordered_at,
    )
    expires_at = 0 if order.expires_at is None else order.expires_at // 1000
    return OutgoingOrder(
        venue_order_id=order_digest(fields, *exchange(order.token_id, neg_risk)),
        token_id=order.token_id,
        neg_risk=neg_risk,
        action=order.action,
        maker_amount=amounts.maker,
        taker_amount=amounts.taker,
        salt=fields.salt,
        timestamp=order.ordered_at,
        time_in_force=order.time_in_force,
        expires_at=expires_at,
        post_only=order.post_only,
    )


def exchange(token_id: str, neg_risk: bool) -> tuple[str, str]:
    """Domain version and contract of the exchange that settles a token's orders."""
    return exchange_of("v2" if is_structured(token_id) else "v1", neg_risk)


def order_digest(order: signed.Order, version: str, contract: str) -> str:
    """An order's id at the venue, worked out from its fields alone."""
    separator = domain_separator(signed.EXCHANGE_NAME, version, CHAIN_ID, contract)
    fields = (
        keccak(signed.ORDER_TYPE),
        word(order.salt),
        address_word(order.maker),
        address_word(order.signer),
        word(order.token_id),
        word(order.maker_amount),
        word(order.taker_amount),
        word(0 if order.action is Action.BUY else 1),
        word(order.signature_type),
        word(order.timestamp),
        bytes32(order.metadata),
        bytes32(order.builder),
    )
    return "0x" + digest(separator, keccak(b"".join(fields))).hex()


class OrderWriter:
    """Signs outgoing orders of one account and writes the bytes that are sent."""

    def __init__(self, signer: Signer, account: VenueAccount, owner: str) -> None:
        """Take the key.

        Args:
            signer: The key.
            account: The account that the calls name.
            owner: The API key's id.
        """
        self._signer = signer
        self._account = account
        self._owner = owner
        self._exchanges: dict[tuple[str, str], OrderSigner] = {}

    def body(self, outgoing: OutgoingOrder) -> bytes:
        """The bytes of an order; the same every time.

        Raises:
            InvalidOrderError: Key and account give another hash than the stage worked out: one of
                both is another account's, and nothing may be sent.
        """
        made = self._sign(outgoing)
        if made.digest != outgoing.venue_order_id:
            raise InvalidOrderError(
                f"Expected the order to have the hash {outgoing.venue_order_id}, received "
                f"{made.digest} from the key of {self._signer.address}. It was not sent."
            )
        return order_body(
            made,
            self._owner,
            outgoing.time_in_force,
            outgoing.expires_at,
            post_only=outgoing.post_only,
        )

    def _sign(self, outgoing: OutgoingOrder) -> Signed:
        domain = exchange(outgoing.token_id, outgoing.neg_risk)
        signer = self._exchanges.get(domain)
        if signer is None:
            kind, maker = self._account.signature_type, self._account.maker
            signer = self._exchanges[domain] = OrderSigner(self._signer, *domain, kind, maker)
        return signer.sign(
            outgoing.action,
            int(outgoing.token_id),
            outgoing.maker_amount,
            outgoing.taker_amount,
            outgoing.salt,
            outgoing.timestamp,
        )
