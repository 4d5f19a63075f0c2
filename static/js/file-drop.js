// A form that takes one file: it may be dropped anywhere on the form, and is then sent at once.
// Without a script the field and the button do the same.

for (const form of document.querySelectorAll("[data-file-drop]")) {
  const field = form.querySelector("input[type=file]");
  const state = form.querySelector("[data-file-drop-state]");
  form.querySelector("[data-file-drop-word]").hidden = false;

  const hasFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

  // The pointer leaves and enters every child on its way; only the outermost pair counts.
  let depth = 0;
  const mark = (by) => {
    depth = Math.max(0, depth + by);
    form.classList.toggle("is-over", depth > 0);
  };

  form.addEventListener("dragenter", (event) => {
    if (hasFile(event)) mark(1);
  });
  form.addEventListener("dragleave", (event) => {
    if (hasFile(event)) mark(-1);
  });
  form.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  form.addEventListener("drop", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    mark(-depth);
    // One file: of several dropped the first, so that the field shows what is sent.
    const chosen = new DataTransfer();
    if (event.dataTransfer.files[0]) chosen.items.add(event.dataTransfer.files[0]);
    field.files = chosen.files;
    if (field.files.length) form.requestSubmit();
  });

  form.addEventListener("submit", () => {
    state.textContent = state.dataset.sending;
  });
  // The page comes back from the browser's memory as it was left.
  addEventListener("pageshow", () => {
    state.textContent = "";
  });
}
