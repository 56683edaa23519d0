"""Hashing of typed data (EIP-712) with the type hashes known beforehand. Pure.

Only what the venue signs: structs of static words, so encoding is the concatenation of 32-byte
words behind a type hash. Dynamic members (text, bytes, arrays) go in as their own hash.
"""

from functools import lru_cache

from connectors.polymarket.keccak import keccak
from schemas.errors import InvalidOrderError

DOMAIN = keccak(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
DOMAIN_WITHOUT_CONTRACT = keccak(b"EIP712Domain(string name,string version,uint256 chainId)")
DOMAIN_OF_CONTRACT = keccak(b"EIP712Domain(uint256 chainId,address verifyingContract)")
ADDRESS_BYTES = 20
WORD_BYTES = 32


def word(number: int) -> bytes:
    """A uint as a 32-byte word."""
    return number.to_bytes(32, "big")


@lru_cache(maxsize=512)
def address_bytes(address: str) -> bytes:
    """The 20 bytes of an address.

    Raises:
        InvalidOrderError: It is no address.
    """
    try:
        raw = bytes.fromhex(address.removeprefix("0x"))
    except ValueError:
        raw = b""
    if len(raw) != ADDRESS_BYTES:
        raise InvalidOrderError(
            f"Expected an address of 40 hex digits behind 0x, received {address!r}."
        )
    return raw


@lru_cache(maxsize=512)
def address_word(address: str) -> bytes:
    """An address as a 32-byte word."""
    return address_bytes(address).rjust(32, b"\0")


@lru_cache(maxsize=64)
def bytes32(value: str) -> bytes:
    """The bytes of a hex bytes32.

    Raises:
        InvalidOrderError: It is no 32 bytes.
    """
    try:
        raw = bytes.fromhex(value.removeprefix("0x"))
    except ValueError:
        raw = b""
    if len(raw) != WORD_BYTES:
        raise InvalidOrderError(f"Expected 64 hex digits behind 0x, received {value!r}.")
    return raw


@lru_cache(maxsize=64)
def domain_separator(name: str, version: str, chain_id: int, contract: str) -> bytes:
    """The separator of a domain with name, version, chain and contract."""
    named = keccak(name.encode()) + keccak(version.encode())
    return keccak(DOMAIN + named + word(chain_id) + address_word(contract))


@lru_cache(maxsize=8)
def domain_without_contract(name: str, version: str, chain_id: int) -> bytes:
    """The separator of a domain that names no contract."""
    named = keccak(name.encode()) + keccak(version.encode())
    return keccak(DOMAIN_WITHOUT_CONTRACT + named + word(chain_id))


@lru_cache(maxsize=8)
def domain_of_contract(chain_id: int, contract: str) -> bytes:
    """The separator of a domain of chain and contract alone, as Safe has it."""
    return keccak(DOMAIN_OF_CONTRACT + word(chain_id) + address_word(contract))


def digest(separator: bytes, struct_hash: bytes) -> bytes:
    """What is signed: the hash of domain and struct."""
    return keccak(b"\x19\x01" + separator + struct_hash)


def personal_digest(message: bytes) -> bytes:
    """What `personal_sign` signs (EIP-191)."""
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(message)).encode() + message)
