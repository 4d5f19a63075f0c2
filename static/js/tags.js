// Tags the course uses already are put into the field, or taken out again, with a click. Without
// this script they are words to read.

for (const list of document.querySelectorAll("[data-tags-for]")) {
  const field = document.getElementById(list.dataset.tagsFor);
  if (!field) continue;

  const inField = () => field.value.split(",").map((tag) => tag.trim().toLowerCase()).filter(Boolean);
  const buttons = [...list.querySelectorAll("[data-tag]")].map((word) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = word.className;
    button.textContent = word.textContent;
    word.replaceWith(button);
    return button;
  });
  const show = () => {
    const tags = inField();
    for (const button of buttons) button.setAttribute("aria-pressed", tags.includes(button.textContent));
  };
  list.addEventListener("click", (event) => {
    if (!buttons.includes(event.target)) return;
    const tag = event.target.textContent;
    const tags = inField();
    field.value = (tags.includes(tag) ? tags.filter((each) => each !== tag) : [...tags, tag]).join(", ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", show);
  show();
}
