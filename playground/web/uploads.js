// Files on their way into a message: chosen, dropped or pasted, uploaded at once, shown as chips.

import { iconButton } from "./controls.js";
import { el, fill } from "./dom.js";
import { fileChip } from "./files.js";

export class Uploads {
  #world;
  #changed;
  #draft = { files: [], uploading: 0 }; // of the conversation that is open

  constructor(world, changed) {
    this.#world = world;
    this.#changed = changed;
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
      input,
      iconButton("clip", "Attach files", () => input.click()),
    );
  }

  get files() {
    return this.#draft.files;
  }

  get isBusy() {
    return this.#draft.uploading > 0;
  }

  /** Go on with the files of a draft. */
  show(draft) {
    this.#draft = draft;
    this.#draw();
  }

  /** Upload files one by one, so that their order stays; they belong to the draft open now. */
  async add(files) {
    const draft = this.#draft;
    draft.uploading += files.length;
    this.#draw();
    for (const chosen of files) {
      const file = await this.#world.actions.upload(chosen);
      if (file) draft.files.push(file);
      draft.uploading -= 1;
      this.#draw();
    }
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
        fileChip(file, () => {
          this.#draft.files = this.files.filter((one) => one !== file);
          this.#draw();
        }),
      ),
      this.isBusy && el("li", el("span.spinner"), "Uploading…"),
    );
    this.#changed();
  }
}
