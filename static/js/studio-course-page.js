// The course page as it will be, while it is typed: the card, the description and the worksheet are
// asked for anew after a pause. Without this script a button shows them in a window of their own.

const PAUSE = 700;
const root = document.querySelector("[data-course-page]");
const form = root?.querySelector("[data-course-page-form]");
let timer = 0;
let asked = 0;

async function show() {
  const mine = (asked += 1);
  const answer = await fetch(root.dataset.previewUrl, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-Requested-With": "fetch" },
  });
  // A later answer is on its way, or the session has ended: what stands there stays.
  if (!answer.ok || answer.redirected || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const there of page.querySelectorAll("[data-live]")) {
    root.querySelector(`[data-live="${there.dataset.live}"]`)?.replaceChildren(...there.childNodes);
  }
}

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => show().catch(() => {}), PAUSE);
  });
  // Beside the form it is always there; a narrow screen has it far below, so the button stays.
  document.getElementById("error-summary")?.focus();
}
