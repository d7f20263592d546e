/**
 * Wires the page: one button for each step, and the run kept between this page and the consent page.
 *
 * @typedef {import("./run.js").StepName} StepName
 * @typedef {import("./run.js").Result} Result
 */

import { callAgain, callApi, exchangeCode, prepare, readAnswer, refresh, revoke } from "./client.js";
import { fetchPicture } from "./recorder.js";
import { keepAway, loadRun, newRun, nextStep, runOf, saveRun, STEPS, takeAway } from "./run.js";
import { drawAddress, drawResult, element } from "./show.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-playground]"));
const secretInput = /** @type {HTMLInputElement | null} */ (root.querySelector("[data-secret]"));
const site = /** @type {import("./client.js").Site & {startUrl: string}} */ (
  /** @type {unknown} */ ({ ...root.dataset, secret: () => secretInput?.value || undefined })
);
runOf(site.clientId);
const status = /** @type {HTMLElement} */ (root.querySelector("[data-status]"));
const scopeBoxes = /** @type {HTMLFieldSetElement} */ (root.querySelector("[data-scopes]"));
/** @type {Map<string, string>} Pictures already fetched, so that they are fetched once. */
const pictures = new Map();
let run = loadRun();

/** @type {Partial<Record<StepName, () => Promise<Result> | Result>>} */
const actions = {
  prepare: () => prepare(run, site, chosenScopes()),
  exchange: () => exchangeCode(run, site),
  call: () => callApi(run, site),
  refresh: () => refresh(run, site),
  revoke: () => revoke(run, site),
  refused: () => callAgain(run, site),
};

/** @returns {string[]} */
function chosenScopes() {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = scopeBoxes.querySelectorAll("input:checked");
  return [...boxes].map((box) => box.value);
}

/**
 * @param {StepName} name
 * @returns {HTMLElement}
 */
function stepElement(name) {
  return /** @type {HTMLElement} */ (root.querySelector(`[data-step="${name}"]`));
}

/** @param {StepName} name */
function drawStep(name) {
  const step = stepElement(name);
  const result = run.results[name];
  const isNext = nextStep(run) === name;
  const state = result ? (result.failed ? "failed" : "done") : isNext ? "current" : "waiting";
  const words = { done: " (done)", failed: " (failed)", current: " (next)", waiting: "" };
  step.dataset.state = state;
  step.toggleAttribute("aria-current", isNext);
  if (isNext) step.setAttribute("aria-current", "step");
  /** @type {HTMLElement} */ (step.querySelector("[data-step-state]")).textContent = words[state];
  const button = /** @type {HTMLButtonElement | null} */ (step.querySelector("[data-run]"));
  if (button) {
    button.disabled = !isNext;
    button.hidden = result !== undefined;
    button.classList.toggle("button-primary", isNext);
  }
  const target = /** @type {Element} */ (step.querySelector("[data-result]"));
  if (result) drawResult(target, result, run.secrets);
  else target.replaceChildren();
}

/** Draws the page from the run. */
function draw() {
  STEPS.forEach(drawStep);
  scopeBoxes.disabled = run.results.prepare !== undefined;
  const finish = /** @type {HTMLElement} */ (root.querySelector("[data-finish]"));
  const stop = STEPS.find((name) => run.results[name]?.failed);
  (stop ? stepElement(stop).querySelector(".step-body") : root)?.append(finish);
  finish.hidden = run.results.prepare === undefined;
  finish.querySelector("button")?.classList.toggle("button-primary", nextStep(run) === null);
  if (run.request && run.results.prepare) {
    stepElement("authorize").querySelector("[data-result]")?.replaceChildren(drawAddress(run.request.url, run.secrets));
  }
  if (run.results.call && !run.results.revoke) void drawPhotos();
}

/** Puts the pictures under the step that fetched their list. */
async function drawPhotos() {
  const figures = [];
  for (const photo of run.photos ?? []) {
    const address = pictures.get(photo.url) ?? (await fetchPicture(photo.url, run.accessToken ?? ""));
    if (address === null) continue;
    pictures.set(photo.url, address);
    const image = document.createElement("img");
    image.src = address;
    image.alt = photo.alt;
    figures.push(element("figure", "", image, element("figcaption", "", photo.title)));
  }
  const target = stepElement("call").querySelector("[data-result]");
  target?.querySelector(".photos")?.remove();
  if (figures.length > 0) target?.prepend(element("div", "photos", ...figures));
}

/**
 * @param {StepName} name
 * @param {Result} result
 */
function finishStep(name, result) {
  run.results[name] = result;
  saveRun(run);
  draw();
  const heading = /** @type {HTMLElement} */ (stepElement(name).querySelector("h2"));
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: "start" });
  const codes = result.exchanges.map((exchange) => exchange.status).join(", ");
  status.textContent = `${heading.textContent} ${codes}`;
}

/** @param {StepName} name */
async function takeStep(name) {
  if (name === "authorize") {
    keepAway({ clientId: site.clientId, startUrl: site.startUrl });
    location.assign(run.request?.url ?? site.startUrl);
    return;
  }
  const button = /** @type {HTMLButtonElement} */ (stepElement(name).querySelector("[data-run]"));
  button.disabled = true;
  try {
    const result = await actions[name]?.();
    if (result) finishStep(name, result);
  } catch (problem) {
    finishStep(name, { exchanges: [], failed: true, lesson: `No answer: ${problem}` });
  }
}

/**
 * Takes the answer out of the address, where the code has no business to stay. An answer to another application, which
 * is tested here, is taken to the page of that one.
 */
function comeBack() {
  const away = takeAway();
  if (away && away.clientId !== site.clientId) {
    keepAway({ ...away, answer: location.search });
    location.replace(away.startUrl);
    return;
  }
  const answer = new URLSearchParams(location.search);
  history.replaceState(null, "", site.startUrl);
  takeUp(answer);
}

/** @param {URLSearchParams} answer */
function takeUp(answer) {
  if (run.request === undefined || run.results.return !== undefined) return;
  run.results.authorize = { exchanges: [] };
  finishStep("return", readAnswer(run, site, answer));
}

/** Takes up an answer that the page of the redirect URI has passed on. */
function goOn() {
  const away = takeAway();
  if (away?.clientId === site.clientId && away.answer !== undefined) takeUp(new URLSearchParams(away.answer));
}

/** Forgets the run. */
function restart() {
  run = newRun();
  saveRun(run);
  draw();
  status.textContent = "";
  /** @type {HTMLElement} */ (stepElement("prepare").querySelector("h2")).focus();
}

if (location.origin === new URL(site.redirectUri).origin) {
  for (const name of STEPS) {
    stepElement(name).querySelector("[data-run]")?.addEventListener("click", () => takeStep(name));
  }
  root.querySelector("[data-restart]")?.addEventListener("click", restart);
  draw();
  if (location.pathname === new URL(site.redirectUri).pathname) comeBack();
  else goOn();
} else {
  /** @type {HTMLElement} */ (root.querySelector("[data-wrong-address]")).hidden = false;
}
