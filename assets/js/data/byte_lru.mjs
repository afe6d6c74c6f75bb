/**
 * Cache of promises with a budget in bytes; the least recently used values are evicted first.
 *
 * Pending loads are shared, so that nothing is requested twice. A failed load is removed, so that the next call retries.
 * A value larger than the budget stays until the next load.
 */
export class ByteLru {
  /** @type {Map<string, {promise: Promise<any>, bytes: number, settled: boolean}>} in order of use, oldest first */
  #entries = new Map();
  #bytes = 0;
  #budget;

  /** @param {number} budget limit for all settled values together */
  constructor(budget) {
    this.#budget = budget;
  }

  /** Bytes of all settled values. */
  get bytes() {
    return this.#bytes;
  }

  /** Number of cached and pending values. */
  get size() {
    return this.#entries.size;
  }

  /**
   * Return the value of a key, loading it if necessary.
   *
   * @template T
   * @param {string} key
   * @param {() => Promise<{value: T, bytes: number}>} load
   * @returns {Promise<T>}
   */
  get(key, load) {
    const held = this.#entries.get(key);
    if (held) {
      this.#entries.delete(key);
      this.#entries.set(key, held);
      return held.promise;
    }
    /** @type {{promise: Promise<any>, bytes: number, settled: boolean}} */
    const entry = { promise: Promise.resolve(), bytes: 0, settled: false };
    entry.promise = load().then(
      ({ value, bytes }) => {
        entry.bytes = bytes;
        entry.settled = true;
        this.#bytes += bytes;
        this.#evict(key);
        return value;
      },
      (error) => {
        this.#entries.delete(key);
        throw error;
      },
    );
    this.#entries.set(key, entry);
    return entry.promise;
  }

  /** @param {string} newest key that is never evicted */
  #evict(newest) {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#budget) return;
      if (!entry.settled || key === newest) continue;
      this.#entries.delete(key);
      this.#bytes -= entry.bytes;
    }
  }
}
