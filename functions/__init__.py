"""What the model may call: the registry, and one file for each topic of shipped functions.

Machinery lives in files with a leading underscore. Any other file here is loaded at the start.
"""

from functions._context import Context, User
from functions._errors import DeclarationError, FunctionError, RetryCall
from functions._function import Function, function
from functions._gate import Limit
from functions._ledger import Ledger, Line
from functions._load import LoadError
from functions._registry import Registry
from functions._result import Result
from functions._signature import Parameter, Signature
from functions._signature import read as read_signature

__all__ = [
    "Context",
    "DeclarationError",
    "Function",
    "FunctionError",
    "Ledger",
    "Limit",
    "Line",
    "LoadError",
    "Parameter",
    "Registry",
    "Result",
    "RetryCall",
    "Signature",
    "User",
    "function",
    "read_signature",
]
