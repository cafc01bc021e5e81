// What this tab of the browser remembers over a reload.

/** Return what was remembered under a name, "" if nothing was. */
export function recall(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** Remember a text under a name; an empty one is forgotten. */
export function remember(name, text) {
  try {
    if (text) sessionStorage.setItem(name, text);
    else sessionStorage.removeItem(name);
  } catch {
    // storage can be switched off, or be full; then a reload forgets
  }
}
