// The right side: one thread with its own composer, and the line that says what the bot is doing.

import { iconButton } from "./controls.js";
import { el, fill } from "./dom.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { icon } from "./icons.js";

export class ThreadPane {
  #world;

  constructor(world, node) {
    const { place, store } = world;
    this.#world = world;
    this.node = node;
    this.conversation = new Conversation(world, { isThread: true });
    this.composer = new Composer(world, { conversation: this.conversation, isThread: true });
    this.status = el("div.status", { role: "status", "aria-live": "polite" });
    this.where = el("p.topic");
    const close = () => place.closeThread();
    fill(
      node,
      el(
        "header.pane-head",
        el("span.back", iconButton("back", "Back", close)),
        el("div.where", el("h2", "Thread"), this.where),
        el("span.pane-close", iconButton("close", "Close thread", close)),
      ),
      this.conversation.node,
      this.status,
      this.composer.node,
    );
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) place.closeThread();
    });
    store.on("place", () => this.#follow());
    store.on("state", () => this.#refresh());
    store.on("session", () => this.#drawStatus());
    store.on("message", () => this.#drawStatus());
    openWithAnswers(world, this);
  }

  #follow() {
    if (!this.#isHere()) this.#draw();
  }

  /** The server has told everything anew: stay where we are if we still may. */
  #refresh() {
    if (!this.#isHere() || this.node.hidden) return this.#draw();
    this.conversation.refresh();
    return this.#drawStatus();
  }

  #isHere() {
    const { place } = this.#world;
    const { channel, thread } = this.conversation;
    return channel === place.channel && thread === place.thread && this.me === place.me;
  }

  #draw() {
    const { place, store, names } = this.#world;
    const channel = store.channel(place.channel);
    this.me = place.me;
    const hadFocus = this.node.contains(document.activeElement);
    this.node.hidden = !place.thread || !channel;
    document.body.classList.toggle("with-thread", !this.node.hidden);
    if (this.node.hidden) {
      this.conversation.clear();
      if (hadFocus) document.querySelector("#conversation textarea").focus();
      return;
    }
    this.where.textContent = names.written(channel);
    this.conversation.show(place.channel, place.thread);
    this.composer.show(place.channel, place.thread);
    this.#drawStatus();
  }

  /** "Callboard is thinking…", with the Stop button where the bot listens for it. */
  #drawStatus() {
    const { place, store, names, actions } = this.#world;
    const session = place.thread && store.session(place.channel, place.thread);
    const isBusy = session?.status === "processing";
    const key = isBusy ? `${session.text}|${session.stoppable}` : "";
    if (this.status.dataset.key === key) return;
    this.status.dataset.key = key;
    if (!isBusy) {
      fill(this.status);
      return;
    }
    fill(
      this.status,
      el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i")),
      el("span.status-text", `${names.nameOf(store.bot)} ${session.text || "is thinking…"}`),
      session.stoppable &&
        el(
          "button.button.stop",
          {
            onclick: (event) => {
              event.currentTarget.disabled = true;
              actions.stop(place.channel, place.thread);
            },
          },
          icon("stop"),
          "Stop",
        ),
    );
  }
}

/** When the bot takes up the message that was sent last from this page, its thread opens by itself. */
function openWithAnswers({ store, place, actions }, pane) {
  let awaited = "";
  const answered = (channel, thread) => {
    if (awaited !== `${channel}:${thread}`) return;
    awaited = "";
    const isWriting = place.thread && pane.composer.hasDraft();
    if (place.channel === channel && !isWriting) place.openThread(thread);
  };
  actions.onAsked = (channel, ts) => {
    awaited = `${channel}:${ts}`;
    const isBusy = store.session(channel, ts)?.status === "processing";
    if (isBusy || store.replies(channel, ts).length) answered(channel, ts);
  };
  store.on("message", ({ message: { channel, thread_ts: thread, user } }) => {
    if (thread && user === store.bot) answered(channel, thread);
  });
  store.on("session", ({ channel, thread_ts: thread, status }) => {
    if (status === "processing") answered(channel, thread);
  });
}
