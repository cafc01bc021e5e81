// Between what a person types ("@Callboard see #general") and Slack's form ("<@U0BOT> see <#C…>").
// Escaping and links are the server's work; the page turns the names that it completes into tokens.

import { plainText } from "./angle.js";

/** Turn the names in a typed text into Slack's tokens; code stays as it is. */
export function encode(text, names) {
  const targets = mentionables(names);
  return text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((piece, index) => (index % 2 ? piece : encodePlain(piece, targets)))
    .join("");
}

function encodePlain(piece, targets) {
  return piece.replace(
    /(^|[^\w/&<])([@#][\w.-]+(?: [\w.-]+)?)/g,
    (all, before, word) => before + mention(word, targets),
  );
}

/** The longest known name at the start of "@Ann says" wins; an unknown one stays a word. */
function mention(word, targets) {
  for (const [name, form] of targets) {
    if (!word.toLowerCase().startsWith(name)) continue;
    const rest = word.slice(name.length);
    if (!/^\w/.test(rest)) return form + rest;
  }
  return word;
}

function mentionables(names) {
  const list = [];
  for (const user of names.people()) {
    for (const name of new Set([user.name, user.real_name])) {
      if (name) list.push([`@${name.toLowerCase()}`, `<@${user.id}>`]);
    }
  }
  for (const channel of names.channels()) {
    if (channel.kind === "channel")
      list.push([`#${channel.name.toLowerCase()}`, `<#${channel.id}>`]);
  }
  for (const word of ["here", "channel", "everyone"]) list.push([`@${word}`, `<!${word}>`]);
  return list.sort((one, other) => other[0].length - one[0].length);
}

/** Turn Slack's form back into what a person would type. */
export function decode(text, names) {
  return plainText(
    (text ?? "")
      .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${names.nameOf(id)}`)
      .replace(
        /<#(\w+)(?:\|([^>]*))?>/g,
        (_, id, label) => `#${names.channel(id)?.name ?? label ?? id}`,
      )
      .replace(/<!(here|channel|everyone)>/g, "@$1")
      .replace(/<(https?:[^>|]+)(?:\|[^>]*)?>/g, "$1"),
  );
}
