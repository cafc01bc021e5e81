// Light and dark: the system's choice until the reader makes their own.

import { fill } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "callboard-theme";

/** Set the theme up and let a button turn it over. */
export function startTheme(button, query) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = query.get("theme") ?? stored();

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
    store(chosen);
    draw();
  });
  draw();
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage can be switched off; then the choice lasts as long as the page
  }
}

function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // as above
  }
}
