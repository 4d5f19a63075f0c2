// Background work: looks again every three seconds, only while it goes on and somebody is looking.
const place = document.querySelector("[data-job]");

async function lookAgain() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-job]");
      // What was waited for is a page of its own.
      if (answer.ok && !fresh) location.reload();
      if (!answer.ok || !fresh) return;
      place.replaceChildren(...fresh.childNodes);
      if (!("unfinished" in fresh.dataset)) return;
    } catch {
      // The network is away for a moment; the next look may find it.
    }
  }
  setTimeout(lookAgain, 3000);
}

if (place && "unfinished" in place.dataset) setTimeout(lookAgain, 3000);
