// What the browser remembers: this tab over a reload (`sessionStorage`), or for good (`localStorage`).

/** Return what was remembered under a name, "" if nothing was. */
export function recall(name, where = "sessionStorage") {
  try {
    return window[where].getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** Remember a text under a name; an empty one is forgotten. */
export function remember(name, text, where = "sessionStorage") {
  try {
    if (text) window[where].setItem(name, text);
    else window[where].removeItem(name);
  } catch {
    // storage can be switched off, or be full; then it is forgotten with the page
  }
}
