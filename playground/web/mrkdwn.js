// Slack's own text format (mrkdwn): text -> the same tree that markdown.js makes.

import { emojiAt } from "./emoji.js";
import { plainText, readAngle } from "./angle.js";

const MARKS = { "*": "strong", _: "em", "~": "del" };

/** Read a mrkdwn text into blocks: paragraphs, quotes and code. */
export function parseMrkdwn(text) {
  const blocks = [];
  const pieces = text.split("```");
  pieces.forEach((piece, index) => {
    const isCode = index % 2 === 1;
    if (isCode && index === pieces.length - 1) blocks.push(...readLines(`\`\`\`${piece}`));
    else if (isCode) blocks.push({ type: "code", language: "", text: codeText(piece) });
    else blocks.push(...readLines(piece));
  });
  return blocks;
}

/** Inside code Slack keeps links and mentions as bare words. */
function codeText(piece) {
  const bare = piece.replace(/<(https?:[^>|\s]+)(?:\|[^>]*)?>/g, "$1");
  return plainText(bare).replace(/^\n|\n$/g, "");
}

function readLines(piece) {
  const blocks = [];
  const lines = piece.replace(/^\n+|\n+$/g, "").split("\n");
  if (lines.length === 1 && !lines[0].trim()) return blocks;
  for (const line of lines) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const type = quote ? "quote" : "paragraph";
    const content = quote ? quote[1] : line;
    const last = blocks.at(-1);
    if (last?.kind === type) last.lines.push(content);
    else blocks.push({ kind: type, lines: [content] });
  }
  return blocks.map(({ kind, lines: texts }) => {
    const paragraph = { type: "paragraph", nodes: parseMrkdwnInline(texts.join("\n")) };
    return kind === "quote" ? { type: "quote", blocks: [paragraph] } : paragraph;
  });
}

/** Read mrkdwn inside of a line or a short label. */
export function parseMrkdwnInline(text) {
  const nodes = [];
  const barren = {};
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) nodes.push({ type: "text", text: plainText(plain) });
    plain = "";
  };
  while (at < text.length) {
    const found = readSpecial(text, at, barren);
    if (found) {
      flush();
      nodes.push(found.node);
      at += found.length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function readSpecial(text, at, barren) {
  const char = text[at];
  if (char === "\n") return { node: { type: "break" }, length: 1 };
  if (char === "<") return readAngle(text, at);
  if (char === "`") return readCode(text, at);
  if (char === ":") return readEmoji(text, at);
  if (char in MARKS) return readMark(text, at, barren);
  return null;
}

function readCode(text, at) {
  const found = /^`([^`\n]+)`/.exec(text.slice(at, at + 4000));
  return found && { node: { type: "code", text: plainText(found[1]) }, length: found[0].length };
}

function readEmoji(text, at) {
  const name = emojiAt(text, at);
  return name && { node: { type: "emoji", name }, length: name.length + 2 };
}

/** Read *bold*, _italic_ or ~struck~: the signs must hug the words and stand at word borders. */
function readMark(text, at, barren) {
  const mark = text[at];
  if (at > 0 && /[\w*_~]/.test(text[at - 1])) return null;
  if (/\s/.test(text[at + 1] ?? " ") || text[at + 1] === mark) return null;
  const end = closing(text, at + 2, mark, barren);
  if (end < 0) return null;
  const children = parseMrkdwnInline(text.slice(at + 1, end));
  return { node: { type: MARKS[mark], children }, length: end - at + 1 };
}

/** Find the closing sign in the line; `barren` says up to where there is none, so we look once. */
function closing(text, from, mark, barren) {
  if (from < (barren[mark] ?? 0)) return -1;
  const limit = lineEnd(text, from, barren);
  for (
    let end = text.indexOf(mark, from);
    end >= 0 && end < limit;
    end = text.indexOf(mark, end + 1)
  ) {
    if (!/\s/.test(text[end - 1]) && !/\w/.test(text[end + 1] ?? " ")) return end;
  }
  barren[mark] = limit;
  return -1;
}

/** The end of the line, remembered for the next question about the same line. */
function lineEnd(text, from, barren) {
  if (from > (barren.line ?? -1)) {
    const newline = text.indexOf("\n", from);
    barren.line = newline < 0 ? text.length : newline;
  }
  return barren.line;
}
