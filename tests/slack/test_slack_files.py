"""To whom the bot shows its token to get a file, and how it calls the file."""

import pytest

from bot.slack.calls.client import slack_client, slack_session
from bot.slack.workspace.files import FileError, Files, SharedFile, shared


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/file",
        "https://files.slack.com.elsewhere.example/file",
        "http://files.slack.com/file",
        "https://[files.slack.com/file",
    ],
)
async def test_a_file_that_is_not_kept_at_slack_is_not_fetched(url: str) -> None:
    file = SharedFile(id="F1", name="<!here>", mimetype="text/plain", size=1, url=url)

    async with slack_session() as session:
        files = Files(slack_client("xoxb-1", "https://slack.com/api/", session))
        with pytest.raises(FileError, match="&lt;!here&gt; is not kept at Slack"):
            await files.read(file, 10)


def test_a_file_from_macos_is_called_as_people_type_it() -> None:
    found = shared({"id": "F1", "name": "Gro\u0308\u00dfe.csv", "url_private": "https://a.example"})

    assert found is not None
    assert found.name == "Größe.csv"
