"""The blocks that every message is made of."""

import pytest

from bot.slack.text.blocks import context, section


@pytest.mark.parametrize("end", ["&amp;", "<@U0ANN>"])
def test_a_cut_tears_no_entity_and_no_mention(end):
    text = "x" * 2_996 + end + "more"

    assert section(text)["text"]["text"] == "x" * 2_996 + "…"
    assert context(text)["elements"][0]["text"] == "x" * 2_899 + "…"
