"""What a person asked a command to do is read from whatever Slack sends, of any shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.inbound.invocation import from_click, from_form, from_shortcut, from_slash

_IDS = st.sampled_from(["command.x", "approval.approve", "inquiry.text", "inquiry.send", "other"])
_NAMES = st.sampled_from([
    "actions", "action_id", "value", "selected_option", "container", "thread_ts", "state", "values",
    "view", "callback_id", "private_metadata", "message", "team", "user", "channel", "id",
])  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | _IDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(_NAMES, _JSON, max_size=8), _IDS, _JSON)
def test_no_shape_of_an_interaction_fails(body, name, about):
    one = about if isinstance(about, dict) else {"value": about}
    view = {**one, "callback_id": name}

    from_click({**body, "actions": [{**one, "action_id": name}]}, "1.0")
    from_form({**body, "view": view}, "1.0")
    from_shortcut({**body, "callback_id": name}, "1.0")
    from_slash(body, "1.0")


@pytest.mark.parametrize("actions", [[], None, [None], {}, "approval.approve"])
def test_a_click_on_nothing_is_none_of_ours(actions):
    assert from_click({"actions": actions}, "1.0") is None


def test_a_form_that_is_submitted_twice_is_one_command_until_it_looks_different():
    def submitted(trigger, looks):
        view = {"callback_id": "command.x", "id": "V1", "hash": looks}
        form = from_form({"team": {"id": "T1"}, "trigger_id": trigger, "view": view}, "1.0")
        assert form
        return form.id

    assert submitted("1", "before") == submitted("2", "before")
    assert submitted("2", "before") != submitted("2", "after")
