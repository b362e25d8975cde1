/**
 * A cover for a file: a few shapes that follow from its id, so that the same file looks the same everywhere and is
 * found again by its look. It is no picture of what is inside; a file without anything in it has an empty cover.
 */
import { useMemo } from "preact/hooks"

const hues = 6

export const FileCover = ({ fileId, isEmpty }: { readonly fileId: string; readonly isEmpty: boolean }) => {
  const cover = useMemo(() => shapesOf(fileId), [fileId])
  return (
    <svg class="file-cover" viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" aria-hidden="true" data-hue={cover.hue}>
      {!isEmpty && cover.shapes.map(({ kind, size, tone, turn, x, y }, index) => (
        <g key={index} data-tone={tone} transform={`translate(${x} ${y}) rotate(${turn})`}>
          {kind === "circle"
            ? <circle r={size / 2} />
            : <rect x={-size / 2} y={-size / 2} width={size * (kind === "bar" ? 2 : 1)} height={kind === "bar" ? size / 3 : size} rx={6} />}
        </g>
      ))}
    </svg>
  )
}

const kinds = ["circle", "square", "bar"] as const

const shapesOf = (fileId: string) => {
  // Ids are random already: each pair of digits is a number of its own.
  const numbers = Array.from({ length: 16 }, (_, index) => Number.parseInt(fileId.replaceAll("-", "").slice(index * 2, index * 2 + 2), 16) || 0)
  const at = (index: number, count: number): number => Math.floor(((numbers[index % numbers.length] ?? 0) / 256) * count)
  const shapes = [0, 1, 2].map((shape) => ({
    kind: kinds[at(shape * 5 + 1, kinds.length)] ?? "circle",
    x: 60 + at(shape * 5 + 2, 10) * 22,
    y: 40 + at(shape * 5 + 3, 10) * 11,
    size: 48 + at(shape * 5 + 4, 8) * 12,
    turn: at(shape * 5 + 5, 4) * 15 - 15,
    tone: shape
  }))
  return { hue: at(0, hues), shapes }
}
