// What was written and not sent, per person and conversation: texts outlive a reload of the page,
// files last as long as it.

const drafts = new Map();

/** The draft of a conversation; the same one whenever it is asked for. */
export function draftOf(key) {
  if (!drafts.has(key)) drafts.set(key, { key, text: stored(key), files: [], uploading: 0 });
  return drafts.get(key);
}

/** Remember what a draft says now. */
export function keep(draft, text) {
  draft.text = text;
  try {
    if (text) sessionStorage.setItem(`draft:${draft.key}`, text);
    else sessionStorage.removeItem(`draft:${draft.key}`);
  } catch {
    // storage can be switched off, or be full; then the text lasts as long as the page
  }
}

function stored(key) {
  try {
    return sessionStorage.getItem(`draft:${key}`) ?? "";
  } catch {
    return "";
  }
}
