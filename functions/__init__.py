"""What the model may call: the registry, and one file for each topic of shipped functions.

Machinery lives in files with a leading underscore. Any other file here is loaded at the start.
"""

from functions._calling.ready import redacted
from functions._context import (
    ApprovalRequest,
    Context,
    FoundMessage,
    FoundPerson,
    GivenFile,
    User,
    call_id,
)
from functions._declaring.function import Function, function
from functions._declaring.signature import Parameter
from functions._declaring.signature import read as read_signature
from functions._entry import Entry
from functions._errors import DeclarationError, FunctionError, RetryCall
from functions._gate import Limit
from functions._held.definition import SecretHeader
from functions._http.hosts import Hosts
from functions._http.value import HttpFunction
from functions._http.web import Web
from functions._ledger import Ledger, Line
from functions._loading.load import LoadError
from functions._mcp.declared import McpOffer
from functions._mcp.value import Launch, McpFunction
from functions._openapi.operations import Import, Operation
from functions._registry import Registry
from functions._results.files import File
from functions._results.result import Result

__all__ = [
    "ApprovalRequest",
    "Context",
    "DeclarationError",
    "Entry",
    "File",
    "FoundMessage",
    "FoundPerson",
    "Function",
    "FunctionError",
    "GivenFile",
    "Hosts",
    "HttpFunction",
    "Import",
    "Launch",
    "Ledger",
    "Limit",
    "Line",
    "LoadError",
    "McpFunction",
    "McpOffer",
    "Operation",
    "Parameter",
    "Registry",
    "Result",
    "RetryCall",
    "SecretHeader",
    "User",
    "Web",
    "call_id",
    "function",
    "read_signature",
    "redacted",
]
