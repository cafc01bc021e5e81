"""User groups of Slack in the rule `who`: which of them a person is in, asked once a turn."""

import dataclasses
import logging
from collections.abc import Iterable

from functions._context import Context
from functions._rules import Ids

logger = logging.getLogger(__name__)

PREFIX = "S"  # of the ids of user groups, as U and W of users


def groups_in(rules: Iterable[str | Ids]) -> frozenset[str]:
    """Return the user groups that rules name."""
    return frozenset(
        id for who in rules if isinstance(who, frozenset) for id in who if id.startswith(PREFIX)
    )


async def with_groups(context: Context, named: frozenset[str]) -> Context:
    """Return the context with those of the groups that the person is in; with none in doubt."""
    if not named or context.groups is None:
        return context
    try:
        found = await context.groups.of(context.team, context.user.id, named)
    except Exception:
        logger.warning("groups_not_known", exc_info=True)
        return context
    user = dataclasses.replace(context.user, groups=named & frozenset(found))
    return dataclasses.replace(context, user=user)
