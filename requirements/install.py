"""Make the virtual environment and install one lock file into it, with its hashes.

Runs with nothing but Python's standard library, before anything else is there::

    python3 requirements/install.py run     # what `pets` needs
    python3 requirements/install.py test    # and what the tests need

A second call does nothing while the lock file, the project's metadata and the interpreter are
the same. The whole output of pip goes to ``.venv/install.log``.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
import venv
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 13)
ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
LOG = HOME / "install.log"
LOCKS = ("run", "test", "dev")


def main(arguments: list[str]) -> int:
    """Install the lock file that the only argument names.

    Args:
        arguments: One name of ``LOCKS``.

    Returns:
        0 when the environment fits the lock file, 1 after saying in a sentence why it does not.
    """
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        print(f"Expected one of {', '.join(LOCKS)}: python3 requirements/install.py run")
        return 1
    lock = ROOT / "requirements" / f"{arguments[0]}.lock"
    stamp = HOME / f".installed-{arguments[0]}"
    wanted = fingerprint(lock)
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return 0
    problem = make_environment() or install(lock)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    stamp.write_text(wanted)
    # Every lock file holds the versions of run.lock and more.
    (HOME / ".installed-run").write_text(fingerprint(ROOT / "requirements" / "run.lock"))
    return 0


def fingerprint(lock: Path) -> str:
    """Name what an installation depends on, so that a changed part is noticed.

    Args:
        lock: The lock file.

    Returns:
        A hash over the lock file, the project's metadata and the place of the checkout.
    """
    digest = hashlib.sha256(str(ROOT).encode())
    for path in (lock, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def unfit(version: tuple[int, ...]) -> str:
    """Say why this Python cannot be used.

    Args:
        version: Major and minor number of the running Python.

    Returns:
        A sentence, or nothing when it can be used.
    """
    oldest, newest, here = (".".join(map(str, each)) for each in (OLDEST, NEWEST, version))
    if not OLDEST <= version <= NEWEST:
        return (
            f"PETS needs Python {oldest} to {newest}; {sys.executable} is {here}. "
            f"Name another one: make up PYTHON=python{oldest}"
        )
    try:
        import ensurepip  # noqa: F401  (Debian ships Python without it)
    except ImportError:
        return (
            f"Python {here} has no venv module with pip. On Debian and Ubuntu it comes with: "
            f"apt-get install python{here}-venv"
        )
    return ""


def make_environment() -> str:
    """Create ``.venv`` when it is missing, broken, or was made somewhere else.

    Returns:
        A sentence when that fails, otherwise nothing.
    """
    if PYTHON.exists() and is_ours():
        return ""
    problem = unfit(sys.version_info[:2])
    if problem:
        return problem
    print(f"Making a virtual environment in {HOME.name}/ ...", flush=True)
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(HOME)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"The virtual environment in {HOME} could not be made: {error}"
    return ""


def is_ours() -> bool:
    """Tell whether ``.venv`` runs and was made at this place (a moved one has dead scripts).

    Returns:
        True when its Python answers with this very folder and a version that fits.
    """
    question = "import sys; print(sys.prefix, *sys.version_info[:2], sep='\\n')"
    answer = subprocess.run(
        [str(PYTHON), "-c", question], capture_output=True, text=True, check=False
    )
    lines = answer.stdout.split("\n")
    pip = HOME / "bin" / "pip"
    if answer.returncode != 0 or lines[0] != str(HOME) or not pip.exists():
        return False
    shebang = pip.read_text(errors="replace").split("\n", 1)[0]
    return str(HOME) in shebang and OLDEST <= (int(lines[1]), int(lines[2])) <= NEWEST


def install(lock: Path) -> str:
    """Install the lock file, then the project itself in editable form.

    The lock file is whole, so pip resolves nothing (`--no-deps`). Resolving, pip takes a package
    that another asks for with an extra at its newest version and refuses it, for want of a hash.

    Args:
        lock: The lock file; every package in it carries its hashes.

    Returns:
        A sentence when pip failed, otherwise nothing.
    """
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    started = time.monotonic()
    LOG.write_text("")
    locked = [*pip, "--require-hashes", "--no-deps", "-r", str(lock)]
    project = [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    for command, label in ((locked, f"requirements/{lock.name}"), (project, "pets-dataflow")):
        if run_pip(command, label, packages_in(lock) if command is locked else 1) != 0:
            return explain(LOG.read_text(), label)
    print(f"Installed requirements/{lock.name} in {time.monotonic() - started:.0f} s.", flush=True)
    return ""


def explain(output: str, label: str) -> str:
    """Say what went wrong and what to do.

    Args:
        output: All that pip said.
        label: What was being installed.

    Returns:
        The last lines of pip and a sentence.
    """
    tail = "\n".join(output.strip().split("\n")[-8:])
    advice = f"pip could not install {label}; its whole output is in {LOG}."
    if "connection broken" in output or "NameResolutionError" in output:
        advice += " The package index did not answer: look at the network, then run this again."
    return f"{tail}\n\n{advice}"


def packages_in(lock: Path) -> int:
    """Count the packages a lock file names (some are for other systems only).

    Args:
        lock: The lock file.

    Returns:
        The number of pinned names.
    """
    return len(set(re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==", lock.read_text(), re.M)))


def run_pip(command: list[str], label: str, total: int) -> int:
    """Run pip and show how far it is, on one line; without a terminal, a line every ten seconds.

    Args:
        command: The whole command.
        label: What is being installed, for the reader.
        total: How many packages there are at most.

    Returns:
        The exit status of pip.
    """
    terminal = sys.stdout.isatty()
    pause = 0.2 if terminal else 10.0
    seen, shown, step = 0, time.monotonic(), "resolving"
    print(f"Installing {label} ...", flush=True)
    with LOG.open("a") as log, start(command) as pip:
        for line in pip.stdout or ():
            log.write(line)
            if line.startswith(("Collecting ", "Requirement already satisfied")):
                seen, step = min(seen + 1, total), "fetched"
            elif line.startswith("Installing collected"):
                step = "fetched, unpacking"
            if time.monotonic() - shown >= pause:
                shown = time.monotonic()
                text = f"  {seen} of {total} packages {step}"
                print(f"\r{text:<60}" if terminal else text, end="" if terminal else "\n")
                sys.stdout.flush()
    if terminal:
        print(f"\r{'':<60}\r", end="", flush=True)
    return pip.returncode


def start(command: list[str]) -> subprocess.Popen[str]:
    """Start pip with everything it says on one pipe.

    Args:
        command: The whole command.

    Returns:
        The running process.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PIP_PROGRESS_BAR": "off"}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped; the same command goes on where it was.")
