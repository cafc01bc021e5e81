// The inspector: the API calls of the bot and the deliveries to it, newest first, as foldable JSON.

import { iconButton } from "./controls.js";
import { el, fill } from "./dom.js";
import { jsonTree } from "./json_view.js";

const SHOWN = 200;
const FILTERS = { all: "All", in: "Bot to Slack", out: "Slack to bot", failed: "Refused" };

export class Inspector {
  #world;
  #filter = "all";
  #words = "";

  constructor(world, node) {
    const { store, place } = world;
    this.#world = world;
    this.node = node;
    this.rows = new Map(); // n -> row
    this.list = el("ol.calls", { "aria-label": "Calls, newest first" });
    this.count = el("span.calls-count");
    this.filters = el(
      "div.segments",
      { role: "group", "aria-label": "Show" },
      Object.entries(FILTERS).map(([name, label]) =>
        el(
          "button.segment",
          {
            data: { name },
            "aria-pressed": String(name === "all"),
            onclick: () => this.#choose(name),
          },
          label,
        ),
      ),
    );
    const search = el("input.field", {
      type: "search",
      placeholder: "Filter by method",
      "aria-label": "Filter by method",
      oninput: () => {
        this.#words = search.value.toLowerCase();
        this.#draw();
      },
    });
    fill(
      node,
      el(
        "header.pane-head",
        el("h2", "Inspector"),
        this.count,
        this.filters,
        search,
        iconButton("close", "Close inspector", () => place.toggleInspector(false)),
      ),
      this.list,
    );
    node.addEventListener(
      "keydown",
      (event) => event.key === "Escape" && place.toggleInspector(false),
    );
    store.on("state", () => {
      this.#follow();
      this.#draw();
    });
    store.on("place", () => this.#follow());
    store.on("call", (call) => this.#take(call));
  }

  #follow() {
    const isOpen = this.#world.place.inspector;
    if (this.node.hidden !== isOpen) return;
    const hadFocus = this.node.contains(document.activeElement);
    this.node.hidden = !isOpen;
    if (hadFocus) document.querySelector("#inspect").focus();
    document.body.classList.toggle("with-inspector", isOpen);
    if (!isOpen) return;
    this.#draw();
    if (document.activeElement?.closest("[inert]")) this.filters.firstChild.focus();
  }

  #choose(name) {
    this.#filter = name;
    for (const button of this.filters.children)
      button.setAttribute("aria-pressed", String(button.dataset.name === name));
    this.#draw();
  }

  #fits(call) {
    if (
      this.#filter === "failed"
        ? !isRefused(call)
        : this.#filter !== "all" && call.direction !== this.#filter
    )
      return false;
    return !this.#words || (call.method ?? "").toLowerCase().includes(this.#words);
  }

  #draw() {
    if (this.node.hidden) return;
    const calls = this.#world.store.calls
      .filter((call) => this.#fits(call))
      .slice(-SHOWN)
      .reverse();
    this.rows = new Map(calls.map((call) => [call.n, row(call)]));
    fill(this.list, [...this.rows.values()]);
    if (!calls.length)
      fill(
        this.list,
        el("li.empty", "Nothing yet. Say something to the bot, and its calls appear here."),
      );
    this.#total();
  }

  #total() {
    this.count.textContent = String(this.#world.store.calls.length);
  }

  #take(call) {
    if (this.node.hidden || !this.#fits(call)) return;
    const fresh = row(call);
    const known = this.rows.get(call.n);
    if (known) known.replaceWith(fresh);
    else this.list.prepend(fresh);
    this.rows.set(call.n, fresh);
    this.list.querySelector(".empty")?.remove();
    while (this.list.children.length > SHOWN) this.list.lastElementChild.remove();
    this.#total();
  }
}

function isRefused(call) {
  return call.response?.ok === false;
}

/** One call; its JSON is built when it is opened. */
function row(call) {
  const isIn = call.direction === "in";
  const title = isIn ? "a call of the bot to Slack" : "a delivery of Slack to the bot";
  const details = el(
    "details",
    el(
      "summary",
      { title },
      el("span.call-way", { data: { way: call.direction } }, isIn ? "API" : "event"),
      el("code.call-method", call.method ?? ""),
      el("span.call-gist", gist(call)),
      el(
        "span.call-result",
        { data: { failed: String(isRefused(call)) } },
        isRefused(call) ? call.response.error : "",
      ),
      el(
        "span.call-ms",
        Number.isFinite(call.ms) ? `${call.ms.toFixed(call.ms < 10 ? 1 : 0)} ms` : "",
      ),
    ),
  );
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    details.append(
      el(
        "div.call-parts",
        part(isIn ? "Arguments" : "Payload", call.arguments),
        part(isIn ? "Response" : "Answer", call.response),
      ),
    );
  });
  return el("li.call", details);
}

function part(title, value) {
  if (value === undefined || value === null) return null;
  return el("div.call-part", el("h3", title), jsonTree(value, 2));
}

/** A few words that tell one call from the next. */
function gist({ method, arguments: given }) {
  const event = given?.payload?.event ?? given?.event;
  const text =
    event?.text ??
    given?.text ??
    given?.markdown_text ??
    given?.chunks?.[0]?.text ??
    given?.chunks?.[0]?.title ??
    given?.status ??
    event?.type ??
    "";
  return typeof text === "string" && text !== method ? text.slice(0, 120) : "";
}
