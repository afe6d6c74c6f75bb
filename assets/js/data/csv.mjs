/**
 * A CSV field. A text that a spreadsheet would run as a formula gets a leading apostrophe.
 *
 * @param {string} text
 * @returns {string}
 */
export function csvCell(text) {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
