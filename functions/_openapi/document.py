"""The document itself: read from text, its version known, its references followed within it."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from functions._errors import DeclarationError
from functions._jsonschema.tree import pointed

SIZE = 20_000_000
HOPS = 20
YAML = (
    " It looks like YAML. Many servers have the same document as .json beside it; else write it as "
    "JSON on a computer, by `yq -o=json openapi.yaml > openapi.json` (github.com/mikefarah/yq) or "
    '`pip install pyyaml && python -c "import json, sys, yaml; '
    'json.dump(yaml.safe_load(sys.stdin), sys.stdout, default=str)" < openapi.yaml > openapi.json`.'
)


class CannotTake(ValueError):
    """Say why one operation cannot become a function."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document, `url` where it came from, if that is known.

    `malformed` is what was found of its schemas, by their identity: many operations share one.
    """

    root: dict[str, Any]
    url: str = ""
    malformed: dict[int, tuple[Any, set[Any]]] = field(default_factory=dict, repr=False)

    @property
    def is_old(self) -> bool:
        """Say whether it is of version 2, called Swagger then."""
        return "swagger" in self.root

    @property
    def is_new(self) -> bool:
        """Say whether a reference may have keywords beside it, as since 3.1."""
        return not self.is_old and not str(self.root.get("openapi")).startswith("3.0")

    def resolved(self, node: Any) -> dict[str, Any]:
        """Return an object, after following its references."""
        for _ in range(HOPS):
            if not isinstance(node, dict):
                raise CannotTake("a part of it is no object")
            if not isinstance(node.get("$ref"), str):
                return node
            node = self.target(node["$ref"])
        raise CannotTake("its references lead in a circle")

    def target(self, reference: str) -> Any:
        """Return what a reference means."""
        try:
            return pointed(self.root, reference)
        except LookupError:
            raise CannotTake(
                f"it refers to {reference[:100]}, which is not in the document"
            ) from None

    def server(self, *holders: dict[str, Any]) -> str:
        """Return the address that requests go to, as the innermost of these says."""
        for holder in (*holders, self.root):
            if servers := holder.get("servers"):
                places = [self._absolute(_filled(one)) for one in servers]
                return next((one for one in places if one.startswith("https:")), places[0])
        return self._absolute("/")

    def _absolute(self, address: str) -> str:
        found = urljoin(self.url, address)
        if "://" not in found:
            raise CannotTake("the document does not say on which server it is: name the server")
        return found


def _filled(server: dict[str, Any]) -> str:
    """Return a server's address with the defaults of its variables."""
    address = str(server.get("url") or "/")
    for name, variable in (server.get("variables") or {}).items():
        address = address.replace(f"{{{name}}}", str(variable.get("default", "")))
    return address


def read(data: bytes, url: str = "") -> Document:
    """Read a document, or refuse it with a sentence."""
    if len(data) > SIZE:
        raise DeclarationError(f"the document is longer than {SIZE:,} bytes.")
    try:
        root = json.loads(data)
    except (ValueError, RecursionError):
        head = data[:2000].decode("utf-8", "replace")
        raise DeclarationError(f"the document is not JSON.{_hint(head)}") from None
    version = (root.get("openapi") or root.get("swagger")) if isinstance(root, dict) else None
    if not str(version).startswith(("3.", "2.0")):
        raise DeclarationError("this is no OpenAPI document of version 3 (or 2.0).")
    if not isinstance(root.get("paths"), dict) or not root["paths"]:
        raise DeclarationError("the document has no paths, so there is nothing to call.")
    return Document(_renewed(root) if "swagger" in root else root, url)


def _renewed(root: dict[str, Any]) -> dict[str, Any]:
    """Return a document of version 2 with its server and its security where version 3 has them."""
    host, path, schemes = root.get("host"), root.get("basePath") or "/", root.get("schemes")
    schemes = schemes if isinstance(schemes, list) and schemes else ["https"]
    urls = [f"{scheme}://{host}{path}" for scheme in schemes] if host else [path]
    security = {"securitySchemes": root.get("securityDefinitions")}
    return {**root, "servers": [{"url": url} for url in urls], "components": security}


def _hint(head: str) -> str:
    """Return what to do about a text that is something else than JSON."""
    if re.search(r"^[\"']?(openapi|swagger)[\"']?:", head, re.MULTILINE):
        return YAML
    is_page = re.match(r"\s*<(!doctype|html|head|body)", head, re.IGNORECASE)
    return " It is a web page: the document itself has an address of its own." if is_page else ""
