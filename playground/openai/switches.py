"""What this host can be told not to have, as other hosts have not: resources, and tuning."""

from dataclasses import dataclass, field
from typing import Any

from playground.openai.errors import ApiError

FOREIGN: dict[int, Any] = {
    404: {"detail": "Not Found"},
    405: {"detail": "Method Not Allowed"},
    501: {"error": {"message": "Not implemented.", "type": "not_implemented", "code": None}},
}


@dataclass(slots=True)
class Switches:
    """The switches: `lack("files", status=405)`, `have("files")`, `tuning = False`."""

    lacking: dict[str, int] = field(default_factory=dict)
    tuning: bool = True

    def lack(self, *resources: str, status: int = 404) -> None:
        """Behave as a host without these; a resource is a path below /v1."""
        for resource in resources:
            self.lacking[resource] = status

    def have(self, *resources: str) -> None:
        """Have these again."""
        for resource in resources:
            del self.lacking[resource]

    def missing(self, path: str) -> int | None:
        """Give the status with which a path below /v1 is refused, if it is lacking."""
        for resource, status in self.lacking.items():
            if path == resource or path.startswith(f"{resource}/"):
                return status
        return None


def foreign(status: int) -> Any:
    """Give the body that other hosts send where they have nothing."""
    return FOREIGN.get(status, FOREIGN[404])


def not_eligible() -> ApiError:
    """Refuse a new job as OpenAI does since it winds its tuning down."""
    return ApiError(
        403,
        "Your organization is not eligible to create new fine-tuning jobs. Fine-tuning is being "
        "wound down; existing fine-tuned models can still be used for inference.",
        kind="invalid_request_error",
        code="fine_tuning_not_available",
    )
