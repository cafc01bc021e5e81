// What a newcomer must know: the answers come from a stand-in, and how to use the real things.

import { once, textButton } from "./controls.js";
import { el, fill } from "./dom.js";
import { openDialog } from "./dialog.js";
import { icon, mark } from "./icons.js";
import { markdownView } from "./text_view.js";

const START = "Start it again";

/** Keep the line over the conversation in step with the server's notices. */
export function startNotices(world, node) {
  const { store, actions } = world;
  const draw = () => {
    const [first] = store.notices;
    node.hidden = !first;
    if (!first) return;
    const isStopped = store.model === false;
    fill(
      node,
      icon("info"),
      el("span", isStopped ? "The model's server is stopped: nobody answers." : first.text),
      isStopped
        ? el("button.link", { onclick: () => actions.switchModel(true) }, START)
        : el("button.link", { onclick: () => openHelp(world) }, first.link),
    );
  };
  for (const topic of ["state", "model"]) store.on(topic, draw);
}

/** Open the panel with all notices. */
export function openHelp(world) {
  const { store, names } = world;
  const ends = [];
  const sections = store.notices.map((notice) =>
    el(
      "section.help-section",
      el("h3", notice.title),
      notice.text && el("p.help-lead", notice.text),
      notice.help && markdownView(notice.help, names),
      notice.trouble && [modelSwitch(world, ends), botSwitch(world, ends)],
    ),
  );
  openDialog({
    title: "About this playground",
    kind: "help",
    body: [...sections, keys()],
    closed: () => ends.forEach((end) => end()),
  });
}

/** A dead server: the port is closed for real. */
function modelSwitch({ store, actions }, ends) {
  return switchRow(store, "model", ends, () => ({
    words: store.model ? "The model's server runs." : "The model's server is stopped.",
    label: store.model ? "Stop it" : START,
    press: () => actions.switchModel(!store.model),
  }));
}

/** A dead bot: its process is killed for real. */
function botSwitch({ store, actions }, ends) {
  return switchRow(store, "connection", ends, () => {
    const { ended, mortal } = store.connection;
    return {
      isHidden: !mortal,
      words: ended ? "The bot has ended." : "The bot runs.",
      label: ended ? START : "Kill it",
      press: () => actions.switchBot(Boolean(ended)),
    };
  });
}

/** How something is, and the button that changes it, which keeps the focus. */
function switchRow(store, topic, ends, look) {
  const words = el("span");
  const button = textButton(
    "",
    once(() => look().press().then(draw)),
  );
  const node = el("div.switch-row", words, button);
  const draw = () => {
    const now = look();
    node.hidden = Boolean(now.isHidden);
    words.textContent = now.words;
    button.textContent = now.label;
  };
  for (const name of ["state", topic]) ends.push(store.on(name, draw));
  draw();
  return node;
}

const KEYS = [
  ["Enter", "send"],
  ["Shift + Enter", "new line"],
  ["/", "complete a slash command"],
  ["@", "mention someone"],
  ["↑", "edit your last message"],
  ["Esc", "close what is open"],
  ["Ctrl + I", "inspector"],
];

function keys() {
  return el(
    "section.help-section",
    el("h3", "Keys"),
    el(
      "dl.keys-list",
      KEYS.map(([key, meaning]) => el("div", el("dt", el("kbd", key)), el("dd", meaning))),
    ),
  );
}

/** What stands in a conversation without messages: a welcome and things to try. */
export function emptyConversation(world, channelId) {
  const { store, names, actions } = world;
  const channel = store.channel(channelId);
  const { title, prompts } = store.promptsOf(channelId);
  const bot = names.nameOf(store.bot);
  const hearsUs = store.hears(channel);
  const hearsAll = store.hearsAll(channel);
  const say = (message) => {
    const isHeard = hearsAll || message.includes(`<@${store.bot}>`);
    const text = isHeard ? message : `<@${store.bot}> ${message}`;
    return actions.say({ channel: channelId, text });
  };
  return el(
    "div.welcome",
    el("div.welcome-mark", mark()),
    el("h2", title || `Try ${bot}`),
    el(
      "p",
      hearsUs
        ? `Ask anything below${hearsAll ? "" : ` after @${bot}`}, or begin with one of these. ${bot} answers in a thread and remembers it.`
        : `${bot} is not in this channel.`,
    ),
    hearsUs &&
      el(
        "div.prompts",
        prompts.map((prompt) =>
          el(
            "button.prompt",
            { onclick: once(() => say(prompt.message)) },
            el("strong", prompt.title),
            el("span", prompt.message.replace(/<@\w+>\s*/g, "")),
          ),
        ),
      ),
  );
}
