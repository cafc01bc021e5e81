// Completing what is being typed: /commands at the start, @people, #channels, :emoji:.

import { el, fill, freshId } from "./dom.js";
import { emojiNames, emojiSign } from "./emoji.js";
import { icon } from "./icons.js";

const MOST = 8;

export class Completion {
  #world;
  #area;
  #isThread;
  #items = [];
  #length = 0;
  #at = 0;
  #dismissed = null; // the text at which Esc was pressed: do not open again for it

  constructor(world, area, { isThread }) {
    this.#world = world;
    this.#area = area;
    this.#isThread = isThread;
    this.id = freshId("completion");
    this.node = el("ul.completion", {
      role: "listbox",
      id: this.id,
      hidden: true,
      "aria-label": "Completions",
    });
    area.setAttribute("aria-controls", this.id);
    area.setAttribute("aria-autocomplete", "list");
    area.addEventListener("blur", () => this.#close());
    area.addEventListener("click", () => this.update());
  }

  /** Look at the word before the caret and offer what it may become. */
  update() {
    const { value, selectionStart: caret } = this.#area;
    const before = value.slice(Math.max(0, caret - 80), caret);
    if (document.activeElement !== this.#area || this.#dismissed === value) return this.#close();
    this.#dismissed = null;
    this.#items = this.#find(before, caret < 80).slice(0, MOST);
    this.#at = 0;
    return this.#items.length ? this.#draw() : this.#close();
  }

  /** What fits the letters before the caret; keeps how many of them a choice replaces. */
  #find(before, isStart) {
    const { store, names } = this.#world;
    if (isStart && !this.#isThread && /^\/[\w-]*$/.test(before)) {
      this.#length = before.length;
      return store.commands.filter((one) => one.command.startsWith(before)).map(commandItem);
    }
    const [, sign, word] = /(?:^|[\s(])([@#:])([\w+-]*)$/.exec(before) ?? [];
    if (!sign) return [];
    const letters = word.toLowerCase();
    this.#length = letters.length + 1;
    if (sign === "@") return people(names, store, letters);
    if (sign === "#") return channels(names, letters);
    return letters.length > 1 ? emojiNames(letters, MOST).map(emojiItem) : [];
  }

  /** Take a key while the list is open; true when it was for the list. */
  key(event) {
    if (this.node.hidden) return false;
    const { key } = event;
    if (key === "Escape") {
      this.#dismissed = this.#area.value;
      this.#close();
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      const step = key === "ArrowDown" ? 1 : this.#items.length - 1;
      this.#at = (this.#at + step) % this.#items.length;
      this.#draw();
    } else if (key === "Tab" || (key === "Enter" && !event.shiftKey)) {
      if (key === "Enter" && this.#isTyped()) return false;
      this.#choose(this.#items[this.#at]);
    } else return false;
    event.preventDefault();
    return key === "Tab" || key === "Enter";
  }

  /** A whole command that stands there already is sent by Enter, not completed. */
  #isTyped() {
    return (
      this.#items[this.#at].text.trim() === this.#area.value.trim() &&
      this.#area.value.startsWith("/")
    );
  }

  #choose({ text }) {
    const caret = this.#area.selectionStart;
    this.#area.setRangeText(text, caret - this.#length, caret, "end");
    this.#area.focus();
    this.#close();
  }

  #draw() {
    this.node.hidden = false;
    fill(
      this.node,
      this.#items.map((item, index) =>
        el(
          "li",
          {
            role: "option",
            id: `${this.id}-${index}`,
            "aria-selected": String(index === this.#at),
            onpointerdown: (event) => {
              event.preventDefault(); // the text keeps the focus
              this.#choose(item);
              this.#area.dispatchEvent(new Event("input"));
            },
          },
          el("span.completion-sign", item.sign),
          el("strong", item.label),
          el("span.completion-note", item.note),
        ),
      ),
    );
    this.#area.setAttribute("aria-activedescendant", `${this.id}-${this.#at}`);
    this.node.children[this.#at].scrollIntoView({ block: "nearest" });
  }

  #close() {
    this.node.hidden = true;
    this.#area.removeAttribute("aria-activedescendant");
  }
}

function commandItem(one) {
  const note = [one.description, one.usage_hint].filter(Boolean).join(" — ");
  return { text: `${one.command} `, sign: icon("terminal"), label: one.command, note };
}

function emojiItem(name) {
  return { text: `:${name}: `, sign: emojiSign(name), label: `:${name}:` };
}

function channels(names, letters) {
  const fitting = names
    .channels()
    .filter((one) => one.kind === "channel" && one.name.includes(letters));
  return fitting.map((one) => ({
    text: `#${one.name} `,
    sign: icon("hash"),
    label: one.name,
    note: one.topic,
  }));
}

/** People whose name fits, the bot first. */
function people(names, store, letters) {
  const fitting = names
    .people()
    .filter((user) => `${user.name} ${user.real_name ?? ""}`.toLowerCase().includes(letters));
  fitting.sort((one, other) => Number(other.id === store.bot) - Number(one.id === store.bot));
  return fitting.map((user) => ({
    text: `@${names.nameOf(user.id)} `,
    sign: names.face(user.id),
    label: names.nameOf(user.id),
    note: user.title,
  }));
}
