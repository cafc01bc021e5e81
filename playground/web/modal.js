// Modals: the views that the bot opens. One dialog at a time, showing the view on top of the stack.

import { textButton } from "./controls.js";
import { fill } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { ask, openDialog } from "./dialog.js";
import { Form, showErrors } from "./inputs.js";
import { recall, remember } from "./memory.js";
import { textObject } from "./text_view.js";

const PATIENCE = 3000; // Slack waits as long for the bot's answer to a submission
const ASKED = "modal"; // the first view of the stack that was asked for in this tab

export class Modal {
  #world;
  #dialog = null;
  #forms = new Map(); // view id -> {form, memory}: going back in a stack finds what was typed
  #known = new Set(); // the first views of all stacks that were opened while we look
  #asked = recall(ASKED);

  constructor(world) {
    this.#world = world;
    const { store, place } = world;
    store.on("view", ({ user, view }) => {
      if (view) this.#claim(view.root_view_id);
      if (user === place.me) this.#follow();
    });
    store.on("errors", (frame) => frame.user === place.me && this.#refused(frame));
    for (const topic of ["place", "state"]) store.on(topic, () => this.#follow());
  }

  /** A modal opens in the tab in which it was asked for, as in Slack, and in no other. */
  #claim(root) {
    if (this.#known.has(root)) return;
    this.#known.add(root);
    if (!this.#world.actions.hasJustActed()) return;
    this.#asked = root;
    remember(ASKED, root);
  }

  #follow() {
    const { store, place } = this.#world;
    const view = store.views.get(place.me);
    if (view?.root_view_id !== this.#asked) {
      this.#forms.clear();
      this.#shut();
    } else if (this.view?.hash !== view.hash) this.#show(view);
  }

  /** Take the dialog away without telling the bot: the server knows already. */
  #shut() {
    const dialog = this.#dialog;
    this.#dialog = null;
    this.view = null;
    dialog?.close();
  }

  #show(view) {
    const isSame = this.view?.id === view.id;
    const focused = isSame && document.activeElement?.closest?.(".input")?.dataset.blockId;
    this.view = view;
    if (!this.#dialog) this.#open();
    fill(this.#dialog.node.querySelector("h2"), textObject(view.title));
    fill(this.#dialog.body, drawBlocks(view.blocks ?? [], this.#scene(view)));
    fill(this.#dialog.node.querySelector(".dialog-foot"), this.#buttons(view));
    const again =
      focused && this.#dialog.body.querySelector(`[data-block-id="${CSS.escape(focused)}"]`);
    const fields = "summary, input:not([hidden]), textarea, select"; // a closed menu has a summary
    const first = this.#dialog.body.querySelector(fields);
    (again ? again.querySelector(fields) : !isSame && first)?.focus?.();
  }

  #open() {
    const { actions } = this.#world;
    const dialog = openDialog({
      title: "",
      kind: "modal",
      footer: [""],
      closed: () => {
        if (this.#dialog !== dialog) return;
        const { view } = this;
        this.#dialog = null;
        this.view = null;
        this.#world.store.views.delete(this.#world.place.me);
        actions.closeView(view.id);
      },
    });
    this.#dialog = dialog;
  }

  #buttons(view) {
    const cancel = textButton(textObject(view.close ?? "Close"), () => this.#dialog.close());
    if (!view.submit) return [cancel];
    const submit = textButton(textObject(view.submit), () => this.#submit(view, submit), "primary");
    return [cancel, submit];
  }

  #kept(view) {
    if (!this.#forms.has(view.id))
      this.#forms.set(view.id, { form: new Form(), memory: new Map() });
    return this.#forms.get(view.id);
  }

  #scene(view) {
    const { actions, names } = this.#world;
    return { names, actions, confirm: ask, surface: { view_id: view.id }, ...this.#kept(view) };
  }

  async #submit(view, button) {
    if (button.getAttribute("aria-busy") === "true") return; // a double click sends once
    button.setAttribute("aria-busy", "true");
    await this.#world.actions.submit(view.id, this.#kept(view).form.values(view.blocks));
    // The answer comes as a view or as errors; a bot that says nothing must not lock the dialog.
    setTimeout(() => button.removeAttribute("aria-busy"), this.view === view ? PATIENCE : 0);
  }

  #refused({ view_id: id, errors }) {
    if (this.view?.id !== id) return;
    this.#dialog.node.querySelector(".primary")?.removeAttribute("aria-busy");
    if (!showErrors(this.#dialog.body, errors))
      this.#world.toast(Object.values(errors).join(" "), "error");
  }
}
