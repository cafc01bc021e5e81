"""`python -m bench [SECTION ...]`: measure the bot beside the bare relay and print a table."""

import asyncio
import gc
import os
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
        begin, busy = time.monotonic(), processors_busy()
        with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder:
            gc.collect()
            gc.freeze()
            found = await SECTIONS[name](Path(folder))
        for row in found:
            click.echo(line(row.cells()))
        seconds = time.monotonic() - begin
        others = (processors_busy() - busy) / seconds
        click.echo(f"-- {name}: {seconds:.0f} s; other programs kept {others:.1f} processors busy")
        rows += found
    return rows


def processors_busy() -> float:
    """Give the seconds that processors have worked for others than us and our children."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    everybody = (sum(fields[:3]) + sum(fields[5:8])) / os.sysconf("SC_CLK_TCK")
    ours = os.times()
    return everybody - sum(ours[:4])


def allow_many_connections() -> None:
    """Raise the limit of open files as far as the system allows; children inherit it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    main()
