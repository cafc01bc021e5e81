// What was written and not sent, per person and conversation: texts outlive a reload of the page,
// files last as long as it.

import { recall, remember } from "./memory.js";

const drafts = new Map();

/** The draft of a conversation; the same one whenever it is asked for. */
export function draftOf(key) {
  if (!drafts.has(key))
    drafts.set(key, { key, text: recall(`draft:${key}`), files: [], uploading: 0 });
  return drafts.get(key);
}

/** Remember what a draft says now. */
export function keep(draft, text) {
  draft.text = text;
  remember(`draft:${draft.key}`, text);
}
