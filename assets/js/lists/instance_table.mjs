/** Searchable, sortable table of all sentences or images of a run. */

/** @typedef {import("../data/run_meta.mjs").TokenTable} TokenTable */
/** @typedef {string | number} Cell */
/**
 * @typedef {object} InstanceTable
 * @property {string[]} names of the columns: number, text, tokens, then those of the input file
 * @property {Cell[][]} columns one array per name, one value per instance; numbers count from 1
 * @property {string[]} searched searched text of each instance, in lower case
 */
/** @typedef {{column: number, descending: boolean}} Order */

export const NUMBER = 0;
export const TEXT = 1;
export const TOKENS = 2;

/**
 * @param {TokenTable} tokens
 * @param {string} noun word for an instance
 * @returns {InstanceTable}
 */
export function instanceTable({ instances, offsets, columns }, noun) {
  const given = Object.entries(columns);
  const searched = instances.map((text, instance) =>
    [text, ...given.map(([, values]) => values[instance])].join("\n").toLowerCase(),
  );
  return {
    names: ["#", noun, "Tokens", ...given.map(([name]) => name)],
    columns: [
      instances.map((_, instance) => instance + 1),
      instances,
      instances.map((_, instance) => offsets[instance + 1] - offsets[instance]),
      ...given.map(([, values]) => values),
    ],
    searched,
  };
}

/**
 * Find the instances that contain every word of a search, sorted; ties in the original order.
 *
 * @param {InstanceTable} table
 * @param {string} search words, in any case, found anywhere in the text or in a column
 * @param {Order} order
 * @returns {number[]} instances, counted from 0
 */
export function findInstances({ columns, searched }, search, { column, descending }) {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
  const found = searched.map((_, instance) => instance).filter((instance) => words.every((word) => searched[instance].includes(word)));
  const values = columns[column];
  return found.sort((a, b) => (descending ? compare(values[b], values[a]) : compare(values[a], values[b])) || a - b);
}

const collator = new Intl.Collator(undefined, { numeric: true });

/**
 * @param {Cell} a
 * @param {Cell} b
 * @returns {number}
 */
function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
}

/**
 * @param {Cell} value
 * @returns {string} a number with at most four decimals
 */
export function cellText(value) {
  return typeof value === "number" ? String(Number(value.toFixed(4))) : value;
}
