/** Metrics of several threads as one text: families together, as Prometheus wants them, and who told each sample. */

interface Family {
  readonly head: Array<string>
  readonly samples: Array<string>
}

/** `own` as it is, and the samples of each worker with the label `worker`. */
export const mergedMetrics = (own: string, workers: ReadonlyMap<number, string>): string => {
  const families = new Map<string, Family>()
  read(own, families, (line) => line)
  for (const [worker, text] of workers) read(text, families, (line) => labelled(line, `worker="${worker}"`))
  return [...families.values()].map(({ head, samples }) => [...head, ...samples].join("\n")).join("\n") + "\n"
}

/** A line `# TYPE name …` opens a family; the samples that follow belong to it. */
const read = (text: string, families: Map<string, Family>, change: (line: string) => string): void => {
  let family: Family = { head: [], samples: [] }
  for (const line of text.split("\n")) {
    if (line === "") continue
    const [, name] = /^# (?:HELP|TYPE) (\S+)/.exec(line) ?? []
    if (name === undefined) {
      family.samples.push(change(line))
      continue
    }
    const known = families.get(name)
    family = known ?? { head: [], samples: [] }
    if (known === undefined) families.set(name, family)
    if (!family.head.includes(line)) family.head.push(line)
  }
}

const labelled = (line: string, label: string): string => {
  const end = line.indexOf("{")
  if (end !== -1) return `${line.slice(0, end)}{${label},${line.slice(end + 1)}`
  const space = line.indexOf(" ")
  return `${line.slice(0, space)}{${label}}${line.slice(space)}`
}
