"""Build and sign an order, as a ratio to the official client with coincurve in the same run.

Run: python -m tests.benchmarks.bench_signing [orders]. First that many random orders of every kind
(100,000 unless told otherwise) are signed by both and compared byte for byte; then both build and
sign in turns. CPU time, so that a busy machine does not decide. The peer is asked as its users ask
it, through `ClobClient.create_order` with everything cached; ours goes from price and size to the
signed order with its digest.
"""

import statistics
import sys
import time
from decimal import Decimal

from connectors.polymarket.amounts import limit_amounts
from connectors.polymarket.contracts import EXCHANGE_V2
from connectors.polymarket.orders import OrderSigner
from connectors.polymarket.signer import Signer
from schemas.values import Action
from tests.connectors.polymarket.official.environment import Peer, signing_peer
from tests.connectors.polymarket.official.random_orders import orders

ROUNDS = 9
TURN = 400
WINDOW = 64
TOKEN = 71321045679252212594626385532706912750332728571942532289631379312455583992563


def compare(peer: Peer, count: int) -> int:
    """How many of the orders differ; the peer works while we sign."""
    different = 0
    waiting: list[str] = []
    for asked, signed in orders(count, seed=2026):
        peer.send(asked)
        waiting.append(signed.signature)
        if len(waiting) == WINDOW:
            different += sum(str(peer.answer()["signature"]) != mine for mine in waiting)
            waiting.clear()
    return different + sum(str(peer.answer()["signature"]) != mine for mine in waiting)


def ours(signer: OrderSigner) -> float:
    """Microseconds of CPU an order."""
    price, size, tick = Decimal("0.57"), Decimal("123.45"), Decimal("0.01")
    began = time.process_time()
    for salt in range(TURN):
        amounts = limit_amounts(Action.BUY, price, size, tick)
        signer.sign(Action.BUY, TOKEN, amounts.maker, amounts.taker, salt, 1_795_000_000_000 + salt)
    return (time.process_time() - began) / TURN * 1e6


def main() -> None:
    """Print both results."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    signer = OrderSigner(Signer(b"\x11" * 32), "2", EXCHANGE_V2)
    with signing_peer() as peer:
        different = compare(peer, count)
        print(f"{count:,} random orders signed by both: {different} differ")
        turns = [(peer.ask({"bench": TURN})["us"], ours(signer)) for _ in range(ROUNDS)]
    theirs, mine = (statistics.median(turn[side] for turn in turns) for side in (0, 1))
    ratio = statistics.median(peer_us / our_us for peer_us, our_us in turns)
    print(f"build and sign: official client {theirs:.0f} us, ours {mine:.1f} us, {ratio:.1f} times")
    if different:
        sys.exit(1)


if __name__ == "__main__":
    main()
