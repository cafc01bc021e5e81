// Files on their way into a message: chosen, dropped or pasted, uploaded at once, shown as chips.

import { iconButton } from "./controls.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { fileSize } from "./time.js";

export class Uploads {
  #world;
  #changed;
  #running = 0;

  constructor(world, changed) {
    this.#world = world;
    this.#changed = changed;
    this.files = [];
    this.node = el("ul.upload-list", { hidden: true });
    const input = el("input", {
      type: "file",
      multiple: true,
      hidden: true,
      "aria-label": "Choose files",
      onchange: () => {
        this.add([...input.files]);
        input.value = "";
      },
    });
    this.button = el(
      "span",
      {},
      input,
      iconButton("clip", "Attach files", () => input.click()),
    );
  }

  get isBusy() {
    return this.#running > 0;
  }

  /** Upload files one by one, so that their order stays. */
  async add(files) {
    this.#running += files.length;
    this.#draw();
    for (const chosen of files) {
      const file = await this.#world.actions.upload(chosen);
      if (file) this.files.push(file);
      this.#running -= 1;
      this.#draw();
    }
  }

  /** Hand the files over and be empty. */
  take() {
    const files = this.files;
    this.files = [];
    this.#draw();
    return files;
  }

  restore(files) {
    this.files = [...files, ...this.files];
    this.#draw();
  }

  acceptDrops(target) {
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    target.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      target.classList.add("dropping");
    });
    target.addEventListener("dragleave", (event) => {
      if (!target.contains(event.relatedTarget)) target.classList.remove("dropping");
    });
    target.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      target.classList.remove("dropping");
      this.add([...event.dataTransfer.files]);
    });
  }

  #draw() {
    this.node.hidden = !this.files.length && !this.isBusy;
    fill(
      this.node,
      this.files.map((file) =>
        el(
          "li",
          {},
          icon("file"),
          file.name,
          el("small", {}, fileSize(file.size)),
          iconButton("close", `Remove ${file.name}`, () => {
            this.files = this.files.filter((one) => one !== file);
            this.#draw();
          }),
        ),
      ),
      this.isBusy && el("li", {}, el("span.spinner"), "Uploading…"),
    );
    this.#changed();
  }
}
