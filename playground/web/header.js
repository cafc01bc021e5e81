// The line over the conversation: its name and topic, and with the bot its tabs.

import { el, fill } from "./dom.js";

/** Keep the header of the middle column up to date. */
export function startHeader(world, node) {
  for (const topic of ["state", "place"]) world.store.on(topic, () => draw(world, node));
}

function draw({ store, place, names }, node) {
  const channel = store.channel(place.channel);
  if (!channel) return;
  const isBot = store.isWithBot(channel);
  fill(
    node,
    el(
      "div.where",
      el("h1", names.sign(channel), el("span", names.title(channel))),
      !isBot && el("p.topic", topic(channel)),
    ),
    isBot && tabs(place),
  );
  document.title = `${names.written(channel)} · Callboard playground`;
}

function topic(channel) {
  return [channel.topic, `${channel.members.length} members`].filter(Boolean).join(" · ");
}

function tabs(place) {
  const tab = (name, label) =>
    el(
      "button.tab",
      {
        role: "tab",
        "aria-controls": name === "home" ? "home" : "conversation",
        "aria-selected": String(place.tab === name),
        onclick: () => place.showTab(name),
      },
      label,
    );
  return el(
    "div.tabs",
    { role: "tablist", "aria-label": "Parts of the app" },
    tab("messages", "Messages"),
    tab("home", "Home"),
  );
}
