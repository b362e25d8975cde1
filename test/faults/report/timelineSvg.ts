/** Pictures of timelines, one below the other: operations a second as an area, the p99 of acks as a line, faults as bands. */
import type { Timeline } from "./record.ts"

const width = 960
const panel = { top: 34, height: 120, left: 56, right: 56, gap: 30 }
const plotWidth = width - panel.left - panel.right
const colours = { text: "#57606a", grid: "#d0d7de", operations: "#5b5bd6", ack: "#e5730d", band: "#d1242f" }

/** Acks are drawn on a logarithmic scale, from the one to the other. */
const ackMillis = { min: 1, max: 100_000 }

export const timelinesSvg = (timelines: ReadonlyArray<Timeline>): string => {
  const each = panel.top + panel.height + panel.gap
  const height = each * timelines.length
  const panels = timelines.map((timeline, index) => `<g transform="translate(0 ${index * each})">${panelOf(timeline)}</g>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="${colours.text}">` +
    `<rect width="${width}" height="${height}" fill="#ffffff"/>${panels.join("")}</svg>\n`
}

const panelOf = ({ ackP99Millis, bands, name, operationsPerSecond, sliceMillis }: Timeline): string => {
  const seconds = operationsPerSecond.length * sliceMillis / 1000
  const most = Math.max(1, ...operationsPerSecond)
  const bottom = panel.top + panel.height
  const x = (millis: number): number => round(panel.left + Math.min(1, Math.max(0, millis / (seconds * 1000))) * plotWidth)
  const xOf = (slice: number): number => x((slice + 0.5) * sliceMillis)
  const yOfOperations = (value: number): number => round(bottom - value / most * panel.height)
  const yOfAck = (millis: number): number => {
    const part = Math.log10(Math.min(ackMillis.max, Math.max(ackMillis.min, millis)) / ackMillis.min) / Math.log10(ackMillis.max / ackMillis.min)
    return round(bottom - part * panel.height)
  }
  const faults = bands.map((band) =>
    `<rect x="${x(band.fromMillis)}" y="${panel.top}" width="${round(Math.max(2, x(band.toMillis) - x(band.fromMillis)))}" height="${panel.height}" fill="${colours.band}" opacity="0.14"/>` +
    `<text x="${x(band.fromMillis) + 3}" y="${panel.top + 12}" fill="${colours.band}">${escaped(band.name)}</text>`)
  const area = operationsPerSecond.map((value, slice) => `${xOf(slice)},${yOfOperations(value)}`)
  const ack = ackP99Millis.flatMap((millis, slice) => millis === null ? [] : [`${xOf(slice)},${yOfAck(millis)}`])
  return `<text x="${panel.left}" y="18" font-size="13" font-weight="600" fill="#1f2328">${escaped(name)}</text>` +
    `<line x1="${panel.left}" x2="${width - panel.right}" y1="${bottom}" y2="${bottom}" stroke="${colours.grid}"/>` +
    faults.join("") +
    `<polygon points="${xOf(0)},${bottom} ${area.join(" ")} ${xOf(area.length - 1)},${bottom}" fill="${colours.operations}" opacity="0.35"/>` +
    `<polyline points="${ack.join(" ")}" fill="none" stroke="${colours.ack}" stroke-width="1.5"/>` +
    `<text x="4" y="${panel.top + 10}" fill="${colours.operations}">${Math.round(most)} op/s</text>` +
    [10, 1_000].map((millis) => `<text x="${width - panel.right + 6}" y="${yOfAck(millis) + 4}" fill="${colours.ack}">${millis < 1_000 ? `${millis} ms` : `${millis / 1_000} s`}</text>`).join("") +
    `<text x="${width - panel.right + 6}" y="${panel.top + 10}" fill="${colours.ack}">ack p99</text>` +
    `<text x="${width - panel.right}" y="${bottom + 15}" text-anchor="end">${Math.round(seconds)} s</text>`
}

const round = (value: number): number => Math.round(value * 10) / 10
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
