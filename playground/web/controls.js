// Buttons that look the same all over the page.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** A small button that is only a sign; its label is for the tooltip and for screen readers. */
export function iconButton(sign, label, run, attributes) {
  const all = { "aria-label": label, title: label, onclick: run, ...attributes };
  return el("button.quiet.icon-button", all, icon(sign));
}

/** A press that a second one waits for: the button is busy until it is done. */
export function once(run) {
  return async ({ currentTarget: button }) => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    await run();
    button.removeAttribute("aria-busy");
  };
}

/** A button with words: primary, danger or plain. */
export function textButton(label, run, kind) {
  return el(kind ? `button.button.${kind}` : "button.button", { onclick: run }, label);
}
