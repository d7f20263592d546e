/**
 * Writes days and times in the zone of the reader. Without a script they stand in the zone of the site, which they name.
 *
 * Digits are those of the server in every language. A `<time>` says in `data-time` how exactly it is written: to the day, the minute or the second.
 */

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const EXACTNESS = {
  day: {},
  minute: { hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
  second: { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" },
};

/**
 * Returns how many minutes the clock of the site is ahead of UTC; nothing where the moment does not say.
 *
 * @param {string} text a moment as the server writes it
 * @returns {number | undefined}
 */
function offset(text) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
  return hours === undefined ? undefined : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
}

/** @type {NodeListOf<HTMLTimeElement>} */
const times = document.querySelectorAll("time[data-time]");
for (const time of times) {
  const moment = new Date(time.dateTime);
  const written = offset(time.dateTime), exactness = EXACTNESS[time.dataset.time ?? ""];
  if (written === undefined || written === -moment.getTimezoneOffset() || exactness === undefined) continue;
  /** @type {Intl.DateTimeFormatOptions} */
  const style = { day: "numeric", month: "short", year: "numeric", numberingSystem: "latn", ...exactness };
  time.title = time.textContent ?? "";
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(moment);
}
