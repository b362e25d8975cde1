/**
 * A real browser for tests: one Chromium for the tests of a file, and a context of its own, as if on a machine of its
 * own, for each person. Whatever a page complains of on its console, or throws, fails the test unless it said before
 * that it expects that.
 *
 * Chromium is `CHROMIUM_PATH`, or the first of a few names on the PATH. Where there is none the tests are counted as
 * skipped, with a loud word; under CI they fail.
 */
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest"

const names = ["chromium-headless-shell", "chromium", "google-chrome"]

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const findChromium = (): string | undefined => {
  const named = process.env["CHROMIUM_PATH"]
  if (named !== undefined && named !== "") return named
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

const executablePath = findChromium()
const mayBeMissing = process.env["CI"] === undefined || process.env["CI"] === ""

if (executablePath === undefined && mayBeMissing) {
  console.warn(`\n*** BROWSER TESTS ARE SKIPPED: no ${names.join(", ")} on the PATH, and no CHROMIUM_PATH. ***\n`)
}

/** `describe` for tests that need a browser. */
export const describeInBrowser = executablePath === undefined && mayBeMissing ? describe.skip : describe

const flags = [
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])
]

/** A person's own browser: nothing in it is shared with others'. */
export interface Visitor {
  readonly context: BrowserContext
  /** Complaints of this kind are expected from now on, such as those of a lost connection. */
  expectErrors(pattern: RegExp): void
  /** Another tab. */
  newPage(): Promise<Page>
}

export interface BrowserForFile {
  newVisitor(options?: BrowserContextOptions): Promise<Visitor>
}

/** Call it inside `describeInBrowser`; use the result inside tests. */
export const browserForFile = (): BrowserForFile => {
  let browser: Browser | undefined
  let visits: Array<{ readonly context: BrowserContext; readonly errors: Array<string>; readonly expected: Array<RegExp> }> = []
  beforeAll(async () => {
    if (executablePath === undefined) throw new Error(`no browser: install chromium or name one in CHROMIUM_PATH`)
    browser = await chromium.launch({ executablePath, args: flags })
  })
  afterEach(async () => {
    const ended = visits
    visits = []
    await Promise.all(ended.map(({ context }) => context.close()))
    const complaints = ended.flatMap(({ errors, expected }) => errors.filter((error) => !expected.some((pattern) => pattern.test(error))))
    expect(complaints).toEqual([])
  })
  afterAll(() => browser?.close())
  return {
    async newVisitor(options = {}) {
      if (browser === undefined) throw new Error("the browser is there inside tests only")
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
      const visit = { context, errors: new Array<string>(), expected: new Array<RegExp>() }
      visits.push(visit)
      context.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") visit.errors.push(`console: ${message.text()}`)
      })
      context.on("weberror", (error) => visit.errors.push(`thrown: ${String(error.error().stack ?? error.error())}`))
      return {
        context,
        expectErrors: (pattern) => void visit.expected.push(pattern),
        newPage: () => context.newPage()
      }
    }
  }
}
