"""``python -m api.runtime.jgo_fetch FOLDER``: fetch Kafka's jars without Maven.

The files come through a repository folder of their own inside FOLDER, never the user's shared
one: jgo would take a half-written file of a killed run there for a whole one.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jgo.maven import Artifact, MavenContext

from api.runtime.kafka_artifacts import ARTIFACTS

_TIMEOUT_S = 60
_PARALLEL = 4


def fetch(folder: Path) -> None:
    """Put every jar into `folder` and write each name to standard output."""
    context = MavenContext(repo_cache=folder / "repository", timeout=_TIMEOUT_S)
    wanted = [context.create_dependency(artifact.coordinate) for artifact in ARTIFACTS]
    inputs, others = context.resolver.resolve(wanted)
    with ThreadPoolExecutor(max_workers=_PARALLEL) as pool:
        for path in pool.map(_resolve, [item.artifact for item in (*inputs, *others)]):
            path.replace(folder / path.name)
            sys.stdout.write(f"{path.name}\n")
            sys.stdout.flush()


def _resolve(artifact: Artifact) -> Path:
    path = artifact.resolve()
    if path is None:
        raise FileNotFoundError(f"{artifact.filename} could not be had")
    return Path(path)


def main(folder: Path) -> int:
    """Fetch into `folder`; on failure one line ``Error: ...`` and exit code 1."""
    try:
        fetch(folder)
    except (OSError, RuntimeError, ValueError) as error:
        sys.stdout.write(f"Error: {' '.join(str(error).split())}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
