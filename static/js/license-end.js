// Offers the end of the period as soon as the body is chosen. What was typed is never replaced;
// without this script the form asks for the day from the card and says no more.

const form = document.querySelector("[data-license]");
const data = document.getElementById("end-hints");

if (form && data) {
  const hints = JSON.parse(data.textContent);
  const { body, expires_on: end } = form.elements;
  const words = document.getElementById(`${end.id}_helptext`);
  const usual = words?.textContent;
  let offered = "";

  body.addEventListener("change", () => {
    const [sentence, day] = hints[body.value] ?? [usual, ""];
    if (words) words.textContent = sentence;
    if (!end.value || end.value === offered) {
      end.value = day;
      offered = day;
    }
  });
}
