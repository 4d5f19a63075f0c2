// Passkeys: a form with data-passkey asks the browser to make or show one, and sends what it gives.
// The options are in the element #passkey-options, or at the address in data-passkey-asks.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

async function optionsOf(form) {
  const address = form.dataset.passkeyAsks;
  if (!address) return JSON.parse(document.getElementById("passkey-options").textContent).publicKey;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`No options: ${answer.status}`);
  return (await answer.json()).request_options.publicKey;
}

const withBytes = (listed) => (listed ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

async function made(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
      // Kept by the device, so that it can sign in by itself; and only for who can unlock it.
      authenticatorSelection: {
        ...options.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
  return {
    ...said(credential),
    response: {
      clientDataJSON: text(credential.response.clientDataJSON),
      attestationObject: text(credential.response.attestationObject),
      transports: credential.response.getTransports?.() ?? [],
    },
  };
}

async function shown(options) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return {
    ...said(credential),
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

const said = (credential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment,
  clientExtensionResults: credential.getClientExtensionResults(),
});

for (const form of document.querySelectorAll("[data-passkey]")) {
  const button = form.querySelector("[data-passkey-button]");
  const words = form.querySelector("[data-passkey-said]");
  if (!window.PublicKeyCredential) {
    // Beside another way nothing needs to be said.
    if (!form.dataset.passkeyAsks) words.textContent = words.dataset.missing;
    continue;
  }
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    words.textContent = "";
    try {
      const options = await optionsOf(form);
      const credential = await (form.dataset.passkey === "create" ? made : shown)(options);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit(); // Past this listener.
    } catch {
      // Stopped by the person, or the device has none. Its own words are for programmers.
      words.textContent = words.dataset.refused;
      button.disabled = false;
    }
  });
}
