// While the PDF is being made: ask now and then, and show the page anew once it is there.
// Without a script the button leads to a page that waits by itself.

const waiting = document.querySelector("[data-document-waits]");

async function ask(url, tries) {
  if (tries === 0) return;
  try {
    const answer = await fetch(url, { method: "HEAD", cache: "no-store" });
    if (answer.status === 200) {
      location.replace(location.pathname);
      return;
    }
  } catch {
    // No network just now: the next try may have it.
  }
  setTimeout(() => ask(url, tries - 1), 2000);
}

if (waiting) setTimeout(() => ask(waiting.href, 60), 1500);
