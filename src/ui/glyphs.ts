// glyphs.ts: every sign that the screens draw, in three sets: box drawing, Braille for East Asian locales, ASCII.

export interface Glyphs {
  name: 'box' | 'braille' | 'ascii'
  next: string
  acting: string
  lit: string
  dark: string
  bell: string
  bellLine: string
  lost: string
  wire: string
  writing: string
  gate: string
  yes: string
  no: string
  star: string
  noStar: string
  open: string
  full: string
  /** Columns of a histogram, the lowest first. */
  bars: string
  empty: string
  hand: string
  belt: string
  filing: string
  cut: string
  /** Walls: top left, top, top right, left, right, bottom left, bottom, bottom right. */
  hall: Walls
  factory: Walls
  card: Walls
  vault: { corner: string; top: string; join: string; foot: string }
  roof: string
  chimney: string
  steam: string[]
}

export interface Walls {
  tl: string
  t: string
  tr: string
  l: string
  r: string
  bl: string
  b: string
  br: string
}

const SIGNS = {
  next: '►',
  acting: '◄',
  lit: '▮',
  dark: '▯',
  bell: '◉',
  bellLine: '╌',
  lost: '⋅',
  wire: '╎',
  writing: '▐',
  gate: '⊗',
  yes: '✓',
  no: '✗',
  star: '✦',
  noStar: '✧',
  open: '⋅',
  full: '▰',
  bars: '▁▂▃▄▅▆▇█',
  empty: '▱',
  hand: '↳',
  filing: '=',
} as const

const STEAM = ['⢠⠊⠒⠔⠊⠉⠂⠁', '⢀⠔⠒⠢⠤⠒⠁⠐', '⠠⠊⠑⠤⠔⠉⠂⠄', '⢠⠒⠉⠢⠤⠊⠁⠂', '⢀⠎⠑⠒⠔⠉⠐⠁']

const line = (tl: string, t: string, tr: string, l: string, r: string, bl: string, b: string, br: string): Walls => ({ tl, t, tr, l, r, bl, b, br })

export const box: Glyphs = {
  name: 'box',
  ...SIGNS,
  belt: '─',
  cut: '…',
  hall: line('┌', '─', '┐', '│', '│', '└', '─', '┘'),
  factory: line('', '─', '┐', '│', '│', '└', '─', '┘'),
  card: line('┌', '─', '┐', '│', '│', '└', '─', '┘'),
  vault: { corner: '┌', top: '─', join: '┤', foot: '┴' },
  roof: '⢀⡠⠔⠊│⢀⡠⠔⠊│⢀⡠⠔⠊│',
  chimney: '─┘└',
  steam: STEAM,
}

export const braille: Glyphs = {
  name: 'braille',
  ...SIGNS,
  belt: '⠒',
  cut: '~',
  hall: line('⣀', '⣀', '⣀', '⡇', '⢸', '⣇', '⣀', '⣸'),
  factory: line('', '⣀', '⣀', '⡇', '⢸', '⠉', '⠉', '⠉'),
  card: line('⡏', '⠉', '⢹', '⡇', '⢸', '⣇', '⣀', '⣸'),
  vault: { corner: '⡏', top: '⠉', join: '⢸', foot: '⣀' },
  roof: '⢀⡠⠔⠊⡇⢀⡠⠔⠊⡇⢀⡠⠔⠊⡇',
  chimney: '⣀⢸⡇',
  steam: STEAM,
}

export const ascii: Glyphs = {
  name: 'ascii',
  next: '>',
  acting: '<',
  lit: '#',
  dark: '-',
  bell: 'o',
  bellLine: '-',
  lost: '.',
  wire: '|',
  writing: 'H',
  gate: '@',
  yes: 'v',
  no: 'x',
  star: '*',
  noStar: '-',
  open: '.',
  full: '=',
  bars: '.:-=+*#@',
  empty: '-',
  hand: '\\',
  belt: '_',
  filing: '=',
  cut: '~',
  hall: line('.', '.', '.', ':', ':', ':', '.', ':'),
  factory: line('', '.', '.', ':', ':', "'", "'", "'"),
  card: line('.', '.', '.', ':', ':', ':', '.', ':'),
  vault: { corner: '.', top: "'", join: ':', foot: '.' },
  roof: "_.-'|_.-'|_.-'|",
  chimney: '.||',
  steam: ['~ ~  ~', ' ~ ~ ~', '~  ~ ~', '~ ~ ~ ', ' ~  ~~'],
}

export const glyphSets = { box, braille, ascii } as const
