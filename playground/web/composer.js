// The box one writes in: Enter sends, Shift+Enter breaks the line; files are chosen, dropped, pasted.

import { iconButton } from "./controls.js";
import { el, fill } from "./dom.js";
import { Completion } from "./completion.js";
import { draftOf, keep } from "./drafts.js";
import { icon } from "./icons.js";
import { openShortcuts } from "./menu.js";
import { Uploads } from "./uploads.js";

const TALLEST = 220; // pixels; more scrolls inside
const LONGEST = 40_000; // Slack's limit for one message; a longer paste becomes a file
const REST = 1200; // milliseconds without a key after which somebody has stopped writing
let lastKey = -REST;
let isToldOfMentions = false; // once is enough: people talk with each other, too

/** May the focus be taken? Not from words being written, nor to raise a phone's keyboard. */
function isFree(focused) {
  if (!matchMedia("(pointer: fine)").matches || document.querySelector("dialog[open]"))
    return false;
  return !(focused?.matches?.("textarea, input") && focused.value);
}

export class Composer {
  #world;
  #draft = draftOf("");

  constructor(world, { conversation, isThread = false }) {
    this.#world = world;
    this.conversation = conversation;
    this.isThread = isThread;
    this.uploads = new Uploads(world, () => this.#changed());
    this.area = el("textarea", {
      rows: "1",
      "aria-label": isThread ? "Reply" : "Message",
      autocomplete: "off",
      spellcheck: "true",
      oninput: () => {
        lastKey = performance.now();
        this.#changed();
      },
      onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#paste(event),
    });
    this.completion = new Completion(world, this.area, { isThread });
    this.hint = el("div.composer-hint", { hidden: true });
    this.send = el(
      "button.send",
      {
        "aria-label": "Send",
        title: "Send (Enter)",
        disabled: true,
        onclick: () => this.#submit(),
      },
      icon("send"),
    );
    this.shortcuts = iconButton("bolt", "Shortcuts", (event) =>
      openShortcuts(event.currentTarget, world.store.shortcutsOf("global"), world.actions),
    );
    this.box = el(
      "div.composer-box",
      this.completion.node,
      this.uploads.node,
      this.area,
      el(
        "div.composer-tools",
        this.uploads.button,
        iconButton("at", "Mention someone", () => this.#insert("@")),
        !isThread && iconButton("terminal", "Slash commands", () => this.#insert("/", true)),
        !isThread && this.shortcuts,
        el("span.keys", el("kbd", "Shift"), el("kbd", "Enter"), " new line"),
        this.send,
      ),
    );
    this.node = el("div.composer", this.hint, this.box);
    this.uploads.acceptDrops(this.node);
  }

  /** Write into a conversation; a draft left there comes back. */
  show(channel, thread = null) {
    const { store, place, names } = this.#world;
    this.channel = channel;
    this.thread = thread;
    const here = store.channel(channel);
    this.area.placeholder = thread ? "Reply…" : `Message ${here ? names.written(here) : ""}`;
    this.shortcuts.hidden = !store.shortcutsOf("global").length;
    this.#take(draftOf(`${place.me}:${channel}:${thread ?? ""}`));
    this.#takeFocus();
  }

  /** Be ready to be written in; whoever writes elsewhere, one message after the other, stays there. */
  #takeFocus() {
    clearTimeout(this.waiting);
    const focused = document.activeElement;
    const rest = focused === this.area ? 0 : lastKey + REST - performance.now();
    if (rest > 0 && focused?.matches("textarea"))
      this.waiting = setTimeout(() => this.#takeFocus(), rest);
    else if (isFree(focused)) this.area.focus({ preventScroll: true });
  }

  hasDraft() {
    return Boolean(this.area.value.trim() || this.uploads.files.length);
  }

  #take(draft) {
    this.#draft = draft;
    this.area.value = draft.text;
    this.uploads.show(draft);
  }

  #insert(sign, isStart = false) {
    this.area.focus();
    const { value } = this.area;
    if (isStart) this.area.setRangeText(sign, 0, value.startsWith(sign) ? 1 : 0, "end");
    else
      this.area.setRangeText(
        value && !/\s$/.test(value) ? ` ${sign}` : sign,
        value.length,
        value.length,
        "end",
      );
    this.#changed();
  }

  #changed() {
    const text = this.area.value;
    if (text.length > LONGEST) {
      this.area.value = "";
      this.#intoFile(text);
    }
    // Measuring needs a collapsed box first. CSS (field-sizing) does it alone where it is known.
    if (!CSS.supports("field-sizing", "content")) {
      this.area.style.height = "auto";
      this.area.style.height = `${Math.min(this.area.scrollHeight, TALLEST)}px`;
    }
    keep(this.#draft, this.area.value);
    this.send.disabled = !this.hasDraft() || this.uploads.isBusy;
    this.completion.update();
    this.#drawHint();
  }

  /** In channels the bot hears only what mentions it: is this nothing that it would hear? */
  #isUnheard() {
    const { store, names } = this.#world;
    const channel = store.channel(this.channel);
    const text = this.area.value.trim();
    return Boolean(
      channel &&
      !store.hearsAll(channel) &&
      !this.thread &&
      text.length > 1 &&
      !text.startsWith("/") &&
      !text.toLowerCase().includes(`@${names.nameOf(store.bot).toLowerCase()}`),
    );
  }

  /** Say so before a newcomer waits in vain. */
  #drawHint() {
    const { store, names } = this.#world;
    const channel = store.channel(this.channel);
    const bot = names.nameOf(store.bot);
    const isSilent = this.#isUnheard();
    if (this.hint.hidden === !isSilent) return;
    this.hint.hidden = !isSilent;
    if (!isSilent) return;
    if (!store.hears(channel)) fill(this.hint, `${bot} is not in this channel.`);
    else
      fill(
        this.hint,
        `In channels ${bot} answers when it is mentioned.`,
        el(
          "button.quiet",
          {
            onclick: () => {
              this.area.setRangeText(`@${bot} `, 0, 0, "end");
              this.area.setSelectionRange(this.area.value.length, this.area.value.length);
              this.area.focus();
              this.#changed();
            },
          },
          `Mention @${bot}`,
        ),
      );
  }

  #key(event) {
    lastKey = performance.now();
    if (event.isComposing) return;
    if (this.completion.key(event)) {
      this.#changed();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && !this.hasDraft() && this.conversation.editLast()) {
      event.preventDefault();
    }
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (files.length) {
      event.preventDefault();
      this.uploads.add(files);
    } else if (text.length + this.area.value.length > LONGEST) {
      event.preventDefault();
      this.#intoFile(text);
    }
  }

  #intoFile(text) {
    this.uploads.add([new File([text], "pasted-text.txt", { type: "text/plain" })]);
    this.#world.toast("That is longer than one Slack message, so it became a file.");
  }

  async #submit() {
    const { actions, names, store, toast } = this.#world;
    if (this.send.disabled) return;
    const typed = this.area.value.trim();
    if (typed.startsWith("/")) {
      await this.#command(typed);
      return;
    }
    const isUnheard = this.#isUnheard();
    const draft = this.#draft;
    const { files } = draft;
    this.#empty(draft);
    const answer = await actions.say({
      channel: this.channel,
      thread: this.thread,
      text: typed,
      files: files.map((file) => file.id),
    });
    if (!answer.ok) this.#giveBack(draft, typed, files);
    else if (isUnheard && !isToldOfMentions) {
      isToldOfMentions = true;
      const bot = names.nameOf(store.bot);
      toast(`${bot} was not mentioned, so it does not answer. In a channel, begin with @${bot}.`);
    }
  }

  async #command(typed) {
    const { store, actions, toast } = this.#world;
    const word = typed.split(/\s/, 1)[0];
    if (this.isThread) {
      toast(
        `Slack runs no slash commands in threads. Try !${word.replace(/^\/(ai-?)?/, "") || "help"} here, or ${word} in the channel.`,
      );
      return;
    }
    if (store.commands.length && !store.commands.some((command) => command.command === word)) {
      toast(`${word} is not a command of this app. Type / to see what there is.`, "error");
      return;
    }
    const draft = this.#draft;
    this.#empty(draft, draft.files);
    const answer = await actions.command(this.channel, typed);
    if (!answer.ok) this.#giveBack(draft, typed, []);
  }

  #empty(draft, files = []) {
    keep(draft, "");
    draft.files = files;
    this.#take(draft);
  }

  /** What could not be sent is not lost; another conversation may be open by now. */
  #giveBack(draft, text, files) {
    keep(draft, draft.text || text);
    draft.files = [...files, ...draft.files];
    if (draft === this.#draft) this.#take(draft);
  }
}
