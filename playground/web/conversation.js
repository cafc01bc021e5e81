// A scrolling list of messages: the middle of the page and the thread pane are one each.
//
// It stays at the newest message as long as the reader is there; whoever scrolled up is left in peace
// and gets a button instead. Only messages that changed are drawn.

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { MessageView, repliesIn } from "./message.js";
import { isOwn } from "./message_tools.js";
import { belongs } from "./store.js";
import { dayName } from "./time.js";

const NEAR = 48; // this close to the end counts as "at the end"
const PAGE = 150; // messages drawn at first; older ones on demand
const TOGETHER = 300; // seconds in which messages of one person stand under one name

export class Conversation {
  #world;
  #views = new Map();
  #isPinned = true;
  #top = 0;

  constructor(world, { isThread = false, drawEmpty = null } = {}) {
    this.#world = world;
    this.isThread = isThread;
    this.drawEmpty = drawEmpty;
    this.list = el("div.messages");
    this.jump = el(
      "button.button.jump",
      { hidden: true, onclick: () => this.toEnd() },
      icon("down"),
      "Newest messages",
    );
    this.scroller = el(
      "div.scroller",
      { tabindex: "-1", role: "region", "aria-label": isThread ? "Thread" : "Conversation" },
      this.list,
    );
    this.node = el("div.conversation", this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#isPinned && this.toEnd()).observe(this.list);
    new ResizeObserver(() => this.#isPinned && this.toEnd()).observe(this.scroller);
    this.list.addEventListener("keydown", (event) => this.#walk(event));
    this.#listen(world.store);
  }

  /** The Tab key meets the newest message only; the arrow keys go from one to the next. */
  #walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.target.matches(".message")) return;
    event.preventDefault();
    const all = [...this.list.querySelectorAll(".message")];
    all[all.indexOf(event.target) + step]?.focus();
  }

  #listen(store) {
    store.on("message", ({ message }) => this.#take(message));
    store.on(
      "ephemeral",
      ({ user, message }) => user === this.#world.place.me && this.#take(message),
    );
    store.on("message_deleted", ({ channel, ts, message }) => this.#drop(channel, ts, message));
    store.on("ephemeral_deleted", ({ channel, ts }) => this.#drop(channel, ts, null));
    store.on(
      "session",
      ({ channel, thread_ts: thread }) => channel === this.channel && this.#root(thread),
    );
    store.on("prompts", ({ channel }) => channel === this.channel && this.#arrange());
  }

  /** Show a channel, or one of its threads, from anew. */
  show(channel, thread = null) {
    this.channel = channel;
    this.thread = thread;
    this.limit = PAGE;
    this.#views.clear();
    this.#draw();
    this.toEnd();
  }

  /** Show the same from what the server knows now, as after a broken connection. */
  refresh() {
    this.limit = Math.max(this.limit, this.#views.size);
    this.#draw();
    if (this.#isPinned) this.toEnd();
  }

  /** Draw what is new; a message that is shown already keeps its place, and an edit that is open. */
  #draw() {
    const known = new Map(this.#views);
    this.#views.clear();
    const { store, place } = this.#world;
    const all = store.conversation(this.channel, this.thread, place.me);
    this.hidden = Math.max(0, all.length - this.limit);
    for (const message of all.slice(this.hidden)) {
      const key = this.#key(message);
      known.get(key)?.update(message);
      this.#views.set(key, known.get(key) ?? this.#view(message));
    }
    this.#arrange();
  }

  #view(message) {
    return new MessageView(message, this.#world, { isThread: this.isThread });
  }

  #key(message) {
    return `${message.ephemeral ? "e" : "m"}${message.ts}`;
  }

  #take(message) {
    if (message.channel !== this.channel) return;
    if (!belongs(message, this.thread)) {
      if (!this.thread) this.#root(message.thread_ts);
      return;
    }
    const key = this.#key(message);
    const known = this.#views.get(key);
    if (known) {
      const { user } = known.message;
      known.update(message);
      if (user !== message.user) this.#arrange(); // deleted: it stands under nobody's name
      if (message.streaming) this.jump.hidden = this.#isPinned;
    } else {
      this.#views.set(key, this.#view(message));
      this.#arrange();
      if (message.user === this.#world.place.me) this.#isPinned = true;
      else this.jump.hidden = this.#isPinned;
    }
    if (this.#isPinned) this.toEnd();
  }

  #drop(channel, ts, message) {
    if (channel !== this.channel) return;
    for (const key of [`m${ts}`, `e${ts}`]) {
      const view = this.#views.get(key);
      view?.node.remove();
      if (this.#views.delete(key)) this.#arrange();
    }
    if (message?.thread_ts) this.#root(message.thread_ts);
  }

  /** The first message of a thread shows how many replies it has. */
  #root(thread) {
    this.#views.get(`m${thread}`)?.refreshSummary();
  }

  /** Put the messages in order, with days between them and one name over what belongs together. */
  #arrange() {
    const views = [...this.#views.values()].sort((one, other) =>
      one.message.ts < other.message.ts ? -1 : 1,
    );
    const wanted = [];
    if (this.hidden > 0) wanted.push(this.#earlier());
    let before = null;
    for (const view of views) {
      const isRoot = this.isThread && view.message.ts === this.thread;
      if (!this.isThread && (!before || dayName(before.ts) !== dayName(view.message.ts))) {
        wanted.push(el("div.day", el("span", dayName(view.message.ts))));
        before = null;
      }
      view.node.classList.toggle("compact", Boolean(before) && isTogether(before, view.message));
      view.node.tabIndex = view === views.at(-1) ? 0 : -1;
      wanted.push(view.node);
      before = isRoot ? null : view.message;
      if (isRoot) wanted.push(...this.#rule());
    }
    if (!views.length && this.drawEmpty) wanted.push(this.drawEmpty(this.channel));
    place(this.list, wanted);
  }

  /** Under a thread's first message stands how many replies follow. */
  #rule() {
    const replies = this.#world.store.replies(this.channel, this.thread);
    if (!replies.length) return [];
    return [el("div.day.thread-rule", el("span", repliesIn(replies)))];
  }

  #earlier() {
    return el(
      "button.button.earlier",
      {
        onclick: () => {
          const { scrollHeight, scrollTop } = this.scroller;
          this.limit += PAGE;
          this.#draw();
          this.scroller.scrollTop = scrollTop + this.scroller.scrollHeight - scrollHeight;
        },
      },
      this.hidden === 1 ? "1 earlier message" : `${this.hidden} earlier messages`,
    );
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR;
    // Only a reader moves up; where lines break anew, as when a thread opens, the end moves down.
    if (isNear || scrollTop < this.#top) this.#isPinned = isNear;
    this.#top = scrollTop;
    if (this.#isPinned) this.jump.hidden = true;
  }

  toEnd() {
    this.#isPinned = true;
    this.jump.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#top = this.scroller.scrollTop;
  }

  /** Let the reader change what they wrote last; says whether there is such a message. */
  editLast() {
    const { me } = this.#world.place;
    const own = [...this.#views.values()].filter(({ message }) => isOwn(message, me));
    const last = own.sort((one, other) => (one.message.ts < other.message.ts ? -1 : 1)).at(-1);
    last?.edit();
    return Boolean(last);
  }

  clear() {
    this.channel = null;
    this.thread = null;
    this.#views.clear();
    fill(this.list);
  }
}

function isTogether(before, message) {
  return (
    before.user === message.user &&
    !before.ephemeral &&
    !message.ephemeral &&
    before.username === message.username &&
    Number(message.ts) - Number(before.ts) < TOGETHER
  );
}

/** Bring the children of a list into an order; a node that stands right is not touched. */
function place(list, wanted) {
  const keep = new Set(wanted);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}
