/** Memoized and throttled functions. */

/**
 * Memoize the last call of a function.
 *
 * @template {unknown[]} Arguments
 * @template Result
 * @param {(...given: Arguments) => Result} compute
 * @returns {(...given: Arguments) => Result} compares arguments by identity
 */
export function rememberLast(compute) {
  /** @type {{given: Arguments, result: Result}|null} */
  let last = null;
  return (...given) => {
    const known = last?.given.every((argument, index) => argument === given[index]);
    if (!last || !known) last = { given, result: compute(...given) };
    return last.result;
  };
}

/**
 * Throttle a function to one call per animation frame.
 *
 * @param {() => void} act
 * @returns {() => void}
 */
export function oncePerFrame(act) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      act();
    });
  };
}
