"""A local Slack: a real server that speaks Slack's Web API, Socket Mode and HTTP deliveries.

`LocalSlack` (in `server`) is the way in. The workspace's state and rules are pure functions over
`workspace.Workspace`; HTTP, sockets and deliveries stand apart from them.
"""

from playground.slack.api import Call, Tokens
from playground.slack.deliveries import Delivery
from playground.slack.refusal import Refusal
from playground.slack.server import LocalSlack

__all__ = ["Call", "Delivery", "LocalSlack", "Refusal", "Tokens"]
