// labels.test.ts: which labels a selector matches.

import { expect, test } from 'vitest'
import { labelSelectorMatches, parseSelector, selectorMatches } from '../../src/api/labels.ts'

const matches = (text: string, labels: Record<string, string>) => {
  const selector = parseSelector(text)
  if ('error' in selector) throw new Error(selector.error)
  return selectorMatches(selector, labels)
}

test('a label exists when the object has it, not when JavaScript does', () => {
  for (const key of ['toString', 'constructor', 'valueOf']) {
    expect(matches(key, { app: 'web' })).toBe(false)
    expect(matches(`!${key}`, { app: 'web' })).toBe(true)
    expect(matches(key, { [key]: 'here' })).toBe(true)
    expect(labelSelectorMatches({ matchExpressions: [{ key, operator: 'Exists' }] }, { app: 'web' })).toBe(false)
  }
})
