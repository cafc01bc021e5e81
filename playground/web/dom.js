// Building nodes. Everything on the page is made here with createElement and text nodes: the
// texts come from people, models and functions, so no string is ever read as HTML.

const PROPERTIES = new Set("value checked disabled selected hidden open multiple".split(" "));

/** Make an element: `el("p.note.wide", {title: "x", onclick: f}, "text", child)`, or without {}. */
export function el(spec, ...rest) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (tag === "button") node.type = "button"; // no form on this page is sent by the browser
  if (classes.length) node.className = classes.join(" ");
  const attributes = rest[0]?.constructor === Object ? rest.shift() : {};
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  return append(node, rest);
}

/** Set one attribute, property or listener; null, undefined and false leave it unset. */
function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") node.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (PROPERTIES.has(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

/** Append children, skipping what is absent and unfolding lists. */
export function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(node, child);
    else node.append(child);
  }
  return node;
}

/** Replace all children of a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

/** Say whether an address may be followed: only the web and mail, never script or data. */
function safeLink(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Say whether an image may be loaded: our own origin and data, as the CSP has it. */
export function safeImage(address) {
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(address ?? "")) return address;
  try {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens outside and tells the other page nothing; plain text when it is unsafe. */
export function outerLink(address, ...children) {
  const href = safeLink(address);
  if (!href) return el("span", ...children);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** A key for "same content as before?" questions. */
export function signature(value) {
  return JSON.stringify(value) ?? "";
}

let counter = 0;

/** An id that no other node of this page has, for labels and descriptions. */
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}
