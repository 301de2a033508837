export function parse(text: string): { cmd: string; expected: string[] }[]
export function normalise(text: string): string
export function write(title: string, steps: { cmd: string }[], seen: string[][]): string
