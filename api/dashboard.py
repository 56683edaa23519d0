"""Starts the dashboard: Streamlit in place of this process, on loopback."""

import os
import sys
from importlib.resources import files

from api.callers import dashboard_key
from configs.settings import Settings


def run_dashboard(settings: Settings) -> None:
    """Become the Streamlit server."""
    folder = files("dashboard")
    environment = {
        **os.environ,
        "PETS_API_URL": settings.api_url,
        "PETS_CONSOLE_URL": settings.console_url,
        "PETS_LANGUAGE": settings.language,
        "PETS_API_KEY": dashboard_key(settings.api_key.get_secret_value()),
    }
    os.chdir(str(folder))
    os.execve(  # noqa: S606 - our own interpreter, our own arguments
        sys.executable,
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(folder.joinpath("app.py")),
            f"--server.port={settings.dashboard_port}",
            f"--server.address={settings.dashboard_host}",
            "--server.headless=true",
            "--browser.gatherUsageStats=false",
        ],
        environment,
    )
