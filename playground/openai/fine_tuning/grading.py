"""Graders to be checked and tried: /v1/fine_tuning/alpha/graders.

Texts are compared here; what would need a model or a program of its own says so instead.
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from aiohttp import web

from playground.openai.checks.shape import anything, text
from playground.openai.errors import bad_request
from playground.openai.fine_tuning.graders import grader
from playground.openai.reading import read_object

ROOT = "/v1/fine_tuning/alpha/graders"
TRIED = {"grader": grader, "model_sample": text(), "item": anything}
PLACE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")

ERRORS = (
    *("formula_parse_error", "sample_parse_error", "invalid_variable_error", "other_error"),
    *("truncated_observation_error", "unresponsive_reward_error"),
    *("python_grader_server_error", "python_grader_runtime_error"),
    *("model_grader_server_error", "model_grader_refusal_error", "model_grader_parse_error"),
)
DETAILS = (
    *("python_grader_server_error_type", "python_grader_runtime_error_details"),
    "model_grader_server_error_details",
)


class Grading:
    """What the graders of reinforcement are tried with."""

    def routes(self) -> list[web.RouteDef]:
        """Give the addresses of this resource."""
        return [web.post(f"{ROOT}/validate", self.validate), web.post(f"{ROOT}/run", self.run)]

    async def validate(self, request: web.Request) -> web.Response:
        """Check a grader and give it back."""
        body = await read_object(request, {"grader": grader}, ("grader",))
        return web.json_response({"grader": body["grader"]})

    async def run(self, request: web.Request) -> web.Response:
        """Grade an answer."""
        body = await read_object(request, TRIED, ("grader", "model_sample"))
        known = {"sample": {"output_text": body["model_sample"]}, "item": body.get("item") or {}}
        reward = graded(body["grader"], known)
        return web.json_response(answer(body["grader"], reward))


def graded(asked: Mapping[str, Any], known: Mapping[str, Any]) -> float:
    """Give the reward of an answer."""
    if asked["type"] not in ("string_check", "text_similarity"):
        raise bad_request(
            f"This server can run graders of the types string_check and text_similarity, and not "
            f"of {asked['type']}.",
            "grader.type",
        )
    given, wanted = filled(asked["input"], known), filled(asked["reference"], known)
    if asked["type"] == "string_check":
        return float(holds(asked["operation"], given, wanted))
    return round(SequenceMatcher(None, given, wanted).ratio(), 4)


def holds(operation: str, given: str, wanted: str) -> bool:
    """Compare two texts as a string_check does."""
    if operation in ("eq", "ne"):
        return (given == wanted) == (operation == "eq")
    if operation == "ilike":
        given, wanted = given.lower(), wanted.lower()
    return wanted in given


def filled(template: str, known: Mapping[str, Any]) -> str:
    """Put the values of the sample and the item into a template."""

    def value(place: re.Match[str]) -> str:
        found: Any = known
        for name in place[1].split("."):
            if not isinstance(found, Mapping) or name not in found:
                raise bad_request(f"Invalid variable: {place[1]}", "grader")
            found = found[name]
        return str(found)

    return PLACE.sub(value, template)


def answer(asked: Mapping[str, Any], reward: float) -> dict[str, Any]:
    """Give the result object."""
    return {
        "reward": reward,
        "metadata": {
            "name": asked["name"],
            "type": asked["type"],
            "errors": dict.fromkeys(ERRORS, False) | dict.fromkeys(DETAILS),
            "execution_time": 0.01,
            "scores": {asked["name"]: reward},
            "token_usage": None,
            "sampled_model_name": None,
        },
        "sub_rewards": {},
        "model_grader_token_usage_per_model": {},
    }
