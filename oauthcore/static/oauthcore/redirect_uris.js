/**
 * Says what is wrong with redirect URIs while they are typed. The rule is the server's: a text area that names the
 * address to ask in `data-check` gets its answer in the list that describes its errors.
 */

const PATIENCE_MILLISECONDS = 400;

/**
 * Asks the server about a text.
 *
 * @param {HTMLTextAreaElement} area
 * @param {AbortSignal} signal
 * @returns {Promise<string[] | null>} what is wrong with it, or null when the server cannot be asked
 */
async function problemsIn(area, signal) {
  const form = /** @type {HTMLFormElement} */ (area.form);
  const body = new URLSearchParams({ redirect_uris: area.value, application: form.dataset.application ?? "" });
  body.set("csrfmiddlewaretoken", String(new FormData(form).get("csrfmiddlewaretoken")));
  try {
    const response = await fetch(area.dataset.check ?? "", { method: "POST", body, signal, redirect: "error" });
    return response.ok ? (await response.json()).problems : null;
  } catch {
    return null;
  }
}

/**
 * Shows what is wrong beside the field.
 *
 * @param {HTMLTextAreaElement} area
 * @param {string[]} problems
 */
function show(area, problems) {
  const list = document.getElementById(`${area.id}_error`);
  const status = area.parentElement?.querySelector("[data-check-status]");
  const items = problems.map((text) => Object.assign(document.createElement("li"), { textContent: text }));
  list?.replaceChildren(...items);
  if (problems.length > 0) area.setAttribute("aria-invalid", "true");
  else area.removeAttribute("aria-invalid");
  if (status) status.textContent = problems.length === 0 && area.value.trim() ? (area.dataset.good ?? "") : "";
}

/**
 * Asks once somebody has stopped typing, and forgets an answer that another key press has overtaken.
 *
 * @param {HTMLTextAreaElement} area
 */
function watch(area) {
  let question = new AbortController();
  let timer = 0;
  document.getElementById(`${area.id}_error`)?.setAttribute("aria-live", "polite");
  area.addEventListener("input", () => {
    clearTimeout(timer);
    question.abort();
    question = new AbortController();
    const { signal } = question;
    timer = setTimeout(async () => {
      const problems = await problemsIn(area, signal);
      if (problems !== null && !signal.aborted) show(area, problems);
    }, PATIENCE_MILLISECONDS);
  });
}

/** @type {NodeListOf<HTMLTextAreaElement>} */
const areas = document.querySelectorAll("textarea[data-check]");
areas.forEach(watch);
