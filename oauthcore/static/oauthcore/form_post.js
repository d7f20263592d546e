/** Sends the form with the answer to the application at once. Without this script its button does. */

/** @type {HTMLFormElement | null} */
const form = document.querySelector("form#answer");
form?.submit();
