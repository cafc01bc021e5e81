// Tables of Block Kit, with plain or rich cells.

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
