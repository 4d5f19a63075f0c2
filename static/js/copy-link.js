// A button that copies the address beside it. Without a script the field can be selected by hand.
for (const place of document.querySelectorAll("[data-copy]")) {
  const field = place.querySelector("input");
  const button = place.querySelector("[data-copy-button]");
  const said = place.querySelector("[data-copy-said]");
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = said.dataset.copyWords;
    } catch {
      // Not allowed here: the address is selected, and the keyboard copies it.
    }
  });
}
