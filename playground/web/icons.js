// The page's line icons, drawn on a 20 by 20 grid and coloured by the text around them.

const PATHS = {
  at: "M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm3-6v4.2a1.9 1.9 0 0 0 3.8 0V10a6.8 6.8 0 1 0-2.8 5.5",
  back: "M12.5 4.5 7 10l5.5 5.5",
  bolt: "M11 2.5 4.5 11.5H9.5L9 17.5l6.5-9H10.5L11 2.5Z",
  check: "M4.5 10.5 8.2 14.2 15.5 6.5",
  chevron: "M5.5 7.5 10 12l4.5-4.5",
  clip: "m14.8 9.2-5.3 5.3a3.2 3.2 0 0 1-4.6-4.6l6-6a2.2 2.2 0 0 1 3.1 3.1l-5.9 5.9a1 1 0 0 1-1.5-1.5l5-5",
  close: "m5.5 5.5 9 9m0-9-9 9",
  copy: "M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3",
  down: "M10 4v11.5m0 0 4.5-4.5M10 15.5 5.5 11",
  edit: "m12.8 4.7 2.5 2.5-8.6 8.6-3.2.7.7-3.2 8.6-8.6Z",
  file: "M5.5 3h6l3.5 3.5V17h-9.5V3Zm5.8.3v3.5h3.4",
  hash: "M8 3.5 6.5 16.5M13.5 3.5 12 16.5M4 7.5h12.5M3.5 12.5H16",
  help: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM8 8.2c.2-1.1 1-1.7 2-1.7 1.2 0 2.1.8 2.1 1.8 0 1.5-2.1 1.7-2.1 3.2m0 2.3v.1",
  image: "M3.5 4.5h13v11h-13zM4 14l4-4 3 3 2-2 3 3M12.8 7.8v.1",
  info: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-7.5v4.2M10 6.6v.1",
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  moon: "M15.8 11.8A6.3 6.3 0 0 1 8.2 4.2a6.3 6.3 0 1 0 7.6 7.6Z",
  more: "M5 10h.1M10 10h.1M15 10h.1",
  people:
    "M7.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-5 6.5c.2-2.7 2.2-4.3 5-4.3s4.8 1.6 5 4.3m.3-6.7a2.3 2.3 0 0 0 0-4.4m1.7 7.1c1.8.5 2.9 1.9 3 4",
  pulse: "M2.5 10H6l2-5.5 4 11 2-5.5h3.5",
  reply: "M3.5 4.5h13v9H9l-3.5 3v-3h-2zM7 8h6M7 10.5h4",
  send: "M3.5 4 16.5 10l-13 6 2-6-2-6Zm2 6h5",
  smile:
    "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7.5 8.2v.1m5-.1v.1M7 11.5c.7 1.3 1.7 2 3 2s2.3-.7 3-2",
  stop: "M6 6h8v8H6z",
  sun: "M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-10.5v1.8m0 11.4v1.8M2.5 10h1.8m11.4 0h1.8M4.7 4.7 6 6m8 8 1.3 1.3m0-10.6L14 6m-8 8-1.3 1.3",
  terminal: "M3 4.5h14v11H3zM6 8l2.2 2L6 12m4 .5h4",
  thumb_down:
    "M6.5 11V4h7.3c.8 0 1.4.5 1.6 1.3l1 4.2c.2 1-.5 1.8-1.5 1.8h-3.4v3.2c0 1.2-.8 2-1.7 2L6.5 11Zm0 0H3.8V4h2.7",
  thumb_up:
    "M6.5 9v7h7.3c.8 0 1.4-.5 1.6-1.3l1-4.2c.2-1-.5-1.8-1.5-1.8h-3.4V5.5c0-1.2-.8-2-1.7-2L6.5 9Zm0 0H3.8v7h2.7",
  trash: "M4.5 6h11M8 6V4h4v2M6 6l.7 10.5h6.6L14 6M8.5 9v4.5m3-4.5v4.5",
  warning: "M10 3.5 17.5 16.5h-15L10 3.5Zm0 5v3.5m0 2.2v.1",
};

const MARK = [
  ["mark-board", "M7 3h18a4 4 0 0 1 4 4v18a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4Z"],
  ["mark-note", "M9.5 10.5h13v9.5H16l-3.5 3.5V20h-3z"],
  ["mark-lines", "M12.3 13.8h7.4M12.3 16.8h4.6"],
  ["mark-pin", "M16 5.4a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6Z"],
];

/** One icon by name, hidden from screen readers: the control around it carries the label. */
export function icon(name) {
  return drawing(`icon icon-${name}`, 20, [["", PATHS[name] ?? PATHS.info]]);
}

/** Callboard's mark: a board with a pinned call on it. */
export function mark() {
  return drawing("mark", 32, MARK);
}

/** A drawing on a square grid of this size; each part is a class and a path. */
export function drawing(kind, size, parts) {
  const svg = made("svg", { viewBox: `0 0 ${size} ${size}`, class: kind, "aria-hidden": "true" });
  svg.append(...parts.map(([part, d]) => made("path", { class: part, d })));
  return svg;
}

function made(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
