from connectors.polymarket.signer import Signer
from connectors.sandbox.chain import known


def test_every_address_is_that_of_its_key() -> None:
    keys = {
        known.OPERATOR: known.OPERATOR_KEY,
        known.RELAYER: known.RELAYER_KEY,
        known.WALLET: known.WALLET_KEY,
        known.COLD: (4).to_bytes(32, "big"),
    }
    assert {Signer(key).address: key for key in keys.values()} == keys
