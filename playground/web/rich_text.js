// Slack's rich_text: the form in which Slack itself stores what was written in its composer.

import { el, outerLink } from "./dom.js";
import { channelNode, codeNode, dateNode, emojiNode, userNode } from "./text_view.js";

const SECTIONS = {
  rich_text_section: (part, names) => el("p", inline(part.elements, names)),
  rich_text_quote: (part, names) => el("blockquote", el("p", inline(part.elements, names))),
  rich_text_preformatted: (part) => codeNode(plain(part.elements), part.language ?? ""),
  rich_text_list: listNode,
};

/** Draw a rich_text block. */
export function richText(block, names) {
  return el(
    "div.md",
    (block.elements ?? []).map((part) => SECTIONS[part.type]?.(part, names)),
  );
}

/** The bare words of rich_text elements. */
function plain(elements) {
  return (elements ?? [])
    .map((one) => one.text ?? one.url ?? (one.elements ? plain(one.elements) : ""))
    .join("");
}

function listNode(part, names) {
  const isOrdered = part.style === "ordered";
  const start = isOrdered && part.offset ? { start: part.offset + 1 } : {};
  return el(
    isOrdered ? "ol" : "ul",
    { ...start, data: { indent: Math.min(part.indent ?? 0, 6) } },
    (part.elements ?? []).map((item) => el("li", inline(item.elements, names))),
  );
}

const INLINE = {
  text: (one) => lines(one.text ?? ""),
  link: (one) => outerLink(one.url, one.text || one.url),
  emoji: (one) => (one.unicode ? fromUnicode(one.unicode) : emojiNode(one.name)),
  user: (one, names) => userNode(one.user_id, null, names),
  channel: (one, names) => channelNode(one.channel_id, null, names),
  broadcast: (one) => el("span.mention", `@${one.range}`),
  usergroup: (one) => el("span.mention", `@${one.usergroup_id}`),
  color: (one) => el("code", `${one.value}`),
  date: (one) =>
    dateNode({ at: one.timestamp, format: one.format, href: one.url, fallback: one.fallback }),
};

/** Draw the inline elements of a section. */
export function inline(elements, names) {
  return (elements ?? []).map((one) =>
    styled(INLINE[one.type]?.(one, names) ?? one.text ?? "", one.style),
  );
}

const STYLES = { bold: "strong", italic: "em", strike: "del", underline: "u", code: "code" };

function styled(content, style) {
  let node = content;
  for (const [name, tag] of Object.entries(STYLES)) {
    if (style?.[name]) node = el(tag, node);
  }
  return node;
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}

function fromUnicode(codes) {
  return String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)));
}
