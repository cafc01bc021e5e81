// Dialogs: the frame that modals, questions and the help panel share. The browser's own <dialog>
// keeps the focus inside, closes on Esc and gives the focus back.

import { iconButton, textButton } from "./controls.js";
import { el, freshId } from "./dom.js";
import { textObject } from "./text_view.js";

/** Open a dialog; returns {node, body, close}. `closed` is told once, however it was closed. */
export function openDialog({ title, body = [], footer = [], kind = "", closed }) {
  const id = freshId("dialog");
  const close = () => node.close();
  const message = document.activeElement?.closest(".message"); // its tools go with the focus
  const content = el("div.dialog-body", body);
  const node = el(
    "dialog.dialog",
    { "aria-labelledby": id, data: { kind } },
    el("header.dialog-head", el("h2", { id }, title), iconButton("close", "Close", close)),
    content,
    footer.length ? el("footer.dialog-foot", footer) : null,
  );
  node.addEventListener("close", () => {
    node.remove();
    if (document.activeElement === document.body) message?.focus();
    closed?.();
  });
  node.addEventListener("pointerdown", (event) => {
    if (event.target === node && kind !== "modal") close(); // a click beside it; a form is not lost so
  });
  document.body.append(node);
  node.showModal();
  return { node, body: content, close };
}

/** Ask a yes-or-no question as Block Kit's confirm object has it; resolves to the answer. */
export function ask(question, names) {
  return new Promise((resolve) => {
    let answer = false;
    const yes = textButton(
      textObject(question.confirm ?? "Yes", names),
      () => {
        answer = true;
        dialog.close();
      },
      question.style === "danger" ? "danger" : "primary",
    );
    const no = textButton(textObject(question.deny ?? "Cancel", names), () => dialog.close());
    const dialog = openDialog({
      title: textObject(question.title ?? "Are you sure?", names),
      kind: "question",
      body: el("p", textObject(question.text ?? "", names)),
      footer: [no, yes],
      closed: () => resolve(answer),
    });
    yes.focus();
  });
}
