"""Send what cannot stand in an ephemeral message: files for one person, files for everybody."""

from bot.desk.request import Request
from bot.desk.values import Drawn, File, Shared, Text, Value, code, plural
from bot.slack.workspace.files import FileError


async def delivered(value: Value, request: Request) -> Drawn:
    """Send the files in a value, and return what says where they are, or why they are not."""
    try:
        match value:
            case File(name, content, comment):
                _, where = await privately(request, ((name, content),), comment)
                return Text(f"{code(name)} is {where}. {comment}".strip())
            case Shared(files, comment):
                return await _shared(request, files, comment)
    except FileError as error:  # what else came of the command is shown all the same
        return Text(f":warning: {error}")
    return value


async def _shared(request: Request, files: tuple[tuple[str, bytes], ...], comment: str) -> Text:
    to = request.invocation
    names = ", ".join(code(name) for name, _ in files[:10])
    about = f"<@{request.asker.id}> {comment}".strip()
    try:
        await request.files.share(to.channel, request.thread_ts, files, about)
    except FileError:
        _, where = await privately(request, files, comment)
        return Text(
            f"I may not post here (am I a member of this channel?), so {names} "
            f"{'are' if len(files) > 1 else 'is'} {where}."
        )
    where = "thread" if request.thread_ts else "conversation"
    return Text(f":white_check_mark: {plural(len(files), 'file')} in this {where}: {names}.")


async def privately(
    request: Request, files: tuple[tuple[str, bytes], ...], comment: str
) -> tuple[list[str], str]:
    """Send files where only their person sees them; return their ids, and where that is."""
    to = request.invocation
    thread = (to.channel, to.thread_ts) if to.is_dm else None
    ids = await request.files.give(to.user, files, comment, thread)
    return ids, "here" if to.is_dm else "in our direct messages"
