/**
 * Shows the buttons that show a password (without a script there is nothing they could do) and makes them work.
 *
 * A button names its field in `data-shows`, and its words for hiding it again in `data-hide` and `data-hide-label`.
 */

/**
 * Makes the button work. The password is hidden again before it is sent, so that browsers know it for one.
 *
 * @param {HTMLButtonElement} button
 * @param {HTMLInputElement} field
 */
function prepare(button, field) {
  const show = { text: button.textContent ?? "", label: button.getAttribute("aria-label") ?? "" };
  const hide = { text: button.dataset.hide ?? "", label: button.dataset.hideLabel ?? "" };

  /** @param {boolean} isShown */
  const turn = (isShown) => {
    const words = isShown ? hide : show;
    field.type = isShown ? "text" : "password";
    button.textContent = words.text;
    button.setAttribute("aria-label", words.label);
  };
  button.addEventListener("click", () => turn(field.type === "password"));
  field.form?.addEventListener("submit", () => turn(false));
  button.hidden = false;
}

/** @type {NodeListOf<HTMLButtonElement>} */
const buttons = document.querySelectorAll("button[data-shows]");
for (const button of buttons) {
  const field = document.getElementById(button.dataset.shows ?? "");
  if (field instanceof HTMLInputElement) prepare(button, field);
}
