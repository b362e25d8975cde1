/**
 * What each attribute and CSS property means to an import: drawn, without effect on a still picture, lossless only at
 * certain values, or unknown.
 *
 * Everything that is neither drawn nor known to be harmless is named as unsupported, so a property that this table
 * has never heard of is named too.
 */

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Properties that objects take over, as presentation attributes or in `style`. */
export const drawnProperties = words(`
  color display dominant-baseline fill fill-opacity fill-rule font font-family font-size font-style font-weight
  letter-spacing mix-blend-mode opacity overflow stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset
  stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration
  text-decoration-line visibility white-space`)

/** Attributes that the element they belong to reads; elsewhere they have no meaning. */
const readAttributes = words(`
  cx cy d dx dy height href id offset points preserveAspectRatio r rx ry style transform viewBox width x x1 x2
  xlink:href xml:space y y1 y2`)

/** Attributes without effect on a still picture. */
const harmlessAttributes = words(`
  autofocus baseProfile class contentScriptType contentStyleType crossorigin decoding download externalResourcesRequired
  fetchpriority focusable hreflang lang loading nonce part ping referrerpolicy rel requiredExtensions requiredFeatures
  role slot systemLanguage tabindex target type version xmlns zoomAndPan`)

/** Properties without effect on a still picture, or only on elements that are named as unsupported themselves. */
const harmlessProperties = words(`
  clip-rule color-interpolation-filters color-profile color-rendering cursor enable-background flood-color flood-opacity
  glyph-orientation-horizontal glyph-orientation-vertical lighting-color line-height pointer-events shape-margin
  shape-padding solid-color solid-opacity text-align text-rendering touch-action transition user-select will-change`)

/** Properties that we do not draw, with the values at which nothing is lost. */
const neutralValues: ReadonlyMap<string, ReadonlyArray<string>> = new Map(Object.entries({
  "alignment-baseline": ["auto", "baseline", "alphabetic"],
  "animation": ["none"],
  "backdrop-filter": ["none"],
  "baseline-shift": ["0", "baseline"],
  "clip": ["auto"],
  "clip-path": ["none"],
  "color-interpolation": ["auto", "srgb"],
  "direction": ["ltr"],
  "filter": ["none"],
  "font-feature-settings": ["normal"],
  "font-kerning": ["auto", "normal"],
  "font-size-adjust": ["none"],
  "font-stretch": ["normal", "100%"],
  "font-variant": ["normal"],
  "font-variant-alternates": ["normal"],
  "font-variant-caps": ["normal"],
  "font-variant-east-asian": ["normal"],
  "font-variant-ligatures": ["normal"],
  "font-variant-numeric": ["normal"],
  "font-variant-position": ["normal"],
  "font-variation-settings": ["normal"],
  "image-rendering": ["auto", "optimizequality", "smooth"],
  "isolation": ["auto"],
  "kerning": ["auto"],
  "marker": ["none"],
  "marker-end": ["none"],
  "marker-mid": ["none"],
  "marker-start": ["none"],
  "mask": ["none"],
  "mask-type": ["luminance"],
  "paint-order": ["normal", "fill", "fill stroke", "fill stroke markers"],
  "shape-inside": ["auto", "none"],
  "shape-rendering": ["auto", "geometricprecision"],
  "text-decoration-color": ["#000", "#000000", "currentcolor"],
  "text-decoration-style": ["solid"],
  "text-indent": ["0", "0px"],
  "text-orientation": ["mixed"],
  "text-overflow": ["clip"],
  "text-shadow": ["none"],
  "text-transform": ["none"],
  "transform-box": ["view-box"],
  "transform-origin": ["0 0", "0px 0px"],
  "unicode-bidi": ["embed", "normal"],
  "vector-effect": ["none"],
  "word-spacing": ["0", "0px", "normal"],
  "writing-mode": ["horizontal-tb", "lr", "lr-tb"]
}))

/** The name to report for an attribute that is not drawn, or `undefined` when nothing is lost. */
export const lossOfAttribute = (name: string, value: string): string | undefined => {
  if (readAttributes.has(name) || harmlessAttributes.has(name) || /^(?:data-|aria-|on)|:/.test(name)) return undefined
  return lossOfKnown(name, value, `attribute ${name}`)
}

/** The name to report for a CSS property that is not drawn, or `undefined` when nothing is lost. */
export const lossOfProperty = (name: string, value: string): string | undefined =>
  name.startsWith("-") ? undefined : lossOfKnown(name, value, `property ${name}`)

const lossOfKnown = (name: string, value: string, unknown: string): string | undefined => {
  if (harmlessProperties.has(name)) return undefined
  const neutral = neutralValues.get(name)
  if (neutral === undefined) return unknown
  return neutral.includes(value.trim().toLowerCase()) ? undefined : name
}
