"""The register of runs beside an archive: a line for every run ever made on that data.

A result is only worth what is left of it when all that was tried is counted. So every backtest
writes itself down before anybody sees its result; the same run made again is the same try.
"""

import fcntl
import os
from pathlib import Path

import msgspec

from schemas.errors import InfrastructureError

REGISTER = "runs.jsonl"


class RegisteredRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        run_id: Derived from all that decides its result.
        at: Wall time of the first such run, ms UTC.
        configuration: Digest of the effective configuration.
        bots: Their numbers.
        seed: Of latency noise.
        queue: Queue model.
        begin: Start of the range, session ms.
        end: End of the range.
        days: Daily returns of the account.
        per_day: Its daily Sharpe ratio; None where the sample is insufficient.
        pnl: Dollars.
    """

    run_id: str
    at: int
    configuration: str
    bots: str
    seed: int
    queue: str
    begin: int
    end: int
    days: int
    per_day: float | None
    pnl: str


_line = msgspec.json.Decoder(RegisteredRun)


def register(folder: Path, runs: list[RegisteredRun]) -> list[RegisteredRun]:
    """Write runs down that were not made before.

    Args:
        folder: The archive.
        runs: Those just made.

    Returns:
        All runs ever made on the data, each once.

    Raises:
        InfrastructureError: The register cannot be read or written.
    """
    path = folder / REGISTER
    try:
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            known = {run.run_id: run for run in map(_line.decode, file.read().splitlines())}
            new = [run for run in runs if run.run_id not in known]
            file.write(b"".join(msgspec.json.encode(run) + b"\n" for run in new))
            file.flush()
            os.fsync(file.fileno())
    except (OSError, msgspec.DecodeError) as error:
        raise InfrastructureError(
            f"The register of runs at {path} cannot be used ({error}): every run counts for the "
            "deflated Sharpe ratio, so a run without it is not reported."
        ) from error
    known.update({run.run_id: run for run in new})
    return list(known.values())


def registered(folder: Path) -> list[RegisteredRun]:
    """All runs ever made on the data of a folder; none where nobody made one.

    Raises:
        InfrastructureError: The register cannot be read.
    """
    return register(folder, []) if (folder / REGISTER).exists() else []
