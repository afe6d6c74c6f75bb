/** Custom properties of the style sheet that an Image View paints with. */

export const COLOURS = Object.freeze({
  text: "--av-pattern-text",
  muted: "--av-pattern-muted",
  background: "--av-pattern-background",
  rule: "--av-pattern-rule",
  query: "--av-query",
  key: "--av-key",
  arrow: "--av-image-arrow",
  casing: "--av-image-casing",
});
