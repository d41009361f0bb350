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

function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.replaceWith(fresh);
  if (focused) {
    fresh.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
}

async function refresh() {
  timer = null;
  last = Date.now();
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
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
setInterval(() => document.visibilityState === "visible" && schedule(), 10000);
