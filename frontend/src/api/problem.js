/** Why a request failed. */
export class Problem extends Error {
  /**
   * @param {ProblemKind} kind
   * @param {{ detail?: string | null, retryAfter?: number | null, requestId?: string | null }} [more]
   */
  constructor(kind, { detail = null, retryAfter = null, requestId = null } = {}) {
    super(detail ?? kind);
    this.name = "Problem";
    this.kind = kind;
    this.detail = detail;
    /** In seconds. */
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }
}

/** @type {Readonly<Record<number, ProblemKind>>} */
const KINDS = {
  408: "timeout",
  413: "too_large",
  415: "unsupported",
  422: "unreadable",
  429: "limited",
  502: "unreachable",
  503: "unavailable",
  504: "timeout",
};

/** The problem type of a picture that can be opened, but is too large. Its status is that of a damaged picture. */
const TOO_MANY_PIXELS = "urn:digits:problem:too-many-pixels";

/** @type {readonly ProblemKind[]} */
const REFUSALS = ["too_large", "unsupported", "unreadable"];

/** @type {readonly ProblemKind[]} */
const RETRYABLE = ["unreachable", "timeout", "unavailable", "limited", "broken", "unintelligible"];

/** @param {Problem | null} problem */
export function isRetryable(problem) {
  return problem !== null && RETRYABLE.includes(problem.kind);
}

/**
 * Whether the picture itself is the reason, so that it will never be read.
 * @param {Problem} problem
 */
export function isRefusal({ kind }) {
  return REFUSALS.includes(kind);
}

/** @param {unknown} error */
export function toProblem(error) {
  return error instanceof Problem ? error : new Problem("broken");
}

/**
 * @param {Response} response
 * @param {any} body problem details (RFC 9457), or anything else
 */
export function problemFrom(response, body) {
  const { status, headers } = response;
  return newProblem(status, body, secondsUntilRetry(headers));
}

/**
 * The problem of one picture among several.
 * @param {any} body problem details (RFC 9457)
 */
export function problemIn(body) {
  return newProblem(Number(body?.status) || 500, body, null);
}

/**
 * @param {number} status
 * @param {any} body
 * @param {number | null} retryAfter
 */
function newProblem(status, body, retryAfter) {
  const kind = body?.type === TOO_MANY_PIXELS ? "too_large" : KINDS[status];
  return new Problem(kind ?? (status >= 500 ? "broken" : "malformed"), {
    detail: textOf(body?.detail),
    requestId: textOf(body?.request_id),
    retryAfter,
  });
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === "string" && value.trim() ? value.trim() : null;
}

/**
 * A date in Retry-After is compared with the server's own clock, in case the clock of this computer is wrong.
 * @param {Headers} headers
 */
function secondsUntilRetry(headers) {
  const now = Date.now();
  return parseRetryAfter(headers.get("Retry-After"), parseDate(headers.get("Date") ?? "", now) ?? now);
}

// --- Retry-After ---

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The three date formats of RFC 9110, 5.6.7. All of them are in UTC. */
const DATE_FORMATS = [
  /^\w{3}, (?<day>\d\d) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^\w{6,9}, (?<day>\d\d)-(?<month>\w{3})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/**
 * RFC 9110, 10.2.3: seconds, or a date.
 * @param {string | null} header
 * @param {number} now Unix time in milliseconds
 * @returns {number | null} whole seconds, 0 if the date is in the past, null if the header is invalid
 */
export function parseRetryAfter(header, now) {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const until = parseDate(text, now);
  return until === null ? null : Math.max(0, Math.ceil((until - now) / 1000));
}

/**
 * @param {string} text an HTTP date
 * @param {number} now determines the century of a year with two digits
 * @returns {number | null} Unix time in milliseconds
 */
export function parseDate(text, now) {
  const found = DATE_FORMATS.map((format) => format.exec(text)?.groups).find(Boolean);
  if (!found) return null;
  const [day, hour, minute, second] = [found.day, ...found.time.split(":")].map(Number);
  const month = MONTHS.indexOf(found.month);
  const year = found.year.length === 2 ? fullYear(Number(found.year), new Date(now).getUTCFullYear()) : Number(found.year);
  // Date.UTC would carry over: 31 February into March. A minute may have a leap second.
  const isDay = month >= 0 && new Date(Date.UTC(year, month, day)).getUTCDate() === day;
  return isDay && hour < 24 && minute < 60 && second <= 60 ? Date.UTC(year, month, day, hour, minute, second) : null;
}

/**
 * @param {number} lastTwo digits of the year
 * @param {number} thisYear
 */
function fullYear(lastTwo, thisYear) {
  const year = thisYear - (thisYear % 100) + lastTwo;
  return year > thisYear + 50 ? year - 100 : year;
}
