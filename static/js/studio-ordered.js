// A list in an order made by hand, without waiting for whole pages: the buttons Up and Down keep the
// focus on the line they moved. Without this script they load the page anew.

const root = document.querySelector("[data-ordered]");

// What is typed and not saved yet must not go with the list that is replaced.
function keep(typed) {
  for (const old of typed) {
    const field = document.getElementById(old.id);
    if (!field) continue;
    field.value = old.value;
    const details = field.closest("details");
    if (details) details.open = true;
  }
}

async function move(form, submitter) {
  const line = form.closest("[data-line]").id;
  const direction = submitter.dataset.move;
  const body = new FormData(form, submitter);
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const there = page.querySelector("[data-ordered]");
  if (!answer.ok || !there) {
    location.reload();
    return;
  }
  const typed = [...root.querySelectorAll("textarea")].filter((each) => each.value !== each.defaultValue);
  root.replaceChildren(...there.childNodes);
  keep(typed);
  const moved = document.getElementById(line);
  // At the end of the list the button is gone; the other one takes the focus.
  const button = moved?.querySelector(`[data-move="${direction}"]`) ?? moved?.querySelector("[data-move]");
  button?.focus();
}

root?.addEventListener("submit", (event) => {
  if (!event.submitter?.matches("[data-move]")) return;
  event.preventDefault();
  move(event.target, event.submitter).catch(() => location.reload());
});
