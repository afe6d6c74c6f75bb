import { CLICKED, CLICKED_SCALE, HIDDEN, HIT, KEPT } from "../emphasis.mjs";
import { FIT, PERSPECTIVE } from "../camera/camera3d.mjs";
import { PAD } from "../camera/cells.mjs";

/** Texels in a row of the point table; points of a head are limited to this times the largest texture side. */
export const TABLE_WIDTH = 2048;

/** Side of an icon mask in texels. */
export const ICON_SIDE = 64;

/** Ring colors of the shader: the neutral one and those of search terms. */
export const RINGS = 9;

/** Opacity of points that are not emphasized while others are. */
export const FADED = 0.14;

/** Values of the uniform `mark`. */
export const MARKS = Object.freeze({ dot: 0, framed: 1, filled: 2 });

/** Values of the varying `kind`. */
const KINDS = Object.freeze({ patch: 1, icon: 2 });

/** Opacity of the color over a filled patch; the rest shows the patch. */
export const FILLED = 0.8;

/** Size of icons relative to patches. */
export const ICON_SCALE = 1.2;

/** Thinnest frame of a patch, in CSS pixels. */
const THINNEST_FRAME = 0.4;

/** Smallest round point, in device pixels; smaller ones are square. */
export const ROUND_FROM = 2.5;

/**
 * A vertex is a point of a head: its number determines the cell, a table shared by all heads determines its style.
 * Table: red = color byte, green = 1 for a key, blue = emphasis code, alpha = relative size (128 = 1).
 *
 * Code for patches is compiled only when patches are drawn: in software rendering it takes a third of the time.
 */
const VERTEX_SHADER = `precision highp float;
precision highp int;
precision highp usampler2D;
precision mediump sampler2DArray;

layout(location = 0) in vec3 position;
layout(location = 1) in float headColor;
layout(location = 2) in float trust;

uniform int pointsPerHead;
uniform int headsPerRow;
uniform int rowsPerBand;
uniform float bandPitch;
uniform vec2 origin;
uniform float cellSize;
uniform vec2 stage;
uniform float pixelRatio;
uniform float largestPoint;
uniform bool spatial;
uniform mat3 rotation;
uniform bool colorByHead;
uniform bool fading;
uniform float trustFrom;
uniform float size;
uniform float emphasizedSize;
uniform float alpha;
uniform float opacity;
uniform vec3 background;
uniform vec3 fadeColor;
uniform vec3 rings[${RINGS}];
uniform bool severalTerms;
uniform usampler2D table;
uniform sampler2D palette;

flat out vec4 fill;
flat out vec3 ring;
flat out float diameter;
flat out float ringWidth;
#ifdef PATCHES
uniform float frame;
uniform ivec3 tiles;
uniform usampler2D sprites;
flat out vec4 veil;
flat out float frameWidth;
flat out int kind;
flat out ivec3 sprite;
#else
vec4 veil;
#endif

void main() {
  int head = gl_VertexID / pointsPerHead;
  int point = gl_VertexID % pointsPerHead;
  uvec4 entry = texelFetch(table, ivec2(point % ${TABLE_WIDTH}, point / ${TABLE_WIDTH}), 0);

  vec2 place = vec2(position.x, 1.0 - position.y);
  float nearness = 0.0;
  if (spatial) {
    vec3 turned = rotation * (position * 2.0 - 1.0);
    nearness = turned.z;
    vec2 seen = turned.xy * (${FIT.toFixed(6)} / (1.0 - ${(PERSPECTIVE * FIT).toFixed(6)} * turned.z));
    place = vec2(0.5 + 0.5 * seen.x, 0.5 - 0.5 * seen.y);
  }
  int layer = head / headsPerRow;
  vec2 cell = vec2(float(head % headsPerRow) + bandPitch * float(layer / rowsPerBand), float(layer % rowsPerBand));
  vec2 screen = origin + cellSize * (cell + ${PAD.toFixed(6)} + ${(1 - 2 * PAD).toFixed(6)} * place);

  float colorByte = colorByHead ? headColor : float(entry.r);
  vec3 rgb = texelFetch(palette, ivec2(int(colorByte + 0.5), int(entry.g)), 0).rgb;
  int code = int(entry.b);
  bool strong = code > ${KEPT};
  bool faded = !strong && (fading && code == 0 || trust < trustFrom);

  float depthScale = spatial ? 1.0 + 0.35 * clamp(nearness, -1.0, 1.0) : 1.0;
  float points = size * depthScale * float(entry.a) / 128.0;
  if (strong) points = emphasizedSize * (code == ${CLICKED} ? ${CLICKED_SCALE} : 1.0) * mix(1.0, float(entry.a) / 128.0, 0.5);
  float strength = strong ? 1.0 : alpha;
  veil = vec4(0.0);
  if (spatial && !strong) {
    float cue = 0.5 - 0.5 * clamp(nearness, -1.0, 1.0);
    veil = vec4(background, 0.5 * cue);
    rgb = mix(rgb, background, veil.a);
    strength = min(1.0, strength * 1.2);
  }
  if (faded) {
    veil = vec4(fadeColor, 0.6);
    rgb = mix(rgb, fadeColor, veil.a);
    strength = ${FADED.toFixed(2)};
  }

#ifdef PATCHES
  uint number = texelFetch(sprites, ivec2(point % ${TABLE_WIDTH}, point / ${TABLE_WIDTH}), 0).r;
  if (number >= 0x80000000u) {
    kind = ${KINDS.icon};
    sprite = ivec3(0, 0, int(number - 0x80000000u));
    frameWidth = 0.0;
    points *= ${ICON_SCALE.toFixed(2)};
  } else {
    kind = ${KINDS.patch};
    // Exact below eight million patches, and without the integer divisions that processors cannot do side by side.
    vec3 grid = vec3(tiles);
    float rest = float(number) + 0.5;
    float page = floor(rest / (grid.x * grid.y));
    rest -= page * grid.x * grid.y;
    float row = floor(rest / grid.x);
    sprite = ivec3(grid.z * vec2(floor(rest - row * grid.x), row), page);
    frameWidth = max(frame * points, ${THINNEST_FRAME.toFixed(2)}) * pixelRatio;
  }
#endif
  fill = vec4(rgb, strength * opacity);
  diameter = clamp(points * pixelRatio, 1.0, largestPoint);
  ringWidth = strong && points >= 2.5 ? clamp(0.15 * points, 0.75, 1.75) * pixelRatio : 0.0;
  ring = code >= ${HIT} && severalTerms ? rings[1 + (code - ${HIT}) % ${RINGS - 1}] : mix(rgb, rings[0], clamp(0.12 * points, 0.5, 0.95));

  float layerDepth = strong ? -0.5 : (faded ? 0.5 : 0.0);
  gl_Position = vec4(screen.x / stage.x * 2.0 - 1.0, 1.0 - screen.y / stage.y * 2.0, layerDepth - 0.2 * clamp(nearness, -2.0, 2.0), 1.0);
  if (code == ${HIDDEN}) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = diameter >= ${ROUND_FROM.toFixed(1)} ? diameter + 1.0 : diameter;
}`;

const FRAGMENT_SHADER = `precision highp float;
precision highp int;
precision mediump sampler2DArray;

flat in vec4 fill;
flat in vec3 ring;
flat in float diameter;
flat in float ringWidth;
out vec4 color;

#ifdef PATCHES
uniform int mark;
uniform ivec3 tiles;
uniform vec2 shape;
uniform sampler2DArray atlas;
uniform sampler2DArray icons;
flat in vec4 veil;
flat in float frameWidth;
flat in int kind;
flat in ivec3 sprite;

vec3 withColor(vec3 rgb) {
  return mark == ${MARKS.filled} ? mix(rgb, fill.rgb, ${FILLED.toFixed(2)}) : rgb;
}

// Color at a position of the patch, 0..1, for a patch of so many pixels. Coarser texels stay inside the tile.
vec3 patchColor(vec2 place, float pixels) {
  float tile = float(tiles.z);
  float level = clamp(log2(tile / max(pixels, 1.0)), 0.0, log2(tile));
  float inset = min(0.5, 0.5 * exp2(ceil(level)) / tile);
  vec2 texel = vec2(sprite.xy) + tile * clamp(place, inset, 1.0 - inset);
  vec3 rgb = textureLod(atlas, vec3(texel / (tile * vec2(tiles.xy)), float(sprite.z)), level).rgb;
  return withColor(mix(rgb, veil.rgb, veil.a));
}

vec3 iconColor(vec2 place) {
  float level = clamp(log2(${ICON_SIDE.toFixed(1)} / diameter), 0.0, 6.0);
  float ink = textureLod(icons, vec3(place, float(sprite.z)), level).r;
  float light = dot(fill.rgb, vec3(0.299, 0.587, 0.114));
  return mix(fill.rgb, vec3(light > 0.62 ? 0.1 : 1.0), ink);
}

float edgeDistance(vec2 place) {
  vec2 corner = 0.5 * diameter * shape - abs(place);
  return kind == ${KINDS.patch} ? min(corner.x, corner.y) : 0.5 * diameter - length(place);
}

// A patch of about one pixel has the mean color of its tile: one texel of the level where tiles are texels.
vec3 tinyColor() {
  if (kind != ${KINDS.patch}) return fill.rgb;
  float inner = max(0.0, 1.0 - 2.0 * frameWidth / diameter);
  vec3 rgb = texelFetch(atlas, ivec3(sprite.xy / tiles.z, sprite.z), int(log2(float(tiles.z)) + 0.5)).rgb;
  return mix(fill.rgb, withColor(mix(rgb, veil.rgb, veil.a)), inner * inner);
}

vec3 innerColor(vec2 place, float inside) {
  if (kind == ${KINDS.icon}) return iconColor(place / diameter + 0.5);
  vec2 extent = max(diameter * shape - 2.0 * (ringWidth + frameWidth), 1.0);
  vec3 seen = patchColor(place / extent + 0.5, max(extent.x, extent.y));
  return mix(fill.rgb, seen, clamp(inside - frameWidth + 0.5, 0.0, 1.0));
}
#else
float edgeDistance(vec2 place) { return 0.5 * diameter - length(place); }
vec3 tinyColor() { return fill.rgb; }
vec3 innerColor(vec2 place, float inside) { return fill.rgb; }
#endif

void main() {
  if (diameter < ${ROUND_FROM.toFixed(1)}) {
    color = vec4(tinyColor() * fill.a, fill.a);
    return;
  }
  vec2 place = (gl_PointCoord - 0.5) * (diameter + 1.0);
  float fromEdge = edgeDistance(place);
  float coverage = clamp(fromEdge + 0.5, 0.0, 1.0) * fill.a;
  if (coverage <= 0.0) discard;
  float inside = fromEdge - ringWidth;
  vec3 rgb = innerColor(place, inside);
  if (ringWidth > 0.0) rgb = mix(ring, rgb, clamp(inside + 0.5, 0.0, 1.0));
  color = vec4(rgb * coverage, coverage);
}`;

/**
 * @param {WebGL2RenderingContext} gl
 * @param {boolean} patches draw patches and icons; otherwise dots
 * @returns {WebGLProgram}
 */
export function compileProgram(gl, patches) {
  const program = gl.createProgram();
  const head = `#version 300 es\n${patches ? "#define PATCHES\n" : ""}`;
  for (const [type, source] of /** @type {const} */ ([
    [gl.VERTEX_SHADER, VERTEX_SHADER],
    [gl.FRAGMENT_SHADER, FRAGMENT_SHADER],
  ])) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error("The graphics card has no free shaders. Close some tabs and reload the page.");
    gl.shaderSource(shader, head + source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader)).filter(Boolean);
    throw new Error(`The graphics driver rejected the shaders: ${[gl.getProgramInfoLog(program), ...logs].join(" ")}`);
  }
  return program;
}
