/** A clock that can be stopped, as data. It is told the time, in milliseconds. */

/** @returns {GameClock} that stands still */
export function newClock() {
  return { elapsed: 0, since: null };
}

/**
 * @param {GameClock} clock
 * @param {number} now
 */
export function elapsedOn({ elapsed, since }, now) {
  return since === null ? elapsed : elapsed + Math.max(0, now - since);
}

/**
 * @param {GameClock} clock
 * @param {number} now
 * @returns {GameClock}
 */
export function started(clock, now) {
  return clock.since === null ? { ...clock, since: now } : clock;
}

/**
 * @param {GameClock} clock
 * @param {number} now
 * @returns {GameClock}
 */
export function stopped(clock, now) {
  return clock.since === null ? clock : { elapsed: elapsedOn(clock, now), since: null };
}
