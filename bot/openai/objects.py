"""What all results share: fields that we do not know are kept, words that we do not know too."""

from math import isfinite
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class APIObject(BaseModel):
    """A part of an answer; fields that came and are not declared here are attributes as well."""

    model_config = ConfigDict(
        extra="allow",
        protected_namespaces=(),
        defer_build=True,  # most are never met in a run, and building them all takes 0.2 s at start
    )

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        """Take a null for a field that is missing: hosts write it where OpenAI has a value."""
        if not isinstance(data, dict) or None not in data.values():
            return data
        meant = {name for name, one in cls.model_fields.items() if one.default is not None}
        return {name: one for name, one in data.items() if one is not None or name not in meant}


class APIResult(APIObject):
    """A whole answer; `request_id` is the server's name for the request, for its support."""

    request_id: str | None = Field(default=None, exclude=True)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and isfinite(value) else value


Seconds = Annotated[int, BeforeValidator(_whole)]
"""A moment in seconds since 1970; some hosts tell parts of them."""
