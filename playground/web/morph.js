// Changing a drawn node into a freshly built one with as few touches as possible. A streamed answer
// is redrawn several times a second: text that only grew is appended to its text node, so a
// selection, the reader's focus and the scroll position of a code frame survive.
//
// Only for nodes without listeners of their own (Markdown has none; its copy button is delegated).

/** Make `old` look like `fresh`; returns the node that now stands in the page. */
export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType === Node.TEXT_NODE) growText(old, fresh.data);
  else {
    morphAttributes(old, fresh);
    morphChildren(old, fresh);
  }
  return old;
}

function growText(node, text) {
  if (node.data === text) return;
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length));
  else node.data = text;
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if ("checked" in fresh) old.checked = fresh.checked;
}

function morphChildren(old, fresh) {
  const wanted = [...fresh.childNodes];
  wanted.forEach((child, index) => {
    const present = old.childNodes[index];
    if (present) morph(present, child);
    else old.append(child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}
