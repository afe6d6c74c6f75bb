/** Which token the arrow keys go to. */

/** @typedef {import("./weights.mjs").TokenRef} TokenRef */

const PAGE = 10;

/**
 * @param {TokenRef} from
 * @param {string} key name of the pressed key, as KeyboardEvent.key
 * @param {number} length tokens
 * @returns {TokenRef|null} null where the key moves nothing
 */
export function moveFocus({ token, side }, key, length) {
  const clamp = (/** @type {number} */ to) => Math.max(0, Math.min(length - 1, to));
  switch (key) {
    case "ArrowUp":
      return { token: clamp(token - 1), side };
    case "ArrowDown":
      return { token: clamp(token + 1), side };
    case "PageUp":
      return { token: clamp(token - PAGE), side };
    case "PageDown":
      return { token: clamp(token + PAGE), side };
    case "Home":
      return { token: 0, side };
    case "End":
      return { token: clamp(length - 1), side };
    case "ArrowLeft":
      return { token, side: "query" };
    case "ArrowRight":
      return { token, side: "key" };
    default:
      return null;
  }
}
