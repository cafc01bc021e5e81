"""A registry with MCP tools in it, and what admins and the model do with them."""

from dataclasses import replace

from functions import Context, Hosts, McpFunction, Registry, Web, testing
from storage.records import Registration


def asker(**fields) -> Context:
    return testing.fake_context(team="T1", **fields)


class Shelf:
    """Where registrations are kept."""

    def __init__(self) -> None:
        self.rows: dict[str, Registration] = {}
        self.count = 0

    def put(self, row: Registration) -> None:
        self.count += 1
        self.rows[row.name] = replace(row, created=self.count)

    async def version(self) -> int:
        return self.count

    async def all(self) -> list[Registration]:
        return list(self.rows.values())

    async def amend(self, team: str, name: str, was: str, body: str) -> bool:
        row = self.rows.get(name)
        if row is None or row.body != was:
            return False
        self.put(replace(row, body=body))
        return True

    async def switched_off(self) -> list:
        return []


class Bench:
    """A registry with a shelf of registrations, and what admins and the model do with it."""

    def __init__(self, hosts: str, launches=None, shelf=None) -> None:
        self.shelf = shelf or Shelf()
        self.told = 0
        self.registry = Registry(
            store=self.shelf, web=Web(Hosts([hosts])), launches=launches, tell=self._tell
        )

    def _tell(self) -> None:
        self.told += 1

    async def take(self, server: str, tool: str, secret=None, **rules) -> McpFunction:
        earlier = [McpFunction.load(row.body) for row in self.shelf.rows.values()]
        knowing = asker(secrets={"w": "hush"})
        offers = await self.registry.mcp_offers(server, secret, earlier, knowing)
        (made,) = [one.function for one in offers if one.tool.name == tool]
        made = replace(made, **rules)
        self.shelf.put(Registration("T1", made.name, "mcp", made.dump(), "U1"))
        await self.registry.refresh()
        return made

    async def call(self, name: str, arguments: str, **fields):
        return await self.registry.call(name, arguments, asker(**fields))
