// The input block: a label, the control, a hint, and the error that the bot may send back.

import { el, fill, freshId } from "./dom.js";
import { chooser, isChooser } from "./choosers.js";
import { jsonTree } from "./json_view.js";
import { textObject } from "./text_view.js";

/** Draw an input block. */
export function drawInput(block, scene) {
  const { element } = block;
  if (!element || !isChooser(element)) return jsonTree(block);
  const id = freshId("input");
  const tell = block.dispatch_action
    ? (state) => scene.actions.click(scene.surface, block.block_id, element.action_id, state)
    : null;
  const control = chooser(element, block.block_id, scene, tell, {
    id,
    "aria-describedby": `${id}-hint ${id}-error`,
    "aria-labelledby": `${id}-label`,
  });
  return el(
    "div.input",
    { data: { blockId: block.block_id } },
    el(
      "label.input-label",
      { for: id, id: `${id}-label` },
      textObject(block.label, scene.names),
      block.optional && el("span.optional", " (optional)"),
    ),
    control,
    el("p.hint", { id: `${id}-hint` }, block.hint && textObject(block.hint, scene.names)),
    el("p.error", { id: `${id}-error`, role: "alert" }),
  );
}

/** Show errors beneath their inputs; returns whether there was a place for any of them. */
export function showErrors(root, errors) {
  let first = null;
  for (const input of root.querySelectorAll(".input")) {
    const text = errors[input.dataset.blockId] ?? "";
    fill(input.querySelector(":scope > .error"), text);
    input.classList.toggle("wrong", Boolean(text));
    input.querySelector("[aria-describedby]")?.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) first ??= input;
  }
  first?.scrollIntoView({ block: "nearest" });
  first?.querySelector("input, select, textarea, summary")?.focus();
  return Boolean(first);
}

/** What was typed and chosen in one message or view, kept through redraws. */
export class Form {
  #values = new Map();

  get(blockId, actionId) {
    return this.#values.get(blockId)?.get(actionId);
  }

  set(blockId, actionId, state) {
    if (!this.#values.has(blockId)) this.#values.set(blockId, new Map());
    this.#values.get(blockId).set(actionId, state);
  }

  /** The values of the blocks of a view, as Slack's `state.values`. */
  values(blocks) {
    const wanted = new Set(blocks.map((block) => block.block_id));
    const kept = [...this.#values].filter(([blockId]) => wanted.has(blockId));
    return Object.fromEntries(
      kept.map(([blockId, actions]) => [blockId, Object.fromEntries(actions)]),
    );
  }
}
