"""Runs the counting stage in a process of its own, to be killed."""

import sys

from agents.shell.worker import main
from configs.logging import configure_logging
from configs.settings import Settings
from tests.agents.shell.counting import CountingStage

if __name__ == "__main__":
    settings = Settings()
    configure_logging(settings.log_level)
    sys.exit(main(settings, [CountingStage]))
