import { expect, test } from 'vitest'
import { align } from '../../src/kubectl/tabwriter.ts'

test('a column is as wide as its widest cell among neighbouring lines', () => {
  expect(align('a\tb\nlong\tc\n')).toBe('a     b\nlong  c\n')
})

test('a line without the cell ends the column', () => {
  expect(align('Name:\tx\nEvents:\n  Type\tReason\n  Normal\tStarted\n')).toBe('Name:  x\nEvents:\n  Type    Reason\n  Normal  Started\n')
})

test('cells are at least so wide, with their padding', () => {
  expect(align('A\tB\tC\nx\ty\tz', 3, 6)).toBe('A     B     C\nx     y     z')
})

test('what stands after the last tab is in no column', () => {
  expect(align('a\tvery long tail\nb\tc\td\n')).toBe('a  very long tail\nb  c  d\n')
})
