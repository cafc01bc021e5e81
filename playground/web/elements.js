// Elements that can be pressed or chosen: buttons, menus, feedback. Each press is one click to the
// server; what belongs to a form is kept in the scene's form as well.

import { iconButton, once } from "./controls.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { chooser, isChooser } from "./choosers.js";
import { openMenu } from "./menu.js";
import { textObject } from "./text_view.js";

const KINDS = {
  button: drawButton,
  feedback_buttons: drawFeedback,
  overflow: drawOverflow,
};

/** Say whether an element can be drawn here. */
export function isElement(element) {
  return element.type in KINDS || isChooser(element);
}

/** Draw one interactive element of a section, an actions block or a card. */
export function drawElement(element, blockId, scene) {
  const draw = KINDS[element.type];
  if (draw) return draw(element, blockId, scene);
  return chooser(element, blockId, scene, (state) => confirmed(element, blockId, scene, state));
}

function press(element, blockId, scene, state) {
  return scene.actions.click(scene.surface, blockId, element.action_id, state);
}

/** Press, after the question that the element wants to be asked before. */
async function confirmed(element, blockId, scene, state) {
  if (element.confirm && !(await scene.confirm(element.confirm, scene.names))) return;
  await press(element, blockId, scene, state);
}

function drawButton(element, blockId, scene) {
  const style = element.style ? `.${element.style}` : "";
  const label = textObject(element.text, scene.names);
  const pressed = once(() => confirmed(element, blockId, scene, { value: element.value }));
  const node = el(
    `button.button${style}`,
    { "aria-label": element.accessibility_label, onclick: pressed },
    label,
  );
  if (element.url) node.addEventListener("click", () => openOutside(element.url));
  return node;
}

function openOutside(address) {
  if (/^https?:\/\//i.test(address)) window.open(address, "_blank", "noopener,noreferrer");
}

function drawFeedback(element, blockId, scene) {
  const key = `${blockId}/${element.action_id}`;
  const frame = el("span.feedback", { role: "group", "aria-label": "Was this answer good?" });
  const choose = (name, sign) => {
    const side = element[`${name}_button`] ?? {};
    const label = side.accessibility_label ?? side.text?.text ?? name;
    const choice = iconButton(
      sign,
      label,
      async () => {
        scene.memory.set(key, name);
        for (const other of frame.children)
          other.setAttribute("aria-pressed", String(other === choice));
        await press(element, blockId, scene, { value: side.value });
      },
      { "aria-pressed": String(scene.memory.get(key) === name) },
    );
    return choice;
  };
  frame.append(choose("positive", "thumb_up"), choose("negative", "thumb_down"));
  return frame;
}

function drawOverflow(element, blockId, scene) {
  const choose = (option) => {
    if (option.url) openOutside(option.url);
    return confirmed(element, blockId, scene, { selected_option: option });
  };
  return el(
    "button.button.icon-only",
    {
      "aria-label": "More choices",
      "aria-haspopup": "menu",
      onclick: (event) =>
        openMenu(
          event.currentTarget,
          (element.options ?? []).map((option) => ({
            label: option.text?.text ?? option.value,
            run: () => choose(option),
          })),
        ),
    },
    icon("more"),
  );
}
