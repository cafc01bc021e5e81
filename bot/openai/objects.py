"""What all results share: fields that we do not know are kept, words that we do not know too."""

from pydantic import BaseModel, ConfigDict, Field


class APIObject(BaseModel):
    """A part of an answer; fields that came and are not declared here are attributes as well."""

    model_config = ConfigDict(
        extra="allow",
        protected_namespaces=(),
        defer_build=True,  # most are never met in a run, and building them all takes 0.2 s at start
    )


class APIResult(APIObject):
    """A whole answer; `request_id` is the server's name for the request, for its support."""

    request_id: str | None = Field(default=None, exclude=True)
