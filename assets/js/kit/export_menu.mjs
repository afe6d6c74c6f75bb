/** Menu that copies or saves a panel as SVG, PNG or CSV. */

import { button, html } from "./elements.mjs";
import { paint, toSvg } from "./shapes.mjs";

/** @typedef {"svg"|"png"|"csv"} Format */
/**
 * @typedef {object} Exportable
 * @property {() => import("./shapes.mjs").Picture} picture
 * @property {() => string} csv
 * @property {string} name of the file, before conversion to a slug
 */

/** @type {readonly Format[]} */
const FORMATS = ["svg", "png", "csv"];
const MIME = { svg: "image/svg+xml", csv: "text/csv" };
const PNG_SCALE = 2;
const LONGEST_SIDE = 16384;

export class ExportMenu {
  #read;
  #status = html("p", { class: "av-export-said", role: "status" });

  /**
   * @param {string} name prefix of test ids
   * @param {() => Exportable|null} read the current content
   */
  constructor(name, read) {
    this.#read = read;
    const rows = FORMATS.map((format) =>
      html(
        "div",
        { class: "av-export-row" },
        html("span", {}, format.toUpperCase()),
        button("Copy", { class: "av-quiet-button", "data-testid": `${name}-copy-${format}` }, () => this.#copy(format)),
        button("Save", { class: "av-quiet-button", "data-testid": `${name}-save-${format}` }, () => this.#save(format)),
      ),
    );
    this.element = html(
      "details",
      { class: "av-export", "data-testid": `${name}-export` },
      html("summary", { class: "av-quiet-button" }, "Export"),
      html("div", { class: "av-export-menu" }, ...rows, this.#status),
    );
  }

  /** @param {Format} format */
  async #copy(format) {
    const exported = this.#read();
    if (!exported) return;
    try {
      if (format === "png") await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(exported) })]);
      else await navigator.clipboard.writeText(asText(exported, format));
      this.#report(`${format.toUpperCase()} copied.`);
    } catch {
      this.#report("The browser blocked copying. Save the file instead.");
    }
  }

  /** @param {Format} format */
  async #save(format) {
    const exported = this.#read();
    if (!exported) return;
    const blob = format === "png" ? await asPng(exported) : asFile(exported, format);
    const address = URL.createObjectURL(blob);
    const name = (exported.name.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("-");
    html("a", { href: address, download: `${name}.${format}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 0);
    this.#report(`${format.toUpperCase()} saved.`);
  }

  /** @param {string} message */
  #report(message) {
    this.#status.textContent = message;
  }
}

/**
 * @param {Exportable} exported
 * @param {"svg"|"csv"} format
 * @returns {string}
 */
function asText(exported, format) {
  return format === "csv" ? exported.csv() : toSvg(exported.picture());
}

/**
 * @param {Exportable} exported
 * @param {"svg"|"csv"} format
 * @returns {Blob}
 */
function asFile(exported, format) {
  return new Blob([asText(exported, format)], { type: MIME[format] });
}

/**
 * @param {Exportable} exported
 * @returns {Promise<Blob>}
 */
function asPng(exported) {
  const picture = exported.picture();
  const scale = Math.min(PNG_SCALE, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = html("canvas", {
    width: String(Math.floor(picture.width * scale)),
    height: String(Math.floor(picture.height * scale)),
  });
  const context = canvas.getContext("2d");
  if (!context) return Promise.reject(new Error("This browser cannot create a canvas."));
  context.scale(scale, scale);
  paint(context, picture);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large to save as PNG."))));
  });
}
