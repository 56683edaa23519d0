"""The unprivileged user that a server runs as when we are root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

from schemas.errors import InfrastructureError

SERVER_USER = "pets-postgres"


class Demotion(TypedDict, total=False):
    """What :func:`subprocess.run` takes to run a program as another user."""

    user: int
    group: int
    extra_groups: list[int]


def demoted(owner: tuple[int, int] | None) -> Demotion:
    """Arguments that run a program as `owner` (user id, group id); none for ourselves."""
    if owner is None:
        return {}
    return {"user": owner[0], "group": owner[1], "extra_groups": []}


def server_owner() -> tuple[int, int]:
    """(user id, group id) a server runs as: our system user, made once, else ``nobody``.

    Raises:
        InfrastructureError: There is neither, and none could be made.
    """
    for name in (SERVER_USER, "nobody"):
        if name == SERVER_USER and not _has_user(name):
            _make_user(name)
        if _has_user(name):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise InfrastructureError(
        f"PostgreSQL cannot run as root, and the user {SERVER_USER} could not be made: start PETS "
        "as an ordinary user, or set PETS_DATABASE to a database that runs elsewhere."
    )


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _make_user(name: str) -> None:
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is not None:
        arguments = ("--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name)
        subprocess.run([program, *arguments], check=False, capture_output=True, timeout=30)


def runs_as(owner: tuple[int, int], programs: Path) -> bool:
    """True when that user can run the programs where they are."""
    try:
        done = subprocess.run(
            [str(programs / "initdb"), "--version"],
            check=False,
            capture_output=True,
            timeout=30,
            cwd="/",
            **demoted(owner),
        )
    except OSError:
        return False
    return done.returncode == 0


def user_name(uid: int) -> str:
    """The user's name, or the number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
