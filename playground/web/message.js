// One message on the page: byline, body, files, reactions, the way into its thread.
//
// `update` redraws only what changed. A body is a row of pieces (text, tasks, blocks); a piece with
// the same content stays in place, and a text that grew is grown (see updateMarkdown).

import { el, fill, signature } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { fileCard } from "./files.js";
import { Form } from "./inputs.js";
import { icon } from "./icons.js";
import { editBox, toolbar } from "./message_tools.js";
import { avatar } from "./names.js";
import { planFrame, taskList, updateTasks } from "./tasks.js";
import { emojiNode, markdownView, mrkdwnView, updateMarkdown } from "./text_view.js";
import { clock, fullTime, shortClock } from "./time.js";

const SYSTEM = /^(tombstone|channel_|group_)/; // "joined", "was deleted": said by Slack itself

/** Say how many replies there are. */
export function repliesIn({ length }) {
  return `${length} ${length === 1 ? "reply" : "replies"}`;
}

export class MessageView {
  #world;
  #keys = new Map();
  #pieces = [];

  constructor(message, world, { isThread }) {
    this.#world = world;
    this.isThread = isThread;
    this.memory = new Map(); // feedback that was given, by block and action
    this.form = new Form();
    this.gutter = el("div.gutter");
    this.byline = el("header.byline");
    this.body = el("div.body");
    this.files = el("div.files");
    this.reactions = el("div.reactions");
    this.summary = el("div.thread-line");
    this.node = el(
      "article.message",
      { tabindex: "-1", data: { ts: message.ts } },
      this.gutter,
      el("div.message-main", this.byline, this.body, this.files, this.reactions, this.summary),
    );
    this.node.addEventListener("pointerenter", () => this.#showTools());
    this.node.addEventListener("focusin", () => this.#showTools());
    this.node.addEventListener("pointerleave", () => this.#hideTools(document.activeElement));
    this.node.addEventListener("focusout", ({ relatedTarget: next }) => {
      const isElsewhere = document.hasFocus() && !next?.closest(".menu");
      if (isElsewhere && !this.node.matches(":hover")) this.#hideTools(next);
    });
    this.update(message);
  }

  update(message) {
    this.message = message;
    this.node.classList.toggle("ephemeral", Boolean(message.ephemeral));
    this.node.classList.toggle("system", SYSTEM.test(message.subtype ?? ""));
    this.node.classList.toggle("edited-text", Boolean(message.edited));
    const { user, bot_id, username, edited, subtype } = message;
    this.#part("byline", [user, bot_id, username, edited, subtype], () => this.#drawByline());
    if (!this.editing) this.#drawBody();
    this.#part("files", message.files ?? [], () =>
      fill(this.files, (message.files ?? []).map(fileCard)),
    );
    this.#part("reactions", [message.reactions ?? [], this.#world.place.me], () =>
      this.#drawReactions(),
    );
    this.refreshSummary();
  }

  /** Redraw the line that leads into the thread: its replies and session changed. */
  refreshSummary() {
    const { store } = this.#world;
    const { channel, ts, thread_ts: thread } = this.message;
    if (this.isThread || (thread && thread !== ts)) return;
    const replies = store.replies(channel, ts);
    const session = store.session(channel, ts);
    const isBusy = session?.status === "processing";
    const last = replies.at(-1);
    const key = [replies.length, last?.ts, isBusy, session?.text];
    this.#part("summary", key, () => this.#drawSummary(replies, isBusy && session));
  }

  /** Draw again only when what a part shows has changed. */
  #part(name, content, draw) {
    const key = signature(content);
    if (this.#keys.get(name) === key) return;
    this.#keys.set(name, key);
    draw();
  }

  #drawByline() {
    const { names } = this.#world;
    const { message } = this;
    const user = names.user(message.user) ?? { id: message.user, name: message.username };
    const isBot = Boolean(message.bot_id || user.is_bot);
    const isGone = message.subtype === "tombstone"; // nobody's any more: no face, no name
    this.#dropTools();
    fill(
      this.gutter,
      isGone
        ? el("span.avatar.avatar-gone", { "aria-hidden": "true" }, icon("trash"))
        : avatar(user, user.id === names.bot),
      el("time.side-time", { title: fullTime(message.ts) }, shortClock(message.ts)),
    );
    if (isGone) return fill(this.byline);
    return fill(
      this.byline,
      el("span.author", message.username ?? user.real_name ?? user.name ?? message.user),
      isBot && el("span.badge", "App"),
      el("time", { title: fullTime(message.ts) }, clock(message.ts)),
      message.edited && el("span.edited", "(edited)"),
      message.ephemeral && el("span.only-you", icon("info"), "Only visible to you"),
    );
  }

  #scene() {
    const { message } = this;
    const { actions, ask, names } = this.#world;
    const surface = { channel: message.channel, message_ts: message.ts };
    return { names, actions, confirm: ask, form: this.form, memory: this.memory, surface };
  }

  #drawBody() {
    const { names } = this.#world;
    const scene = this.#scene();
    const wanted = piecesOf(this.message);
    wanted.forEach((piece, index) => {
      const key = signature(piece);
      const old = this.#pieces[index];
      if (old?.key === key) return;
      const tools = PIECES[piece.kind];
      if (old?.kind === piece.kind && tools.update) {
        tools.update(old.node, piece, names);
        this.#pieces[index] = { key, kind: piece.kind, node: old.node };
        return;
      }
      const node = tools.draw(piece, names, scene);
      if (old) old.node.replaceWith(node);
      else this.body.append(node);
      this.#pieces[index] = { key, kind: piece.kind, node };
    });
    for (const { node } of this.#pieces.splice(wanted.length)) node.remove();
    this.body.classList.toggle("waiting", Boolean(this.message.streaming) && !wanted.length);
  }

  #drawReactions() {
    const { place, actions, names } = this.#world;
    const { channel, ts, reactions = [] } = this.message;
    fill(
      this.reactions,
      reactions.map(({ name, users = [], count }) => {
        const isMine = users.includes(place.me);
        return el(
          "button.reaction",
          {
            "aria-pressed": String(isMine),
            title: `${users.map((id) => names.nameOf(id)).join(", ")} :${name}:`,
            onclick: () => actions.react(channel, ts, name, isMine),
          },
          emojiNode(name),
          el("span", String(count ?? users.length)),
        );
      }),
    );
  }

  #drawSummary(replies, session) {
    const { names, place } = this.#world;
    if (!replies.length && !session) return fill(this.summary);
    const people = [...replies.map((reply) => reply.user), ...(session ? [names.bot] : [])];
    const faces = [...new Set(people)].slice(0, 3);
    return fill(
      this.summary,
      el(
        "button.thread-open",
        { onclick: () => place.openThread(this.message.ts) },
        faces.map((id) => names.face(id)),
        replies.length > 0 && el("strong", repliesIn(replies)),
        session
          ? el(
              "span.busy",
              el("span.spinner", { "aria-hidden": "true" }),
              session.text ?? "is thinking…",
            )
          : el("span.thread-time", `last at ${clock(replies.at(-1).ts)}`),
      ),
    );
  }

  #showTools() {
    if (this.tools || this.editing) return;
    this.tools = toolbar(this.message, this.#world, {
      isThread: this.isThread,
      edit: () => this.edit(),
    });
    this.node.append(this.tools);
  }

  #hideTools(focused) {
    if (!this.node.contains(focused)) this.#dropTools();
  }

  #dropTools() {
    const { tools } = this;
    this.tools = null; // first: removing what has the focus comes back here
    tools?.remove();
  }

  /** Let the text be changed in its place; the focus goes back to a box that had it. */
  edit() {
    if (this.editing) return;
    const before = document.activeElement;
    this.editing = editBox(this.message, this.#world, () => {
      this.editing.remove();
      this.editing = null;
      this.body.hidden = false;
      this.update(this.message);
      (before.matches("textarea") ? before : this.node).focus();
    });
    this.#dropTools();
    this.body.hidden = true;
    this.body.after(this.editing);
    this.editing.querySelector("textarea").focus();
  }
}

const PIECES = {
  markdown: {
    draw: (piece, names) => grown(markdownView(piece.text, names), piece),
    update: (node, piece, names) => grown(updateMarkdown(node, piece.text, names), piece),
  },
  text: { draw: (piece, names) => mrkdwnView(piece.text, names) },
  tasks: {
    draw: (piece, names) => taskList(piece.tasks, names),
    update: (node, piece, names) => updateTasks(node, piece.tasks, names),
  },
  plan: { draw: (piece) => planFrame(piece.title) },
  blocks: { draw: (piece, names, scene) => el("div.blocks", drawBlocks(piece.blocks, scene)) },
  attachment: {
    draw: ({ attachment }, names, scene) =>
      el(
        "div.attachment",
        attachment.title && el("strong", `${attachment.title}`),
        attachment.blocks
          ? drawBlocks(attachment.blocks, scene)
          : mrkdwnView(attachment.text ?? attachment.fallback ?? "", names),
      ),
  },
};

/** The blinking cursor stands at the end of a text that still grows (drawn in CSS). */
function grown(node, piece) {
  node.classList.toggle("live", Boolean(piece.isLive));
  return node;
}

/** What a message shows, in order, as plain values. */
function piecesOf(message) {
  const pieces = message.parts ? partPieces(message.parts.map((part) => ended(part, message))) : [];
  if (!message.parts && message.markdown) pieces.push({ kind: "markdown", text: message.markdown });
  const hasBlocks = message.parts?.some((part) => part.type === "blocks");
  if (message.blocks?.length && !hasBlocks && !isTyped(message))
    pieces.push({ kind: "blocks", blocks: message.blocks });
  if (!pieces.length && message.text && !message.streaming)
    pieces.push({ kind: "text", text: message.text });
  for (const attachment of message.attachments ?? [])
    pieces.push({ kind: "attachment", attachment });
  const last = pieces.at(-1);
  if (message.streaming && last?.kind === "markdown") last.isLive = true;
  return pieces;
}

/** What a person typed comes as text and as plain rich_text: the text still has its formatting. */
function isTyped(message) {
  return (
    !message.bot_id &&
    Boolean(message.text) &&
    message.blocks.every((block) => block.type === "rich_text")
  );
}

/** A task that still ran when its message was stopped runs no more. */
function ended(part, { streaming }) {
  const isRunning = ["pending", "in_progress"].includes(part.status);
  return isRunning && !streaming ? { ...part, status: "stopped" } : part;
}

function partPieces(parts) {
  const pieces = [];
  for (const part of parts) {
    const last = pieces.at(-1);
    if (part.type === "text" && last?.kind === "markdown") last.text += part.text;
    else if (part.type === "text" && part.text.trim())
      pieces.push({ kind: "markdown", text: part.text });
    else if (part.type === "task" && last?.kind === "tasks") last.tasks.push(part);
    else if (part.type === "task") pieces.push({ kind: "tasks", tasks: [part] });
    else if (part.type === "plan") pieces.push({ kind: "plan", title: part.title });
    else if (part.type === "blocks") pieces.push({ kind: "blocks", blocks: part.blocks });
  }
  return pieces;
}
