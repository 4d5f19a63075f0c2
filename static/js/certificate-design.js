// Draws the specimen anew while the form is changed. The server draws one at a time for a person;
// what is changed meanwhile is drawn next. Without a script the buttons open it in a new tab.

const PAUSE = 700;
const AGAIN = 1500;

const form = document.querySelector("[data-design]");
const page = form?.querySelector("[data-page]");
const said = form?.querySelector("[data-said]");
const words = { drawing: "Drawing …", failed: "The preview could not be drawn. Try again." };

let timer = 0;
let isDrawing = false;
let isStale = false;
let isChanged = false;

function asAddress(blob) {
  // The page's policy allows pictures as data, not as blobs.
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

function show(address) {
  const picture = page.querySelector("img") ?? document.createElement("img");
  picture.alt = "Specimen of the certificate in this design";
  picture.src = address;
  page.replaceChildren(picture);
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(draw, pause);
}

async function draw() {
  if (isDrawing) {
    isStale = true;
    return;
  }
  isDrawing = true;
  isStale = false;
  page.setAttribute("aria-busy", "true");
  said.textContent = words.drawing;
  let pause = 0;
  try {
    const answer = await fetch(form.dataset.previewUrl, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json, image/png" },
    });
    if (answer.headers.get("Content-Type") === "image/png") {
      show(await asAddress(await answer.blob()));
      said.textContent = "";
    } else if (answer.status === 409) {
      pause = AGAIN;
    } else {
      said.textContent = (await answer.json()).problems.join(" ");
    }
  } catch {
    said.textContent = words.failed;
  }
  isDrawing = false;
  page.setAttribute("aria-busy", "false");
  if (isStale || pause) later(pause);
}

if (form) {
  form.addEventListener("input", (event) => {
    isChanged ||= !event.target.closest(".design-preview");
    later(PAUSE);
  });
  form.querySelector("[data-draw]").addEventListener("click", (event) => {
    event.preventDefault();
    later(0);
  });
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.hasAttribute("formaction")) isChanged = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
  later(0);
}
