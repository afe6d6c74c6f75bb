/** Messages during and after failed retries. */
export const TRYING = "The server does not respond; retrying.";
export const NO_ANSWER = "The server does not respond. Check that it is running and reload the page.";

/** Milliseconds before each retry: a worker restarts within a second, a server within several. */
const PAUSES = [300, 700, 1000, 2000, 4000, 8000];
/** Status codes of proxies whose server does not respond. */
const GATEWAY = new Set([502, 504]);

/**
 * Wrap fetch with retries while the server does not respond. All requests only read, so repeating them is safe.
 * Responses of the application itself, errors included, are returned at once.
 *
 * @param {typeof globalThis.fetch} fetch
 * @param {object} [options]
 * @param {(sentence: string) => void} [options.say] called when retries begin and end, with an empty text after success
 * @param {number[]} [options.pauses] milliseconds before each retry
 * @returns {typeof globalThis.fetch}
 */
export function patientFetch(fetch, { say = () => {}, pauses = PAUSES } = {}) {
  let waiting = 0;
  return async (input, init) => {
    let troubled = false;
    for (let attempt = 0; ; attempt++) {
      const last = attempt === pauses.length;
      const answer = await fetch(input, init).then(
        (response) => ({ response, error: null }),
        (error) => ({ response: null, error }),
      );
      const unanswered = answer.response ? GATEWAY.has(answer.response.status) : answer.error?.name !== "AbortError";
      if (!unanswered || last) {
        if (troubled && --waiting === 0) say(unanswered ? NO_ANSWER : "");
        if (answer.response) return answer.response;
        throw answer.error;
      }
      if (!troubled && waiting++ === 0) say(TRYING);
      troubled = true;
      await new Promise((resolve) => setTimeout(resolve, pauses[attempt]));
    }
  };
}
