/** What is said while, and after, nobody answers. */
export const TRYING = "The server does not answer; trying again.";
export const NO_ANSWER = "The server does not answer; check that it is running and reload the page.";

/** Milliseconds before each further try: a worker that died is replaced within a second, a server restarted within some. */
const PAUSES = [300, 700, 1000, 2000, 4000, 8000];
/** What proxies answer for a server that does not. */
const GATEWAY = new Set([502, 504]);

/**
 * A fetch that tries again while nobody answers. Everything that the application asks for only reads, so asking twice
 * does no harm. Answers of the application itself, errors too, are given at once.
 *
 * @param {typeof globalThis.fetch} fetch
 * @param {object} [options]
 * @param {(sentence: string) => void} [options.say] told when trouble begins and when it ends, then with an empty text
 * @param {number[]} [options.pauses] milliseconds before each further try
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
