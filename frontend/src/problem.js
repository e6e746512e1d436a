/**
 * @typedef {"unreachable" | "slow" | "busy" | "limited" | "too_large" | "unsupported" | "unreadable" | "lost"
 *   | "malformed" | "broken" | "unintelligible"} ProblemKind
 */

/** Why a question got no reading. */
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
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }
}

/** @type {Readonly<Record<number, ProblemKind>>} */
const KINDS = {
  408: "slow",
  413: "too_large",
  415: "unsupported",
  422: "unreadable",
  429: "limited",
  502: "unreachable",
  503: "busy",
  504: "slow",
};

/**
 * @param {number} status
 * @returns {ProblemKind}
 */
export function kindOf(status) {
  return KINDS[status] ?? (status >= 500 ? "broken" : "malformed");
}

/**
 * @param {unknown} error
 * @returns {Problem}
 */
export function toProblem(error) {
  return error instanceof Problem ? error : new Problem("broken");
}

/**
 * Whether the same question may well be answered another time.
 * @param {Problem | null} problem
 */
export function isPassing(problem) {
  return problem !== null && ["unreachable", "slow", "busy", "limited", "broken", "unintelligible"].includes(problem.kind);
}
