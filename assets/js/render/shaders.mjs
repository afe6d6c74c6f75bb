import { CLICKED, HIT, KEPT } from "./emphasis.mjs";
import { FIT, PERSPECTIVE } from "./camera3d.mjs";
import { PAD } from "./cells.mjs";

/** Texels in a row of the point table; a head may have up to this many times the largest texture side of points. */
export const TABLE_WIDTH = 2048;

/** Ring colours that the shader knows: the neutral one and those of search terms. */
export const RINGS = 9;

/** Opacity of points that are faded because others stand out. */
export const FADED = 0.14;

/** Points from this many device pixels on are drawn round. */
export const ROUND_FROM = 2.5;

/**
 * A vertex is a point of a head: its cell follows from its number, its looks from a table of the points that all heads share.
 * Table: red = colour byte, green = 1 for a key, blue = emphasis code, alpha = relative size (128 = 1).
 */
export const VERTEX_SHADER = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;

layout(location = 0) in vec3 position;
layout(location = 1) in float headColor;

uniform int pointsPerHead;
uniform int headsPerRow;
uniform int rowsPerBand;
uniform float bandPitch;
uniform vec2 origin;
uniform float cellSize;
uniform vec2 stage;
uniform float pixelRatio;
uniform bool spatial;
uniform mat3 rotation;
uniform bool colorByHead;
uniform bool fading;
uniform float size;
uniform float emphasisedSize;
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
  bool faded = fading && code == 0;

  float depthScale = spatial ? 1.0 + 0.35 * clamp(nearness, -1.0, 1.0) : 1.0;
  float points = size * depthScale * float(entry.a) / 128.0;
  if (strong) points = emphasisedSize * (code == ${CLICKED} ? 1.45 : 1.0) * mix(1.0, float(entry.a) / 128.0, 0.5);
  float strength = strong ? 1.0 : alpha;
  if (spatial && !strong) {
    float cue = 0.5 - 0.5 * clamp(nearness, -1.0, 1.0);
    rgb = mix(rgb, background, 0.5 * cue);
    strength = min(1.0, strength * 1.2);
  }
  if (faded) {
    rgb = mix(rgb, fadeColor, 0.6);
    strength = ${FADED.toFixed(2)};
  }
  fill = vec4(rgb, strength * opacity);
  diameter = max(points * pixelRatio, 1.0);
  ringWidth = strong && points >= 2.5 ? clamp(0.15 * points, 0.75, 1.75) * pixelRatio : 0.0;
  ring = code >= ${HIT} && severalTerms ? rings[1 + (code - ${HIT}) % ${RINGS - 1}] : mix(rgb, rings[0], clamp(0.12 * points, 0.5, 0.95));

  float layerDepth = strong ? -0.5 : (fading && code == ${KEPT} ? 0.0 : 0.5);
  gl_Position = vec4(screen.x / stage.x * 2.0 - 1.0, 1.0 - screen.y / stage.y * 2.0, layerDepth - 0.2 * clamp(nearness, -2.0, 2.0), 1.0);
  gl_PointSize = diameter >= ${ROUND_FROM.toFixed(1)} ? diameter + 1.0 : diameter;
}`;

export const FRAGMENT_SHADER = `#version 300 es
precision mediump float;

flat in vec4 fill;
flat in vec3 ring;
flat in float diameter;
flat in float ringWidth;
out vec4 color;

void main() {
  if (diameter < ${ROUND_FROM.toFixed(1)}) {
    color = vec4(fill.rgb * fill.a, fill.a);
    return;
  }
  float fromEdge = 0.5 * diameter - length(gl_PointCoord - 0.5) * (diameter + 1.0);
  float coverage = clamp(fromEdge + 0.5, 0.0, 1.0) * fill.a;
  if (coverage <= 0.0) discard;
  vec3 rgb = ringWidth > 0.0 ? mix(ring, fill.rgb, clamp(fromEdge - ringWidth + 0.5, 0.0, 1.0)) : fill.rgb;
  color = vec4(rgb * coverage, coverage);
}`;

/**
 * @param {WebGL2RenderingContext} gl
 * @returns {WebGLProgram}
 */
export function compileProgram(gl) {
  const program = gl.createProgram();
  for (const [type, source] of /** @type {const} */ ([
    [gl.VERTEX_SHADER, VERTEX_SHADER],
    [gl.FRAGMENT_SHADER, FRAGMENT_SHADER],
  ])) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error("The graphics card gives no more shaders.");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader)).filter(Boolean);
    throw new Error(`The graphics driver refused the shaders: ${[gl.getProgramInfoLog(program), ...logs].join(" ")}`);
  }
  return program;
}
