/**
 * Photo Desk itself: what an OAuth 2.1 client does, one function for each step.
 *
 * Every function takes the run, changes it, and returns what the step has to show.
 *
 * @typedef {import("./run.js").Run} Run
 * @typedef {import("./run.js").Result} Result
 * @typedef {import("./run.js").Check} Check
 *
 * @typedef {object} Site What the page says about the site and the application.
 * @property {string} clientId
 * @property {string} redirectUri
 * @property {string} issuer
 * @property {string} metadataUrl
 * @property {string} meUrl
 * @property {string} imagesUrl
 * @property {() => string | undefined} secret The secret that the developer has typed, for a confidential application.
 */

import { challengeOf, randomText } from "./pkce.js";
import { send } from "./recorder.js";
import { keepSecret } from "./run.js";

/**
 * Step 1: learn the endpoints (RFC 8414), make a verifier (RFC 7636), write the request (RFC 6749 §4.1.1).
 *
 * @param {Run} run
 * @param {Site} site
 * @param {string[]} scopes
 * @returns {Promise<Result>}
 */
export async function prepare(run, site, scopes) {
  const { exchange, data, ok } = await send(site.metadataUrl);
  if (!ok || data?.issuer !== site.issuer) {
    return { exchanges: [exchange], failed: true, lesson: "Without metadata of this issuer there is no way on." };
  }
  run.endpoints = {
    authorize: data.authorization_endpoint,
    token: data.token_endpoint,
    revoke: data.revocation_endpoint,
  };
  const [verifier, state] = [randomText(), randomText()];
  const challenge = await challengeOf(verifier);
  keepSecret(run, verifier);
  const url = new URL(run.endpoints.authorize);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: site.clientId,
    redirect_uri: site.redirectUri,
    scope: scopes.join(" "),
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  }).toString();
  run.request = { verifier, challenge, state, url: url.href };
  return {
    exchanges: [exchange],
    values: [
      ["code_verifier, stays here", verifier],
      ["code_challenge, its SHA-256", challenge],
      ["state, to know the answer by", state],
    ],
  };
}

/**
 * Step 3: read the answer, and believe it only if `state` and `iss` (RFC 9207) are right.
 *
 * @param {Run} run
 * @param {Site} site
 * @param {URLSearchParams} answer
 * @returns {Result}
 */
export function readAnswer(run, site, answer) {
  /** @type {Check[]} */
  const checks = [
    { text: "state is the one Photo Desk made up", passed: answer.get("state") === run.request?.state },
    { text: `iss is ${site.issuer}`, passed: answer.get("iss") === site.issuer },
  ];
  const code = answer.get("code");
  /** @type {[string, string][]} */
  const values = ["code", "error", "error_description", "state", "iss"]
    .filter((name) => answer.has(name))
    .map((name) => [name, answer.get(name) ?? ""]);
  const trusted = checks.every((check) => check.passed);
  keepSecret(run, code ?? undefined);
  if (trusted && code) {
    run.code = code;
    return { exchanges: [], values, checks };
  }
  const lesson = trusted
    ? "No code this time: Photo Desk has to live without. That is an answer too."
    : "This answer belongs to no question of Photo Desk’s, so it is thrown away.";
  return { exchanges: [], values, checks, failed: true, lesson };
}

/**
 * @param {Run} run
 * @param {any} data
 */
function keepTokens(run, data) {
  run.accessToken = data.access_token;
  run.refreshToken = data.refresh_token ?? run.refreshToken;
  keepSecret(run, run.accessToken);
  keepSecret(run, run.refreshToken);
}

/**
 * Step 4: trade the code (RFC 6749 §4.1.3).
 *
 * @param {Run} run
 * @param {Site} site
 * @returns {Promise<Result>}
 */
export async function exchangeCode(run, site) {
  const { exchange, data, ok } = await send(run.endpoints.token, {
    form: {
      grant_type: "authorization_code",
      client_id: site.clientId,
      code: run.code ?? "",
      redirect_uri: site.redirectUri,
      code_verifier: run.request?.verifier ?? "",
    },
    secret: site.secret(),
  });
  if (!ok) return { exchanges: [exchange], failed: true, lesson: "Codes live for a minute. Start over for a new one." };
  keepTokens(run, data);
  return { exchanges: [exchange] };
}

/**
 * Step 5: use the token (RFC 6750 §2.1).
 *
 * @param {Run} run
 * @param {Site} site
 * @returns {Promise<Result>}
 */
export async function callApi(run, site) {
  const me = await send(site.meUrl, { token: run.accessToken });
  if (!me.ok) return { exchanges: [me.exchange], failed: true };
  const images = await send(site.imagesUrl, { token: run.accessToken });
  const may = me.data.capabilities ?? {};
  run.photos = may["api.download"] && images.ok ? photosIn(images.data, site) : [];
  const lesson = images.ok
    ? !may["api.download"] && "You did not allow downloads, so the pictures themselves stay closed."
    : "You did not allow this one, so the door stays closed: that is what scopes are for.";
  return { exchanges: [me.exchange, images.exchange], lesson: lesson || undefined };
}

/**
 * @param {any} page A page of `GET /v1/images`.
 * @param {Site} site
 * @returns {import("./run.js").Photo[]} The first few pictures on it.
 */
function photosIn(page, site) {
  return page.images.slice(0, 6).map((/** @type {any} */ image) => ({
    url: `${site.imagesUrl}/${encodeURIComponent(image.uuid)}/download`,
    title: image.title || image.filename || "",
    alt: image.alt_text || image.title || "",
  }));
}

/**
 * Step 6: trade the refresh token for the next pair (RFC 6749 §6, OAuth 2.1 §4.3.1).
 *
 * @param {Run} run
 * @param {Site} site
 * @returns {Promise<Result>}
 */
export async function refresh(run, site) {
  const { exchange, data, ok } = await send(run.endpoints.token, {
    form: { grant_type: "refresh_token", client_id: site.clientId, refresh_token: run.refreshToken ?? "" },
    secret: site.secret(),
  });
  if (!ok) return { exchanges: [exchange], failed: true };
  keepTokens(run, data);
  return { exchanges: [exchange] };
}

/**
 * Step 7: end the grant (RFC 7009).
 *
 * @param {Run} run
 * @param {Site} site
 * @returns {Promise<Result>}
 */
export async function revoke(run, site) {
  const { exchange, ok } = await send(run.endpoints.revoke, {
    form: { token: run.accessToken ?? "", token_type_hint: "access_token", client_id: site.clientId },
    secret: site.secret(),
  });
  return { exchanges: [exchange], failed: !ok };
}

/**
 * Step 8: the ended token must open nothing any more.
 *
 * @param {Run} run
 * @param {Site} site
 * @returns {Promise<Result>}
 */
export async function callAgain(run, site) {
  const { exchange } = await send(site.meUrl, { token: run.accessToken });
  return exchange.status === 401
    ? { exchanges: [exchange], checks: [{ text: "Refused, as it should be. Photo Desk is out.", passed: true }] }
    : { exchanges: [exchange], failed: true, lesson: "This should have been a 401." };
}
