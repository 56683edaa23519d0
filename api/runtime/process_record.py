"""Records of our processes in ``run/``, so that a later start recognises what a killed run left.

A process id alone names nobody: after a reboot, or some thousand starts later, it belongs to
somebody else. So a record also keeps the process's start, and only the very same process counts.
"""

import asyncio
import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from api.runtime.service import Progress

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """One process of ours.

    Attributes:
        name: The service's name.
        pid: Its process id.
        identity: Its start, from :func:`identity_of`.
        stop_signal: The signal that ends it in good order.
    """

    name: str
    pid: int
    identity: str
    stop_signal: int = signal.SIGTERM


def identity_of(pid: int) -> str | None:
    """What tells this process from any other that has or had its id; None when it is gone.

    On Linux the boot's id and the kernel's start tick, which no clock change can move; elsewhere
    the start time.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        if _BOOT_ID.exists():
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            start_tick = stat.rpartition(")")[2].split()[19]
            return f"{_BOOT_ID.read_text(encoding='ascii').strip()}:{start_tick}"
        return f"{process.create_time():.2f}"
    except (psutil.Error, OSError):
        return None


def write_record(run_dir: Path, name: str, pid: int, stop_signal: int = signal.SIGTERM) -> None:
    """Record a running process as ``run_dir/name.json``; a process already gone is not recorded."""
    identity = identity_of(pid)
    if identity is None:
        return
    run_dir.mkdir(parents=True, exist_ok=True)
    record = ProcessRecord(name, pid, identity, int(stop_signal))
    part = run_dir / f".{name}.json.part"
    part.write_text(json.dumps(asdict(record)), encoding="utf-8")
    part.replace(run_dir / f"{name}.json")


def remove_record(run_dir: Path, name: str) -> None:
    """Forget a process; no error when there is no record."""
    (run_dir / f"{name}.json").unlink(missing_ok=True)


def living_records(run_dir: Path) -> list[ProcessRecord]:
    """Records whose very process still runs; every other record is removed from `run_dir`."""
    living = []
    for path in sorted(run_dir.glob("*.json")):
        try:
            record = ProcessRecord(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            path.unlink(missing_ok=True)
            continue
        if record.identity == identity_of(record.pid):
            living.append(record)
        else:
            path.unlink(missing_ok=True)
    return living


async def stop_leftovers(run_dir: Path, progress: Progress, grace_s: float = 10.0) -> list[str]:
    """End what an earlier, killed run left behind.

    Args:
        run_dir: The folder of records.
        progress: Told about each process that is ended.
        grace_s: Seconds given after the stop signal before it is ended by force.

    Returns:
        The names of the ended processes.
    """
    records = await asyncio.to_thread(living_records, run_dir)
    for record in records:
        progress(f"Ending {record.name} (process {record.pid}), left by an earlier run")
        signal_exactly(record, record.stop_signal)
    deadline = time.monotonic() + grace_s
    for record in records:
        while identity_of(record.pid) == record.identity:
            if time.monotonic() > deadline:
                signal_exactly(record, signal.SIGKILL)
            await asyncio.sleep(0.05)
        remove_record(run_dir, record.name)
    return [record.name for record in records]


def signal_exactly(record: ProcessRecord, signal_number: int) -> bool:
    """Send a signal to the recorded process and to no other; False when it is gone.

    Where the system has process descriptors the check and the signal are about one process even
    if it ends in between.
    """
    try:
        if hasattr(os, "pidfd_open"):
            descriptor = os.pidfd_open(record.pid)
            try:
                if identity_of(record.pid) != record.identity:
                    return False
                signal.pidfd_send_signal(descriptor, signal_number)
            finally:
                os.close(descriptor)
        elif identity_of(record.pid) == record.identity:
            os.kill(record.pid, signal_number)
        else:
            return False
    except ProcessLookupError:
        return False
    return True
