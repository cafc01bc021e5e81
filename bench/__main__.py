"""`python -m bench [SECTION ...]`: measure the bot beside the bare relay and print a table."""

import asyncio
import gc
import platform
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click

from bench.sections import history, latency, limits, start, throughput
from bench.table import HEADS, Row, line

SECTIONS: dict[str, Callable[[Path], Awaitable[list[Row]]]] = {
    "start": start.run,
    "latency": latency.run,
    "history": history.run,
    "throughput": throughput.run,
    "limits": limits.run,
}
FILES = 16_384


@click.command(help=__doc__)
@click.argument("sections", nargs=-1, type=click.Choice(list(SECTIONS)))
@click.option("--strict", is_flag=True, help="End with exit code 1 when a target is missed.")
def main(sections: Sequence[str], *, strict: bool) -> None:
    """Measure what was named, or everything."""
    allow_many_connections()
    rows = asyncio.run(measure(sections or list(SECTIONS)))
    wanted = [row for row in rows if row.target]
    met = sum(row.is_met for row in wanted)
    click.echo(f"\n{met} of {len(wanted)} targets met.")
    raise SystemExit(strict and met < len(wanted))


async def measure(sections: Sequence[str]) -> list[Row]:
    """Run the sections one after the other and print each as it ends."""
    click.echo(f"Python {platform.python_version()}, {platform.machine()}; see bench/README.md\n")
    click.echo(line(HEADS))
    rows: list[Row] = []
    for name in sections:
        begin = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder:
            gc.collect()
            gc.freeze()
            found = await SECTIONS[name](Path(folder))
        for row in found:
            click.echo(line(row.cells()))
        click.echo(f"-- {name}: {time.monotonic() - begin:.0f} s")
        rows += found
    return rows


def allow_many_connections() -> None:
    """Raise the limit of open files as far as the system allows; children inherit it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    main()
