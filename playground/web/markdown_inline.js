// Markdown inside a line: text -> a tree of plain values (no DOM, so it is easy to test).
//
// Node types: text, code, strong, em, del, link, image, break, emoji, user, channel, broadcast,
// date. Slack's own <@U…> forms are read here too, because Slack's markdown block knows them.

import { emojiAt } from "./emoji.js";
import { readAngle } from "./angle.js";

const SPECIAL = /[\\`*_~[!<:\n&]|https?:/g;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
const BARE_LINK = /^https?:\/\/[^\s<>"'`]+/;

const DEEPEST = 16; // emphasis within emphasis beyond this is an attack, not a text

/** Read one run of inline Markdown. */
export function parseInline(text, depth = 0) {
  return new Inline(text, depth).parse();
}

class Inline {
  constructor(text, depth) {
    this.text = text;
    this.depth = depth;
    this.at = 0;
    this.nodes = [];
    this.plain = "";
    this.dead = new Set(); // markers without a closing twin ahead: keeps hostile input linear
  }

  parse() {
    while (this.at < this.text.length) {
      SPECIAL.lastIndex = this.at;
      const next = SPECIAL.exec(this.text)?.index ?? this.text.length;
      if (next > this.at) this.#take(next - this.at);
      else if (!this.#special()) this.#take(1);
    }
    this.#flush();
    return this.nodes;
  }

  #take(length) {
    this.plain += this.text.slice(this.at, this.at + length);
    this.at += length;
  }

  #flush() {
    if (this.plain) this.nodes.push({ type: "text", text: this.plain });
    this.plain = "";
  }

  #push(node, length) {
    this.#flush();
    this.nodes.push(node);
    this.at += length;
    return true;
  }

  #special() {
    switch (this.text[this.at]) {
      case "\\":
        return this.#escape();
      case "`":
        return this.#code();
      case "*":
      case "_":
      case "~":
        return this.#emphasis();
      case "[":
        return this.#link();
      case "!":
        return this.#image();
      case "<":
        return this.#angle();
      case ":":
        return this.#emoji();
      case "\n":
        return this.#newline();
      case "&":
        return this.#entity();
      default:
        return this.#bareLink();
    }
  }

  #escape() {
    const next = this.text[this.at + 1];
    if (next === "\n") return this.#push({ type: "break" }, 2);
    if (!next || !/[!-/:-@[-`{-~]/.test(next)) return false;
    this.plain += next;
    this.at += 2;
    return true;
  }

  #code() {
    const ticks = /^`+/.exec(this.text.slice(this.at, this.at + 64))[0];
    if (this.dead.has(ticks)) return this.#literal(ticks);
    let end = this.at + ticks.length;
    for (;;) {
      end = this.text.indexOf(ticks, end);
      if (end < 0) {
        this.dead.add(ticks);
        return this.#literal(ticks);
      }
      if (this.text[end + ticks.length] !== "`" && this.text[end - 1] !== "`") break;
      while (this.text[end] === "`") end += 1;
    }
    const inner = this.text.slice(this.at + ticks.length, end).replaceAll("\n", " ");
    const isPadded = inner.startsWith(" ") && inner.endsWith(" ") && inner.trim();
    const trimmed = isPadded ? inner.slice(1, -1) : inner;
    return this.#push({ type: "code", text: trimmed }, end + ticks.length - this.at);
  }

  #literal(text) {
    this.plain += text;
    this.at += text.length;
    return true;
  }

  #emphasis() {
    const sign = this.text[this.at];
    let run = 0;
    while (this.text[this.at + run] === sign) run += 1;
    const marker = sign.repeat(sign === "~" ? Math.min(run, 2) : Math.min(run, 3));
    const after = this.text[this.at + marker.length];
    const before = this.text[this.at - 1];
    const opens = after && !/\s/.test(after) && !(sign === "_" && before && /\w/.test(before));
    const end = opens && run <= 3 && this.depth < DEEPEST ? this.#closing(marker) : -1;
    if (end < 0) return this.#literal(sign.repeat(run));
    const children = parseInline(this.text.slice(this.at + marker.length, end), this.depth + 1);
    return this.#push(emphasised(marker, children), end + marker.length - this.at);
  }

  /** Find the end of an emphasis: the same marker, right after a word, outside of code. */
  #closing(marker) {
    if (this.dead.has(marker)) return -1;
    const sign = marker[0];
    let at = this.at + marker.length;
    while (at < this.text.length) {
      const char = this.text[at];
      if (char === "\\") at += 2;
      else if (char === "`") at = this.#skipCode(at);
      else if (char === sign) {
        let run = 0;
        while (this.text[at + run] === sign) run += 1;
        if (this.#closes(at, run, marker)) return at;
        at += run;
      } else at += 1;
    }
    this.dead.add(marker);
    return -1;
  }

  #closes(at, run, marker) {
    if (run < marker.length || (run > marker.length && run !== 3)) return false;
    if (/\s/.test(this.text[at - 1])) return false;
    const after = this.text[at + run];
    return !(marker[0] === "_" && after && /\w/.test(after));
  }

  #skipCode(at) {
    const ticks = /^`+/.exec(this.text.slice(at, at + 64))[0];
    const end = this.text.indexOf(ticks, at + ticks.length);
    return end < 0 ? at + ticks.length : end + ticks.length;
  }

  #link() {
    const found = this.depth < DEEPEST && readLink(this.text, this.at);
    if (!found) return false;
    const children = parseInline(found.label, this.depth + 1);
    return this.#push({ type: "link", href: found.href, children }, found.length);
  }

  #image() {
    if (this.text[this.at + 1] !== "[") return false;
    const found = readLink(this.text, this.at + 1);
    if (!found) return false;
    return this.#push({ type: "image", src: found.href, alt: found.label }, found.length + 1);
  }

  #angle() {
    const found = readAngle(this.text, this.at);
    if (found) return this.#push(found.node, found.length);
    const br = /^<br\s*\/?>/i.exec(this.text.slice(this.at, this.at + 8));
    return br ? this.#push({ type: "break" }, br[0].length) : false;
  }

  #emoji() {
    const name = emojiAt(this.text, this.at);
    return name !== null && this.#push({ type: "emoji", name }, name.length + 2);
  }

  #newline() {
    this.plain = this.plain.trimEnd();
    return this.#push({ type: "break" }, 1); // a chat shows a line break where one was written
  }

  #entity() {
    const found = /^&(amp|lt|gt|quot|#39);/.exec(this.text.slice(this.at, this.at + 6));
    if (!found) return false;
    this.plain += ENTITIES[found[0]];
    this.at += found[0].length;
    return true;
  }

  #bareLink() {
    if (this.at > 0 && /\w/.test(this.text[this.at - 1])) return false;
    const found = BARE_LINK.exec(this.text.slice(this.at, this.at + 2048));
    if (!found) return false;
    const href = trimLink(found[0]);
    const children = [{ type: "text", text: href }];
    return this.#push({ type: "link", href, children }, href.length);
  }
}

function emphasised(marker, children) {
  if (marker[0] === "~") return { type: "del", children };
  if (marker.length === 1) return { type: "em", children };
  const strong = { type: "strong", children };
  return marker.length === 2 ? strong : { type: "em", children: [strong] };
}

/** Read `[label](address "title")` at a place, brackets inside the label balanced. */
function readLink(text, start) {
  if (!text.includes("](", start)) return null;
  let depth = 0;
  let at = start;
  for (; at < text.length && at < start + 2000; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "[") depth += 1;
    else if (text[at] === "]" && --depth === 0) break;
  }
  if (text[at] !== "]") return null;
  const target = /^\]\(\s*<?((?:[^\s()<>]|\([^\s()]*\))*)>?(?:\s+["'(][^\n]*?["')])?\s*\)/;
  const found = target.exec(text.slice(at, at + 4096));
  if (!found) return null;
  return { label: text.slice(start + 1, at), href: found[1], length: at - start + found[0].length };
}

/** Leave the sentence's own punctuation out of a bare address. */
function trimLink(address) {
  let href = address.replace(/[.,;:!?*_~]+$/, "");
  while (href.endsWith(")") && href.split(")").length > href.split("(").length) {
    href = href.slice(0, -1);
  }
  return href;
}
