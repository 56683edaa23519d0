import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.architecture.source_tree import ROOT, none, project_files, text_of

# Written in parts, so that this file is not found by its own test.
TOPS = ("wo" + "rk", "ro" + "ot", "Us" + r"ers/\w+", r"home/(?!(?:pets|me)\b)\w+")
PLACES = re.compile(rf"(?<![\w.:/-])/(?:{'|'.join(TOPS)})/")
HOSTS = tuple(
    "".join(parts)
    for parts in (
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("registry.", "npmjs"),
        ("repo1.", "maven"),
        ("repo.", "maven"),
        ("proxy.", "golang"),
        ("static.", "crates.io"),
    )
)


def configured_hosts() -> set[str]:
    """The hosts that pip and uv are told to use on this machine, whatever they are."""
    pip = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    named = [value for key, value in os.environ.items() if key.startswith(("PIP_", "UV_"))]
    urls = re.findall(r"https?://[^\s'\"]+", " ".join([pip, *named]))
    return {host for url in urls if (host := urlsplit(url).hostname) and "." in host}


def test_no_file_names_a_place_on_one_machine() -> None:
    here = {str(ROOT) + "/"} | {home + "/" for home in [str(Path.home())] if home.count("/") > 1}
    found = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}"
        for path in project_files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if PLACES.search(line) or any(place in line for place in here)
    ]
    none(found, "Write these paths relative to the project, or take them from PETS_HOME:")


def test_no_file_names_a_package_index() -> None:
    hosts = {*HOSTS, *configured_hosts()}
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in project_files()
        for host in sorted(hosts)
        if host in text_of(path)
    ]
    none(found, "An index is configured on the machine, not in the project; delete these:")
