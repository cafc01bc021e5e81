// App Home: the bot's own tab, drawn from the view that it published for this person.

import { el, fill } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { Form } from "./inputs.js";

export class Home {
  #world;

  constructor(world, node) {
    this.#world = world;
    this.node = node;
    world.store.on("home", ({ user }) => user === world.place.me && this.draw());
  }

  draw() {
    const { store, place, names, actions, ask } = this.#world;
    const view = store.homes.get(place.me);
    if (!view) {
      fill(
        this.node,
        el("div.empty", el("p", `${names.nameOf(store.bot)} has not published its Home yet.`)),
      );
      return;
    }
    const scene = {
      names,
      actions,
      confirm: ask,
      form: new Form(),
      memory: new Map(),
      surface: { view_id: view.id },
    };
    fill(this.node, el("div.home-page", drawBlocks(view.blocks ?? [], scene)));
  }
}
