// What ids mean to the reader, and faces for people.

import { el } from "./dom.js";
import { icon, mark } from "./icons.js";

export class Names {
  #store;
  #place;

  constructor(store, place) {
    this.#store = store;
    this.#place = place;
  }

  get me() {
    return this.#place.me;
  }

  user(id) {
    return this.#store.user(id);
  }

  channel(id) {
    return this.#store.channel(id);
  }

  get bot() {
    return this.#store.bot;
  }

  /** The face that belongs to an id. */
  face(id) {
    return avatar(this.user(id) ?? { id, name: id }, id === this.bot);
  }

  people() {
    return [...this.#store.users.values()];
  }

  channels() {
    return this.#store.channelsOf(this.me);
  }

  /** The name that a person goes by. */
  nameOf(id) {
    const user = this.user(id);
    return user?.real_name || user?.name || id || "Someone";
  }

  /** The name of a channel as this person sees it: a direct message is called by the others. */
  title(channel) {
    if (channel.kind === "channel") return channel.name;
    const others = channel.members.filter((id) => id !== this.me);
    return others.map((id) => this.nameOf(id)).join(", ") || channel.name;
  }

  /** The same as it is written in a line: #general. */
  written(channel) {
    return channel.kind === "channel" ? `#${channel.name}` : this.title(channel);
  }

  /** The sign before a channel's name; the direct messages here are all with the bot. */
  sign(channel) {
    if (channel.kind === "im") return this.face(this.bot);
    return icon(channel.kind === "channel" ? "hash" : "people");
  }
}

/** A face: initials on the person's colour, or our bot's mark. */
export function avatar(user, isOurs = false) {
  if (isOurs) return el("span.avatar.avatar-bot", { "aria-hidden": "true" }, mark());
  const words = (user.real_name || user.name || "?").split(/\s+/).slice(0, 2);
  const initials = words.map((word) => word[0].toUpperCase());
  const face = el("span.avatar", { "aria-hidden": "true" }, initials);
  if (user.color) face.style.background = `#${user.color}`;
  return face;
}

/** What the workspace says about a person's rights. */
export function roleOf(user) {
  if (user.is_bot) return "app";
  if (user.is_admin) return "admin";
  return user.is_restricted ? "guest" : "member";
}
