// A small menu that opens at a button: overflow choices, message actions, emoji.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** Open a menu of {label, icon?, run} at a button. */
export function openMenu(anchor, items, { kind = "list" } = {}) {
  document.querySelector(".menu")?.hidePopover();
  const menu = el(
    "div.menu",
    { role: "menu", popover: "auto", data: { kind } },
    items.map((item) =>
      el(
        `button.menu-item${item.danger ? ".danger" : ""}`,
        {
          role: "menuitem",
          title: item.title,
          "aria-label": item.title,
          onclick: () => {
            menu.hidePopover();
            item.run();
          },
        },
        item.icon,
        item.label,
      ),
    ),
  );
  // Inside an open dialog the menu must be its child, or the dialog would make it inert.
  (anchor.closest("dialog") ?? document.body).append(menu);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    menu.remove();
    anchor.focus({ preventScroll: true });
  });
  menu.addEventListener("keydown", (event) => step(menu, event));
  menu.showPopover();
  put(menu, anchor);
  menu.querySelector("button")?.focus();
}

/** Open the app's shortcuts of one type; `where` names the message that they are for. */
export function openShortcuts(anchor, shortcuts, actions, where = {}) {
  openMenu(
    anchor,
    shortcuts.map((shortcut) => ({
      label: shortcut.name,
      title: shortcut.description,
      icon: icon("bolt"),
      run: () => actions.shortcut(shortcut.callback_id, where),
    })),
  );
}

function put(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  const below = at.bottom + 4;
  const fits = below + box.height < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
  menu.style.top = `${fits ? below : Math.max(8, at.top - box.height - 4)}px`;
}

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function step(menu, event) {
  if (!(event.key in STEPS)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  items.at((at + STEPS[event.key]) % items.length).focus();
}
