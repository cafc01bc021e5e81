// The left side: who the page acts as, channels, direct messages, and whether the bot is there.

import { el, fill } from "./dom.js";
import { roleOf } from "./names.js";

export class Sidebar {
  #world;
  #unread = new Set();

  constructor(world, node) {
    this.#world = world;
    this.node = node;
    this.people = node.querySelector("#people");
    this.lists = node.querySelector("#lists");
    const { store } = world;
    for (const topic of ["state", "place"]) store.on(topic, () => this.#draw());
    store.on("message", ({ message, isNew }) => isNew && this.#count(message));
  }

  #count(message) {
    const { place } = this.#world;
    if (message.user === place.me || message.channel === place.channel) return;
    this.#unread.add(message.channel);
    this.#draw();
  }

  #draw() {
    const { store, place } = this.#world;
    if (!store.ready) return;
    this.#unread.delete(place.channel);
    this.node.querySelector("#team").textContent = store.team.name || "Local workspace";
    fill(
      this.people,
      [...store.users.values()].filter((user) => !user.is_bot).map((user) => this.#person(user)),
    );
    const channels = store.channelsOf(place.me);
    fill(
      this.lists,
      this.#list(
        "Channels",
        channels.filter((channel) => channel.kind === "channel"),
      ),
      this.#list(
        "Direct messages",
        channels.filter((channel) => channel.kind !== "channel"),
      ),
    );
  }

  #person(user) {
    const { place, names } = this.#world;
    const isMe = user.id === place.me;
    const label = `${user.real_name || user.name}, ${roleOf(user)}`;
    return el(
      "button.person",
      {
        role: "radio",
        "aria-checked": String(isMe),
        title: label,
        tabindex: isMe ? "0" : "-1",
        onclick: () => place.actAs(user.id),
        onkeydown: (event) => this.#step(event),
      },
      names.face(user.id),
      el("span.person-name", names.nameOf(user.id).split(" ")[0]),
      el("span.person-role", roleOf(user)),
    );
  }

  /** Arrow keys choose among the people, as in any group of radio buttons. */
  #step(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...this.people.children];
    all.at((all.indexOf(event.currentTarget) + step) % all.length).click();
    this.people.querySelector("[aria-checked=true]").focus();
  }

  #list(title, channels) {
    if (!channels.length) return null;
    return el(
      "section",
      el("h2", title),
      el(
        "ul",
        channels.map((channel) => el("li", this.#entry(channel))),
      ),
    );
  }

  #entry(channel) {
    const { place, names, closeDrawer } = this.#world;
    const isHere = channel.id === place.channel;
    const isUnread = this.#unread.has(channel.id);
    return el(
      `button.channel${isUnread ? ".unread" : ""}`,
      {
        "aria-current": isHere && "page",
        onclick: () => {
          place.goTo(channel.id);
          closeDrawer();
        },
      },
      names.sign(channel),
      el("span", names.title(channel)),
      isUnread && el("span.dot", { role: "img", "aria-label": "new messages" }),
    );
  }
}
