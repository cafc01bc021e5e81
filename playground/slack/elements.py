"""Block Kit's elements as Slack takes them: buttons, selects, inputs, feedback buttons."""

from playground.slack.shapes import Rule, fields, items, kinds, number, plain, string, text, word

_ID = string(255)
_IDS = items(_ID, 100)
_CONFIRM = fields(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    "title",
    "text",
)
_OPTION = fields(
    {"text": text(75), "value": string(150), "description": text(75), "url": string(3000)},
    "text",
    "value",
)
_OPTIONS = items(_OPTION, 100)
_GROUP = fields({"label": plain(75), "options": _OPTIONS}, "label", "options")
_FEEDBACK = fields({"text": plain(75), "value": string(2000, 1)}, "text", "value")
_EVERYWHERE = {
    "action_id": _ID,
    "placeholder": plain(150),
    "confirm": _CONFIRM,
    "initial_option": _OPTION,
    "initial_options": _OPTIONS,
    "initial_users": _IDS,
    "initial_conversations": _IDS,
    "initial_channels": _IDS,
}


def _element(rules: dict[str, Rule] | None = None, *needed: str) -> Rule:
    return fields({**_EVERYWHERE, **(rules or {})}, *needed)


_TYPED = _element({"initial_value": string(3000)})
_SELECT = _element(
    {"options": _OPTIONS, "option_groups": items(_GROUP, 100)}, "options|option_groups"
)
_FEW = _element({"options": items(_OPTION, 10)}, "options")
_BUTTON = {
    "text": plain(75),
    "value": string(2000),
    "url": string(3000),
    "style": word("primary", "danger"),
}
IMAGE = fields(
    {
        "block_id": _ID,
        "image_url": string(3000),
        "alt_text": string(2000, 1),
        "title": plain(2000),
    },
    "image_url|slack_file",
    "alt_text",
)
CONTEXT_ACTIONS: dict[str, Rule] = {
    "feedback_buttons": _element(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        "positive_button",
        "negative_button",
    ),
    "icon_button": _element(
        {**_BUTTON, "icon": word("trash"), "visible_to_user_ids": items(_ID, 10)}, "icon", "text"
    ),
}
_PICKED = dict.fromkeys(
    (
        "channels_select",
        "conversations_select",
        "datepicker",
        "datetimepicker",
        "external_select",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_users_select",
        "rich_text_input",
        "timepicker",
        "users_select",
    ),
    _element(),
)
_ELEMENTS: dict[str, Rule] = {
    "image": IMAGE,
    **_PICKED,
    "button": _element(_BUTTON, "text"),
    "checkboxes": _FEW,
    "email_text_input": _TYPED,
    "multi_static_select": _SELECT,
    "number_input": _TYPED,
    "overflow": _element({"options": items(_OPTION, 5)}, "options"),
    "plain_text_input": _TYPED,
    "radio_buttons": _FEW,
    "static_select": _SELECT,
    "url_text_input": _TYPED,
    "workflow_button": _element(_BUTTON, "text"),
}
ELEMENT = kinds(_ELEMENTS)
FORM_ELEMENT = kinds({**_ELEMENTS, "file_input": _element({"max_files": number(1, 10)})})
