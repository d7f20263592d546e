/** Random values, and the hash that ties a code to whoever asked for it (RFC 7636). */

/**
 * @param {Uint8Array} bytes
 * @returns {string} Base64 for addresses, without padding.
 */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @returns {string} 256 random bits, as 43 characters. */
export function randomText() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * @param {string} verifier
 * @returns {Promise<string>} The S256 challenge of a verifier.
 */
export async function challengeOf(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}
