/**
 * The walk over the elements of a drawing, in paint order, that makes the objects.
 *
 * Inherited style is resolved on the way down and written on leaves only; opacity, blend mode, `display: none` and
 * transforms stay on the object of the element that has them. `use` becomes a group around a copy of its target, and
 * `svg` and `symbol` become frames, for they clip. Depth, copies and objects are bounded.
 */
import { CopyBudget } from "./CopyBudget.ts"
import { type Declarations, declarationsOf } from "./Declarations.ts"
import { applies, isDefinition, isDrawn } from "./elementKinds.ts"
import { elementProperties } from "./elementProperties.ts"
import { Geometry, transformed } from "./Geometry.ts"
import type { Properties } from "./ImportedObject.ts"
import { leafOf } from "./Leaf.ts"
import { depthMax } from "./limits.ts"
import type { Objects } from "./Objects.ts"
import { References } from "./References.ts"
import { inherit, initialStyle, type Style, type StyleContext } from "./Style.ts"
import { identity, isFiniteMatrix, type Matrix, multiply, parseTransform, translation } from "./Transform.ts"
import type { Size } from "./Units.ts"
import type { Unsupported } from "./Unsupported.ts"
import { rootSize, viewportOf } from "./Viewport.ts"
import { elementsOf, hrefOf, type SvgElement } from "./XmlTree.ts"

/** Where an element stands: what it inherits and belongs to. */
interface Place {
  readonly parentId: string | null
  readonly style: Style
  readonly viewport: Size
  readonly depth: number
  readonly copied: boolean
}

/** An element with what its own attributes resolve to. */
interface Entered {
  readonly element: SvgElement
  readonly declared: Declarations
  readonly style: Style
  readonly matrix: Matrix
  readonly place: Place
}

export class Drawing {
  readonly #references: References
  readonly #objects: Objects
  readonly #unsupported: Unsupported
  readonly #copies = new CopyBudget()
  /** The elements around the current one. A `use` of one of them would never end. */
  readonly #around = new Set<SvgElement>()

  constructor(root: SvgElement, objects: Objects, unsupported: Unsupported) {
    this.#references = new References(root)
    this.#objects = objects
    this.#unsupported = unsupported
  }

  /** Adds the frame of the whole drawing and everything in it. */
  add(root: SvgElement, name: string, parentId: string | null): void {
    const declared = declarationsOf(root, this.#unsupported)
    const place = { parentId, style: initialStyle, viewport: { width: 0, height: 0 }, depth: 0, copied: false }
    const style = inherit(initialStyle, declared, this.#context(place))
    const box = rootSize(root, style.fontSize, this.#unsupported)
    if (root.attributes.has("transform")) this.#unsupported.note("transform of the root")
    this.#around.add(root)
    this.#frame({ element: root, declared, style, matrix: identity, place }, { name, x: 0, y: 0 }, box)
  }

  #element(element: SvgElement, place: Place): void {
    if (isDefinition(element) || !this.#admits(element, place)) return
    if (!isDrawn(element)) return this.#unsupported.note(`<${element.name}>`)
    const entered = this.#enter(element, place)
    this.#around.add(element)
    switch (element.name) {
      case "a":
        if (hrefOf(element) !== undefined) this.#unsupported.note("link of <a>")
        this.#group(entered, elementsOf(element))
        break
      case "g":
        this.#group(entered, elementsOf(element))
        break
      case "svg":
        this.#viewport(entered, element)
        break
      case "switch":
        this.#unsupported.note("<switch>")
        this.#group(entered, elementsOf(element).filter(applies).slice(0, 1))
        break
      case "use":
        this.#use(entered)
        break
      default:
        this.#leaf(entered)
    }
    this.#around.delete(element)
  }

  #admits(element: SvgElement, place: Place): boolean {
    if (place.copied && !this.#copies.takes(element)) this.#unsupported.note("<use> beyond the limit of copies")
    else if (place.depth > depthMax) this.#unsupported.note("<use> beyond the limit of nesting")
    else return true
    return false
  }

  #enter(element: SvgElement, place: Place): Entered {
    const declared = declarationsOf(element, this.#unsupported)
    const style = inherit(place.style, declared, this.#context(place))
    const matrix = parseTransform(element.attributes.get("transform") ?? "")
    if (matrix === undefined) this.#unsupported.note("invalid transform")
    return { element, declared, style, matrix: matrix ?? identity, place }
  }

  #group({ element, declared, style, matrix, place }: Entered, children: ReadonlyArray<SvgElement>): string | undefined {
    const properties = { ...elementProperties(element, declared, this.#unsupported), ...transformed(matrix) }
    const parentId = this.#objects.add("group", place.parentId, properties)
    if (parentId !== undefined) this.#children(children, { ...place, parentId, style })
    return parentId
  }

  #children(children: ReadonlyArray<SvgElement>, place: Place): void {
    for (const child of children) this.#element(child, { ...place, depth: place.depth + 1 })
  }

  /** A nested `svg`, or the `symbol` of a `use`, whose size `sized` may override. */
  #viewport(entered: Entered, sized: SvgElement): void {
    const { element, matrix, place, style } = entered
    const geometry = this.#geometry(element, style, place)
    const override = sized === element ? geometry : this.#geometry(sized, style, place)
    const width = override.extent("width", "x") ?? geometry.extent("width", "x") ?? place.viewport.width
    const height = override.extent("height", "y") ?? geometry.extent("height", "y") ?? place.viewport.height
    if (width === 0 || height === 0) return this.#unsupported.note(`empty <${element.name}>`)
    const [x, y] = [geometry.length("x", "x") ?? 0, geometry.length("y", "y") ?? 0]
    this.#frame(entered, { x, y, ...transformed(matrix) }, { width, height })
  }

  #frame({ element, declared, style, place }: Entered, properties: Properties, box: Size): void {
    const overflow = declared.get("overflow") ?? "hidden"
    const parentId = this.#objects.add("frame", place.parentId, {
      ...elementProperties(element, declared, this.#unsupported),
      ...properties,
      ...box,
      fill: "none",
      clip: overflow !== "visible" && overflow !== "auto"
    })
    const { inner, matrix } = viewportOf(element, box, this.#unsupported)
    const drawn = elementsOf(element).some((child) => !isDefinition(child))
    const contentId = parentId !== undefined && drawn ? this.#content(parentId, matrix) : undefined
    if (contentId === undefined) return
    this.#children(elementsOf(element), { ...place, parentId: contentId, style, viewport: inner })
  }

  /** The group that maps the view box to the frame, if it has anything to map. */
  #content(frameId: string, matrix: Matrix): string | undefined {
    const properties = transformed(matrix)
    return Object.keys(properties).length === 0 ? frameId : this.#objects.add("group", frameId, properties)
  }

  #use(entered: Entered): void {
    const { element, matrix, place, style } = entered
    const href = hrefOf(element) ?? ""
    const target = this.#references.find(href)
    if (target === undefined) {
      return this.#unsupported.note(href.startsWith("#") ? "<use> of a missing element" : "<use> of another document")
    }
    if (this.#around.has(target)) return this.#unsupported.note("<use> of itself")
    const geometry = this.#geometry(element, style, place)
    const shift = translation(geometry.length("x", "x") ?? 0, geometry.length("y", "y") ?? 0)
    const moved = multiply(matrix, shift)
    if (!isFiniteMatrix(moved)) return this.#unsupported.note("invalid transform")
    const parentId = this.#group({ ...entered, matrix: moved }, [])
    if (parentId === undefined) return
    this.#copy(target, { ...place, parentId, style, depth: place.depth + 1, copied: true }, element)
    this.#objects.dropIfLast(parentId)
  }

  #copy(target: SvgElement, place: Place, use: SvgElement): void {
    if (target.name !== "symbol" && target.name !== "svg") {
      if (isDefinition(target)) this.#unsupported.note(`<use> of <${target.name}>`)
      return this.#element(target, place)
    }
    if (!this.#admits(target, place)) return
    this.#around.add(target)
    this.#viewport(this.#enter(target, place), use)
    this.#around.delete(target)
  }

  #leaf({ element, declared, style, matrix, place }: Entered): void {
    const common = elementProperties(element, declared, this.#unsupported)
    const leaf = leafOf(element, style, matrix, this.#context(place))
    if (leaf !== undefined) this.#objects.add(leaf.type, place.parentId, { ...leaf.properties, ...common })
  }

  #geometry(element: SvgElement, style: Style, place: Place): Geometry {
    return new Geometry(element, place.viewport, style.fontSize, this.#unsupported)
  }

  #context(place: Place): StyleContext {
    return { viewport: place.viewport, references: this.#references, unsupported: this.#unsupported }
  }
}
