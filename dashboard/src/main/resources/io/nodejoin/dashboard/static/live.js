// Refreshes the parts of a page that are marked with data-live when something has happened. The page works without it.
"use strict";

const status = document.getElementById("live");
const minPause = 1000;
let timer = null;
let last = 0;

function say(text, state) {
  status.textContent = text;
  status.dataset.state = state;
}

/** What the reader is busy with is not taken away. */
function isBusy(part) {
  const selection = document.getSelection();
  const selects = selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  return selects || (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
}

/** A log shows its end, unless the reader has scrolled up. */
function showEnd(part, before) {
  const tail = part.querySelector("[data-tail]");
  if (tail) {
    const isAtEnd = !before || before.scrollHeight - before.scrollTop - before.clientHeight < 30;
    tail.scrollTop = isAtEnd ? tail.scrollHeight : before.scrollTop;
  }
}

function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const before = part.querySelector("[data-tail]");
  const top = before && { scrollTop: before.scrollTop, scrollHeight: before.scrollHeight, clientHeight: before.clientHeight };
  part.replaceWith(fresh);
  showEnd(fresh, top);
  if (focused?.getAttribute("href")) {
    fresh.querySelector(`a[href="${CSS.escape(focused.getAttribute("href"))}"]`)?.focus();
  } else if (focused === before) {
    fresh.querySelector("[data-tail]")?.focus({ preventScroll: true });
  }
}

async function refresh() {
  timer = null;
  last = Date.now();
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (answer.status === 401) {
      say("Not live: you are not signed in any more. Load this page again", "off");
      return;
    }
    if (!answer.ok) {
      throw new Error(answer.statusText);
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && !isBusy(part) && fresh.outerHTML !== part.outerHTML) {
        replace(part, fresh);
      }
    }
  } catch {
    say("Not live: the service does not answer", "off");
  }
}

function schedule() {
  timer ??= setTimeout(refresh, Math.max(0, last + minPause - Date.now()));
}

const events = new EventSource("/api/v1/events");
events.onopen = () => say("Live", "on");
events.onerror = () => say("Not live: connecting again", "off");
events.onmessage = schedule;
showEnd(document, null);

/** What comes without an event, such as a host's log, is asked for more often. */
let ticks = 0;
setInterval(() => {
  ticks += 1;
  if (document.visibilityState === "visible" && (ticks % 5 === 0 || document.querySelector("[data-poll]"))) {
    schedule();
  }
}, 2000);
