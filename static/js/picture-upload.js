// Sends one picture to the course. The editor of lessons calls it for a pasted picture, the page of
// all pictures for each file that was chosen or dropped.

const LARGEST = 20_000_000;

export class PictureRefused extends Error {}

// Every page of the studio about a course stands below /studio/<course>/.
function addUrl() {
  const [course] = location.pathname.match(/^\/studio\/[^/]+\//) ?? [];
  return course ? `${course}pictures/add/` : "";
}

const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

/**
 * Resolves to `{slug, url, alt, page}`: the name lessons use (`figure:slug`), the address of a
 * small size, the alternative text so far, the page about it. Rejects with PictureRefused, whose
 * message is a sentence for the person.
 * `onProgress` gets the share that is sent, 0 to 1.
 */
export function uploadPicture(file, { url = addUrl(), credit = "", alt = "", onProgress } = {}) {
  // Asked here too, so that nobody waits for what will be refused.
  if (file.size > LARGEST) {
    return Promise.reject(new PictureRefused("The file is larger than 20 MB."));
  }
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  body.append("credit", credit);
  body.append("alt", alt);
  body.append("file", file, file.name || "picture.png");
  return new Promise((resolve, reject) => {
    // fetch() cannot tell how much of a body has been sent.
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    });
    const refuse = (sentence) => reject(new PictureRefused(sentence));
    request.addEventListener("load", () => {
      const told = request.response;
      if (request.status === 201 && told?.slug) resolve(told);
      else if (told?.sentence) refuse(told.sentence);
      else if (request.status === 200) refuse("You are signed out. Sign in in another tab and try again.");
      else if (request.status === 403) refuse("This page is too old, or the course was published meanwhile. Reload the page.");
      else refuse("The server could not take it. Try again in a while.");
    });
    for (const name of ["error", "abort", "timeout"]) {
      request.addEventListener(name, () => refuse("The connection broke. Try again."));
    }
    request.send(body);
  });
}
