"""Read functions that the database keeps as JSON."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from functions._errors import DeclarationError

T = TypeVar("T")


def loaded(adapter: TypeAdapter[T], name: str, body: str | bytes | dict[str, Any]) -> T:
    """Read a value from JSON or from a dict, or refuse it with every fault."""
    try:
        if isinstance(body, dict):
            return adapter.validate_python(body)
        return adapter.validate_json(body)
    except ValidationError as error:
        raise DeclarationError(f"the {name} is wrong: {spelt(error)}.") from None


def spelt(error: ValidationError) -> str:
    """Return the faults of a value, each with where it is."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{_place(fault['loc'])}: {fault['msg']}" for fault in faults[:10])


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "it"
