"""Keccak-256, of the C code in pycryptodome without the wrapping that costs twice the hash.

pycryptodome comes with web3. The state is kept per thread. The quick way is checked against known
hashes when this is imported; where it is not there or wrong, web3's own function is used.
"""

from collections.abc import Callable
from importlib import import_module
from threading import local

_HASH_BYTES = 32
_ROUNDS = 24
_KNOWN = (
    # pragma: allowlist nextline secret
    (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
    # pragma: allowlist nextline secret
    (bytes(range(200)), "bfb0aa97863e797943cf7c33bb7e880bb4543f3d2703c0923c6901c2af57b890"),
)


def _quick() -> Callable[[bytes], bytes]:
    """The function around the C code."""
    lib = import_module("Crypto.Hash.keccak")._raw_keccak_lib  # noqa: SLF001
    raw = import_module("Crypto.Util._raw_api")
    size_of, read = raw.c_size_t, raw.get_raw_buffer
    padding, size = raw.c_ubyte(1), size_of(_HASH_BYTES)

    class State(local):
        """One thread's sponge and its output."""

        def __init__(self) -> None:
            pointer = raw.VoidPointer()
            lib.keccak_init(pointer.address_of(), size_of(2 * _HASH_BYTES), raw.c_ubyte(_ROUNDS))
            self.sponge = pointer.get()
            self.out = raw.create_string_buffer(_HASH_BYTES)

    state = State()
    reset, absorb, squeeze = lib.keccak_reset, lib.keccak_absorb, lib.keccak_squeeze

    def quick(data: bytes) -> bytes:
        sponge, out = state.sponge, state.out
        failed = reset(sponge) or absorb(sponge, data, size_of(len(data)))
        if failed or squeeze(sponge, out, size, padding):
            return library_keccak(data)
        found: bytes = read(out)
        return found

    return quick


def library_keccak(data: bytes) -> bytes:
    """web3's function, imported when it is needed: it takes a second."""
    from web3 import Web3

    return bytes(Web3.keccak(primitive=data))


def _chosen() -> Callable[[bytes], bytes]:
    try:
        quick = _quick()
        if all(quick(data).hex() == known for data, known in _KNOWN):
            return quick
    except (ImportError, AttributeError, TypeError, ValueError, OSError):
        pass
    return library_keccak


keccak: Callable[[bytes], bytes] = _chosen()
"""The hash of some bytes, 32 bytes."""
