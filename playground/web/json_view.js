// JSON as a tree that folds. Inner parts are built when they are first opened: an inspector with
// hundreds of calls would be slow otherwise.

import { el } from "./dom.js";

/** Draw a value; `depth` levels stand open. */
export function jsonTree(value, depth = 1) {
  return el("div.json", node(value, null, depth));
}

function node(value, key, depth) {
  const label = key === null ? null : el("span.json-key", `${key}: `);
  if (value === null || typeof value !== "object") return el("div.json-row", label, leaf(value));
  const entries = Object.entries(value);
  const [opening, closing] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (!entries.length) return el("div.json-row", label, `${opening}${closing}`);
  const details = el(
    "details",
    el("summary", label, el("span.json-fold", `${opening}${preview(value, entries)}${closing}`)),
  );
  const build = () => {
    if (details.children.length > 1) return;
    details.append(
      el(
        "div.json-children",
        entries.map(([name, inner]) => node(inner, name, depth - 1)),
      ),
    );
  };
  details.addEventListener("toggle", () => details.open && build());
  if (depth > 0) {
    build();
    details.open = true;
  }
  return details;
}

function preview(value, entries) {
  if (Array.isArray(value)) return ` ${entries.length} `;
  const names = entries.slice(0, 4).map(([name]) => name);
  return ` ${names.join(", ")}${entries.length > 4 ? ", …" : ""} `;
}

function leaf(value) {
  const kind = value === null ? "null" : typeof value;
  return el("span", { class: `json-${kind}` }, kind === "string" ? `"${value}"` : String(value));
}
