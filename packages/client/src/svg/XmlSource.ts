/**
 * Checks that a source is well-formed XML with an SVG root, and rewrites it into the part of XML that svgson reads
 * correctly: elements, quoted attributes and text.
 *
 * svgson's lexer is lenient in ways that change drawings: it imports elements out of comments, loses text after a
 * comment, drops the rest of the file after a stray closing tag, and takes quadratic time in CDATA. So it sees neither
 * comments, CDATA, processing instructions nor DOCTYPE; entities declared in a DOCTYPE are thereby never expanded.
 * Names come out qualified by `namespaces.ts`. One linear pass.
 */
import { depthMax, elementsMax, sourceCharsMax } from "./limits.ts"
import { type Namespaces, qualify, scope } from "./namespaces.ts"
import { SvgInvalid } from "./SvgInvalid.ts"

export const normalizeXml = (source: string): string => {
  if (source.length > sourceCharsMax) throw new SvgInvalid(`the source has more than ${sourceCharsMax} characters`)
  const text = source.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").replace(notXml, "\ufffd")
  return new Scanner(text).run()
}

/** Characters XML forbids; PostgreSQL refuses NUL and lone surrogates too. */
const notXml = /[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]|\p{Surrogate}/gu
const openTag = /<([\p{L}_][\p{L}\p{N}\p{M}_:.-]*)/uy
const attribute = /\s+([\p{L}_:][\p{L}\p{N}\p{M}_:.-]*)\s*=\s*("[^"<]*"|'[^'<]*')/uy
const tagEnd = /\s*(\/?)>/y
const closeTag = /<\/([^\s<>/]+)\s*>/y

interface OpenElement {
  readonly tag: string
  readonly name: string
  readonly namespaces: Namespaces | undefined
}

class Scanner {
  readonly #source: string
  readonly #out: Array<string> = []
  readonly #open: Array<OpenElement> = []
  #at = 0
  #elements = 0
  /** How many `text` elements are open: only there does white space between elements matter. */
  #texts = 0

  constructor(source: string) {
    this.#source = source
  }

  run(): string {
    while (this.#at < this.#source.length) {
      const next = this.#source.indexOf("<", this.#at)
      const end = next < 0 ? this.#source.length : next
      this.#text(this.#source.slice(this.#at, end))
      this.#at = end
      if (next >= 0) this.#markup()
    }
    const unclosed = this.#open.at(-1)
    if (unclosed !== undefined) throw new SvgInvalid(`the element <${unclosed.tag}> is never closed`)
    if (this.#elements === 0) throw new SvgInvalid("the source has no <svg> element")
    return this.#out.join("")
  }

  #markup(): void {
    if (this.#skip("<!--", "-->") || this.#skip("<?", "?>")) return
    if (this.#source.startsWith("<![CDATA[", this.#at)) return this.#cdata()
    if (this.#source.startsWith("<!DOCTYPE", this.#at)) return this.#doctype()
    if (this.#source.startsWith("</", this.#at)) return this.#close()
    this.#element()
  }

  #skip(start: string, end: string): boolean {
    if (!this.#source.startsWith(start, this.#at)) return false
    this.#at = this.#find(end, this.#at + start.length) + end.length
    return true
  }

  #cdata(): void {
    const start = this.#at + "<![CDATA[".length
    const end = this.#find("]]>", start)
    this.#text(this.#source.slice(start, end).replaceAll("&", "&amp;").replaceAll("<", "&lt;"))
    this.#at = end + "]]>".length
  }

  /** Skips quoted texts, comments and the internal subset in brackets. */
  #doctype(): void {
    if (this.#elements > 0) this.#fail("a DOCTYPE stands inside the drawing")
    const token = /["'[\]>]|<!--/g
    token.lastIndex = this.#at
    let brackets = 0
    for (let match = token.exec(this.#source); match !== null; match = token.exec(this.#source)) {
      const [found] = match
      if (found === "[") brackets++
      else if (found === "]") brackets--
      else if (found === ">" && brackets <= 0) {
        this.#at = token.lastIndex
        return
      } else if (found !== ">") {
        const end = found === "<!--" ? "-->" : found
        token.lastIndex = this.#find(end, token.lastIndex) + end.length
      }
    }
    this.#fail("the DOCTYPE never ends")
  }

  #close(): void {
    const [whole, tag] = this.#match(closeTag) ?? this.#fail("a closing tag is malformed")
    const open = this.#open.pop()
    if (open?.tag !== tag) this.#fail(`</${tag}> closes ${open === undefined ? "nothing" : `<${open.tag}>`}`)
    if (open?.name === "text") this.#texts--
    this.#out.push(`</${open?.name}>`)
    this.#at += whole.length
  }

  #element(): void {
    const [whole, tag = ""] = this.#match(openTag) ?? this.#fail("a tag is malformed")
    this.#at += whole.length
    const attributes = this.#attributes(tag)
    const [end, selfClosing] = this.#match(tagEnd) ?? this.#fail(`the tag <${tag}> is malformed`)
    const namespaces = scope(this.#open.at(-1)?.namespaces, attributes)
    const name = qualify(tag, namespaces)
    this.#admit(tag, name)
    const written = [...attributes].map(([key, quoted]) => ` ${key}=${quoted}`).join("")
    this.#out.push(`<${name}${written}${selfClosing}>`)
    this.#at += end.length
    if (selfClosing === "/") return
    this.#open.push({ tag, name, namespaces })
    if (name === "text") this.#texts++
  }

  #admit(tag: string, name: string): void {
    if (this.#open.length === 0) {
      if (this.#elements > 0) this.#fail(`<${tag}> stands after the drawing`)
      if (name !== "svg") this.#fail(`the root element is <${tag}>, not <svg> of the SVG namespace`)
    }
    if (this.#open.length >= depthMax) this.#fail(`elements are nested more than ${depthMax} deep`)
    if (++this.#elements > elementsMax) this.#fail(`the source has more than ${elementsMax} elements`)
  }

  /** Name to quoted text, quotes included. */
  #attributes(tag: string): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>()
    for (let match = this.#match(attribute); match !== null; match = this.#match(attribute)) {
      const [whole, name = "", quoted = ""] = match
      if (attributes.has(name)) this.#fail(`<${tag}> has the attribute ${name} twice`)
      attributes.set(name, quoted)
      this.#at += whole.length
    }
    return attributes
  }

  #text(text: string): void {
    if (this.#open.length === 0) {
      if (text.trim() !== "") this.#fail("text stands outside the drawing")
      return
    }
    if (text.trim() !== "") this.#out.push(text)
    // svgson drops blank text, so its first character goes in disguise.
    else if (this.#texts > 0 && text !== "") this.#out.push(`&#${text.charCodeAt(0)};${text.slice(1)}`)
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#source)
  }

  #find(end: string, from: number): number {
    const found = this.#source.indexOf(end, from)
    return found < 0 ? this.#fail(`${end} is missing`) : found
  }

  #fail(what: string): never {
    const line = this.#source.slice(0, this.#at).split("\n").length
    throw new SvgInvalid(`${what.slice(0, 200)} (line ${line})`)
  }
}
