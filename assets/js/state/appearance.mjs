/** Theme, palette and folded findings: stored in this browser, not in the URL. */

const root = document.documentElement;

/** @returns {"light" | "dark"} */
export function theme() {
  return root.dataset.bsTheme === "dark" ? "dark" : "light";
}

/** @returns {"standard" | "safe"} */
export function palette() {
  return root.dataset.palette === "safe" ? "safe" : "standard";
}

/** Switch between light and dark. */
export function toggleTheme() {
  root.dataset.bsTheme = theme() === "dark" ? "light" : "dark";
  localStorage.setItem("attentionviz-theme", root.dataset.bsTheme);
}

/** Fold or unfold the finding cards. */
export function foldFindings() {
  root.dataset.findings = root.dataset.findings === "folded" ? "open" : "folded";
  localStorage.setItem("attentionviz-findings", root.dataset.findings);
}

/** Switch between the standard and the color-blind safe palette. */
export function togglePalette() {
  root.dataset.palette = palette() === "safe" ? "standard" : "safe";
  localStorage.setItem("attentionviz-palette", root.dataset.palette);
}
