// Is the bot there, and is the playground itself? A badge, a hint, and a bar when we are cut off.

import { once, textButton } from "./controls.js";
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
      isThere ? (MODES[mode] ?? mode) : store.link === "open" && "See what to do",
    );
    fill(
      badge,
      el("span.lamp", { "aria-hidden": "true" }),
      el("span", wording(store, isThere, name), how),
    );
    const { ended, mortal } = store.connection;
    const isLost = store.link === "lost";
    bar.hidden = !isLost && !ended;
    fill(
      bar,
      el("span", isLost || !ended ? LOST : `${name} ${ended}`),
      !isLost && ended && mortal && startAgain(world, "link"),
    );
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

function explain(world) {
  const { store, names } = world;
  const name = names.nameOf(store.bot);
  const { mode, connections, ended, mortal } = store.connection;
  if (mode && !ended) {
    openDialog({ title: `${name} is here`, body: here(name, mode, connections) });
    return;
  }
  const again = ended && mortal && startAgain(world, "primary");
  const dialog = openDialog({
    title: `${name} is not here`,
    body: gone(Boolean(again)),
    footer: again ? [again] : [],
  });
  if (again) again.addEventListener("click", () => dialog.close());
}

function startAgain({ actions }, kind) {
  const press = once(() => actions.switchBot(true));
  if (kind === "link") return el("button.link", { onclick: press }, "Start it again");
  return textButton("Start it again", press, kind);
}

function here(name, mode, connections) {
  const open = `with ${connections} open connection${connections === 1 ? "" : "s"}`;
  const how = mode === "socket" ? `${MODES.socket}, ${open}` : (MODES[mode] ?? mode);
  return [
    el("p", `${name} is connected by ${how}.`),
    el("p", "It is the bot that runs against a real Slack too; only its addresses differ."),
  ];
}

function gone(isStartable) {
  const how = isStartable
    ? ["The terminal with ", el("code", "make demo"), " says what happened."]
    : [
        "Start everything with ",
        el("code", "make demo"),
        ". If it is running, the terminal in which you started it says what happened.",
      ];
  return [
    el("p", "No bot is connected to this playground, so nothing that you write is answered."),
    el("p", how),
  ];
}
