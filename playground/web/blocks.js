// Block Kit: one drawing function for each kind of block; an unknown kind is shown as its JSON.
//
// `scene` is what a block needs around it: {names, surface, actions, form, memory, confirm}.
// `surface` says where it stands ({channel, message_ts} or {view_id}), `form` keeps what was typed
// or chosen, `memory` what was pressed (both outlive a redraw).

import { el, outerLink, safeImage } from "./dom.js";
import { icon } from "./icons.js";
import { drawElement, isElement } from "./elements.js";
import { drawInput } from "./inputs.js";
import { jsonTree } from "./json_view.js";
import { richText } from "./rich_text.js";
import { richTable } from "./tables.js";
import { planFrame, taskFromBlock, taskList } from "./tasks.js";
import { markdownView, mrkdwnView, textObject } from "./text_view.js";

const KINDS = {
  actions: drawActions,
  context: drawContext,
  context_actions: drawActions,
  divider: () => el("hr"),
  header: (block) => el("h3.block-header", textObject(block.text)),
  image: drawImage,
  input: drawInput,
  markdown: (block, scene) => markdownView(block.text ?? "", scene.names),
  plan: (block, scene) =>
    planFrame(block.title, taskList((block.tasks ?? []).map(taskFromBlock), scene.names)),
  rich_text: (block, scene) => richText(block, scene.names),
  section: drawSection,
  table: (block, scene) => richTable(block, scene.names),
  task_card: (block, scene) => taskList([taskFromBlock(block)], scene.names),
};

/** Draw blocks in order. */
export function drawBlocks(blocks, scene) {
  return blocks.map((block) => drawBlock(block, scene));
}

/** Draw one block in its frame. */
function drawBlock(block, scene) {
  const draw = KINDS[block.type] ?? unknown;
  return el("div.block", { data: { block: block.type } }, draw(block, scene));
}

function unknown(block) {
  return el(
    "details.unknown",
    el("summary", `A “${block.type}” block, which this page does not draw`),
    jsonTree(block),
  );
}

function drawSection(block, scene) {
  const { names } = scene;
  const texts = [];
  if (block.text) texts.push(textBlock(block.text, names));
  if (block.fields)
    texts.push(
      el(
        "div.fields",
        block.fields.map((field) => textBlock(field, names)),
      ),
    );
  if (!block.accessory) return el("div.section", texts);
  return el(
    "div.section.with-accessory",
    el("div.section-text", texts),
    el("div.accessory", drawAny(block.accessory, block.block_id, scene)),
  );
}

function textBlock(text, names) {
  if (text.type === "mrkdwn") return mrkdwnView(text.text ?? "", names);
  return el("div.md", el("p.plain", textObject(text)));
}

function drawAny(element, blockId, scene) {
  if (element.type === "image") return picture(element, "thumbnail");
  return isElement(element) ? drawElement(element, blockId, scene) : unknown(element);
}

function drawActions(block, scene) {
  const compact = block.type === "context_actions" ? ".compact" : "";
  return el(
    `div.actions${compact}`,
    (block.elements ?? []).map((element) => drawAny(element, block.block_id, scene)),
  );
}

function drawContext(block, scene) {
  return el(
    "div.context",
    (block.elements ?? []).map((element) =>
      element.type === "image"
        ? picture(element, "context-image")
        : el("span", textObject(element, scene.names)),
    ),
  );
}

function drawImage(block) {
  const title = block.title && el("figcaption", textObject(block.title));
  return el("figure", title, picture(block, "picture"));
}

/** A picture of our own origin; a foreign one would not load (CSP), so it stays a link. */
function picture(image, className) {
  const address = image.image_url ?? image.slack_file?.url;
  const src = safeImage(address);
  if (src) return el(`img.${className}`, { src, alt: image.alt_text ?? "", loading: "lazy" });
  if (className !== "picture") {
    return el(
      `span.${className}.no-image`,
      { role: "img", "aria-label": image.alt_text, title: image.alt_text },
      icon("image"),
    );
  }
  return el("div.no-picture", icon("image"), outerLink(address, image.alt_text || "Picture"));
}
