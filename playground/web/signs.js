// The emoji that the bot itself writes, drawn here: not every system has a font for them.

import { drawing } from "./icons.js";

const BOX = "M5 2h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3Z";
const GLASS = "M5 2.5h10m-10 15h10M6 2.5c0 4 4 5 4 7.5s-4 3.5-4 7.5m8-15c0 4-4 5-4 7.5s4 3.5 4 7.5";
const ASKING = "M6.3 6.8c.2-2 1.7-3.3 3.8-3.3 2.2 0 3.8 1.4 3.8 3.3 0 2.9-3.9 2.8-3.9 5.7m0 3.6v.1";
const EYES = "M6 4a3 6 0 0 1 0 12A3 6 0 0 1 6 4m8 0a3 6 0 0 1 0 12 3 6 0 0 1 0-12M5.5 11v.1m8-.1v.1";
const BELL = "M4.5 14.5h11C14 13 14 11.5 14 9a4 4 0 0 0-8 0c0 2.5 0 4-1.5 5.5Zm4 3h3";
const COG =
  "M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Zm0 0v-4m0 11v4M6.5 10h-4m11 0h4" +
  "M7.5 7.5 4.7 4.7m7.8 7.8 2.8 2.8m0-10.6-2.8 2.8m-5 5-2.8 2.8";
const STOP = "M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7Z";

/** By shortcode: lines in a colour, areas filled with one, and what stands out `on` these. */
const SIGNS = {
  arrow_right: [["area calm", BOX], ["on", "M5 10h9.5m0 0-4-4m4 4-4 4"]],
  double_vertical_bar: [["area calm", BOX], ["on", "M7.5 6.5v7m5-7v7"]],
  eyes: [["line quiet", EYES]],
  gear: [["line quiet", COG]],
  grey_question: [["line quiet", ASKING]],
  heavy_check_mark: [["line", "m4 10.5 4 4 8-9"]],
  hourglass: [["line warn", GLASS]],
  hourglass_flowing_sand: [["line warn", GLASS]],
  lock: [["line warn", "M6.5 9V6a3.5 3.5 0 0 1 7 0v3"], ["area warn", "M4.5 8.5h11v9h-11Z"]],
  mag: [["line quiet", "M8.5 3.5a5 5 0 1 1 0 10 5 5 0 0 1 0-10Zm4 9 4.5 4.5"]],
  no_bell: [["line quiet", BELL], ["line bad", "m3 3 14 14"]],
  no_entry_sign: [["line bad", "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14ZM5 5l10 10"]],
  octagonal_sign: [["area bad", STOP], ["on", "M6.5 10h7"]],
  question: [["line bad", ASKING]],
  tada: [
    ["area warn", "M2.5 17.5 7 7.5l5.5 5.5Z"],
    ["line bad", "M12.5 7.5 16 4"],
    ["line calm", "M9.5 5.5c1-1 1-2 .5-3m4.5 8c1-1 2-1 3-.5"],
  ],
  warning: [["area warn", "M10 3.2 17.8 16.8H2.2Z"], ["on", "M10 8v4m0 2.5v.1"]],
  white_check_mark: [["area good", BOX], ["on", "m5.8 10.4 2.9 2.9 5.6-6.4"]],
  x: [["line bad", "m4.5 4.5 11 11m0-11-11 11"]],
};

/** The drawing for a shortcode, or null for one that has none. */
export function sign(name) {
  return Object.hasOwn(SIGNS, name) ? drawing("sign", 20, SIGNS[name]) : null;
}
