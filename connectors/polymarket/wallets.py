"""Addresses of the wallets that a key commands (CREATE2, EIP-1014). Pure."""

from typing import NamedTuple

from connectors.polymarket import contracts
from connectors.polymarket.eip712 import address_bytes, address_word, bytes32
from connectors.polymarket.keccak import keccak
from connectors.polymarket.orders import SignatureType
from connectors.polymarket.signer import checksum_address

# The code that a factory deploys: minimal proxies, around an address that is written into them.
_PROXY_HEAD = bytes.fromhex("3d3d606380380380913d393d73")
_PROXY_MIDDLE = bytes.fromhex("5af4602a57600080fd5b602d8060366000396000f3363d3d373d3d3d363d73")
_PROXY_TAIL = bytes.fromhex("5af43d82803e903d91602b57fd5bf352e831dd") + bytes(31) + b"\x20"
_PROXY_NO_DATA = bytes(32)
_UUPS_HEAD = 0x61003D3D8160233D3973
_UUPS_TAIL = bytes.fromhex(
    # pragma: allowlist nextline secret
    "60095155f3363d3d373d3d363d7f360894a13ba1a3210667c828492db98dca3e2076"
    # pragma: allowlist nextline secret
    "cc3735a920a3ca505d382bbc545af43d6000803e6038573d6000fd5b3d6000f3"
)
_BEACON_HEAD = 0x6100523D8160233D3973
_BEACON_TAIL = bytes.fromhex(
    # pragma: allowlist nextline secret
    "60195155f3363d3d373d3d363d602036600436635c60da"
    # pragma: allowlist nextline secret
    "1b60e01b36527fa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6c"
    # pragma: allowlist nextline secret
    "b3582b35133d50545afa5036515af43d6000803e604d573d6000fd5b3d6000f3"
)
_LENGTH_SHIFT = 56
_HEAD_BYTES = 10


class Wallets(NamedTuple):
    """The wallets of one owner key.

    Attributes:
        deposit_uups: The deposit wallet of a factory in UUPS mode.
        deposit_beacon: The deposit wallet of a factory in beacon mode, the newer one.
    """

    proxy: str
    safe: str
    deposit_uups: str
    deposit_beacon: str


def wallets_of(owner: str) -> Wallets:
    """The addresses of an owner's wallets, deployed or not."""
    return Wallets(
        proxy_wallet(owner), safe_wallet(owner), deposit_wallet_uups(owner), deposit_wallet(owner)
    )


def proxy_wallet(owner: str) -> str:
    """The proxy wallet."""
    factory = address_bytes(contracts.PROXY_FACTORY)
    implementation = address_bytes(contracts.PROXY_IMPLEMENTATION)
    code = _PROXY_HEAD + factory + _PROXY_MIDDLE + implementation + _PROXY_TAIL + _PROXY_NO_DATA
    return _create2(factory, keccak(address_bytes(owner)), keccak(code))


def safe_wallet(owner: str) -> str:
    """The Gnosis Safe."""
    factory = address_bytes(contracts.SAFE_FACTORY)
    return _create2(factory, keccak(address_word(owner)), bytes32(contracts.SAFE_INIT_CODE_HASH))


def deposit_wallet_uups(owner: str) -> str:
    """The deposit wallet behind its own implementation pointer."""
    implementation = address_bytes(contracts.DEPOSIT_WALLET_IMPLEMENTATION)
    return _deposit(owner, _UUPS_HEAD, implementation + _UUPS_TAIL)


def deposit_wallet(owner: str) -> str:
    """The deposit wallet behind the common beacon."""
    beacon = address_bytes(contracts.DEPOSIT_WALLET_BEACON)
    return _deposit(owner, _BEACON_HEAD, beacon + _BEACON_TAIL)


def signature_type_of(owner: str, wallet: str) -> SignatureType | None:
    """What kind of wallet of the owner this is; None when it is none of them."""
    found = wallets_of(owner)
    kinds = {
        owner.lower(): SignatureType.EOA,
        found.proxy.lower(): SignatureType.PROXY,
        found.safe.lower(): SignatureType.SAFE,
        found.deposit_uups.lower(): SignatureType.DEPOSIT_WALLET,
        found.deposit_beacon.lower(): SignatureType.DEPOSIT_WALLET,
    }
    return kinds.get(wallet.lower())


def _deposit(owner: str, head: int, body: bytes) -> str:
    factory = contracts.DEPOSIT_WALLET_FACTORY
    arguments = address_word(factory) + address_word(owner)
    start = (head + (len(arguments) << _LENGTH_SHIFT)).to_bytes(_HEAD_BYTES, "big")
    code = keccak(start + body + arguments)
    return _create2(address_bytes(factory), keccak(arguments), code)


def _create2(factory: bytes, salt: bytes, code_hash: bytes) -> str:
    return checksum_address(keccak(b"\xff" + factory + salt + code_hash)[12:])
