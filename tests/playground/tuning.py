"""What the tests of fine-tuning share: rows of each kind, and somebody who tunes."""

import json
from typing import Any

import httpx

ROOT = "/fine_tuning/jobs"
DAY = 86_400
GRADER = {
    "type": "string_check", "name": "same", "operation": "eq",
    "input": "{{sample.output_text}}", "reference": "{{item.answer}}",
}  # fmt: skip


def chat(number: int) -> dict[str, Any]:
    asked = {"role": "user", "content": f"What is {number}?"}
    return {"messages": [asked, {"role": "assistant", "content": f"It is {number}."}]}


def preference(number: int) -> dict[str, Any]:
    asked = {"messages": [{"role": "user", "content": f"What is {number}?"}]}
    outputs = {
        name: [{"role": "assistant", "content": text}]
        for name, text in (("preferred_output", "Yes."), ("non_preferred_output", "No."))
    }
    return {"input": asked, **outputs}


def graded(number: int) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": f"What is {number}?"}], "answer": "x"}


def pair(number: int) -> dict[str, Any]:
    return {"prompt": f"{number} ->", "completion": f" number {number} END"}


class Desk:
    """Somebody who tunes."""

    def __init__(self, api: httpx.AsyncClient, clock: Any) -> None:
        self.api = api
        self.clock = clock

    async def upload(self, row: Any = chat, count: int = 12) -> str:
        lines = "\n".join(json.dumps(row(n)) for n in range(count))
        sent = {"file": ("rows.jsonl", lines.encode())}
        made = await self.api.post("/files", files=sent, data={"purpose": "fine-tune"})
        self.clock.ahead += 2
        return str(made.json()["id"])

    async def ask(self, **fields: Any) -> httpx.Response:
        if "training_file" not in fields:
            fields["training_file"] = await self.upload()
        return await self.api.post(ROOT, json={"model": "stand-in"} | fields)

    async def create(self, **fields: Any) -> dict[str, Any]:
        made = await self.ask(**fields)
        assert made.status_code == 200, made.text
        return dict(made.json())

    async def after(self, job: dict[str, Any], seconds: float) -> dict[str, Any]:
        self.clock.ahead += seconds
        return dict((await self.api.get(f"{ROOT}/{job['id']}")).json())

    async def listed(self, job: dict[str, Any], what: str, **query: Any) -> dict[str, Any]:
        return dict((await self.api.get(f"{ROOT}/{job['id']}/{what}", params=query)).json())
