'''The slash commands; `bot.desk` reads, runs and answers them.

A subject is a folder, or a file while one is enough; the files beside them (`material`, `parcels`,
`pricing`) serve several. Adding a command:

1. A file `bot/commands/things.py` with a docstring whose first paragraph says what it is for, and

       command = Command("things", __doc__)

   Further files of the same command have `Command("things")`.
2. A typed `async def` for each sub-command:

       @command.sub(effect="deletes", examples=("delete thing-1",))
       async def delete(request: Request, thing: str, *, quiet: bool = False) -> Text:
           """Delete a thing.

           Args:
               thing: Its id.
               quiet: Tell nobody.
           """
           client = request.openai("files")
           await request.confirm(f"*Delete the thing* {code(thing)}?", button="Delete", danger=True)
           await client.things.delete(thing)
           return Text(f"{code(thing)} is deleted.")

   Parameters before `*` are positional, those behind it options. Types do the checking: `Literal`,
   `bool`, `int`, `list[str]`, and those of `bot.desk.parameters` (`Age`, `Size`, `Rest` for
   text to the end of the line, `Annotated[tuple[SharedFile, ...], FromFiles()]`). `effect` other
   than `reads` makes it a matter of admins; such a function calls `request.confirm` before it acts.
3. The values to return are in `bot.desk.values` (`Text`, `Fields`, `Table`, `Verbatim`, `File`;
   several in a list; `code` and `escape` for words of others), the errors to raise in
   `bot.desk.errors`. `raise NeedsForm("Title")` opens a form made from the signature; what is
   filled in calls the function again, and what was given stands in it. Give such a function
   defaults for all; with `form=True` a person whose form was not taken gets back to it.
4. Name it in `shipped`. Help and usage errors follow; run
   `python -m bot manifest > manifest.json`, and put what `python -m bot commands` prints below the
   mark in docs/commands.md. The tests tell if one was forgotten.
'''  # noqa: D214 - the section is the example's
