// Files as they stand in messages.

import { el, safeImage } from "./dom.js";
import { icon } from "./icons.js";
import { fileSize } from "./time.js";

/** A card for a file; the server lends pictures an address that the page may load. */
export function fileCard(file) {
  const kind = [file.pretty_type ?? file.mimetype, fileSize(file.size)].filter(Boolean).join(" · ");
  const picture = file.thumb_360 && safeImage(file.thumb_360);
  return el(
    "div.file",
    {},
    picture
      ? el("img.file-picture", {
          src: picture,
          alt: file.alt_txt ?? file.name ?? "",
          loading: "lazy",
        })
      : el("span.file-sign", {}, icon(file.mimetype?.startsWith("image/") ? "image" : "file")),
    el(
      "span.file-text",
      {},
      el("span.file-name", {}, file.title || file.name || file.id || "File"),
      el("span.file-kind", {}, kind),
    ),
  );
}
