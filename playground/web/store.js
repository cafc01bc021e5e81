// What the server has told us: the page's copy of the local Slack. Frames come in, topics go out.
//
// Nothing here draws. A view subscribes with `store.on(topic, listener)` and reads the fields.

const KEPT_CALLS = 400;

export class Store {
  #listeners = new Map();

  constructor() {
    this.ready = false;
    this.link = "connecting"; // the page's own socket: connecting, open or lost
    this.team = { id: "", name: "" };
    this.bot = "";
    this.users = new Map();
    this.channels = new Map();
    this.commands = [];
    this.shortcuts = [];
    this.notices = [];
    this.model = null; // does the model's server serve? null where it cannot be stopped here
    this.defaultPrompts = [];
    this.prompts = new Map(); // channel -> {title, prompts}, as the bot set them
    this.messages = new Map(); // channel -> Map(ts -> message)
    this.ephemerals = new Map(); // user -> Map(channel:ts -> message)
    this.sessions = new Map(); // channel:thread -> session
    this.homes = new Map();
    this.views = new Map(); // user -> the modal that is open
    this.connection = { mode: null, connections: 0 };
    this.calls = [];
  }

  /** Be told of a topic; returns the function that ends it. */
  on(topic, listener) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(listener);
    return () => this.#listeners.get(topic).delete(listener);
  }

  emit(topic, detail) {
    for (const listener of this.#listeners.get(topic) ?? []) listener(detail);
  }

  /** Take one frame of the server; a kind that we do not know is passed over. */
  apply(frame) {
    FRAMES[frame.type]?.(this, frame);
  }

  setLink(link) {
    this.link = link;
    this.emit("link", link);
  }

  /** The messages of a channel's main conversation, or of one thread, in order. */
  conversation(channel, thread, me) {
    const all = [...(this.messages.get(channel)?.values() ?? [])];
    for (const message of this.ephemerals.get(me)?.values() ?? []) {
      if (message.channel === channel) all.push(message);
    }
    return all.filter((message) => belongs(message, thread)).sort(byTime);
  }

  message(channel, ts) {
    return this.messages.get(channel)?.get(ts) ?? null;
  }

  /** The replies of a thread, without its first message. */
  replies(channel, thread) {
    const all = this.messages.get(channel)?.values() ?? [];
    return [...all]
      .filter((message) => message.thread_ts === thread && message.ts !== thread)
      .sort(byTime);
  }

  session(channel, thread) {
    return this.sessions.get(`${channel}:${thread}`) ?? null;
  }

  user(id) {
    return this.users.get(id) ?? null;
  }

  channel(id) {
    return this.channels.get(id) ?? null;
  }

  /** The channels that a person sees. */
  channelsOf(user) {
    return [...this.channels.values()].filter(({ members }) => members.includes(user));
  }

  /** The direct message of a person with the bot. */
  botChannel(user) {
    return this.channelsOf(user).find((channel) => this.isWithBot(channel));
  }

  isWithBot(channel) {
    return channel?.kind === "im" && this.hears(channel);
  }

  /** Is the bot a member here? */
  hears(channel) {
    return Boolean(channel?.members.includes(this.bot));
  }

  /** In a direct or group message every message is for the bot; in channels those that mention it. */
  hearsAll(channel) {
    return ["im", "mpim"].includes(channel?.kind);
  }

  shortcutsOf(type) {
    return this.shortcuts.filter((shortcut) => shortcut.type === type);
  }

  promptsOf(channel) {
    return this.prompts.get(channel) ?? { title: null, prompts: this.defaultPrompts };
  }
}

/** Say whether a message stands in a thread (or, without one, in the main conversation). */
export function belongs(message, thread) {
  const root = message.thread_ts ?? message.ts;
  if (thread) return root === thread;
  return root === message.ts || message.subtype === "thread_broadcast";
}

function byTime(one, other) {
  return one.ts < other.ts ? -1 : Number(one.ts > other.ts);
}

function keyed(list, key) {
  return new Map(list.map((entry) => [entry[key], entry]));
}

function takeState(store, frame) {
  store.team = frame.team;
  store.bot = frame.bot;
  store.users = keyed(frame.users, "id");
  store.channels = keyed(frame.channels, "id");
  store.commands = frame.commands;
  store.shortcuts = frame.shortcuts;
  store.notices = frame.notices;
  store.model = frame.model;
  store.defaultPrompts = frame.default_prompts;
  store.prompts = new Map(Object.entries(frame.prompts));
  store.messages = new Map();
  for (const message of frame.messages) put(store, message);
  store.ephemerals = new Map();
  for (const { user, message } of frame.ephemerals) putEphemeral(store, user, message);
  store.sessions = new Map(frame.sessions.map((session) => [sessionKey(session), session]));
  store.views = new Map(Object.entries(frame.views));
  store.homes = new Map(Object.entries(frame.homes));
  store.connection = frame.connection;
  store.calls = frame.calls.slice(-KEPT_CALLS);
  store.ready = true;
  store.emit("state");
}

function put(store, message) {
  if (!store.messages.has(message.channel)) store.messages.set(message.channel, new Map());
  const channel = store.messages.get(message.channel);
  const isNew = !channel.has(message.ts);
  channel.set(message.ts, message);
  return isNew;
}

function sessionKey(session) {
  return `${session.channel}:${session.thread_ts}`;
}

function putEphemeral(store, user, message) {
  if (!store.ephemerals.has(user)) store.ephemerals.set(user, new Map());
  const shown = { ...message, ephemeral: true };
  store.ephemerals.get(user).set(`${message.channel}:${message.ts}`, shown);
  return shown;
}

function takeEphemeral(store, { user, message }) {
  store.emit("ephemeral", { user, message: putEphemeral(store, user, message) });
}

function dropEphemeral(store, { user, channel, ts }) {
  store.ephemerals.get(user)?.delete(`${channel}:${ts}`);
  store.emit("ephemeral_deleted", { user, channel, ts });
}

function takeCall(store, { call }) {
  const known = store.calls.findLastIndex((entry) => entry.n === call.n);
  if (known >= 0) store.calls[known] = call;
  else store.calls.push(call);
  if (store.calls.length > KEPT_CALLS) store.calls.shift();
  store.emit("call", call);
}

const FRAMES = {
  state: takeState,
  message(store, { message }) {
    const isNew = put(store, message);
    store.emit("message", { message, isNew });
  },
  message_deleted(store, { channel, ts }) {
    const message = store.message(channel, ts);
    store.messages.get(channel)?.delete(ts);
    store.emit("message_deleted", { channel, ts, message });
  },
  ephemeral: takeEphemeral,
  ephemeral_deleted: dropEphemeral,
  session(store, { session }) {
    store.sessions.set(sessionKey(session), session);
    store.emit("session", session);
  },
  view(store, { user, view }) {
    if (view) store.views.set(user, view);
    else store.views.delete(user);
    store.emit("view", { user, view });
  },
  home(store, { user, view }) {
    store.homes.set(user, view);
    store.emit("home", { user, view });
  },
  errors: (store, frame) => store.emit("errors", frame),
  prompts(store, { channel, title, prompts }) {
    store.prompts.set(channel, { title, prompts });
    store.emit("prompts", { channel });
  },
  connection(store, { connection }) {
    store.connection = connection;
    store.emit("connection", connection);
  },
  call: takeCall,
  model(store, { on }) {
    store.model = on;
    store.emit("model");
  },
  notice: (store, frame) => store.emit("notice", frame),
};
