"""The list of fine-tuning jobs as a file of tab-separated values."""

import csv
import io

from bot.commands.finetunes.jobs import last_events
from bot.desk.request import Request
from bot.desk.values import File, Text, Values, moment, plural
from bot.openai.fine_tuning_objects import FineTuningJob

_COLUMNS = (
    "created",
    "finished_or_last_event",
    "status",
    "base_model",
    "job_id",
    "fine_tuned_model",
)


async def tab_separated(request: Request, jobs: list[FineTuningJob]) -> Values:
    """Return the count, and the table as a file."""
    count = Text(f"*{plural(len(jobs), 'fine-tuning job')}*")
    if not jobs:
        return count
    newest = await last_events(request, jobs)
    text = io.StringIO()
    table = csv.writer(text, dialect="excel-tab", lineterminator="\n")
    table.writerow(_COLUMNS)
    for job in jobs:
        times = (_iso(job.created_at), _iso(newest[job.id]))
        table.writerow((*times, job.status, job.model, job.id, job.fine_tuned_model or ""))
    return [count, File("finetunes.tsv", text.getvalue().encode())]


def _iso(seconds: int) -> str:
    return moment(seconds, form="%Y-%m-%dT%H:%M:%SZ")
