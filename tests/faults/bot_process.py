"""What a process of its own does that a test starts: `python -m bot run`."""

import os
from pathlib import Path


def run(settings: dict[str, str], folder: Path) -> None:
    """Run the bot with these settings alone; what it says goes into `bot.log`."""
    os.chdir(folder)
    log = os.open("bot.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.clear()
    os.environ.update(settings)
    from bot.__main__ import main

    main(["run"])
