// Light and dark: the system's choice until the reader makes their own.

import { fill } from "./dom.js";
import { icon } from "./icons.js";
import { recall, remember } from "./memory.js";

const KEY = "callboard-theme";

/** Set the theme up and let a button turn it over. */
export function startTheme(button, query) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = query.get("theme") ?? recall(KEY, "localStorage");

  function draw() {
    const isDark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    const label = isDark ? "Light theme" : "Dark theme";
    button.setAttribute("aria-label", label);
    button.title = label;
    fill(button, icon(isDark ? "sun" : "moon"));
  }

  system.addEventListener("change", draw);
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    remember(KEY, chosen, "localStorage");
    draw();
  });
  draw();
}
