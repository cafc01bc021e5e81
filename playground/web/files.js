// Files: the cards in messages, and the little pictures of what was uploaded from this page.

import { el, safeImage } from "./dom.js";
import { icon } from "./icons.js";
import { fileSize } from "./time.js";

const LARGEST_PREVIEW = 4 * 1024 * 1024;
const previews = new Map(); // file id -> data URL: the real address needs the bot's token

/** A card for a file. */
export function fileCard(file) {
  const kind = [file.pretty_type ?? file.mimetype, fileSize(file.size)].filter(Boolean).join(" · ");
  const picture = previews.get(file.id) ?? (file.thumb_360 && safeImage(file.thumb_360));
  return el("div.file", {},
    picture ? el("img.file-picture", { src: picture, alt: file.alt_txt ?? file.name ?? "" })
      : el("span.file-sign", {}, icon(file.mimetype?.startsWith("image/") ? "image" : "file")),
    el("span.file-text", {}, el("span.file-name", {}, file.title || file.name || file.id || "File"),
      el("span.file-kind", {}, kind)));
}

/** Remember how an uploaded picture looks. */
export async function keepPreview(id, file) {
  if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type) || file.size > LARGEST_PREVIEW) return;
  previews.set(id, await dataUrl(file));
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
