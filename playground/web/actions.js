// What a person does: each method is one POST to the server, in the name of whom the page acts as.

const TRIGGER = 5000; // milliseconds in which an act may open a modal: Slack's 3 s and the way back

export class Actions {
  #place;
  #toast;
  #acted = -TRIGGER;

  constructor(place, toast) {
    this.#place = place;
    this.#toast = toast;
    this.onAsked = () => {}; // is told where a message stands that may begin a thread
  }

  async say({ channel, thread, text, files }) {
    const body = { channel, text };
    if (thread) body.thread_ts = thread;
    if (files?.length) body.files = files;
    const answer = await this.#post("say", body);
    if (answer.ok && !thread) this.onAsked(channel, answer.ts);
    return answer;
  }

  edit(channel, ts, text) {
    return this.#post("edit", { channel, ts, text });
  }

  remove(channel, ts) {
    return this.#post("delete", { channel, ts });
  }

  /** Take a message away that only this person sees. */
  dismiss(ts) {
    return this.#post("dismiss", { ts });
  }

  react(channel, ts, name, remove) {
    return this.#post("react", { channel, ts, name, ...(remove && { remove: true }) });
  }

  /** Whether a modal that opens now may have been asked for here. */
  hasJustActed() {
    return performance.now() - this.#acted < TRIGGER;
  }

  command(channel, text) {
    return this.#trigger("command", { channel, text });
  }

  /** Press something in a message or a view; `surface` says where it stands. */
  click(surface, blockId, actionId, state) {
    const { channel, ...where } = surface;
    return this.#trigger("click", {
      channel: channel ?? this.#place.channel,
      ...where,
      block_id: blockId,
      action_id: actionId,
      ...state,
    });
  }

  submit(viewId, values) {
    return this.#trigger("submit", { view_id: viewId, values });
  }

  closeView(viewId) {
    return this.#post("close", { view_id: viewId });
  }

  stop(channel, thread) {
    return this.#post("stop", { channel, thread_ts: thread });
  }

  shortcut(callbackId, where) {
    return this.#trigger("shortcut", { callback_id: callbackId, ...where });
  }

  /** Tell the bot that a person looks at its tab `home`, or at its messages (`open_im`). */
  open(tab) {
    return this.#post(tab, {});
  }

  /** Stop the model's server, or start it again. */
  switchModel(on) {
    return this.#post("model", { on });
  }

  /** Kill the bot, or start it again. */
  switchBot(on) {
    return this.#post("bot", { on });
  }

  /** Send a file to the server; returns {id, name, size, mimetype} or null. */
  async upload(file) {
    const form = new FormData();
    form.append("user", this.#place.me);
    form.append("file", file, file.name);
    const answer = await this.#request("upload", { body: form });
    return answer.ok ? answer.file : null;
  }

  async #trigger(action, body) {
    this.#acted = Infinity; // a slow way to the server counts as now, too
    const answer = await this.#post(action, body);
    this.#acted = performance.now();
    return answer;
  }

  #post(action, body) {
    return this.#request(action, {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: this.#place.me, ...body }),
    });
  }

  async #request(action, options) {
    let answer;
    try {
      const response = await fetch(`/page/${action}`, { method: "POST", ...options });
      answer = await response.json();
    } catch {
      answer = { ok: false, error: "The playground does not answer. Is it still running?" };
    }
    if (!answer.ok) this.#toast(answer.error ?? "That did not work.", "error");
    return answer;
  }
}
