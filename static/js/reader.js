// Reading: notes how long the lesson is open and visible, and brings the reader back to the spot.
// Without this script everything else works.

const text = document.querySelector("[data-lesson-text]");
const article = document.querySelector("[data-reader]");
const timeForm = document.querySelector("[data-time-form]");

const REPORT_EVERY = 15000;
const MOVED_ENOUGH = 5;

function place() {
  const box = text.getBoundingClientRect();
  if (box.height <= 0) return 0;
  return Math.min(1000, Math.max(0, Math.round((-box.top / box.height) * 1000)));
}

// ---------------------------------------------------------------- back to where one stopped

function resume() {
  const stoppedAt = Number(article.dataset.resume || 0);
  const arrived = performance.getEntriesByType("navigation")[0];
  // The browser itself knows the spot after a reload or the back button.
  const isFresh = !arrived || arrived.type === "navigate";
  if (!stoppedAt || !isFresh || location.hash) return;
  const box = text.getBoundingClientRect();
  window.scrollTo({ top: window.scrollY + box.top + (box.height * stoppedAt) / 1000, behavior: "instant" });
  const note = document.querySelector("[data-resume-note]");
  note.hidden = false;
  const hide = () => { note.hidden = true; };
  note.querySelector("[data-to-top]").addEventListener("click", (event) => {
    event.preventDefault();
    window.scrollTo({ top: 0 });
    hide();
  });
  window.setTimeout(hide, 8000);
}

// ---------------------------------------------------------------- time on task

function countTime() {
  let visibleSince = document.visibilityState === "visible" ? performance.now() : null;
  let seconds = 0;
  let reportedPlace = Number(article.dataset.resume || 0);

  function gather() {
    if (visibleSince === null) return;
    const now = performance.now();
    seconds += (now - visibleSince) / 1000;
    visibleSince = now;
  }

  function report(isLast) {
    gather();
    const whole = Math.floor(seconds);
    const here = place();
    if (whole < 1 && Math.abs(here - reportedPlace) < MOVED_ENOUGH) return;
    const data = new FormData(timeForm);
    data.set("seconds", String(Math.min(whole, 3600)));
    data.set("scroll", String(here));
    seconds -= whole;
    reportedPlace = here;
    // A beacon outlives the page; where there is none, or it is full, a kept-alive request does.
    if (isLast && navigator.sendBeacon && navigator.sendBeacon(timeForm.action, data)) return;
    fetch(timeForm.action, { method: "POST", body: data, keepalive: true, credentials: "same-origin" })
      .catch(() => { seconds += whole; });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      report(true);
      visibleSince = null;
    } else {
      visibleSince = performance.now();
    }
  });
  window.addEventListener("pagehide", () => report(true));
  window.setInterval(() => {
    if (document.visibilityState === "visible") report(false);
  }, REPORT_EVERY);
}

if (text && article) {
  if (document.readyState === "complete") resume();
  else window.addEventListener("load", resume, { once: true });
  if (timeForm) countTime();
}
