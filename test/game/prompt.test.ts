// prompt.test.ts: what is typed at the prompt: objects in the editor, texts handed in, files on the desk, and Tab.

import { describe, expect, test } from 'vitest'
import type { Intent } from '../../src/game/intent.ts'
import { packLibrary } from '../../src/game/library.ts'
import { sandbox } from '../../src/game/sandbox.ts'
import { act, newSession, type Session, viewOf } from '../../src/game/session.ts'
import type { HallView } from '../../src/game/view.ts'

const TEA = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: tea\nspec:\n  containers:\n  - name: kettle\n    image: abc/tea:1\n'

function sitting(files: Record<string, string> = {}): Session {
  const level = { ...sandbox(files), start: { ...sandbox(files).start, run: [] } }
  return newSession({ seed: 1, library: packLibrary('prompt', [level]), level: 'sandbox' })
}

const hall = (session: Session): HallView => viewOf(session) as HallView

/** Acts, lets time pass until no command waits for it, and returns what was printed meanwhile. */
function out(session: Session, ...intents: Intent[]): string[] {
  const from = hall(session).prompt.lines.length
  for (const intent of intents) act(session, intent)
  for (let i = 0; i < 50 && hall(session).prompt.waiting; i++) act(session, { do: 'Beat' })
  return hall(session)
    .prompt.lines.slice(from)
    .filter(l => l.kind !== 'command')
    .map(l => l.text)
}

const type = (session: Session, line: string) => out(session, { do: 'Command', line })

/** The text in the editor, or undefined where none is open. */
const sheet = (session: Session) => {
  const { panel } = hall(session)
  return panel.panel === 'edit' ? panel : undefined
}

test('a view does not change after it was given', () => {
  const session = sitting()
  const before = hall(session)
  type(session, 'ls /nix')
  expect(before.prompt.lines).toEqual([])
  expect(before.prompt.history).toEqual([])
})

test('a command that is given while another one waits ends it, and says so', () => {
  const session = sitting()
  act(session, { do: 'Command', line: 'kubectl get pods --watch' })
  expect(hall(session).prompt.waiting).toBe(true)
  act(session, { do: 'Command', line: 'ls /nix' })
  expect(hall(session).prompt.lines.map(l => l.text)).toContain('^C')
  expect(hall(session).prompt.busy).toBe(false)
})

describe('kubectl edit', () => {
  const edited = () => {
    const session = sitting()
    type(session, 'kubectl create deployment web --image=abc/web:1 --replicas=2')
    type(session, 'kubectl edit deployment web')
    return session
  }
  const replicas = (session: Session, n: number): Intent => ({ do: 'Edited', text: sheet(session)!.text.replace(/replicas: -?\d+/, `replicas: ${n}`) })

  test('opens the object, and what is saved is sent', () => {
    const session = edited()
    expect(sheet(session)).toMatchObject({ title: 'kubectl edit deployment web', use: 'object' })
    expect(sheet(session)!.text).toContain('  replicas: 2\n')
    expect(out(session, replicas(session, 3))).toEqual(['deployment.apps/web edited'])
    expect(sheet(session)).toBeUndefined()
    expect(type(session, 'kubectl get deployment web -o jsonpath={.spec.replicas}')).toEqual(['3'])
  })
  test('left as it was, it changes nothing', () => {
    expect(out(edited(), { do: 'Edited' })).toEqual(['Edit cancelled, no changes made.'])
  })
  test('what is not valid comes back with the reason, and may be mended', () => {
    const session = edited()
    expect(out(session, replicas(session, -1))).toEqual(['error: deployments.apps "web" is invalid'])
    expect(sheet(session)!.text).toContain('# * spec.replicas: Invalid value: -1: must be greater than or equal to 0\n')
    expect(sheet(session)!.text).toContain('  replicas: -1\n')
    expect(out(session, replicas(session, 4))).toEqual(['deployment.apps/web edited'])
  })
  test('left the second time, what was typed lies on the desk', () => {
    const session = edited()
    out(session, replicas(session, -1))
    expect(out(session, { do: 'Edited' })).toEqual([
      'A copy of your changes has been stored to "/tmp/kubectl-edit-1.yaml"',
      'error: Edit cancelled, no valid changes were saved.',
    ])
    expect(type(session, 'cat /tmp/kubectl-edit-1.yaml')).toContain('  replicas: -1')
  })
  test('no time passes while it is open, and Ctrl-C closes it', () => {
    const session = edited()
    const { clock } = hall(session)
    expect(hall(session).prompt).toMatchObject({ busy: true, waiting: false })
    act(session, { do: 'Interrupt' })
    expect(sheet(session)).toBeUndefined()
    expect(hall(session).clock).toBe(clock)
  })
  test('opens in the middle of play, which stands from then on', () => {
    const session = sitting()
    type(session, 'kubectl create deployment web --image=abc/web:1')
    act(session, { do: 'Command', line: 'kubectl edit deployment web' })
    act(session, replicas(session, -1))
    act(session, { do: 'Play' })
    for (let i = 0; i < 20; i++) act(session, { do: 'Tick', ms: 250 })
    expect(sheet(session)!.text).toContain('must be greater')
    expect(hall(session).time.playing).toBe(false)
  })
  test('line by line is the same as at once', () => {
    const session = edited()
    const lines = sheet(session)!.text.replace('replicas: 2', 'replicas: 5').replace(/\n$/, '').split('\n')
    expect(out(session, ...[...lines, '.'].map((line): Intent => ({ do: 'Write', line })))).toEqual(['deployment.apps/web edited'])
  })
  test('a single . leaves it as it was', () => {
    expect(out(edited(), { do: 'Write', line: '.' })).toEqual(['Edit cancelled, no changes made.'])
  })
})

describe('a text that is typed', () => {
  test('is handed in where a command reads its standard input', () => {
    const session = sitting()
    type(session, 'kubectl apply -f -')
    expect(sheet(session)).toEqual({ panel: 'edit', title: 'kubectl apply -f -', text: '', use: 'input' })
    expect(out(session, { do: 'Edited', text: TEA })).toEqual(['pod/tea created'])
  })
  test('that is none hands in nothing', () => {
    const session = sitting()
    type(session, 'kubectl apply -f -')
    expect(out(session, { do: 'Edited' })).toEqual(['error: no objects passed to apply'])
  })
  test('of a here-document is asked for as well', () => {
    const session = sitting()
    type(session, 'kubectl create -f - <<EOF')
    expect(out(session, { do: 'Edited', text: TEA })).toEqual(['pod/tea created'])
  })
})

describe('files on the desk', () => {
  test('are listed, shown, edited and applied', () => {
    const session = sitting({ 'tea.yaml': TEA })
    expect(type(session, 'ls')).toEqual(['tea.yaml'])
    expect(type(session, 'cat ./tea.yaml')).toEqual(TEA.trimEnd().split('\n'))
    type(session, 'edit tea.yaml')
    expect(sheet(session)).toEqual({ panel: 'edit', title: 'edit tea.yaml', text: TEA, use: 'file' })
    expect(out(session, { do: 'Edited', text: TEA.replace('tea:1', 'tea:2') })).toEqual(['"tea.yaml" 8L, 105B written'])
    expect(type(session, 'kubectl apply -f tea.yaml')).toEqual(['pod/tea created'])
    expect(type(session, 'kubectl get pod tea -o jsonpath={.spec.containers[0].image}')).toEqual(['abc/tea:2'])
  })
  test('are made by > and read through |', () => {
    const session = sitting()
    expect(type(session, 'kubectl create configmap a --dry-run=client -o yaml > a.yaml')).toEqual([])
    expect(type(session, 'ls')).toEqual(['a.yaml'])
    expect(type(session, 'cat a.yaml | kubectl apply -f -')).toEqual(['configmap/a created'])
    expect(type(session, 'kubectl get configmap a -o name >> a.yaml')).toEqual([])
    expect(type(session, 'cat a.yaml').at(-1)).toBe('configmap/a')
  })
  test('a folder of them is applied at once', () => {
    expect(type(sitting({ 'tea.yaml': TEA, 'milk.yaml': TEA.replace('name: tea', 'name: milk') }), 'kubectl apply -f .')).toEqual([
      'pod/milk created',
      'pod/tea created',
    ])
  })
  test.each([
    ['cat nix', ['cat: nix: No such file or directory']],
    ['kubectl apply -f nix.yaml', ['error: the path "nix.yaml" does not exist']],
    ['ls /nix', ["ls: cannot access '/nix': No such file or directory"]],
    ['get pods', ['get: command not found; did you mean kubectl get?']],
    ['rm -rf /', ['rm: command not found; here kubectl is spoken, and ls, cat, edit']],
    ['kubectl get pods |', ["syntax error near unexpected token `|'"]],
    ['echo "a | b"', ['echo: command not found; here kubectl is spoken, and ls, cat, edit']],
  ])('%s is answered as a shell would', (line, said) => expect(type(sitting(), line)).toEqual(said))
  test('only kubectl counts as a command that was given', () => {
    const session = sitting({ 'tea.yaml': TEA })
    for (const line of ['ls', 'cat tea.yaml', 'nonsense', 'cat tea.yaml | kubectl apply -f -']) type(session, line)
    expect(session.run!.given).toEqual(['cat tea.yaml | kubectl apply -f -'])
  })
})

describe('Tab', () => {
  const tab = (session: Session, line: string) => {
    act(session, { do: 'Complete', line })
    const { more, choices } = hall(session).prompt.completion!
    return { more, choices }
  }
  const busy = (() => {
    const session = sitting({ 'tea.yaml': TEA })
    type(session, 'kubectl apply -f tea.yaml')
    type(session, 'kubectl create namespace lab')
    type(session, 'kubectl create configmap notes -n lab')
    return session
  })()
  test.each<[string, string, string[]]>([
    ['kub', 'ectl ', []],
    ['kubectl desc', 'ribe ', []],
    ['kubectl get pods ', 'tea ', []],
    ['kubectl get configmaps -n l', 'ab ', []],
    ['kubectl get configmaps -n lab ', '', ['kube-root-ca.crt', 'notes']],
    ['kubectl logs tea -c ', 'kettle ', []],
    ['kubectl cordon fac', 'tory-', ['factory-p', 'factory-q']],
    ['kubectl apply -f t', 'ea.yaml ', []],
    ['kubectl get pods --show-l', 'abels ', []],
    ['kubectl get pods -o custom-columns-', 'file ', []],
    ['kubectl get deployments.apps x', '', []],
    ['cat ', 'tea.yaml ', []],
    ['cat tea.yaml | kub', 'ectl ', []],
    ['cat tea.yaml | kubectl apply -f - --server', '', ['--server-side', '--server']],
    ['kubectl get pods > t', 'ea.yaml ', []],
  ])('%s', (line, more, choices) => expect(tab(busy, line)).toEqual({ more, choices }))

  test('names what is in the namespace that the context names', () => {
    const session = busy
    type(session, 'kubectl config set-context --current --namespace=lab')
    expect(tab(session, 'kubectl get configmaps n')).toEqual({ more: 'otes ', choices: [] })
  })
  test('is nothing that was done: it is in no log, and turns nothing back', () => {
    const session = busy
    const { moments } = session.run!
    const before = moments.length
    tab(session, 'kubectl get pods ')
    expect(moments.length).toBe(before)
  })
})
