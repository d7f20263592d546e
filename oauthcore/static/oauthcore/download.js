/**
 * Shows the buttons that keep a text of the page as a file, for without a script there is nothing they could do.
 *
 * A button names the element with the text in `data-download`, and the file in `data-file`.
 */

/**
 * Hands the text of the named element to the browser as a file. It never leaves the browser.
 *
 * @param {HTMLButtonElement} button
 */
function download(button) {
  const text = document.getElementById(button.dataset.download ?? "")?.textContent ?? "";
  const address = URL.createObjectURL(new Blob([`${text.trim()}\n`], { type: "text/plain" }));
  Object.assign(document.createElement("a"), { href: address, download: button.dataset.file ?? "" }).click();
  URL.revokeObjectURL(address);
}

/** @type {NodeListOf<HTMLButtonElement>} */
const buttons = document.querySelectorAll("button[data-download]");
for (const button of buttons) {
  button.hidden = false;
  button.addEventListener("click", () => download(button));
}
