// Buttons that look the same all over the page.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** A small button that is only a sign; its label is for the tooltip and for screen readers. */
export function iconButton(sign, label, run, attributes) {
  const all = { "aria-label": label, title: label, onclick: run, ...attributes };
  return el("button.quiet.icon-button", all, icon(sign));
}

/** A button with words: primary, danger or plain. */
export function textButton(label, run, kind) {
  return el(kind ? `button.button.${kind}` : "button.button", { onclick: run }, label);
}
