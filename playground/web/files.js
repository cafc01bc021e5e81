// Files as they stand in messages, and before they are sent.

import { iconButton } from "./controls.js";
import { el, safeImage } from "./dom.js";
import { icon } from "./icons.js";
import { fileSize } from "./time.js";

/** A card for a file, to look at, to hear, and to save; `page_url` is where the page may load it. */
export function fileCard(file) {
  const kind = [file.pretty_type ?? file.mimetype, fileSize(file.size)].filter(Boolean).join(" · ");
  const isSound = file.mimetype?.startsWith("audio/");
  const picture = file.thumb_360 && safeImage(file.thumb_360);
  return el(
    "div.file",
    picture
      ? el(
          "a",
          { href: file.page_url, target: "_blank", title: "Open" },
          el("img.file-picture", {
            src: picture,
            alt: file.alt_txt ?? file.name ?? "",
            loading: "lazy",
          }),
        )
      : el("span.file-sign", icon(file.mimetype?.startsWith("image/") ? "image" : "file")),
    el(
      "span.file-text",
      el(
        "a.file-name",
        { href: file.page_url, download: file.name ?? "", title: "Download" },
        file.title || file.name || file.id || "File",
      ),
      el("span.file-kind", kind),
    ),
    isSound && el("audio.file-sound", { controls: true, preload: "none", src: file.page_url }),
  );
}

/** A file that is yet to be sent, and the button that leaves it out. */
export function fileChip({ name, size }, leaveOut) {
  const remove = iconButton("close", `Remove ${name}`, leaveOut);
  return el("li", icon("file"), name, el("small", fileSize(size)), remove);
}
