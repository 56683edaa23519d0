"""Compile the contracts: `python -m tests.connectors.sandbox.chain.compile_contracts`."""

from decimal import localcontext
from pathlib import Path

from connectors.sandbox.chain.compiled import contracts_folder


def compile_all() -> dict[str, bytes]:
    """Runtime code by the contract's name.

    The compiler sets the precision of all decimals of its thread when it is imported; here that
    lasts until the work is done.
    """
    found = {}
    with localcontext():
        from vyper import compile_code

        for name in sorted(entry.name for entry in contracts_folder().iterdir()):
            if name.endswith(".vy"):
                text = contracts_folder().joinpath(name).read_text(encoding="utf-8")
                made: dict[str, str] = compile_code(text, output_formats=["bytecode_runtime"])
                code = bytes.fromhex(made["bytecode_runtime"].removeprefix("0x"))
                found[name.removesuffix(".vy")] = code
    return found


if __name__ == "__main__":
    for source, code in compile_all().items():
        Path(str(contracts_folder()), f"{source}.bin").write_bytes(code)
