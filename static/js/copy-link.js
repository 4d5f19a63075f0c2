// A button that copies what stands beside it: the address in a field, or a piece of text. Without
// a script it can be selected by hand.
for (const place of document.querySelectorAll("[data-copy]")) {
  const field = place.querySelector("input");
  const text = place.querySelector("[data-copy-text]");
  const button = place.querySelector("[data-copy-button]");
  const said = place.querySelector("[data-copy-said]");
  const select = () => (field ? field.select() : getSelection().selectAllChildren(text));
  button.hidden = false;
  field?.addEventListener("focus", select);
  button.addEventListener("click", async () => {
    select();
    try {
      await navigator.clipboard.writeText(field ? field.value : text.textContent);
      said.textContent = said.dataset.copyWords;
    } catch {
      // Not allowed here: it is selected, and the keyboard copies it.
    }
  });
}
