// Task cards: what the bot is doing at this moment, above all its function calls.

import { el, outerLink, signature } from "./dom.js";
import { icon } from "./icons.js";
import { richText } from "./rich_text.js";
import { markdownView, withEmoji } from "./text_view.js";

const WORDS = {
  pending: "waiting",
  in_progress: "running",
  complete: "done",
  error: "failed",
  stopped: "stopped",
};

/** A list of task cards. */
export function taskList(tasks, names) {
  return updateTasks(el("ul.tasks"), tasks, names);
}

/** Bring a list up to date: a card that did not change stays, an unfolded one stays unfolded. */
export function updateTasks(list, tasks, names) {
  tasks.forEach((task, index) => {
    const key = signature(task);
    const old = list.children[index];
    if (old?.key === key) return;
    const fresh = taskNode(task, names, old?.querySelector("details")?.open ?? false);
    fresh.key = key;
    if (old) old.replaceWith(fresh);
    else list.append(fresh);
  });
  while (list.children.length > tasks.length) list.lastElementChild.remove();
  return list;
}

function taskNode(task, names, isOpen) {
  const status = task.status ?? "pending";
  const head = [
    statusSign(status),
    el("span.task-title", withEmoji(task.title ?? "Task")),
    el(status === "complete" ? "span.unseen" : "span.task-word", WORDS[status] ?? status),
  ];
  const more = [
    part("Details", task.details, names),
    part("Output", task.output, names),
    sources(task.sources),
  ];
  if (!more.some(Boolean)) return el("li.task", { data: { status } }, el("div.task-head", head));
  return el(
    "li.task",
    { data: { status } },
    el(
      "details",
      { open: isOpen },
      el("summary.task-head", head, icon("chevron")),
      el("div.task-more", more),
    ),
  );
}

/** A spinner, a tick or a warning. The word beside it says the same to a screen reader. */
function statusSign(status) {
  if (status === "in_progress") return el("span.spinner", { "aria-hidden": "true" });
  const signs = { complete: "check", error: "warning", stopped: "stop" };
  return el(
    "span.task-sign",
    { "aria-hidden": "true" },
    signs[status] ? icon(signs[status]) : null,
  );
}

function part(title, content, names) {
  if (!content || (Array.isArray(content.elements) && !content.elements.length)) return null;
  const shown =
    typeof content === "string" ? markdownView(content, names) : richText(content, names);
  return el("div.task-part", el("div.task-label", title), shown);
}

function sources(list) {
  if (!list?.length) return null;
  return el(
    "div.task-part",
    el("div.task-label", "Sources"),
    el(
      "div.sources",
      list.map((source) => outerLink(source.url, source.text || source.url)),
    ),
  );
}

/** A plan: a title with its tasks beneath. */
export function planFrame(title, tasks) {
  const text = typeof title === "string" ? title : (title?.text ?? "Plan");
  return el("div.plan", el("div.plan-title", withEmoji(text)), tasks);
}

/** The task of a task_card block, whose texts are rich_text, in the shape of a streamed one. */
export function taskFromBlock(block) {
  return {
    id: block.task_id,
    title: block.title?.text ?? block.title,
    status: block.status,
    details: block.details,
    output: block.output,
    sources: block.sources,
  };
}
