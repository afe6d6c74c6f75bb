/** Theme and palette: stored in this browser, not in the URL. */

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

/** Switch between the standard and the color-blind safe palette. */
export function togglePalette() {
  root.dataset.palette = palette() === "safe" ? "standard" : "safe";
  localStorage.setItem("attentionviz-palette", root.dataset.palette);
}
