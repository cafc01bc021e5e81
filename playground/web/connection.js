// Is the bot there, and is the playground itself? A badge, a hint, and a bar when we are cut off.

import { el, fill } from "./dom.js";
import { openDialog } from "./dialog.js";

const LOST = "The playground does not answer. Trying again…";
const MODES = { socket: "Socket Mode", http: "HTTP" };

/** Keep the badge and the bar up to date. */
export function startConnection(world, badge, bar) {
  const { store } = world;
  const draw = () => {
    const { mode, connections } = store.connection;
    const isThere = store.link === "open" && Boolean(mode) && (connections > 0 || mode === "http");
    badge.dataset.state = store.link === "open" ? (isThere ? "on" : "off") : "lost";
    const name = world.names.nameOf(store.bot);
    const how = el(
      "small",
      {},
      isThere ? (MODES[mode] ?? mode) : store.link === "open" && "See what to do",
    );
    fill(
      badge,
      el("span.lamp", { "aria-hidden": "true" }),
      el("span", {}, wording(store, isThere, name), how),
    );
    const { ended } = store.connection;
    bar.hidden = store.link !== "lost" && !ended;
    bar.textContent = store.link === "lost" || !ended ? LOST : `${name} ${ended}`;
  };
  for (const topic of ["link", "connection", "state"]) store.on(topic, draw);
  badge.addEventListener("click", () => explain(world));
  draw();
}

function wording(store, isThere, name) {
  if (store.link !== "open" || !store.ready) return "Connecting…";
  if (!isThere) return `${name} is not connected`;
  return `${name} connected`;
}

function explain({ store, names }) {
  const name = names.nameOf(store.bot);
  const { mode, connections } = store.connection;
  const body = mode ? here(name, mode, connections) : gone();
  openDialog({ title: mode ? `${name} is here` : `${name} is not here`, body });
}

function here(name, mode, connections) {
  const open = `with ${connections} open connection${connections === 1 ? "" : "s"}`;
  const how = mode === "socket" ? `${MODES.socket}, ${open}` : (MODES[mode] ?? mode);
  return [
    el("p", {}, `${name} is connected by ${how}.`),
    el("p", {}, "It is the bot that runs against a real Slack too; only its addresses differ."),
  ];
}

function gone() {
  return [
    el("p", {}, "No bot is connected to this playground, so nothing that you write is answered."),
    el(
      "p",
      {},
      "Start everything with ",
      el("code", {}, "make demo"),
      ". If it is running, the terminal in which you started it says what happened.",
    ),
  ];
}
