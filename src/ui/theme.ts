// theme.ts: how each token looks: true colour, 256, 16 colours, or none; on dark and on light grounds.

import { Chalk, type ChalkInstance } from 'chalk'
import { type Canvas, segmentsOf, type Token } from './canvas.ts'

export type Depth = 0 | 1 | 2 | 3

export interface Theme {
  depth: Depth
  light: boolean
  paint: Record<Token, (text: string) => string>
}

/** Colour of the letters and of the ground: true colour, 256, 16. */
interface Look {
  rgb?: string
  ground?: string
  n256?: number
  g256?: number
  basic?: (c: ChalkInstance) => ChalkInstance
}

const strong = (c: ChalkInstance) => c.bold
const dark: Record<Exclude<Token, '.' | 's'>, Look> = {
  m: { rgb: '#8F9098', n256: 246, basic: c => c.dim },
  a: { rgb: '#FFC857', n256: 221, basic: c => c.yellowBright.bold },
  o: { rgb: '#56C2A0', n256: 73, basic: c => c.green },
  w: { rgb: '#F08A4B', n256: 209, basic: c => c.yellow },
  d: { rgb: '#FF6E7A', n256: 204, basic: c => c.redBright.bold },
  p: { rgb: '#241F16', ground: '#F1E3BE', n256: 234, g256: 223, basic: c => c.black.bgYellow },
  c: { rgb: '#F1E3BE', ground: '#2E2A20', n256: 223, g256: 235 },
  b: { rgb: '#57B6F2', n256: 75, basic: c => c.cyanBright.bold },
  e: { rgb: '#F0AEDB', n256: 218, basic: c => c.magentaBright.bold },
  l: { rgb: '#D6B370', n256: 179, basic: c => c.yellow },
  f: { rgb: '#A3B8CC', n256: 146, basic: c => c.cyan },
}
const light: typeof dark = {
  m: { rgb: '#6B6A70', n256: 242, basic: c => c.dim },
  a: { rgb: '#B84A00', n256: 130, basic: c => c.magenta },
  o: { rgb: '#00694E', n256: 23, basic: c => c.green },
  w: { rgb: '#7D4300', n256: 94, basic: c => c.red },
  d: { rgb: '#9B0F2E', n256: 88, basic: c => c.red.bold },
  p: { rgb: '#241F16', ground: '#F0D898', n256: 234, g256: 222, basic: c => c.black.bgYellow },
  c: { rgb: '#241F16', ground: '#F3E8CB', n256: 234, g256: 254 },
  b: { rgb: '#005F9E', n256: 25, basic: c => c.blue },
  e: { rgb: '#8A2F80', n256: 90, basic: c => c.magenta },
  l: { rgb: '#55501F', n256: 239, basic: c => c.bold },
  f: { rgb: '#44596E', n256: 240 },
}

export function newTheme(depth: Depth, onLight = false): Theme {
  // Without colour, bold stays: it carries no hue, and tells names from words.
  const chalk = new Chalk({ level: depth === 0 ? 1 : depth })
  const plain = (text: string) => text
  const paint: Record<string, (text: string) => string> = { '.': plain, s: strong(chalk) }
  for (const [token, look] of Object.entries(onLight ? light : dark) as [Token, Look][]) paint[token] = brush(chalk, depth, token, look) ?? plain
  return { depth, light: onLight, paint: paint as Theme['paint'] }
}

function brush(chalk: ChalkInstance, depth: Depth, token: Token, look: Look): ChalkInstance | undefined {
  if (depth === 0) return token === 'a' || token === 'd' ? strong(chalk) : undefined
  if (depth === 1) return look.basic?.(chalk)
  const letters = depth === 3 ? chalk.hex(look.rgb!) : chalk.ansi256(look.n256!)
  if (look.ground === undefined) return letters
  return depth === 3 ? letters.bgHex(look.ground) : letters.bgAnsi256(look.g256!)
}

// A colour that is followed by another need not end first. Ink writes it so; what is written so already it does not take apart twice.
const NEEDLESS = /\u001B\[39m(?=\u001B\[(?:3[0-8]|9[0-7])[\d;]*m)/g

/** One row as the terminal wants it. Never empty: an empty line would have no height. */
export function rowOf(canvas: Canvas, row: number, theme: Theme): string {
  let line = ''
  for (const { token, text } of segmentsOf(canvas, row)) line += theme.paint[token](text)
  return line === '' ? ' ' : line.replace(NEEDLESS, '')
}
