// The page's beginning: make the parts, hand each what it needs, follow the server.

import { Actions } from "./actions.js";
import { Composer } from "./composer.js";
import { startConnection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { fill } from "./dom.js";
import { ask } from "./dialog.js";
import { startHeader } from "./header.js";
import { emptyConversation, openHelp, startNotices } from "./help.js";
import { Home } from "./home.js";
import { icon, mark } from "./icons.js";
import { Inspector } from "./inspector.js";
import { Modal } from "./modal.js";
import { Names } from "./names.js";
import { Place } from "./place.js";
import { Sidebar } from "./sidebar.js";
import { follow } from "./socket.js";
import { Store } from "./store.js";
import { startTheme } from "./theme.js";
import { ThreadPane } from "./thread.js";
import { startAnnouncer, toast } from "./toasts.js";

const find = (selector) => document.querySelector(selector);

function start() {
  const query = new URLSearchParams(location.search);
  const store = new Store();
  const place = new Place(store, query);
  const names = new Names(store, place);
  const actions = new Actions(place, toast);
  const world = { store, place, names, actions, ask, toast, closeDrawer: () => openDrawer(false) };

  // First in line for what the server knows: the place must be valid when the views draw.
  store.on("state", () => place.settle());
  startCovers(world);
  startButtons(world, query);
  new Sidebar(world, find("#sidebar"));
  startHeader(world, find("#head"));
  startNotices(world, find("#notice"));
  startConnection(world, find("#connection"), find("#lost"));
  startMiddle(world);
  new ThreadPane(world, find("#thread"));
  new Inspector(world, find("#inspector"));
  new Modal(world);
  startAnnouncer(world, find("#voice"));
  store.on("notice", ({ user, text }) => (!user || user === place.me) && toast(text, "error"));
  follow(store);
}

/** The middle: the conversation of the channel with its composer, or the bot's Home. */
function startMiddle(world) {
  const { store, place, actions } = world;
  const conversation = new Conversation(world, {
    drawEmpty: (channel) => emptyConversation(world, channel),
  });
  const composer = new Composer(world, { conversation });
  const home = new Home(world, find("#home"));
  find("#conversation").append(conversation.node, composer.node);
  let shown = "";
  const show = (isAnew) => {
    const isHome = place.tab === "home";
    find("#conversation").hidden = isHome;
    find("#home").hidden = !isHome;
    const wanted = `${place.me}:${place.channel}:${place.tab}`;
    if (wanted === shown) {
      if (isAnew && isHome) home.draw();
      else if (isAnew) conversation.refresh();
      return;
    }
    if (store.isWithBot(store.channel(place.channel))) actions.open(isHome ? "home" : "open_im");
    shown = wanted;
    if (isHome) home.draw();
    else {
      conversation.show(place.channel);
      composer.show(place.channel);
    }
  };
  store.on("place", () => show(false));
  store.on("state", () => show(true));
}

function startButtons(world, query) {
  const { place } = world;
  for (const node of document.querySelectorAll("[data-icon]")) fill(node, icon(node.dataset.icon));
  for (const node of document.querySelectorAll("[data-mark]")) fill(node, mark());
  startTheme(find("#theme"), query);
  find("#help").addEventListener("click", () => openHelp(world));
  find("#inspect").addEventListener("click", () => place.toggleInspector());
  find("#drawer").addEventListener("click", () => openDrawer(true));
  find("#shade").addEventListener("click", () => openDrawer(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") openDrawer(false);
    if (event.key.toLowerCase() === "i" && event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      place.toggleInspector();
    }
  });
  document.addEventListener("click", (event) => delegated(event, place));
}

/** On a narrow page a pane lies over the others (style.css): keys must not reach what is under it. */
function startCovers({ store, place }) {
  const [narrow, small] = ["960px", "800px"].map((width) => matchMedia(`(max-width: ${width})`));
  const cover = () => {
    const isInspecting = small.matches && place.inspector;
    find("#thread").inert = isInspecting;
    find("#main").inert = isInspecting || (narrow.matches && Boolean(place.thread));
  };
  for (const topic of ["state", "place"]) store.on(topic, cover);
  for (const width of [narrow, small]) width.addEventListener("change", cover);
}

function openDrawer(isOpen) {
  document.body.classList.toggle("with-drawer", isOpen);
  find("#drawer").setAttribute("aria-expanded", String(isOpen));
}

/** Clicks into drawn texts. Those nodes are changed in place, so they carry no listeners. */
function delegated({ target }, place) {
  const copy = target.closest(".copy");
  if (copy) copyCode(copy);
  const mention = target.closest("button.mention[data-channel]");
  if (mention) place.goTo(mention.dataset.channel);
}

async function copyCode(button) {
  try {
    await navigator.clipboard.writeText(button.closest(".code").querySelector("code").textContent);
    button.lastChild.textContent = "Copied";
  } catch {
    button.lastChild.textContent = "Select and copy";
  }
  setTimeout(() => {
    button.lastChild.textContent = "Copy";
  }, 1600);
}

start();
