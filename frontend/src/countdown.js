/**
 * Tells how many seconds are left, at once and as each of them begins. The time is looked up and not counted: timers
 * are late where much is to be done, and seldom run behind another window.
 * @param {number} seconds
 * @param {(left: number) => boolean} tell whether more is to be told
 * @param {import("./pace.js").Clock} clock
 */
export function countDown(seconds, tell, clock) {
  const end = clock.now() + seconds * 1000;
  const next = () => {
    const left = Math.max(0, end - clock.now());
    const whole = Math.ceil(left / 1000);
    if (tell(whole) && whole > 0) clock.setTimeout(next, left - (whole - 1) * 1000);
  };
  next();
}
