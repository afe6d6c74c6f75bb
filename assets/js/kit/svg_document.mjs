/**
 * A drawing of points or patches, lines and labels as an SVG document.
 *
 * @typedef {{x: number, y: number, radius: number, fill: string, opacity: number, ring: string | null, text?: string}} Circle
 * @typedef {{x: number, y: number, width: number, height: number, frame: string, frameWidth: number, tint: number,
 *   opacity: number, ring: string | null, picture: number, cut: number[]}} Patch  a part of a picture (cut: x, y, width and
 *   height of it) about x, y; tint: opacity of the frame's color over it
 * @typedef {{number: number, width: number, height: number, href: string}} Picture
 * @typedef {{x: number, y: number, text: string, fill: string}} TextLabel  x: left end, y: middle
 * @typedef {{width: number, height: number, background: string, title: string, marks: (Circle | Patch)[],
 *   pictures: Picture[], lines: import("../scatter/overlay/overlay.mjs").Segment[], lineColor: string, labels: TextLabel[]}} Drawing
 */

/**
 * @param {Drawing} drawing
 * @returns {string}
 */
export function svgDocument({ width, height, background, title, marks, pictures, lines, lineColor, labels }) {
  const text = `font-family="system-ui, sans-serif" font-size="12" dominant-baseline="central"`;
  const halo = `paint-order="stroke" stroke="${escapeXml(background)}" stroke-width="4" stroke-linejoin="round"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${escapeXml(background)}"/>`,
    ...(pictures.length > 0 ? ["<defs>", ...pictures.map(pictureElement), "</defs>"] : []),
    `<g font-family="system-ui, sans-serif" font-weight="700" text-anchor="middle">`,
    ...marks.map((mark) => ("cut" in mark ? patchElement(mark) : circleElement(mark))),
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
function circleElement({ x, y, radius, fill, opacity, ring, text }) {
  const outline = ring === null ? "" : ` stroke="${escapeXml(ring)}"`;
  const circle = `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${escapeXml(fill)}" fill-opacity="${round(opacity)}"${outline}/>`;
  if (text === undefined) return circle;
  const place = `x="${round(x)}" y="${round(y)}" font-size="${round(0.7 * radius)}" dominant-baseline="central"`;
  return `${circle}<text ${place} fill="#fff" fill-opacity="${round(opacity)}">${escapeXml(text)}</text>`;
}

/** @param {Picture} picture */
function pictureElement({ number, width, height, href }) {
  return `<image id="picture-${number}" width="${width}" height="${height}" href="${escapeXml(href)}"/>`;
}

/** The part of the picture is a window onto it, so that each picture is in the document once. @param {Patch} patch */
function patchElement({ x, y, width, height, frame, frameWidth, tint, opacity, ring, picture, cut }) {
  const box = (/** @type {number} */ inset) =>
    `x="${round(x - width / 2 + inset)}" y="${round(y - height / 2 + inset)}" width="${round(width - 2 * inset)}" height="${round(height - 2 * inset)}"`;
  const window = `<svg ${box(0)} viewBox="${cut.join(" ")}" preserveAspectRatio="none"><use href="#picture-${picture}"/></svg>`;
  const fill = tint > 0 ? `fill="${escapeXml(frame)}" fill-opacity="${round(tint)}"` : `fill="none"`;
  const framed = `<rect ${box(frameWidth / 2)} ${fill} stroke="${escapeXml(frame)}" stroke-width="${round(frameWidth)}"/>`;
  const ringed = ring === null ? "" : `<rect ${box(-0.75)} fill="none" stroke="${escapeXml(ring)}" stroke-width="1.5"/>`;
  return `<g opacity="${round(opacity)}">${window}${framed}${ringed}</g>`;
}

/** @param {import("../scatter/overlay/overlay.mjs").Segment} segment */
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
