/* Passkeys and security keys: a form with data-key asks the browser for a key and then sends its answer in `credential`.
   data-key="create" registers one, "get" uses one of the person's, "login" signs in with whichever the browser offers. */
addEventListener("DOMContentLoaded", () => {
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), sign => sign.charCodeAt(0));
  const text = buffer =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const read = key => ({ ...key, id: bytes(key.id) });

  const ask = {
    async create(form, { publicKey }) {
      const passkey = form.elements.passwordless.checked;
      return navigator.credentials.create({
        publicKey: {
          ...publicKey,
          challenge: bytes(publicKey.challenge),
          user: read(publicKey.user),
          excludeCredentials: (publicKey.excludeCredentials || []).map(read),
          authenticatorSelection: {
            ...publicKey.authenticatorSelection,
            residentKey: passkey ? "required" : "discouraged",
            requireResidentKey: passkey,
            ...(passkey && { userVerification: "required" }),
          },
        },
      });
    },
    async get(form, { publicKey }) {
      const allowCredentials = (publicKey.allowCredentials || []).map(read);
      return navigator.credentials.get({ publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials } });
    },
    async login(form) {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      return ask.get(form, (await answer.json()).request_options);
    },
  };

  const written = key => {
    const { response } = key, parts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) parts[name] = text(response[name]);
    }
    if (response.getTransports) parts.transports = response.getTransports();
    return JSON.stringify({
      id: key.id, rawId: text(key.rawId), type: key.type, authenticatorAttachment: key.authenticatorAttachment,
      response: parts, clientExtensionResults: key.getClientExtensionResults(),
    });
  };

  for (const sentence of document.querySelectorAll("[data-without-script]")) sentence.hidden = true;
  for (const form of document.querySelectorAll("form[data-key]")) {
    const trouble = form.querySelector("[role=alert]");
    const say = sentence => {
      trouble.textContent = sentence;
      trouble.hidden = !sentence;
    };
    form.hidden = false;
    form.addEventListener("submit", async event => {
      event.preventDefault();
      say("");
      if (!globalThis.PublicKeyCredential) return say(form.dataset.unsafe);
      const options = form.dataset.options && JSON.parse(document.getElementById(form.dataset.options).textContent);
      try {
        form.elements.credential.value = written(await ask[form.dataset.key](form, options));
      } catch {
        return say(form.dataset.failed);
      }
      form.submit();
    });
  }
});
