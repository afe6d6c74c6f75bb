/**
 * A drawing of points, lines and labels as an SVG document.
 *
 * @typedef {{x: number, y: number, radius: number, fill: string, opacity: number, ring: string | null}} Circle
 * @typedef {{x: number, y: number, text: string, fill: string}} TextLabel  x: left end, y: middle
 * @typedef {{width: number, height: number, background: string, title: string, circles: Circle[],
 *   lines: import("./overlay.mjs").Segment[], lineColor: string, labels: TextLabel[]}} Drawing
 */

/**
 * @param {Drawing} drawing
 * @returns {string}
 */
export function svgDocument({ width, height, background, title, circles, lines, lineColor, labels }) {
  const text = `font-family="system-ui, sans-serif" font-size="12" dominant-baseline="central"`;
  const halo = `paint-order="stroke" stroke="${escapeXml(background)}" stroke-width="4" stroke-linejoin="round"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${escapeXml(background)}"/>`,
    "<g>",
    ...circles.map(circleElement),
    "</g>",
    `<g stroke="${escapeXml(lineColor)}" stroke-width="1.75" stroke-linecap="round">`,
    ...lines.map(lineElement),
    "</g>",
    `<g ${text} ${halo}>`,
    ...labels.map(
      (label) =>
        `<text x="${round(label.x)}" y="${round(label.y)}" fill="${escapeXml(label.fill)}">${escapeXml(label.text)}</text>`,
    ),
    "</g>",
    "</svg>",
  ].join("\n");
}

/** @param {Circle} circle */
function circleElement({ x, y, radius, fill, opacity, ring }) {
  const outline = ring === null ? "" : ` stroke="${escapeXml(ring)}"`;
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${escapeXml(fill)}" fill-opacity="${round(opacity)}"${outline}/>`;
}

/** @param {import("./overlay.mjs").Segment} segment */
function lineElement({ x1, y1, x2, y2, weight }) {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke-opacity="${round(weight)}"/>`;
}

/** @param {number} value */
function round(value) {
  return String(Number(value.toFixed(2)));
}

/** XML 1.0 has no way to write control characters: they are left out. @param {string} text */
function escapeXml(text) {
  const entities = /** @type {Record<string, string>} */ ({
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  });
  return text
    .replace(/[&<>"']/g, (character) => entities[character])
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
}
