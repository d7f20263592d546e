/**
 * One run through the steps, kept in the tab's own storage so that it survives the trip to the consent page.
 *
 * @typedef {object} Exchange One request and its answer, as they are shown.
 * @property {string} method
 * @property {string} url
 * @property {[string, string][]} headers
 * @property {[string, string][] | null} body
 * @property {number} status
 * @property {[string, string][]} answerHeaders
 * @property {string} answer
 *
 * @typedef {object} Check Something the application made sure of before going on.
 * @property {string} text
 * @property {boolean} passed
 *
 * @typedef {"prepare"|"authorize"|"return"|"exchange"|"call"|"refresh"|"revoke"|"refused"} StepName
 *
 * @typedef {object} Result What a step has to show.
 * @property {Exchange[]} exchanges
 * @property {[string, string][]} [values]
 * @property {Check[]} [checks]
 * @property {string} [lesson] One sentence about what has just been seen.
 * @property {boolean} [failed]
 *
 * @typedef {object} Run
 * @property {Partial<Record<StepName, Result>>} results
 * @property {string[]} secrets What is shown masked, wherever it turns up.
 * @property {Record<string, string>} endpoints
 * @property {{verifier: string, challenge: string, state: string, url: string}} [request]
 * @property {string} [code]
 * @property {string} [accessToken]
 * @property {string} [refreshToken]
 * @property {Photo[]} [photos]
 *
 * @typedef {object} Photo
 * @property {string} url
 * @property {string} title
 * @property {string} alt
 */

/** Where the run is kept: each application has its own. */
let key = "";

/** @param {string} clientId The application whose run this page shows. */
export function runOf(clientId) {
  key = `run of ${clientId}`;
}

/** @type {StepName[]} */
export const STEPS = ["prepare", "authorize", "return", "exchange", "call", "refresh", "revoke", "refused"];

/** @returns {Run} */
export function newRun() {
  return { results: {}, secrets: [], endpoints: {} };
}

/** @returns {Run} The run under way in this tab, or a new one. */
export function loadRun() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") ?? newRun();
  } catch {
    return newRun();
  }
}

/** @param {Run} run */
export function saveRun(run) {
  sessionStorage.setItem(key, JSON.stringify(run));
}

/**
 * @param {Run} run
 * @returns {StepName | null} The step to take next; null when all are done, or when one has failed.
 */
export function nextStep(run) {
  for (const name of STEPS) {
    const result = run.results[name];
    if (result === undefined) return name;
    if (result.failed) return null;
  }
  return null;
}

/**
 * Notes a value that must be masked on the page.
 *
 * @param {Run} run
 * @param {string | undefined} value
 */
export function keepSecret(run, value) {
  if (value && !run.secrets.includes(value)) run.secrets.push(value);
}

const AWAY = "away";

/**
 * @typedef {object} Away What is under way while the browser is at the consent page, and the answer it came back with.
 * @property {string} clientId
 * @property {string} startUrl
 * @property {string} [answer]
 */

/** @param {Away} away */
export function keepAway(away) {
  sessionStorage.setItem(AWAY, JSON.stringify(away));
}

/** @returns {Away | null} What was kept; it is forgotten. */
export function takeAway() {
  const kept = sessionStorage.getItem(AWAY);
  sessionStorage.removeItem(AWAY);
  return JSON.parse(kept ?? "null");
}
