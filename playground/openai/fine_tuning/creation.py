"""From a request to a job: what is refused at once, and what the files will make of it later."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.openai.cards import ModelCard
from playground.openai.checks.shape import (
    array,
    check_object,
    choice,
    metadata,
    nested,
    text,
    whole,
)
from playground.openai.errors import ApiError, bad_request, missing
from playground.openai.file_store import FileStore, StoredFile
from playground.openai.fine_tuning.course import Plan, course, failing
from playground.openai.fine_tuning.hyperparameters import (
    deprecated_rule,
    method_rule,
    resolved,
    suffix_rule,
)
from playground.openai.fine_tuning.job import Job
from playground.openai.fine_tuning.rows import Dataset, RowsError, read_rows
from playground.openai.ids import new_id

Json = dict[str, Any]
WANDB = nested(
    {
        "project": text(least=1),
        "name": text(),
        "entity": text(),
        "tags": array(text(64), 0, 50),
    },
    ("project",),
)
FIELDS = {
    "model": text(least=1),
    "training_file": text(least=1),
    "validation_file": text(least=1),
    "hyperparameters": deprecated_rule,
    "method": method_rule,
    "suffix": suffix_rule,
    "seed": whole(0, 2_147_483_647),
    "metadata": metadata,
    "integrations": array(
        nested({"type": choice("wandb"), "wandb": WANDB}, ("type", "wandb")), 0, 5
    ),
}
COMPANY = "playground"


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is sound in itself."""

    body: Json
    card: ModelCard
    method: str
    given: Json
    training: StoredFile
    validation: StoredFile | None


def check_request(body: Json, find: Callable[[str], ModelCard], store: FileStore) -> Request:
    """Refuse what OpenAI refuses before there is a job."""
    check_object(body, FIELDS, ("model", "training_file"))
    asked = body.get("method") or {}
    if asked and body.get("hyperparameters"):
        raise bad_request(
            "'hyperparameters' is deprecated and cannot be used beside 'method'.",
            "hyperparameters",
            "invalid_parameter_combination",
        )
    method = asked.get("type", "supervised")
    detail = asked.get(method) or {}
    given = detail.get("hyperparameters") or body.get("hyperparameters") or {}
    card = tunable_card(body["model"], method, find)
    training = usable(store, body["training_file"], "training_file")
    validation = None
    if body.get("validation_file") is not None:
        validation = usable(store, body["validation_file"], "validation_file")
    elif method == "reinforcement":
        raise missing("validation_file")
    return Request(body, card, method, given, training, validation)


def tunable_card(name: str, method: str, find: Callable[[str], ModelCard]) -> ModelCard:
    """Give the base model, or refuse what cannot be tuned."""
    text = f"Model {name} is not available for fine-tuning or does not exist."
    try:
        card = find(name)
    except ApiError as error:
        raise bad_request(text, "model", "model_not_available") from error
    if not card.tunable:
        raise bad_request(text, "model", "model_not_available")
    if method not in card.tunable:
        raise bad_request(
            f"Model {name} does not support the method '{method}'.",
            "method.type",
            "unsupported_value",
        )
    return card


def usable(store: FileStore, identifier: str, param: str) -> StoredFile:
    """Give a file that can be trained on, or refuse."""
    file = store.find(identifier)
    if file is None:
        raise bad_request(f"invalid {param}: {identifier}", param, "invalid_file_id")
    if file.purpose != "fine-tune":
        raise bad_request(
            f"Invalid file purpose: '{identifier}' has the purpose '{file.purpose}', but "
            "'fine-tune' is needed.",
            param,
            "invalid_file_purpose",
        )
    if file.status(store.clock()) != "processed":
        raise bad_request(
            f"File '{identifier}' is still being processed and is not ready to be used for "
            "fine-tuning. Please try again later.",
            param,
        )
    return file


def new_job(request: Request, now: float, speed: float) -> tuple[Job, Dataset]:
    """Plan a job; where its files are wrong it will fail when they are validated."""
    body, method = request.body, request.method
    dataset, error = Dataset(), None
    try:
        dataset = read(request, request.training)
        if request.validation:
            read(request, request.validation, least=1)
    except RowsError as refusal:
        error = error_of(refusal, "training" if dataset.examples == 0 else "validation")
    numbers = resolved(method, request.given, dataset.examples)
    seed = body.get("seed")
    plan = Plan(
        request.training.id,
        request.validation.id if request.validation else None,
        dataset.examples,
        numbers["batch_size"],
        numbers["n_epochs"],
        random.randrange(2**31) if seed is None else seed,
        rewarded=method == "reinforcement",
        model=name_of(request.card.id, body.get("suffix")),
    )
    moments = failing(plan, error["message"]) if error else course(plan)
    tokens = dataset.tokens * plan.epochs
    job = Job(
        new_id("ftjob-"), now, body, method, request.given, plan, tokens, moments, speed, error
    )
    return job, dataset


def read(request: Request, file: StoredFile, least: int = 10) -> Dataset:
    """Read a file as the method and the model want it."""
    return read_rows(file.data, request.method, chats="chat" in request.card.does, least=least)


def error_of(refusal: RowsError, role: str) -> Json:
    """Give the error of a job whose file is wrong."""
    param = f"{role}_file"
    if refusal.code:
        text = f"{role.capitalize()} {refusal.text}."
    else:
        text = f"The job failed due to an invalid {role} file. {refusal.text}"
    return {"code": refusal.code or f"invalid_{param}", "message": text, "param": param}


def name_of(base: str, suffix: str | None) -> str:
    """Name a tuned model as OpenAI does: ft:base:company:suffix:id."""
    root = base.split(":")[1] if base.startswith("ft:") else base
    return f"ft:{root}:{COMPANY}:{suffix or ''}:{new_id('', 8)}"
