// The tree of markdown.js and mrkdwn.js -> DOM nodes, and the redraw of a text that grows.
//
// `names` answers what ids mean: names.user(id), names.channel(id), names.me.

import { el, outerLink, safeImage } from "./dom.js";
import { emojiSign } from "./emoji.js";
import { icon } from "./icons.js";
import { parseMarkdown } from "./markdown.js";
import { parseInline } from "./markdown_inline.js";
import { parseMrkdwn, parseMrkdwnInline } from "./mrkdwn.js";
import { morph } from "./morph.js";
import { sign } from "./signs.js";
import { slackDate } from "./time.js";

/** A node that shows a Markdown text. */
export function markdownView(text, names) {
  return updateMarkdown(el("div.md"), text, names);
}

/** Bring a Markdown node up to a new text: blocks that did not change stay as they are. */
export function updateMarkdown(node, text, names) {
  const before = node.sources ?? [];
  const blocks = parseMarkdown(text);
  blocks.forEach((block, index) => {
    if (before[index] === block.source) return;
    const fresh = blockNode(block, names);
    const old = node.children[index];
    if (!old) node.append(fresh);
    else morph(old, fresh);
  });
  while (node.children.length > blocks.length) node.lastElementChild.remove();
  node.sources = blocks.map((block) => block.source);
  return node;
}

/** A node that shows a mrkdwn text. */
export function mrkdwnView(text, names) {
  return el(
    "div.md.typed",
    parseMrkdwn(text).map((block) => blockNode(block, names)),
  );
}

/** The nodes of a short mrkdwn text, to stand inside another line. */
function mrkdwnInline(text, names) {
  return inlineNodes(parseMrkdwnInline(text), names);
}

/** The nodes of a Block Kit text object, plain or mrkdwn, inside a line. */
export function textObject(text, names) {
  if (text === null || text === undefined) return [];
  if (typeof text === "string") return withEmoji(text);
  return text.type === "mrkdwn" ? mrkdwnInline(text.text, names) : withEmoji(text.text ?? "");
}

/** Plain text whose :shortcodes: become signs. */
export function withEmoji(text) {
  return [String(text).replace(/:([a-z0-9_+-]+):/g, (all, name) => emojiSign(name) ?? all)];
}

const BLOCKS = {
  heading: (block, names) =>
    el(
      `h${Math.min(block.level + 2, 6)}`,
      { data: { level: block.level } },
      inlineOf(block, names),
    ),
  paragraph: (block, names) => el("p", inlineOf(block, names)),
  rule: () => el("hr"),
  quote: (block, names) =>
    el(
      "blockquote",
      { dir: "auto" },
      block.blocks.map((inner) => blockNode(inner, names)),
    ),
  code: (block) => codeNode(block.text, block.language),
  list: listNode,
  table: (block, names) => tableNode(block, (cell) => inlineNodes(parseInline(cell), names)),
};

function blockNode(block, names) {
  return BLOCKS[block.type](block, names);
}

function inlineOf(block, names) {
  return inlineNodes(block.nodes ?? parseInline(block.text), names);
}

/** Code in a frame; the copy button works through one listener on the page (see app.js). */
export function codeNode(text, language) {
  return el(
    language ? "div.code" : "div.code.bare",
    el(
      "div.code-bar",
      language && el("span", language),
      el("button.quiet.copy", { "aria-label": "Copy code" }, icon("copy"), el("span", "Copy")),
    ),
    el("pre", { tabindex: "0" }, el("code", text)),
  );
}

function listNode(block, names) {
  return el(
    block.ordered ? "ol" : "ul",
    { dir: "auto", start: block.ordered && block.start !== 1 && block.start },
    block.items.map((item) => itemNode(item, names)),
  );
}

function itemNode(item, names) {
  const isTask = item.checked !== null;
  const node = el(isTask ? "li.task-item" : "li");
  if (isTask) {
    node.append(
      el(
        "span.tick-box",
        { role: "img", "aria-label": item.checked ? "done" : "to do" },
        item.checked && icon("check"),
      ),
    );
  }
  for (const block of item.blocks) {
    const isTight = block.type === "paragraph" && item.blocks.indexOf(block) === 0;
    if (isTight) node.append(el("span.item-text", inlineOf(block, names)));
    else node.append(blockNode(block, names));
  }
  return node;
}

/**
 * A table in a frame of its own, so that a wide one scrolls and the page does not; the cells of
 * `brief` columns stay on one line.
 */
export function tableNode({ head, rows, align, brief = [] }, cellNodes) {
  const cell = (tag) => (content, column) =>
    el(
      tag,
      {
        data: { align: align[column] ?? "left", ...(brief[column] && { brief: "" }) },
        scope: tag === "th" && "col",
      },
      cellNodes(content),
    );
  return el(
    "div.table-frame",
    { tabindex: "0", role: "group", "aria-label": "Table" },
    el(
      "table",
      head && el("thead", el("tr", head.map(cell("th")))),
      el(
        "tbody",
        rows.map((row) => el("tr", row.map(cell("td")))),
      ),
    ),
  );
}

const INLINE = {
  text: (node) => node.text,
  break: () => el("br"),
  code: (node) => el("code", node.text),
  strong: (node, names) => el("strong", inlineNodes(node.children, names)),
  em: (node, names) => el("em", inlineNodes(node.children, names)),
  del: (node, names) => el("del", inlineNodes(node.children, names)),
  link: (node, names) => outerLink(node.href, ...inlineNodes(node.children, names)),
  image: imageNode,
  emoji: (node) => emojiNode(node.name),
  user: (node, names) => userNode(node.id, node.label, names),
  channel: (node, names) => channelNode(node.id, node.label, names),
  broadcast: (node) => el("span.mention", `@${node.name}`),
  date: (node) => dateNode(node),
};

/** The nodes of an inline tree. */
function inlineNodes(nodes, names) {
  return nodes.map((node) => INLINE[node.type](node, names));
}

function imageNode(node) {
  const src = safeImage(node.src);
  if (src) return el("img.inline-image", { src, alt: node.alt });
  return outerLink(node.src, node.alt || node.src); // foreign pictures stay links: the page is offline
}

/** An emoji by its shortcode; one that we do not know stays as it was typed. */
export function emojiNode(name) {
  const shown = sign(name) ?? emojiSign(name);
  return shown
    ? el("span.emoji", { role: "img", "aria-label": name, title: `:${name}:` }, shown)
    : `:${name}:`;
}

/** A mention of a person. */
export function userNode(id, label, names) {
  const user = names.user(id);
  const isMe = id === names.me;
  return el(
    `span.mention${isMe ? ".mention-me" : ""}`,
    { title: user?.title },
    `@${user ? names.nameOf(id) : (label ?? id)}`,
  );
}

/** A mention of a channel, which can be opened when it is one of ours. */
export function channelNode(id, label, names) {
  const channel = names.channel(id);
  const text = `#${channel?.name ?? label ?? id}`;
  if (!channel) return el("span.mention", text);
  return el("button.mention", { data: { channel: id } }, text); // app.js listens
}

/** A date in the reader's own time. */
export function dateNode(node) {
  const time = el("time", { datetime: isoDate(node.at), title: node.fallback }, slackDate(node));
  return node.href ? outerLink(node.href, time) : time;
}

function isoDate(at) {
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
