// planner.test.ts: the player at the planner's desk: letters by hand, the sheet of those who cannot, and what others do meanwhile.

import { describe, expect, test } from 'vitest'
import { podsOf } from '../../src/game/facts.ts'
import type { Run } from '../../src/game/run.ts'
import { viewOf } from '../../src/game/session.ts'
import { levelOf, played } from './play.ts'

const play = (id: string, lines: string[]): Run => played(levelOf(id), lines).run!
const panelOf = (id: string, lines: string[]) => {
  const view = viewOf(played(levelOf(id), lines))
  if (view.screen !== 'hall' || view.panel.panel !== 'role') throw new Error(`the ${view.screen} shows no jacket`)
  return view.panel
}
const nodeOf = (run: Run, name: string) => podsOf(run.line.world).find(p => p.name === name)?.node

describe('a letter by hand', () => {
  test('is a Binding: the slip has its factory, and answers as kubectl create --raw does', () => {
    const run = play('2.1', ['bind a q', 'wait 1'])
    expect(nodeOf(run, 'a')).toBe('factory-q')
    expect(run.prompt.map(l => l.text)).toContain('{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}')
  })
  test('counts as a command', () => expect(play('2.1', ['bind a q', 'bind b factory-q', 'wait 1']).given).toEqual(['bind a q', 'bind b factory-q']))
  test('may name a factory that does not exist: nobody checks it', () => {
    const run = play('2.1', ['bind a z', 'wait 5'])
    expect(nodeOf(run, 'a')).toBe('factory-z')
    expect(podsOf(run.line.world).find(p => p.name === 'a')!.ready).toBe(false)
  })
})

describe('the sheet', () => {
  const start = ['Enter', '2 s', 'Enter', 'wait 1']
  test('shows what is free on paper, signs and labels, of the slip in front', () => {
    const { tray } = panelOf('2.2', start)
    expect(tray.map(t => t.text.company)).toEqual(['P  300m free  ', 'Q  2000m free  ! fragile', 'R  1500m free  disk=ssd', 'S  3500m free  '])
    expect(tray[0]!.detail[0]!.company).toBe('oven asks for 1000m cpu')
  })
  test('takes any reason that is true, and says what the real one wrote', () => {
    const panel = panelOf('2.2', [...start, 'no p cpu', 'no q sign', 'bind s', 'no q label'])
    expect(panel.mistakes).toBe(0)
    expect(panel.said!.text.company).toBe('The real sheet says: node(s) had untolerated taint(s)')
    expect(panel.tray.map(t => t.done)).toEqual([false, true, false, false])
  })
  test('counts a reason that is not true, and crosses nobody out', () => {
    const panel = panelOf('2.2', [...start, 'no s cpu'])
    expect(panel.mistakes).toBe(1)
    expect(panel.tray.every(t => !t.done)).toBe(true)
  })
  test('lets nobody write a letter before all who cannot are crossed out', () => {
    const run = play('2.2', [...start, 'no p cpu', 'bind s', 'wait 5'])
    expect(nodeOf(run, 'oven')).toBe('')
    expect(nodeOf(play('2.2', [...start, 'no p cpu', 'no q sign', 'bind s']), 'oven')).toBe('factory-s')
  })
  test('wants the better of two who can', () => expect(panelOf('2.2', [...start, 'no p cpu', 'no q sign', 'bind r']).mistakes).toBe(1))
  test('says so when a line means nothing, and counts nothing', () => {
    const panel = panelOf('2.2', [...start, 'no p reason'])
    expect(panel).toMatchObject({ mistakes: 0, said: { ok: false } })
  })
  test('is turned back with the rest', () => {
    const panel = panelOf('2.2', [...start, 'no p cpu', 'bind p', '['])
    expect(panel.tray.every(t => !t.done)).toBe(true)
  })
})

describe('what others do', () => {
  test('is no command of the player, and shows by what comes of it', () => {
    const run = play('2.6', ['Enter', '2 s', 'Enter', 'wait 200'])
    expect(run.given).toEqual([])
    expect(run.prompt).toEqual([])
    expect(run.beats.filter(b => b.kind === 'filed' && b.to === 'user/admin').map(b => b.resource)).toEqual(['nodes', 'deployments/scale'])
  })
  test('does not end what the player has under way', () => {
    const run = play('2.6', ['Enter', '2 s', 'Enter', 'kubectl get nodes -w', 'wait 200'])
    expect(run.command?.line).toBe('kubectl get nodes -w')
    expect(run.prompt.some(l => l.text.includes('SchedulingDisabled'))).toBe(true)
  })
})

describe('the prompt', () => {
  test('lets a command wait for the one before it, as a shell does', () => {
    const run = play('2.5', ['kubectl label node factory-q a=b', 'kubectl label node factory-p a=b', 'wait 1'])
    expect(run.prompt.map(l => l.text)).toEqual([
      'kubectl label node factory-q a=b',
      'node/factory-q labeled',
      'kubectl label node factory-p a=b',
      'node/factory-p labeled',
    ])
  })
  test('gives nothing while a bet is open', () => {
    const run = play('2.4', ['Enter', 'kubectl delete deployment web'])
    expect(run.asking).toBe(0)
    expect(run.given).toEqual([])
    expect(run.prompt.at(-1)).toEqual({ kind: 'note', text: 'Time stands still until you have bet.' })
  })
})

describe('a day', () => {
  const dayOf = (lines: string[]) => {
    const view = viewOf(played(levelOf('2.7'), lines))
    if (view.screen !== 'hall' || view.panel.panel !== 'day') throw new Error('no day is shown')
    return view.panel
  }
  test('ends with its three figures, factory by factory', () => {
    const { last } = dayOf(['run', '2 s', 'Enter'])
    expect(last).toMatchObject({ rent: 35, busy: 66, fire: 7 })
    expect(last!.floors.map(f => f.pods).reduce((a, b) => a + b)).toBe(40)
  })
  test('is another one with new slips, beside the day before', () => {
    const { last, before } = dayOf(['run', '2 s', 'Enter', 'run most'])
    expect(before).toMatchObject({ rent: 35, fire: 7 })
    expect(last!.rent).toBeLessThan(35)
    expect(last!.fire).toBeGreaterThan(7)
  })
  test('is a command of nobody, and turned back as one', () => {
    const run = play('2.7', ['run', '2 s', 'Enter', 'run most', '['])
    expect(run.given).toEqual([])
    expect(run.day!.days.length).toBe(1)
  })
  test('begins only with instructions that there are', () => expect(play('2.7', ['spread 4', 'run worst']).day).toMatchObject({ spread: 2, days: [] }))
})

describe('why pod/NAME', () => {
  const asked = (id: string, lines: string[]) => {
    const { prompt } = play(id, lines)
    return prompt.slice(prompt.findLastIndex(l => l.kind === 'command') + 1).map(l => l.text)
  }
  test('tells of a Pod that waits which filter refused each node', () =>
    expect(asked('2.3', ['why pod/giant'])).toEqual([
      'NODE        FILTER             REASON',
      'factory-p   NodeResourcesFit   Insufficient cpu',
      'factory-q   NodeResourcesFit   Insufficient cpu',
    ]))
  test('tells what each plugin counted for each node that could take it, and the sum', () => {
    const lines = asked('2.2', ['Enter', '2 s', 'Enter', 'wait 1', 'no p cpu', 'no q sign', 'bind s', 'wait 1', 'why oven'])
    expect(lines.find(l => l.startsWith('SCORE'))).toMatch(/factory-r +factory-s$/)
    expect(lines.find(l => l.startsWith('NodeResourcesFit   '))).toBeDefined()
    const total = lines
      .find(l => l.startsWith('total'))!
      .split(/ +/)
      .slice(1)
      .map(Number)
    const sums = [0, 1].map(i =>
      lines
        .filter(l => /\(\d+\)/.test(l))
        .map(l => Number([...l.matchAll(/\((\d+)\)/g)][i]![1]))
        .reduce((a, b) => a + b),
    )
    expect(total).toEqual(sums)
    expect(lines.at(-1)).toBe('factory-s it is.')
  })
  test('keeps a sheet back that the player has to fill in', () =>
    expect(asked('2.2', ['Enter', '2 s', 'Enter', 'wait 1', 'why oven'])).toEqual(['why: that sheet is yours to fill in first']))
  test('says when nobody looked at such a Pod', () =>
    expect(asked('2.3', ['why pod/tea'])).toEqual(['why: kube-scheduler has not looked at a pod named "tea"']))
})
