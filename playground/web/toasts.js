// Short messages at the edge of the page, and the quiet voice for screen readers.

import { iconButton } from "./controls.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { markdownView, mrkdwnView } from "./text_view.js";

const STAY = { info: 6000, error: 10_000 };

/** Show a toast; it goes by itself, or when it is dismissed. */
export function toast(text, kind = "info") {
  const shelf = document.querySelector("#toasts");
  const node = el(
    "div.toast",
    { data: { kind }, role: kind === "error" ? "alert" : "status" },
    icon(kind === "error" ? "warning" : "info"),
    el("span", text),
    iconButton("close", "Dismiss", () => remove(node)),
  );
  shelf.append(node);
  if (shelf.matches(":popover-open")) shelf.hidePopover();
  shelf.showPopover(); // the top layer: over an open dialog too
  setTimeout(() => remove(node), STAY[kind] ?? STAY.info);
}

function remove(node) {
  const shelf = node.parentElement;
  node.remove();
  if (shelf && !shelf.children.length && shelf.matches(":popover-open")) shelf.hidePopover();
}

/** Say new messages of others once they are complete, not at each piece of a stream. */
export function startAnnouncer({ store, place, names }, voice) {
  const said = new Set();
  store.on("message", ({ message, isNew }) => {
    const key = `${message.channel}:${message.ts}`;
    if (isNew && message.streaming) said.delete(key);
    else if (isNew && !message.streaming) say(message, key);
    else if (!message.streaming && !said.has(key) && message.parts) say(message, key);
  });
  function say(message, key) {
    if (said.has(key)) return;
    said.add(key);
    if (message.user === place.me || message.channel !== place.channel) return;
    const markdown = message.parts?.map((part) => part.text ?? "").join("") || message.markdown;
    fill(voice, markdown ? markdownView(markdown, names) : mrkdwnView(message.text ?? "", names));
    for (const copy of voice.querySelectorAll(".copy")) copy.remove();
    const words = voice.innerText.trim().slice(0, 600); // without the signs of Markdown
    voice.textContent = `${names.nameOf(message.user)}: ${words}`;
  }
}
