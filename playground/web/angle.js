// Slack's <...> forms: mentions, channels, links, dates. Text -> inline nodes.

/** Read one <...> form at a place; null when it is just a "less than" sign. */
export function readAngle(text, start) {
  const end = text.indexOf(">", start);
  if (end < 0 || end - start > 4096) return null;
  const inner = text.slice(start + 1, end);
  if (inner.includes("\n") || inner.includes("<")) return null;
  const node = readInner(inner);
  return node ? { node, length: end - start + 1 } : null;
}

function readInner(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? null : plainText(inner.slice(bar + 1));
  if (/^@[UW][A-Z0-9]+$/.test(target)) return { type: "user", id: target.slice(1), label };
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return { type: "channel", id: target.slice(1), label };
  if (target.startsWith("!")) return readSpecial(target.slice(1), label);
  if (/^(https?:\/\/|mailto:)\S+$/.test(target)) {
    const href = plainText(target);
    const text = label ?? href.replace(/^mailto:/, "");
    return { type: "link", href, children: [{ type: "text", text }] };
  }
  return null;
}

function readSpecial(target, label) {
  const [word, ...rest] = target.split("^");
  if (word === "date" && rest.length >= 2) {
    return { type: "date", at: Number(rest[0]), format: rest[1], href: rest[2], fallback: label };
  }
  if (["here", "channel", "everyone"].includes(word)) return { type: "broadcast", name: word };
  if (word === "subteam") return { type: "broadcast", name: (label ?? rest[0]).replace(/^@/, "") };
  return null;
}

/** Undo Slack's escaping of the three signs that its syntax uses. */
export function plainText(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
