/**
 * Shows the copy buttons (without a script there is nothing they could do) and makes them work.
 *
 * A button names the element it copies in `data-copy`, and the word for success in `data-copied`.
 */

const SHOWN_MILLISECONDS = 4000;

/** When each button says again what it does. @type {WeakMap<HTMLButtonElement, number>} */
const timers = new WeakMap();

/**
 * Says on the button that it has worked, for a while.
 *
 * @param {HTMLButtonElement} button
 */
function confirm(button) {
  button.dataset.copyWords ??= button.textContent ?? "";
  button.textContent = button.dataset.copied ?? "";
  const status = button.parentElement?.querySelector("[data-copy-status]");
  if (status) status.textContent = button.textContent;
  clearTimeout(timers.get(button));
  const timer = setTimeout(() => {
    button.textContent = button.dataset.copyWords ?? "";
    if (status) status.textContent = "";
  }, SHOWN_MILLISECONDS);
  timers.set(button, timer);
}

/**
 * Puts the text of the named element on the clipboard, or selects it where the browser refuses.
 *
 * @param {HTMLButtonElement} button
 * @returns {Promise<void>}
 */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  if (source === null) return;
  try {
    await navigator.clipboard.writeText((source.textContent ?? "").trim());
    confirm(button);
  } catch {
    getSelection()?.selectAllChildren(source);
  }
}

/** @type {NodeListOf<HTMLButtonElement>} */
const buttons = document.querySelectorAll("button[data-copy]");
for (const button of buttons) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
