// What can be done with a message: the bar that shows on hover and focus, and the box to edit it.

import { iconButton, textButton } from "./controls.js";
import { el } from "./dom.js";
import { emojiSign, REACTIONS } from "./emoji.js";
import { openMenu, openShortcuts } from "./menu.js";
import { plainText } from "./angle.js";

/** Has this person written the message, so that they can edit and delete it? */
export function isOwn(message, me) {
  const isWritten = !message.bot_id && !/^(tombstone|channel_)/.test(message.subtype ?? "");
  return message.user === me && isWritten && !message.ephemeral;
}

/** The bar of buttons of one message. */
export function toolbar(message, world, { isThread, edit }) {
  const { channel, ts } = message;
  const mine = isOwn(message, world.place.me);
  const tools = [];
  const tool = (...what) => tools.push(iconButton(...what));
  if (message.ephemeral) {
    tool("close", "Dismiss", () => world.actions.dismiss(ts));
  } else {
    tool("smile", "Add a reaction", (event) => pickReaction(event.currentTarget, message, world));
    if (!isThread)
      tool("reply", "Reply in thread", () => world.place.openThread(message.thread_ts ?? ts));
    if (mine) tool("edit", "Edit", edit);
    if (mine) tool("trash", "Delete", () => remove(message, world));
    const shortcuts = world.store.shortcutsOf("message");
    if (shortcuts.length)
      tool("more", "More actions", (event) =>
        openShortcuts(event.currentTarget, shortcuts, world.actions, { channel, message_ts: ts }),
      );
  }
  return el("div.toolbar", { role: "toolbar", "aria-label": "Message actions" }, tools);
}

function pickReaction(anchor, { channel, ts }, { actions, place, store }) {
  const { reactions = [] } = store.message(channel, ts) ?? {}; // as it is now, not when the bar came
  const isMine = (name) =>
    reactions.some((one) => one.name === name && one.users?.includes(place.me));
  openMenu(
    anchor,
    REACTIONS.map((name) => ({
      label: emojiSign(name),
      title: name,
      run: () => actions.react(channel, ts, name, isMine(name)),
    })),
    { kind: "emoji" },
  );
}

async function remove({ channel, ts }, { actions, ask, names }) {
  const question = {
    title: "Delete this message?",
    text: "The bot forgets it too.",
    confirm: "Delete",
    style: "danger",
  };
  if (await ask(question, names)) await actions.remove(channel, ts);
}

/** A box that edits a message in its place; `done` is told when it has been sent or given up. */
export function editBox(message, { actions, names }, done) {
  const area = el("textarea.field", {
    rows: "3",
    "aria-label": "Edit message",
    value: decode(message.text, names),
  });
  const save = async () => {
    const text = area.value.trim();
    if (!text) return;
    const answer = await actions.edit(message.channel, message.ts, text);
    if (answer.ok) done();
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      done();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  return el(
    "div.edit-box",
    area,
    el("div.edit-buttons", textButton("Cancel", done), textButton("Save", save, "primary")),
  );
}

/** Turn Slack's form back into what a person would type. */
function decode(text, names) {
  return plainText(
    (text ?? "")
      .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${names.nameOf(id)}`)
      .replace(
        /<#(\w+)(?:\|([^>]*))?>/g,
        (_, id, label) => `#${names.channel(id)?.name ?? label ?? id}`,
      )
      .replace(/<!(here|channel|everyone)>/g, "@$1")
      .replace(/<(https?:[^>|]+)(?:\|[^>]*)?>/g, "$1"),
  );
}
