// Elements that hold a value: menus, texts, ticks, files. Used in messages, where a change
// is told to the bot at once, and in the input blocks of a modal, where the form keeps it until sent.

import { el, fill } from "./dom.js";
import { fileChip } from "./files.js";
import { icon } from "./icons.js";
import { textObject } from "./text_view.js";

const TEXTS = {
  plain_text_input: "text",
  number_input: "number",
  email_text_input: "email",
  url_text_input: "url",
};
const LISTS = {
  users: (names) => names.people().map((user) => [user.id, user.real_name || user.name]),
  channels: (names) =>
    names
      .channels()
      .filter((one) => one.kind === "channel")
      .map((one) => [one.id, `#${one.name}`]),
  conversations: (names) => names.channels().map((one) => [one.id, names.title(one)]),
};
const FEW = 12; // choices that need no search
const LISTED = { users: "user", channels: "channel", conversations: "conversation" };

/** Say whether an element is one that holds a value. */
export function isChooser(element) {
  return Boolean(drawer(element));
}

/**
 * Draw an element with a value. `changed(state)` is told of each change, after the form kept it.
 * `attributes` (id, aria-*) go on the control itself.
 */
export function chooser(element, blockId, scene, changed, attributes = {}) {
  const kept = scene.form.get(blockId, element.action_id);
  const take = (state, isFinal = true) => {
    const full = { type: element.type, ...state };
    scene.form.set(blockId, element.action_id, full);
    if (isFinal) changed?.(full);
  };
  return drawer(element)({ element, kept, take, scene, attributes });
}

function drawer({ type }) {
  if (type in TEXTS) return textInput;
  if (type === "radio_buttons") return radios;
  if (type === "checkboxes") return checkboxes;
  if (type === "file_input") return fileInput;
  if (/^multi_(static|users|channels|conversations)_select$/.test(type)) return multiSelect;
  if (/^(static|users|channels|conversations)_select$/.test(type)) return singleSelect;
  return null;
}

function textInput({ element, kept, take, attributes }) {
  const isLong = element.multiline;
  const value = (kept ? kept.value : element.initial_value) ?? ""; // what was cleared stays clear
  const state = (text) => ({ value: text || null });
  take(state(value), false);
  const node = el(isLong ? "textarea.field" : "input.field", {
    type: isLong ? null : TEXTS[element.type],
    value,
    rows: isLong ? "4" : null,
    ...attributes,
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    minlength: element.min_length,
    min: element.min_value,
    max: element.max_value,
    step: element.type === "number_input" && (element.is_decimal_allowed ? "any" : "1"),
    oninput: () => take(state(node.value), false),
    onkeydown: ({ key, isComposing }) => {
      if (key === "Enter" && !isLong && !isComposing) take(state(node.value)); // as Slack: not by leaving it
    },
  });
  if (element.focus_on_load) node.autofocus = true;
  return node;
}

/** What can be chosen, as [key, label, description?, group?], and how a choice is reported. */
function choices(element, names) {
  const kind = element.type.replace(/^multi_/, "").replace(/_select$/, "");
  if (kind in LISTS) {
    const field = `selected_${LISTED[kind]}`;
    const initial = `initial_${LISTED[kind]}`;
    return {
      list: LISTS[kind](names),
      field,
      initial,
      pick: (key) => key,
      keyOf: (picked) => picked,
    };
  }
  const groups = element.option_groups ?? [{ label: null, options: element.options ?? [] }];
  const all = groups.flatMap((group) =>
    group.options.map((option) => ({ option, group: group.label?.text })),
  );
  return {
    list: all.map(({ option, group }) => [
      option.value,
      option.text?.text,
      option.description?.text,
      group,
    ]),
    field: "selected_option",
    initial: "initial_option",
    pick: (key) => all.find(({ option }) => option.value === key)?.option ?? null,
    keyOf: (picked) => picked?.value,
  };
}

function singleSelect({ element, kept, take, scene, attributes }) {
  const { list, field, initial, pick, keyOf } = choices(element, scene.names);
  const picked = kept ? kept[field] : (element[initial] ?? null);
  take({ [field]: picked }, false);
  const node = el("select.field", {
    ...attributes,
    "aria-label": attributes.id ? null : (element.placeholder?.text ?? "Choose"),
  });
  node.append(el("option", { value: "" }, element.placeholder?.text ?? "Choose…"));
  const groups = new Map();
  for (const [key, label, , group] of list) {
    const option = el("option", { value: key }, label);
    if (group && !groups.has(group))
      groups.set(group, node.appendChild(el("optgroup", { label: group })));
    (groups.get(group) ?? node).append(option);
  }
  node.value = keyOf(picked) ?? "";
  node.addEventListener("change", () => take({ [field]: node.value ? pick(node.value) : null }));
  return node;
}

/** Many of a list: ticks in a frame that folds, usable without a pointer. */
function multiSelect({ element, kept, take, scene, attributes }) {
  const { list, field, initial, pick, keyOf } = choices(element, scene.names);
  const many = `${field}s`;
  const picked = new Set((kept ? kept[many] : (element[`${initial}s`] ?? [])).map(keyOf));
  // Its name is the label and what is chosen, as it is for a menu of the browser's own.
  const name = attributes.id && `${attributes["aria-labelledby"]} ${attributes.id}`;
  const summary = el("summary.field", { ...attributes, "aria-labelledby": name });
  const tell = (isFinal) => {
    const labels = list.filter(([key]) => picked.has(key)).map(([, label]) => label);
    fill(
      summary,
      labels.join(", ") || el("span.placeholder", element.placeholder?.text ?? "Choose…"),
      icon("chevron"),
    );
    take({ [many]: [...picked].map(pick) }, isFinal);
  };
  tell(false);
  const ticks = list.map(([key, label, description]) =>
    tick("checkbox", null, picked.has(key), label, description, (isOn) => {
      if (isOn) picked.add(key);
      else picked.delete(key);
      tell(true);
    }),
  );
  const finder = list.length > FEW && search(ticks);
  return el("details.multi", summary, finder, el("div.ticks", ticks));
}

/** A box that leaves those of a long list in sight that have every word typed into it. */
function search(ticks) {
  const box = el("input.field", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search",
    oninput: () => {
      const words = box.value.toLowerCase().split(/\s+/);
      for (const one of ticks) {
        const text = one.textContent.toLowerCase();
        one.hidden = !words.every((word) => text.includes(word));
      }
    },
  });
  return box;
}

function tick(type, name, checked, label, description, changed) {
  const box = el("input", { type, name, checked, onchange: () => changed(box.checked) });
  return el("label.tick", box, el("span", label, description && el("small", description)));
}

function optionTick(type, name, option, isOn, changed, names) {
  return tick(
    type,
    name,
    isOn,
    textObject(option.text, names),
    option.description && textObject(option.description, names),
    changed,
  );
}

function radios({ element, kept, take, scene, attributes }) {
  const picked = kept ? kept.selected_option : (element.initial_option ?? null);
  take({ selected_option: picked }, false);
  const name = `radio-${element.action_id}-${Math.random().toString(36).slice(2)}`;
  return el(
    "div.ticks",
    { role: "radiogroup", ...attributes },
    (element.options ?? []).map((option) =>
      optionTick(
        "radio",
        name,
        option,
        option.value === picked?.value,
        () => take({ selected_option: option }),
        scene.names,
      ),
    ),
  );
}

function checkboxes({ element, kept, take, scene, attributes }) {
  let picked = kept ? kept.selected_options : (element.initial_options ?? []);
  take({ selected_options: picked }, false);
  return el(
    "div.ticks",
    { role: "group", ...attributes },
    (element.options ?? []).map((option) =>
      optionTick(
        "checkbox",
        null,
        option,
        picked.some((one) => one.value === option.value),
        (isOn) => {
          picked = picked.filter((one) => one.value !== option.value);
          if (isOn) picked = [...picked, option];
          take({ selected_options: picked });
        },
        scene.names,
      ),
    ),
  );
}

function fileInput({ element, kept, take, scene, attributes }) {
  const most = element.max_files ?? 10;
  let files = kept?.files ?? [];
  const list = el("ul.upload-list");
  const input = el("input", {
    type: "file",
    multiple: most > 1,
    ...attributes,
    accept: element.filetypes?.map((type) => `.${type}`).join(","),
  });
  const show = () => {
    input.hidden = files.length >= most;
    fill(
      list,
      files.map((file) => fileChip(file, () => keep(files.filter((one) => one.id !== file.id)))),
    );
  };
  const keep = (wanted, isFinal = true) => {
    files = wanted;
    take({ files }, isFinal);
    show();
  };
  input.addEventListener("change", async () => {
    for (const chosen of [...input.files].slice(0, most - files.length)) {
      const file = await scene.actions.upload(chosen);
      if (file) keep([...files, file]);
    }
    input.value = "";
  });
  keep(files, false);
  return el("div.file-input", list, input);
}
