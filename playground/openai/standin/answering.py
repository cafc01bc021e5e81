"""The order of the rules: what the stand-in answers to a request."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from playground.openai.answer import Answer, ToolCall
from playground.openai.errors import ApiError
from playground.openai.script import words
from playground.openai.standin import memory, smalltalk, writing
from playground.openai.standin.arguments import NOTHING, convert, fill
from playground.openai.standin.examples import example
from playground.openai.standin.offers import Offer, must_call, offers
from playground.openai.standin.orders import Failure, Orders, read_orders
from playground.openai.standin.phrasing import phrase
from playground.openai.standin.picking import Pick, best, pick
from playground.openai.standin.talk import Talk, read

CALLED_OFF = re.compile(r"^\W*(?:no|never mind|forget it|cancel|thanks|thank you)\b", re.I)
ASKED = "I would call `"
TO_SEE = 60  # words of an answer whose pace or end was ordered, and nothing else
FOLLOW_UP = re.compile(r"^\W*(?:and|what about|how about|now)\b", re.I)
MEANINGS = {
    401: ("invalid_api_key", "Incorrect API key provided."),
    402: ("insufficient_quota", "No credit is left."),
    404: ("model_not_found", "The model does not exist or you do not have access to it."),
    429: ("rate_limit_exceeded", "Rate limit reached for requests."),
    500: ("server_error", "The server had an error while processing your request."),
    503: ("server_is_overloaded", "The server is overloaded."),
}

Said = str | tuple[ToolCall, ...] | None


@dataclass(slots=True)
class StandIn:
    """Answers by rules; remembers only how often it was told to fail."""

    failed: Counter[str] = field(default_factory=Counter)

    def respond(self, request: dict[str, Any]) -> Answer:
        """Answer a request."""
        talk = read(request["messages"])
        listed = offers(request)
        orders = read_orders(talk.question, listed)
        if orders.failure and (error := self.refusal(orders.failure, talk)):
            return Answer(error=error, delay=orders.delay)
        talk = replace(talk, users=(*talk.earlier, orders.rest))
        said = next(one for one in rules(request, talk, orders, listed) if one is not None)
        return Answer(
            pieces=words(said) if isinstance(said, str) else (),
            calls=() if isinstance(said, str) else said,
            refusal="I would rather not." if orders.refuse else None,
            delay=orders.delay,
            gap=orders.gap,
            after=orders.after,
            faults=orders.faults,
        )

    def refusal(self, failure: Failure, talk: Talk) -> ApiError | None:
        """Refuse as ordered, until it has been done often enough."""
        key = "\n".join(talk.users)
        if failure.times and self.failed[key] >= failure.times:
            del self.failed[key]
            return None
        self.failed[key] += 1
        code, message = MEANINGS.get(failure.status, (None, "The playground was told to fail."))
        return ApiError(failure.status, message, code=failure.code or code)


def rules(
    request: dict[str, Any], talk: Talk, orders: Orders, listed: list[Offer]
) -> Iterator[Said]:
    """Give what each rule says, text or calls or nothing; the first that says something counts."""
    about_itself = smalltalk.HELP.search(talk.question) or smalltalk.WHO.search(talk.question)

    yield "" if orders.refuse else None
    yield ordered_calls(orders, listed, talk)
    yield forced(request, listed, talk)
    yield phrase(talk.results) if talk.results else None
    yield ordered_text(orders)
    yield shaped(request, talk)
    yield memory.recall(talk)
    yield smalltalk.chat(talk, listed) if about_itself else None
    yield writing.write(talk) if writing.WANTED.search(talk.question) else None
    yield chosen(listed, talk)
    yield done(orders) if orders.given and not talk.question else None
    yield writing.write(talk)
    yield memory.keep_name(talk)
    yield memory.keep_fact(talk)
    yield smalltalk.chat(talk, listed)


def ordered_calls(orders: Orders, listed: list[Offer], talk: Talk) -> Said:
    """Give the calls that were ordered for this round: `call NAME with {...}`."""
    return (orders.calls(talk.rounds) if listed else ()) or None


def ordered_text(orders: Orders) -> Said:
    """Give the text that was ordered word for word or by its length: `say "..."`."""
    if orders.text is not None or orders.words is None:
        return orders.text
    return writing.prose("streaming", orders.words)


def forced(request: dict[str, Any], listed: list[Offer], talk: Talk) -> Said:
    """Call something where the request says so, with made-up values where none were said."""
    if not listed or talk.rounds or not must_call(request):
        return None
    offer = best(listed, talk.question, enough=0) or listed[0]
    given, lacking = fill(offer, talk.question)
    made_up = example(offer.schema, offer.schema) if lacking else {}
    return (ToolCall(offer.name, made_up | given),)


def shaped(request: dict[str, Any], talk: Talk) -> Said:
    """Answer in the JSON form that the request wants."""
    form = request.get("response_format") or {}
    if form.get("type") == "json_object":
        return json.dumps({"answer": smalltalk.chat(talk, [])})
    if form.get("type") != "json_schema":
        return None
    schema = form["json_schema"].get("schema") or {}
    return json.dumps(example(schema, schema, talk.question or "example"))


def chosen(listed: list[Offer], talk: Talk) -> Said:
    """Call functions that the words choose, or ask for what one of them needs."""
    picks = picked(listed, talk)
    if unclear := [one for one in picks if one.lacking]:
        return ask(unclear[0])
    return tuple(ToolCall(one.name, one.arguments) for one in picks) or None


def picked(listed: list[Offer], talk: Talk) -> list[Pick]:
    """Pick functions by the question; a follow-up may mean one that was called before."""
    picks = pick(listed, talk.question) or told(listed, talk)
    if picks or not FOLLOW_UP.search(talk.question):
        return picks
    again = [offer for name in reversed(talk.called) for offer in listed if offer.name == name]
    given = ((offer, *fill(offer, talk.question)) for offer in again)
    fitting = (
        Pick(offer.name, values) for offer, values, lacking in given if values and not lacking
    )
    return list(islice(fitting, 1))


def told(listed: list[Offer], talk: Talk) -> list[Pick]:
    """Take what was asked for, which belongs to the question before it."""
    asked = talk.answers and talk.answers[-1].startswith(ASKED)
    if not asked or not talk.earlier or CALLED_OFF.search(talk.question):
        return []
    by_name = {offer.name: offer for offer in listed}
    picks = pick(listed, f"{talk.earlier[-1]}\n{talk.question}")
    return [answered(one, by_name[one.name], talk.question) for one in picks]


def answered(one: Pick, offer: Offer, reply: str) -> Pick:
    """Take a whole reply as the one thing that is lacking."""
    if len(one.lacking) != 1:
        return one
    name = one.lacking[0]
    value = convert(reply, offer.properties[name])
    return one if value is NOTHING else Pick(one.name, one.arguments | {name: value})


def ask(one: Pick) -> str:
    """Ask for what a function needs."""
    needed = " and ".join(f"*{name.replace('_', ' ')}*" for name in one.lacking)
    return f"{ASKED}{one.name}` for this, but I need to know: {needed}. Please tell me."


def done(orders: Orders) -> str:
    """Answer where there were orders and nothing else."""
    return writing.prose("streaming", TO_SEE) if orders.on_the_way else "Done as ordered."
