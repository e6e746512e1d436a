const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The three forms of a date that RFC 9110, 5.6.7 wants to be understood; all of them are in UTC. */
const FORMS = [
  /^\w{3}, (?<day>\d\d) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^\w{6,9}, (?<day>\d\d)-(?<month>\w{3})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/**
 * How long a server asks to be left alone, as RFC 9110, 10.2.3 has it: in seconds, or until a date.
 * @param {string | null} header Retry-After
 * @param {number} now in milliseconds of Unix time
 * @returns {number | null} whole seconds, 0 where the date is past; null where it says nothing that can be understood
 */
export function secondsToWait(header, now) {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const until = timeOf(text, now);
  return until === null ? null : Math.max(0, Math.ceil((until - now) / 1000));
}

/**
 * @param {string} text a date of HTTP
 * @param {number} now two digits of a year do not tell the century
 * @returns {number | null} milliseconds of Unix time
 */
export function timeOf(text, now) {
  const found = FORMS.map((form) => form.exec(text)?.groups).find(Boolean);
  if (!found) return null;
  const [day, hour, minute, second] = [found.day, ...found.time.split(":")].map(Number);
  const month = MONTHS.indexOf(found.month);
  const year = found.year.length === 2 ? wholeYear(Number(found.year), new Date(now).getUTCFullYear()) : Number(found.year);
  // What is out of its range would be carried over, the 31st of February into March; but a minute may have a leap second.
  const isDay = month >= 0 && new Date(Date.UTC(year, month, day)).getUTCDate() === day;
  return isDay && hour < 24 && minute < 60 && second <= 60 ? Date.UTC(year, month, day, hour, minute, second) : null;
}

/**
 * @param {number} lastTwo digits of the year
 * @param {number} thisYear
 */
function wholeYear(lastTwo, thisYear) {
  const year = thisYear - (thisYear % 100) + lastTwo;
  return year > thisYear + 50 ? year - 100 : year;
}
