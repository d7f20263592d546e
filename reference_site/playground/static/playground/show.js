/**
 * Draws what a step has to show. Text only ever goes in as text, never as markup.
 *
 * @typedef {import("./run.js").Exchange} Exchange
 * @typedef {import("./run.js").Result} Result
 */

/**
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * @param {string} secret
 * @returns {string} Enough of it to know it by: prefix and last four characters.
 */
function masked(secret) {
  return `${secret.slice(0, secret.length > 50 ? 18 : 6)}••••••${secret.slice(-4)}`;
}

/**
 * @param {string} secret
 * @returns {HTMLElement} A masked secret with a button that reveals it.
 */
function maskedSecret(secret) {
  const text = element("span", "", masked(secret));
  const button = element("button", "reveal", "show");
  button.setAttribute("type", "button");
  button.setAttribute("aria-label", "Show the whole value");
  button.addEventListener("click", () => {
    const reveals = button.textContent === "show";
    text.textContent = reveals ? secret : masked(secret);
    button.textContent = reveals ? "hide" : "show";
    button.setAttribute("aria-label", reveals ? "Mask the value" : "Show the whole value");
  });
  return element("span", "secret", text, " ", button);
}

/**
 * @param {string} text
 * @param {string[]} secrets
 * @returns {(Node | string)[]} The text with every secret in it masked.
 */
function withMasks(text, secrets) {
  for (const secret of secrets) {
    const at = text.indexOf(secret);
    if (at >= 0) {
      const [before, after] = [text.slice(0, at), text.slice(at + secret.length)];
      return [...withMasks(before, secrets), maskedSecret(secret), ...withMasks(after, secrets)];
    }
  }
  return [text];
}

/**
 * @param {[string, string][]} pairs
 * @param {string} separator
 * @param {string[]} secrets
 * @returns {HTMLElement[]}
 */
function lines(pairs, separator, secrets) {
  return pairs.map(([name, value]) =>
    element("div", "line", element("span", "key", name), separator, ...withMasks(value, secrets)),
  );
}

/**
 * @param {Exchange} exchange
 * @param {string[]} secrets
 * @returns {HTMLElement}
 */
function drawExchange(exchange, secrets) {
  const url = new URL(exchange.url);
  const request = element(
    "div",
    "half",
    element("div", "line first", element("span", "verb", exchange.method), ` ${url.pathname}${url.search}`),
    ...lines(exchange.headers, ": ", secrets),
  );
  if (exchange.body) request.append(element("div", "payload", ...lines(exchange.body, " = ", secrets)));
  const kind = exchange.status < 400 ? "good" : "bad";
  const size = exchange.answer.length > 1000 ? `${(exchange.answer.length / 1000).toFixed(1)} kB` : "";
  const answer = element(
    "details",
    "half answer",
    element("summary", "", element("span", `status status-${kind}`, String(exchange.status)), size ? ` answer, ${size}` : " answer"),
    ...lines(exchange.answerHeaders, ": ", secrets),
    element("div", "payload json", ...withMasks(exchange.answer, secrets)),
  );
  answer.toggleAttribute("open", exchange.answer.length <= 1000);
  const drawn = element("div", "exchange", request, answer);
  drawn.dir = "ltr";
  return drawn;
}

/**
 * @param {string} href
 * @param {string[]} secrets
 * @returns {HTMLElement} An address, one line for each parameter.
 */
export function drawAddress(href, secrets) {
  const url = new URL(href);
  const half = element(
    "div",
    "half",
    element("div", "line first", element("span", "verb", "GET"), ` ${url.pathname}`),
    element("div", "payload", ...lines([...url.searchParams], " = ", secrets)),
  );
  const drawn = element("div", "exchange", half);
  drawn.dir = "ltr";
  return drawn;
}

/**
 * @param {Element} target
 * @param {Result} result
 * @param {string[]} secrets
 */
export function drawResult(target, result, secrets) {
  const parts = result.exchanges.map((exchange) => drawExchange(exchange, secrets));
  if (result.values) {
    const values = element("div", "exchange", element("div", "half", ...lines(result.values, " = ", secrets)));
    values.dir = "ltr";
    parts.push(values);
  }
  for (const check of result.checks ?? []) {
    const mark = element("span", "mark", check.passed ? "✓" : "✗");
    mark.setAttribute("aria-label", check.passed ? "Passed:" : "Failed:");
    mark.setAttribute("role", "img");
    parts.push(element("p", check.passed ? "check check-passed" : "check check-failed", mark, ` ${check.text}`));
  }
  if (result.lesson) parts.push(element("p", "lesson", result.lesson));
  target.replaceChildren(...parts);
}
