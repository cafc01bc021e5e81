// Tables of Block Kit: `table` (plain or rich cells) and `data_table` (with pages).

import { iconButton } from "./controls.js";
import { el, fill } from "./dom.js";
import { richText } from "./rich_text.js";
import { tableNode, withEmoji } from "./text_view.js";

/** Draw a `table` block; its first row is the head. */
export function richTable(block, names) {
  const [head, ...rows] = block.rows ?? [];
  const align = (head ?? []).map((_, column) => block.column_settings?.[column]?.align ?? "left");
  const brief = (head ?? []).map((_, column) => !block.column_settings?.[column]?.is_wrapped);
  return tableNode({ head, rows, align, brief }, (cell) => cellNodes(cell, names));
}

function cellNodes(cell, names) {
  if (cell === null || cell === undefined) return [];
  if (typeof cell !== "object") return withEmoji(String(cell));
  if (cell.type === "rich_text") return [richText(cell, names)];
  return withEmoji(cell.text ?? String(cell.value ?? ""));
}

/** Draw a `data_table` block: a caption and pages of rows. */
export function dataTable(block, names) {
  const [head, ...rows] = block.rows ?? [];
  const size = block.page_size ?? 5;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const align = (head ?? []).map((cell, column) =>
    isNumber(rows[0]?.[column]) ? "right" : "left",
  );
  const frame = el("div.data-table");
  let page = 0;

  function turn(step) {
    page = Math.min(Math.max(page + step, 0), pages - 1);
    const shown = rows.slice(page * size, (page + 1) * size);
    fill(
      frame,
      block.caption && el("div.table-caption", {}, block.caption.text ?? block.caption),
      tableNode({ head, rows: shown, align }, (cell) => cellNodes(cell, names)),
      pages > 1 &&
        el(
          "div.pager",
          {},
          iconButton("back", "Previous rows", () => turn(-1)),
          `${page + 1} of ${pages}`,
          iconButton("forward", "Next rows", () => turn(1)),
        ),
    );
  }

  turn(0);
  return frame;
}

function isNumber(cell) {
  return cell?.type === "raw_number" || typeof cell === "number";
}
