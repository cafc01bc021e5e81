"""`python -m playground.tether`: `python -m bot`, ended with whoever holds its stdin.

The playground ends its bot before itself, but for a kill -9, which leaves it no time to.
"""

import os
import runpy
import signal
import threading


def main() -> None:
    """Run the bot, and end it in good order when stdin is closed."""
    threading.Thread(target=_wait_for_the_end, name="tether", daemon=True).start()
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


def _wait_for_the_end() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
