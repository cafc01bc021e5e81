"""What tuned models know: the answers of the examples that they were trained on."""

from collections.abc import Callable
from typing import Any

from playground.openai.answer import Answer
from playground.openai.fine_tuning.rows import asked, key_of
from playground.openai.script import words

Respond = Callable[[dict[str, Any]], Answer]


class Recall:
    """Answers by heart where the prompt is one of the examples; else `respond` answers."""

    def __init__(self, respond: Respond) -> None:
        self.otherwise = respond
        self.answers: dict[str, dict[str, str]] = {}
        self.jobs: dict[str, str] = {}

    def keep(self, job: str, answers: dict[str, str]) -> None:
        """Keep the answers of a job's examples."""
        self.answers[job] = answers

    def learn(self, model: str, job: str) -> None:
        """Let a model know what its job's examples say."""
        self.jobs[model] = job

    def find(self, model: str, prompt: str) -> str | None:
        """Give the answer that a model was taught to a prompt."""
        return self.answers.get(self.jobs.get(model, ""), {}).get(key_of(prompt))

    def respond(self, body: dict[str, Any]) -> Answer:
        """Answer a conversation."""
        if body["model"] in self.jobs and body["messages"][-1]["role"] == "user":
            taught = self.find(body["model"], asked(body["messages"]))
            if taught is not None:
                return Answer(pieces=words(taught))
        return self.otherwise(body)
