"""The contracts of the local chain, as compilers made them.

Ours are Vyper's work on `contracts/*.vy`; a test compiles them anew and compares
(`tests.connectors.sandbox.chain.compile_contracts` writes them). The conditional-tokens contract is
its authors' own.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable


def code_of(name: str) -> bytes:
    """A contract's code as it stands on a chain.

    Args:
        name: Of the source file, e.g. "adapter".
    """
    return contracts_folder().joinpath(f"{name}.bin").read_bytes()


def conditional_tokens() -> bytes:
    """The published conditional-tokens contract; see the folder's README."""
    chain = files("connectors.sandbox.chain")
    return chain.joinpath("conditional_tokens").joinpath("ConditionalTokens.bin").read_bytes()


def contracts_folder() -> Traversable:
    """Where our sources and what was made of them are."""
    return files("connectors.sandbox.chain").joinpath("contracts")
