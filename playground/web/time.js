// Times as people read them.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** The moment of a Slack timestamp ("1700000000.000100"). */
function tsDate(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

/** The time of day of a Slack timestamp. */
export function clock(ts) {
  return CLOCK.format(tsDate(ts));
}

/** The same where there is little room: without "AM". */
export function shortClock(ts) {
  const parts = CLOCK.formatToParts(tsDate(ts)).filter(({ type }) => type !== "dayPeriod");
  return parts
    .map(({ value }) => value)
    .join("")
    .trim();
}

/** Everything about a Slack timestamp, for a tooltip. */
export function fullTime(ts) {
  return FULL.format(tsDate(ts));
}

/** A name for the day of a Slack timestamp, which also tells two days apart. */
export function dayName(ts) {
  const date = tsDate(ts);
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return DAY.format(date);
}

const TOKENS = {
  date_num: (date) => date.toLocaleDateString("sv") /* ISO 8601 */,
  date: (date) => date.toLocaleDateString(undefined, { dateStyle: "long" }),
  date_slash: (date) => date.toLocaleDateString(undefined, { dateStyle: "short" }),
  date_long: (date) => date.toLocaleDateString(undefined, { dateStyle: "full" }),
  date_short: (date) => date.toLocaleDateString(undefined, { dateStyle: "medium" }),
  time: (date) => CLOCK.format(date),
  time_secs: (date) => date.toLocaleTimeString(undefined, { timeStyle: "medium" }),
};

/** Fill a Slack date format such as "{date_short} at {time}". */
export function slackDate({ at, format, fallback }) {
  const date = new Date(at * 1000);
  if (Number.isNaN(date.getTime())) return fallback ?? "";
  return format.replace(/\{(\w+)\}/g, (all, word) => {
    const pretty = word.endsWith("_pretty");
    if (pretty && ["Today", "Yesterday"].includes(dayName(at))) return dayName(at).toLowerCase();
    return TOKENS[word.replace(/_pretty$/, "")]?.(date) ?? all;
  });
}

/** A size in bytes as people read it. */
export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
