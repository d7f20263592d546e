/**
 * Has the browser make a passkey, or sign with one, and sends what it says.
 *
 * A form with `data-passkey` (`create` or `get`) holds the server's options in `data-options`, the words for what can go
 * wrong in `data-cancelled`, `data-known`, `data-elsewhere` and `data-failed`, and these: a hidden field `passkey`, a
 * button, a place for the words, and perhaps a text for browsers that know no passkeys. With `data-passkey-first` its
 * button has the focus; a browser that knows no passkeys gives it to the element that is named there.
 */

/** Which words belong to which exception (WebAuthn §5.1); whatever is not here has failed. */
const WORDS = { NotAllowedError: "cancelled", InvalidStateError: "known", SecurityError: "elsewhere" };

const isSupported =
  typeof window.PublicKeyCredential === "function" &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function" &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";

/**
 * Asks the browser, which asks the person.
 *
 * @param {HTMLFormElement} form
 * @returns {Promise<string>} what it says, as JSON
 */
async function ask(form) {
  const options = JSON.parse(form.dataset.options ?? "");
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(/** @type {PublicKeyCredential} */ (credential).toJSON());
}

/**
 * Makes the button work.
 *
 * @param {HTMLFormElement} form
 */
function prepare(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[data-passkey-button]"));
  const field = /** @type {HTMLInputElement} */ (form.querySelector("input[name=passkey]"));
  const problem = form.querySelector("[data-passkey-problem]");
  button.hidden = false;
  form.querySelector("[data-passkey-unsupported]")?.remove();
  button.addEventListener("click", async () => {
    button.disabled = true;
    if (problem) problem.textContent = "";
    try {
      field.value = await ask(form);
      form.submit();
    } catch (error) {
      const name = WORDS[/** @type {keyof typeof WORDS} */ (error instanceof Error ? error.name : "")];
      if (problem) problem.textContent = form.dataset[name] ?? form.dataset.failed ?? "";
      button.disabled = false;
      button.focus();
    }
  });
}

/** @type {NodeListOf<HTMLFormElement>} */
const forms = document.querySelectorAll("[data-passkey]");
if (isSupported) forms.forEach(prepare);
for (const form of forms) {
  const first = form.dataset.passkeyFirst;
  if (first !== undefined) (isSupported ? form.querySelector("[data-passkey-button]") : document.getElementById(first))?.focus();
}
