/**
 * What a scene tells its page.
 *
 * @typedef {import("./camera/cells.mjs").Head} Head
 * @typedef {import("./composition.mjs").TokenSide} TokenSide
 * @typedef {import("./picture.mjs").ViewState} ViewState
 * @typedef {import("./input/point_description.mjs").HeadPoint} HeadPoint
 * @typedef {object} SceneEvents
 * @property {(head: Head) => void} onOpenHead
 * @property {(point: TokenSide) => void} onSelectPoint
 * @property {(point: (HeadPoint & {x: number, y: number}) | null) => void} [onHoverPoint]  x, y on the page
 * @property {(head: Head | null) => void} [onHoverHead]
 * @property {() => void} [onClear]
 * @property {(selection: {points: Uint32Array}) => void} [onLasso]  points: queries 0..N-1, keys N..2N-1
 * @property {(sentence: string) => void} [onError]
 * @property {(view: ViewState) => string | null} [fallbackImage]  URL of a picture of the view for browsers without WebGL 2
 */

export {};
