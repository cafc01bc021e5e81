// Markdown blocks: text -> a tree of plain values (no DOM). Each top-level block keeps the source
// it was read from, so that a growing answer redraws only the block that grew.
//
// Types: heading, paragraph, code, quote, list, table, rule.

// These forms have no two neighbours that match the same signs: a hostile line costs linear time.
const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?:\s|$)/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:( +)(.*)|)$/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const DEEPEST = 24; // nesting beyond this is an attack, not a list

/** Read a Markdown text. */
export function parseMarkdown(text) {
  return readBlocks(text.replace(/\r\n?/g, "\n").replaceAll("\t", "    ").split("\n"), 0);
}

function readBlocks(lines, depth) {
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const [block, end] = readBlock(lines, at, depth);
    block.source = lines.slice(at, end).join("\n");
    blocks.push(block);
    at = end;
  }
  return blocks;
}

function readBlock(lines, at, depth) {
  const line = lines[at];
  const nests = depth < DEEPEST;
  if (FENCE.test(line)) return readCode(lines, at);
  const heading = HEADING.exec(line);
  if (heading) return [readHeading(line, heading[1].length), at + 1];
  if (RULE.test(line)) return [{ type: "rule" }, at + 1];
  if (nests && QUOTE.test(line)) return readQuote(lines, at, depth);
  if (nests && startsItem(line)) return readList(lines, at, depth);
  if (startsTable(lines, at)) return readTable(lines, at);
  return readParagraph(lines, at);
}

function readHeading(line, level) {
  const text = line
    .trim()
    .slice(level)
    .trim()
    .replace(/(^|\s)#+$/, "");
  return { type: "heading", level, text: text.trim() };
}

function readCode(lines, start) {
  const [, fence, information] = FENCE.exec(lines[start]);
  const [language] = information.trim().split(/\s/, 1);
  const indent = lines[start].search(/\S/);
  const closing = new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}\\s*$`);
  const body = [];
  let at = start + 1;
  while (at < lines.length && !closing.test(lines[at])) {
    body.push(lines[at].replace(new RegExp(`^ {0,${indent}}`), ""));
    at += 1;
  }
  return [{ type: "code", language, text: body.join("\n") }, Math.min(at + 1, lines.length)];
}

function readQuote(lines, start, depth) {
  const body = [];
  let at = start;
  while (at < lines.length && (QUOTE.test(lines[at]) || isPlain(lines, at))) {
    body.push(lines[at].replace(QUOTE, ""));
    at += 1;
  }
  return [{ type: "quote", blocks: readBlocks(body, depth + 1) }, at];
}

function startsItem(line) {
  return ITEM.test(line) && !RULE.test(line);
}

function readList(lines, start, depth) {
  const ordered = isOrdered(lines[start]);
  const list = {
    type: "list",
    ordered,
    start: ordered ? parseInt(lines[start].trim(), 10) : 1,
    items: [],
  };
  let at = start;
  while (at < lines.length && startsItem(lines[at]) && isOrdered(lines[at]) === ordered) {
    const [item, end] = readItem(lines, at, depth);
    list.items.push(item);
    at = end;
    const next = skipBlank(lines, at);
    if (next < lines.length && startsItem(lines[next]) && isOrdered(lines[next]) === ordered)
      at = next;
  }
  return [list, at];
}

function isOrdered(line) {
  return /^\s*\d/.test(line);
}

/** Read one item: its first line, and all that is indented beneath it. */
function readItem(lines, start, depth) {
  const [, indent, marker, space = " ", first = ""] = ITEM.exec(lines[start]);
  const width = indent.length + marker.length + Math.min(space.length, 4);
  const task = /^\[([ xX])\]\s+(.*)$/.exec(first);
  const body = [task ? task[2] : first];
  let at = start + 1;
  while (at < lines.length) {
    const line = lines[at];
    const depthHere = line.search(/\S/);
    if (depthHere < 0) {
      const next = skipBlank(lines, at);
      if (next >= lines.length || lines[next].search(/\S/) < width) break;
      body.push("");
    } else if (depthHere >= width || (depthHere >= indent.length + 2 && startsDeeper(line))) {
      body.push(line.slice(Math.min(depthHere, width)));
    } else if (isPlain(lines, at) && body.at(-1).trim()) {
      body.push(line.trim()); // a lazy continuation of the item's paragraph
    } else break;
    at += 1;
  }
  return [{ checked: task ? task[1] !== " " : null, blocks: readBlocks(body, depth + 1) }, at];
}

/** Models often indent a nested list by two spaces under "1.": take it as nested. */
function startsDeeper(line) {
  return startsItem(line.trimStart());
}

function skipBlank(lines, from) {
  let at = from;
  while (at < lines.length && !lines[at].trim()) at += 1;
  return at;
}

function startsTable(lines, at) {
  return (
    lines[at].includes("|") &&
    at + 1 < lines.length &&
    lines[at + 1].includes("-") &&
    TABLE_LINE.test(lines[at + 1].replace(/ +/g, " ")) &&
    splitRow(lines[at + 1]).length === splitRow(lines[at]).length
  );
}

function readTable(lines, start) {
  const align = splitRow(lines[start + 1]).map(alignment);
  const rows = [];
  let at = start + 2;
  while (at < lines.length && lines[at].trim() && lines[at].includes("|")) {
    const row = splitRow(lines[at]);
    rows.push(align.map((_, column) => row[column] ?? ""));
    at += 1;
  }
  return [{ type: "table", align, head: splitRow(lines[start]), rows }, at];
}

function alignment(cell) {
  const [left, right] = [cell.startsWith(":"), cell.endsWith(":")];
  if (left && right) return "center";
  return right ? "right" : "left";
}

/** Split a table line at its bars, but not at \| nor inside code. */
function splitRow(line) {
  const cells = [""];
  const text = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(^|[^\\])\|$/, "$1");
  let code = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\" && text[at + 1] === "|") {
      cells[cells.length - 1] += "|";
      at += 1;
    } else if (text[at] === "|" && !code) cells.push("");
    else {
      if (text[at] === "`") code = !code && text.indexOf("`", at + 1) > 0;
      cells[cells.length - 1] += text[at];
    }
  }
  return cells.map((cell) => cell.trim());
}

function readParagraph(lines, start) {
  let at = start + 1;
  while (at < lines.length && isPlain(lines, at)) at += 1;
  const text = lines
    .slice(start, at)
    .map((line) => line.trimStart())
    .join("\n")
    .trimEnd();
  return [{ type: "paragraph", text }, at];
}

/** Say whether a line can only go on with the paragraph before it. */
function isPlain(lines, at) {
  const line = lines[at];
  return (
    Boolean(line.trim()) &&
    ![FENCE, HEADING, RULE, QUOTE].some((form) => form.test(line)) &&
    !startsItem(line) &&
    !startsTable(lines, at)
  );
}
