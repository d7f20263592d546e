/**
 * Sends requests, and keeps what was sent and what came back for the page to show.
 *
 * @typedef {import("./run.js").Exchange} Exchange
 */

/** The headers of an answer that this page has something to say about. */
const TOLD = ["content-type", "cache-control", "www-authenticate", "retry-after", "request-id"];

/**
 * @param {Response} response
 * @returns {[string, string][]}
 */
function toldHeaders(response) {
  /** @type {[string, string][]} */
  const headers = [];
  for (const name of TOLD) {
    const value = response.headers.get(name);
    if (value !== null) headers.push([name, value]);
  }
  return headers;
}

/**
 * @param {string} text
 * @returns {any} What the JSON says, or undefined where it is none.
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {any} value
 * @param {string} indent
 * @returns {string} JSON for reading: what fits on a line stays on one.
 */
function written(value, indent = "") {
  const line = JSON.stringify(value);
  if (typeof value !== "object" || value === null || line.length + indent.length <= 60) return line;
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const members = isList
    ? value.map((item) => inner + written(item, inner))
    : Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${written(item, inner)}`);
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${members.join(",\n")}\n${indent}${close}`;
}

/**
 * Sends a request without cookies: the application has nothing but what the protocol gave it.
 *
 * The secret of an application goes to the site with the form, and is neither shown nor kept.
 *
 * @param {string} url
 * @param {{token?: string, form?: Record<string, string>, secret?: string}} [options]
 * @returns {Promise<{exchange: Exchange, data: any, ok: boolean}>}
 */
export async function send(url, { token, form, secret } = {}) {
  const method = form ? "POST" : "GET";
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(url, {
    method,
    headers,
    body: form && new URLSearchParams(secret ? { ...form, client_secret: secret } : form),
    credentials: "omit",
    cache: "no-store",
  });
  const text = await response.text();
  const data = parsed(text);
  if (form) headers["Content-Type"] = "application/x-www-form-urlencoded";
  const exchange = {
    method,
    url: new URL(url, location.href).href,
    headers: Object.entries(headers),
    body: form ? Object.entries(secret ? { ...form, client_secret: "(your secret)" } : form) : null,
    status: response.status,
    answerHeaders: toldHeaders(response),
    answer: data === undefined ? text : written(data),
  };
  return { exchange, data, ok: response.ok };
}

/**
 * Fetches a picture with the token, which an `<img src>` could not send.
 *
 * @param {string} url
 * @param {string} token
 * @returns {Promise<string | null>} An address for the picture inside this page.
 */
export async function fetchPicture(url, token) {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" });
  return response.ok ? URL.createObjectURL(await response.blob()) : null;
}
