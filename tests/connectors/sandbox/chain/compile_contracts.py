"""Compile the contracts: `python -m tests.connectors.sandbox.chain.compile_contracts`."""

from pathlib import Path

from vyper import compile_code

from connectors.sandbox.chain.compiled import contracts_folder


def compile_all() -> dict[str, bytes]:
    found = {}
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
