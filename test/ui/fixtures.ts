// fixtures.ts: views as the session makes them, for drawing without a session: the first level's beats, and one of each other screen.

import type { Panel } from '../../src/game/panel.ts'
import type {
  Desk,
  EndView,
  Factory,
  HallView,
  IncidentView,
  InspectView,
  JournalLine,
  LevelHead,
  LevelsView,
  MapView,
  NameView,
  ProblemsView,
  QuizView,
  ScoreView,
  SlipCard,
  TitleView,
  View,
  Words,
} from '../../src/game/view.ts'

export const w = (company: string, kubernetes = company): Words => ({ company, kubernetes })

const level = (id: string, title: string): LevelHead => ({ id, title, kind: 'watch', stars: [false, false, false] })

const desk = (actor: string, name: Words, line: Words, more: Partial<Desk> = {}): Desk => ({ actor, name, lit: true, acting: false, line, ...more })

const factory = (letter: string, foreman: string, more: Partial<Factory> = {}): Factory => {
  const node = `factory-${letter.toLowerCase()}`
  return {
    node,
    letter,
    sign: w(`FACTORY ${letter}`, `NODE ${node}`),
    foreman: desk(`kubelet/${node}`, w(foreman, 'kubelet'), w('card 3 s ago', 'lease 3 s ago')),
    runtime: desk(`container-runtime/${node}`, w('Rahul', 'containerd'), w('idle')),
    bench: [],
    benchLine: w('empty'),
    switchboard: desk(`kube-proxy/${node}`, w('Paul', 'kube-proxy'), w('no lines yet', 'no services')),
    lit: true,
    steaming: false,
    ...more,
  }
}

const stationNames: [HallView['map']['hatch']['stations'][number]['id'], Words][] = [
  ['authentication', w('badge', 'authn')],
  ['authorization', w('may I', 'authz')],
  ['decoding', w('read', 'decode')],
  ['mutation', w('amend', 'mutate')],
  ['validation', w('form', 'valid')],
  ['admission', w('judge', 'admit')],
  ['storage', w('file', 'store')],
]

export function mapOf(passed = 0, more: Partial<MapView> = {}): MapView {
  return {
    desks: [
      desk('kube-controller-manager', w('Collin', 'kube-controller-manager'), w('0 wanted, 0 there')),
      desk('kube-scheduler', w('Shikar', 'kube-scheduler'), w('desk clear', 'activeQ empty')),
      desk('cloud-controller-manager', w('Chiran', 'cloud-controller-manager'), w('no calls today')),
    ],
    hatch: {
      ...desk('kube-apiserver', w('Asoke', 'kube-apiserver'), w('at the hatch', 'serving')),
      stations: stationNames.map(([id, name], i) => ({ id, name, state: i < passed ? 'passed' : 'idle' })),
    },
    vault: { ...desk('etcd', w('Eric', 'etcd'), w('')), revision: 100 },
    factories: [factory('P', 'Kamal'), factory('Q', 'Kelum')],
    motion: [],
    motionId: 0,
    ...more,
  }
}

const rows = (more: Partial<Record<string, string>> = {}, fresh = ''): SlipCard['rows'] =>
  (
    [
      ['order', 'tea'],
      ['blueprint', 'abc/tea:1'],
      ['bench', '500m of cpu'],
      ['staff', more['staff'] ?? ''],
      ['', ''],
      ['FACTORY', more['FACTORY'] ?? '_'],
      ['', ''],
      ['state', more['state'] ?? 'not started'],
    ] as const
  ).map(([label, value]) => ({ label: w(label), value, fresh: label === fresh && label !== '' }))

const slip = (stamps: number, filed?: string, more: Partial<Record<string, string>> = {}, fresh = ''): SlipCard => ({
  title: w('Order slip', 'Pod'),
  rows: rows(more, fresh),
  stamps,
  filed,
})

const line = (beat: number, who: string, text: string, tag: string, deciding = false): JournalLine => ({
  beat,
  who: w(who),
  text: w(text),
  tag,
  deciding,
  flagged: false,
})

export const journal: JournalLine[] = [
  line(1, 'you', 'hand Asoke a slip: pod tea', 'kubectl apply'),
  line(2, 'Asoke', 'files it with Eric, answers you', '201  rev 101'),
  line(3, 'Asoke', 'rings Shikar: a slip with no factory', 'bell'),
  line(4, 'Shikar', 'weighs P and Q: 463 to 463, a tie', 'decision'),
  line(5, 'Shikar', 'hands Asoke a note: tea goes to P', 'binding'),
  line(6, 'Asoke', 'writes P on the slip, files it', '201  rev 102'),
  line(7, 'Asoke', 'rings Kamal: a slip for P', 'bell'),
  line(8, 'Kamal', 'tells Asoke: tea is mine, not yet running', '200  rev 104'),
  line(9, 'Kamal', 'asks Rahul for a bench', 'done'),
  line(10, 'Kamal', 'tells Asoke: the bench stands', '200  rev 105'),
  line(11, 'Kamal', 'asks Rahul to fetch abc/tea:1', '3 s'),
]

const words = [
  w('slip', 'Pod'),
  w('hatch', 'kube-apiserver'),
  w('vault', 'etcd'),
  w('bell', 'watch event'),
  w('Shikar', 'kube-scheduler'),
  w('Kamal', 'kubelet'),
  w('Rahul', 'container runtime'),
]

const goals = (done: number): HallView['goals'] =>
  ['hand in the slip', 'bet 1', 'bet 2', 'bet 3', 'tea is ready'].map((text, i) => ({ mark: i < done ? 'done' : 'open', text: w(text) }))

export function hall(panel: Panel, more: Partial<HallView> = {}): HallView {
  return {
    screen: 'hall',
    level: level('1.1', 'First Order'),
    clock: '08:00:00',
    state: w('your step'),
    alarm: false,
    map: mapOf(),
    slip: slip(0),
    goals: goals(0),
    words: words.slice(0, 2),
    journal: [],
    panel,
    next: { key: '.', text: w('next station') },
    can: ['Beat', 'NextEvent', 'Rewind', 'Lens', 'Inspect', 'Hint'],
    prompt: { unlocked: false, sign: 'abc$', lines: [], waiting: false, busy: false, history: [] },
    time: { playing: false, speed: 1, beat: 0, position: 0, canForward: false, forked: false },
    notices: [],
    ...more,
  }
}

const filed = (note: string) => ({ name: 'tea', note: w(`FACTORY ${note}`, `node ${note}`) })
const vault = (revision: number, note = '_') => ({ ...mapOf().vault, revision, filed: filed(note) })

export const hallStart = hall(
  {
    panel: 'speech',
    who: w('Asoke', 'kube-apiserver'),
    text: w('Good morning. The first slip of the day is in your hand. Give it to me, then follow it with your finger.'),
  },
  { state: w('good morning'), next: { key: 'Enter', text: w('hand over [tea]', 'kubectl apply [tea]') }, can: ['HandOver', 'Lens'] },
)

export const stations = hall(
  {
    panel: 'speech',
    who: w('Asoke', 'kube-apiserver'),
    text: w('You left the staff line blank, so I wrote default. Three stations passed: I know you, you may, and I can read it.'),
    typed: 'kubectl apply -f tea.yaml',
  },
  {
    map: {
      ...mapOf(3),
      hatch: { ...mapOf(3).hatch, acting: true, line: w('station 4 of 7'), slip: { name: 'tea', station: 3 } },
      motion: [{ move: 'slip', slip: 'tea', caller: 'user/you', from: 0, to: 3, ok: true }],
      motionId: 1,
    },
    slip: slip(3, undefined, { staff: 'default' }, 'staff'),
    goals: goals(1),
    journal: journal.slice(0, 1),
  },
)

export const bet = hall(
  {
    panel: 'bet',
    number: 1,
    of: 3,
    question: w('The slip is filed. Its FACTORY line is empty. Who acts next?'),
    options: [
      w('Collin', 'kube-controller-manager'),
      w('Asoke walks it to a factory', 'kube-apiserver pushes it to a node'),
      w('Shikar', 'kube-scheduler'),
      w('Kamal', 'kubelet'),
    ],
  },
  {
    state: w('frozen until you bet'),
    map: mapOf(7, { vault: vault(101) }),
    slip: slip(7, 'revision 101', { staff: 'default' }),
    goals: goals(1),
    journal: journal.slice(0, 2),
    next: { key: '1-4', text: w('then how sure: a low   s middle   d high') },
    can: ['Bet', 'Confidence', 'Rewind', 'Lens', 'Inspect', 'Hint'],
  },
)

const bellMap: MapView = mapOf(7, {
  vault: vault(101),
  desks: [mapOf().desks[0], { ...mapOf().desks[1], acting: true, line: w('hears his bell') }, mapOf().desks[2]],
  motion: [{ move: 'bell', to: 'kube-scheduler' }],
  motionId: 3,
})

export const reveal = hall(
  {
    panel: 'reveal',
    number: 1,
    right: false,
    said: w('Kamal', 'kubelet'),
    confidence: 1,
    was: w('Shikar', 'kube-scheduler'),
    why: w('Shikar hears of every slip without a factory.'),
    decided: { beat: 3, text: w('Asoke rings Shikar: a slip with no factory') },
    belief: { code: 'M02', text: 'somebody hands the work to the factory' },
    against: { beat: 3, text: w('Kamal listens for slips that say P. This one says nothing.') },
    options: ['Collin', 'Asoke walks it to a factory', 'Shikar', 'Kamal'].map((text, i) => ({
      text: w(text),
      why: w(`Why ${text} does or does not act here.`),
      right: i === 2,
      chosen: i === 3,
    })),
  },
  {
    state: w('frozen at beat 3'),
    map: {
      ...bellMap,
      factories: [
        { ...bellMap.factories[0]!, foreman: { ...bellMap.factories[0]!.foreman, denied: true, line: w('no bell: not for P') } },
        bellMap.factories[1]!,
      ],
    },
    slip: slip(7, 'revision 101', { staff: 'default' }),
    goals: [...goals(1).slice(0, 1), { mark: 'missed', text: w('bet 1') }, ...goals(0).slice(2)],
    words: words.slice(0, 5),
    journal: [...journal.slice(0, 2), { ...journal[2]!, deciding: true }],
    next: { key: '.', text: w('go on   A missed bet costs nothing.') },
    can: ['Go on', 'Rewind', 'Lens', 'Inspect'],
  },
)

export const bell = hall(
  { panel: 'speech', who: w('Asoke', 'kube-apiserver'), text: w('Filed as 101. The slip stays here. I ring whoever asked to hear of slips like this one.') },
  {
    state: w('beat 3'),
    map: bellMap,
    slip: slip(7, 'revision 101', { staff: 'default' }),
    goals: goals(1),
    journal: journal.slice(0, 3),
    next: { key: '.', text: w('who hears it?') },
  },
)

export const writing = hall(
  {
    panel: 'speech',
    who: w('Shikar', 'kube-scheduler'),
    text: w('Both can take it. 463 to 463, a tie. I write P, once. I do not look back.'),
    beat: { number: 6, text: w('Asoke writes P on the slip and files it: revision 102') },
  },
  {
    state: w('beat 6'),
    map: mapOf(7, {
      vault: vault(102, 'P'),
      desks: [mapOf().desks[0], { ...mapOf().desks[1], acting: true, line: w('wrote P') }, mapOf().desks[2]],
      motion: [
        { move: 'write', from: 'kube-scheduler', slip: 'tea' },
        { move: 'slip', slip: 'tea', caller: 'kube-scheduler', from: 0, to: 6, ok: true },
        { move: 'file', slip: 'tea', revision: 102 },
      ],
      motionId: 6,
    }),
    slip: slip(7, 'revision 102', { staff: 'default', FACTORY: 'P' }, 'FACTORY'),
    journal: journal.slice(0, 6),
    words: words.slice(0, 5),
    goals: goals(2),
    next: { key: '.', text: w('who hears of it?') },
  },
)

export const pullStart = hall(
  {
    panel: 'speech',
    who: w('Kamal', 'kubelet'),
    text: w('It says P, so it is mine. Rahul, a bench, then the blueprint.'),
    steps: [
      { mark: 'done', text: w('bench') },
      { mark: 'done', text: w('told Asoke') },
      { mark: 'now', text: w('blueprint abc/tea:1'), progress: { done: 2, of: 3 } },
      { mark: 'open', text: w('start') },
    ],
  },
  {
    clock: '08:00:02',
    state: w('paused'),
    map: mapOf(0, {
      vault: vault(108, 'P'),
      factories: [
        factory('P', 'Kamal', {
          foreman: desk('kubelet/factory-p', w('Kamal', 'kubelet'), w('it says P: mine')),
          runtime: { ...desk('container-runtime/factory-p', w('Rahul', 'containerd'), w('fetching')), acting: true, progress: { done: 2, of: 3, unit: 's' } },
          bench: [{ pod: 'tea', state: w('bench stands', 'Pending'), running: false, count: 1 }],
        }),
        factory('Q', 'Kelum'),
      ],
    }),
    slip: slip(7, 'revision 108', { staff: 'default', FACTORY: 'P', state: 'fetching' }),
    goals: goals(3),
    journal,
    words,
    next: { key: 'space', text: w('let time run   . still takes one beat') },
    can: ['Play', 'Beat', 'NextEvent', 'Rewind', 'Inspect'],
  },
)

const darkMap: MapView = {
  ...mapOf(0),
  desks: mapOf().desks.map(d => ({ ...d, lit: false, line: w('dark', 'down') })) as unknown as MapView['desks'],
  hatch: { ...mapOf().hatch, lit: false, line: w('dark', 'down') },
  vault: { ...vault(114, 'P'), lit: false, line: w('dark', 'down') },
  factories: [
    factory('P', 'Kamal', {
      foreman: desk('kubelet/factory-p', w('Kamal', 'kubelet'), w('card: no answer', 'lease: refused')),
      runtime: desk('container-runtime/factory-p', w('Rahul', 'containerd'), w('running tea', '1 container running')),
      bench: [{ pod: 'tea', state: w('steaming', 'Running'), running: true, count: 1 }],
      steaming: true,
    }),
    factory('Q', 'Kelum', { foreman: desk('kubelet/factory-q', w('Kelum', 'kubelet'), w('card: no answer', 'lease: refused')) }),
  ],
}

export const unplugged = hall(
  {
    panel: 'speech',
    who: w('Kamal', 'kubelet'),
    text: w('The phones are dead. The tea is not.', 'cannot renew its Lease. Running containers go on.'),
    typed: 'kubectl get pods',
    output: ['The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?'],
  },
  {
    clock: '08:00:12',
    state: w('office unplugged', 'control plane down'),
    alarm: true,
    map: darkMap,
    slip: slip(7, 'revision 114', { staff: 'default', FACTORY: 'P', state: 'running' }),
    goals: goals(5),
    journal: [...journal, line(14, 'you', 'pull the plug of the office', 'dark'), line(15, 'Kamal', 'sends his card to Asoke: no answer', 'refused')],
    words,
    next: { key: '[', text: w('turn time back: the plug goes in again', 'rewind to before the outage') },
    can: ['Rewind', 'Play', 'Beat', 'Inspect'],
  },
)

export const gap = hall(bet.panel, {
  ...bet,
  map: mapOf(7, { vault: vault(102, 'P'), gap: { from: 'kube-scheduler', to: 'kubelet/factory-p', sign: w('no line', 'no connection') } }),
})

export const role = hall(
  {
    panel: 'role',
    role: { actor: 'kube-apiserver', name: w('Asoke', 'kube-apiserver') },
    tray: [
      { id: 'tea', text: w('pod tea from Lena, badge ok'), done: true, chosen: false, detail: [] },
      {
        id: 'cake',
        text: w('pod cake from a stranger'),
        done: false,
        chosen: true,
        detail: [w('No badge. The slip asks for 500m of cpu.'), w('Station 1 of 7.')],
      },
      { id: 'oven', text: w('deployment oven from you'), done: false, chosen: false, detail: [] },
    ],
    verbs: ['pass', 'refuse 401', 'refuse 403', 'refuse 409', 'file', 'ring'].map((verb, i) => ({ verb, key: 'zxcvbn'[i]!, text: w(verb), possible: i !== 4 })),
    said: { text: w('The real one refuses here as well: 401.'), ok: true },
    mistakes: 0,
    jackets: [{ key: 'S', actor: 'kube-scheduler', name: w('Shikar', 'kube-scheduler') }],
  },
  {
    level: { ...level('1.3', 'Only One Door'), kind: 'be' },
    state: w('as Asoke'),
    next: { key: '2', text: w('take the next slip') },
    can: ['Verb', 'Inspect', 'Hint', 'Lens'],
  },
)

export const sort = hall(
  {
    panel: 'sort',
    tasks: Array.from({ length: 12 }, (_, i) => ({
      id: i + 1,
      text: w(`task number ${i + 1}: something to do`),
      ...(i < 3 ? { given: w('Collin'), right: i !== 1 } : {}),
    })),
    current: 4,
    people: ['Asoke', 'Eric', 'Shikar', 'Collin', 'Chiran', 'Kamal', 'Kelum', 'Paul', 'Rahul'].map((name, i) => ({
      key: String(i + 1),
      actor: name,
      name: w(name),
      looked: i === 1,
    })),
    mistakes: 1,
    allowed: 3,
    said: { text: w('Not Eric: he only keeps what Asoke files.'), ok: false },
  },
  {
    level: level('1.2', 'Who Does What?'),
    state: w('dispatching'),
    next: { key: '1-9', text: w('hand it to somebody') },
    can: ['Verb', 'Inspect', 'Hint', 'Lens'],
  },
)

export const hint = hall(
  { panel: 'hint', grade: 3, text: w('Ask for the pods of the day. The list says where each one is.'), command: 'kubectl get pods -o wide', left: 1 },
  { next: { key: 'Enter', text: w('run it') }, can: ['Beat', 'Hint', 'Prompt', 'Lens'] },
)

export const promptHall = hall(unplugged.panel, {
  ...unplugged,
  alarm: false,
  state: w('paused'),
  map: mapOf(0, { vault: vault(160, 'P') }),
  prompt: {
    unlocked: true,
    sign: 'abc$',
    waiting: false,
    busy: false,
    history: ['kubectl get pods', 'kubectl describe pod tea'],
    lines: [
      { kind: 'command', text: 'kubectl get pods' },
      { kind: 'out', text: 'NAME   READY   STATUS    RESTARTS   AGE' },
      { kind: 'out', text: 'tea    1/1     Running   0          41s' },
      { kind: 'command', text: 'kubectl describe pod tea' },
      ...[
        'Name:             tea',
        'Namespace:        default',
        'Priority:         0',
        'Service Account:  default',
        'Node:             factory-p/10.0.1.2',
        'QoS Class:                   Burstable',
        'Events:',
      ].map(text => ({ kind: 'out' as const, text })),
      { kind: 'out', text: '  Type    Reason     Age   From               Message' },
      { kind: 'out', text: '  ----    ------     ----  ----               -------' },
      { kind: 'out', text: '  Normal  Scheduled  41s   default-scheduler  Successfully assigned default/tea to factory-p' },
      { kind: 'out', text: '  Normal  Pulling    41s   kubelet            spec.containers{tea}: Pulling image "abc/tea:1"' },
      {
        kind: 'out',
        text: '  Normal  Pulled     38s   kubelet            spec.containers{tea}: Successfully pulled image "abc/tea:1" in 3s (3s including waiting). Image size: 52428800 bytes.',
      },
      { kind: 'err', text: 'Error from server (NotFound): pods "cake" not found' },
    ],
  },
  next: { key: '.', text: w('one beat') },
  can: ['Prompt', 'Beat'],
})

export const edit = hall(
  {
    panel: 'edit',
    title: 'kubectl edit deployment web',
    use: 'object',
    text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n',
  },
  { can: [] },
)

export const editNew = hall({ panel: 'edit', title: 'kubectl apply -f -', use: 'input', text: '' }, { can: [] })

/** The text has come back, with the reason on top. */
export const editAgain = hall(
  {
    panel: 'edit',
    title: 'kubectl edit deployment web',
    use: 'object',
    text: `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
# deployments.apps "web" was not valid:
# * spec.replicas: Invalid value: -1: must be greater than or equal to 0
#
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    deployment.kubernetes.io/revision: "1"
  creationTimestamp: "2026-11-02T08:00:00Z"
  generation: 1
  labels:
    app: web
  name: web
  namespace: default
  resourceVersion: "112"
  uid: 0b4c2f1e-5a53-4f0e-9d55-1c1a2f3b4c5d
spec:
  progressDeadlineSeconds: 600
  replicas: -1
  revisionHistoryLimit: 10
`,
  },
  { can: [] },
)

export const title: TitleView = {
  screen: 'title',
  next: { id: '1.1', title: 'First Order', story: [], first: true, resumes: false },
  due: 0,
  stars: { earned: 0, of: 171 },
  solved: { levels: 0, of: 57 },
  foresight: 0,
  notices: [],
}

export const returning: TitleView = {
  ...title,
  name: 'Vera',
  next: {
    id: '1.4',
    title: 'Nobody Phones Shikar',
    story: ['The handbook says Collin informs Shikar.', 'Tap the lines and listen.'],
    first: false,
    resumes: false,
  },
  due: 2,
  stars: { earned: 7, of: 171 },
  solved: { levels: 3, of: 57 },
  foresight: 4,
}

export const name: NameView = { screen: 'name', question: 'Who are you?', suggestion: 'new clerk' }

export const end: EndView = {
  screen: 'end',
  level: level('1.1', 'First Order'),
  clock: '08:00:12',
  stars: [
    { earned: true, name: 'solved', text: 'tea is ready, and stayed ready' },
    { earned: true, name: 'par', text: '1 command, 8 s' },
    { earned: false, name: 'understood', text: 'bet 1 comes back later' },
  ],
  figures: [
    { name: 'time', value: '8 s', par: '8' },
    { name: 'commands', value: '1', par: '1' },
    { name: 'disruption', value: '0' },
  ],
  saw: [
    w('You handed in one slip. Nobody carried it any further.'),
    w('Asoke filed it, Shikar wrote one letter, Kamal saw it.'),
    w('You bet on Kamal: his bell rings only for slips that say P.'),
  ],
  bend: w('Asoke delivers nothing. He files, and rings whoever asked. The docs call that a watch.'),
  unlocked: w('The prompt is yours: :  then  kubectl get pods'),
  log: '~/.local/state/k8s-factory/1.1-0001.jsonl',
  words,
  bets: [
    { number: 1, right: false, question: 'who acts next', answer: w('Shikar') },
    { number: 2, right: true, question: 'how Kamal hears', answer: w('he watches') },
    { number: 3, right: true, question: 'office unplugged', answer: w('tea goes on') },
  ],
  foresight: 2,
  questions: 3,
  next: { id: '1.2', title: 'Who Does What?', line: 'twelve tasks, nine people, one hall' },
  can: ['Go on', 'Again', 'Levels', 'Prompt'],
}

const chapter = (
  number: number,
  titleOf: string,
  levels: [string, string][],
  states: LevelsView['chapters'][number]['levels'][number]['state'][] = [],
): LevelsView['chapters'][number] => ({
  number,
  title: titleOf,
  levels: levels.map(([id, t], i) => ({
    id,
    title: t,
    stars: i < 3 && states.length > 0 ? [true, true, i === 1] : [false, false, false],
    state: states[i] ?? 'later',
    after: states[i] === 'locked' ? levels[i - 1]![0] : undefined,
  })),
})

export const levels: LevelsView = {
  screen: 'levels',
  solved: { levels: 3, of: 57 },
  stars: { earned: 7, of: 171 },
  due: 2,
  chapters: [
    chapter(
      1,
      'The Mother Company',
      [
        ['1.1', 'First Order'],
        ['1.2', 'Who Does What?'],
        ['1.3', 'Only One Door'],
        ['1.4', 'Nobody Phones Shikar'],
        ['1.5', "Kamal's First Shift"],
        ['1.6', 'Boss: The Morning Rush'],
      ],
      ['solved', 'solved', 'solved', 'open', 'locked', 'locked'],
    ),
    chapter(2, "Shikar's Desk", [
      ['2.1', 'Bind by Hand'],
      ['2.2', 'Filter, Then Score'],
      ['2.3', 'The Order Nobody Can Take'],
    ]),
    chapter(3, "Collin's Loop", [
      ['3.1', 'The Order That Died'],
      ['3.2', 'Play Collin'],
    ]),
    chapter(4, "Kamal's Floor", [['4.1', 'No Blueprint']]),
  ],
  chapter: 1,
  selected: '1.4',
  detail: {
    id: '1.4',
    story: ['The handbook says: when an order fails, Collin informs Shikar.', 'Today we tapped every line. Break something and listen.'],
    kind: 'watch, one bet',
    par: '12 s, 1 command',
  },
  notices: [],
}

export const quizAsked: QuizView = {
  screen: 'quiz',
  level: { id: '1.1', title: 'First Order' },
  number: 1,
  of: 3,
  mix: 'two new, one old',
  item: {
    type: 'single',
    stem: w('When Kamal starts the tea order, how did he learn about it?'),
    options: [w('He polled the vault directly'), w('Shikar phoned him with the details'), w('He was watching, and saw a slip with his letter')],
  },
  chosen: [],
  next: { key: '1-3', text: w('choose one') },
}

export const quizAnswered: QuizView = {
  ...quizAsked,
  chosen: [1],
  verdict: {
    share: 0,
    right: false,
    options: [
      { text: quizAsked.item.options[0]!, why: w('Only Asoke opens the vault. He would find no door.'), state: 'wrong', yours: false, code: 'M03' },
      {
        text: quizAsked.item.options[1]!,
        why: w('There is no line between them. Shikar wrote one letter, and Kamal saw it by himself.'),
        state: 'wrong',
        yours: true,
      },
      { text: quizAsked.item.options[2]!, why: w('His watch is: slips that say P. That is all he needs.'), state: 'right', yours: false },
    ],
    belief: { code: 'M02', text: 'somebody hands the work to the factory' },
    against: { beat: 7, text: w('Asoke rings Kamal: a slip for P. Shikar rings nobody.') },
  },
  next: { key: 'Enter', text: w('question 2   This one comes back in another dress.') },
}

export const quizOrder: QuizView = {
  ...quizAsked,
  item: {
    type: 'order',
    stem: w('Put the beats in order.'),
    options: [w('Shikar writes P'), w('Asoke files the slip'), w('Kamal asks Rahul for a bench'), w('Asoke rings Kamal')],
  },
  chosen: [1, 0],
  next: { key: '1-4', text: w('the next step') },
}

export const quizMatch: QuizView = {
  ...quizAsked,
  item: {
    type: 'match',
    stem: w('Who writes what?'),
    options: [w('one factory on a slip'), w('the number of a page'), w('is it running')],
    right: [w('Eric'), w('Shikar'), w('Kamal')],
  },
  chosen: [1, -1, -1],
  next: { key: '1-3', text: w('the other half of line 2') },
}

export const score: ScoreView = {
  screen: 'score',
  title: 'Questions of chapter 1',
  points: 4.5,
  of: 6,
  beliefs: [
    { code: 'M02', text: 'somebody hands the work to the factory', met: 2, held: 1 },
    { code: 'M03', text: 'everybody may open the vault', met: 1, held: 0 },
  ],
  next: { key: 'Enter', text: w('back to the levels') },
}

export const inspect: InspectView = {
  screen: 'inspect',
  level: { ...level('2.2', 'Filter, Then Score') },
  clock: '08:00:00',
  state: w('paused at beat 4'),
  actor: 'kube-scheduler',
  who: w('Shikar', 'kube-scheduler'),
  headline: w('one slip: [oven] wants 1000m of cpu. Four factories of 4 cpu.'),
  sections: [
    {
      title: w('CANNOT', 'Filter'),
      heading: ['', 'free on paper', '', 'verdict', 'who says so'],
      rows: [
        { cells: ['P', '300m', '✗', 'Insufficient cpu', 'NodeResourcesFit'], mark: 'no' },
        { cells: ['Q', '2000m', '✗', 'node(s) had untolerated taint(s)', 'TaintToleration'], mark: 'no' },
        { cells: ['R', '1500m', '✓', 'can take it', ''] },
        { cells: ['S', '3500m', '✓', 'can take it', ''], mark: 'chosen' },
      ],
    },
    {
      title: w('SHOULD', 'Score'),
      heading: ['', 'weight', 'R', 'S', ''],
      rows: [
        { cells: ['TaintToleration', 'x3', '300', '300', 'no sign to avoid'] },
        { cells: ['NodeResourcesFit', 'x1', '42', '67', 'more free, more'] },
        { cells: ['NodeResourcesBalancedAllocation', 'x1', '68', '75', 'cpu beside memory'] },
        { cells: ['total', '', '410', '442', ''], mark: 'chosen' },
      ],
    },
    { title: w('outcome'), rows: [{ cells: ['S. Written once, as a binding: oven to factory-s'], mark: 'chosen' }] },
  ],
  others: [
    { actor: 'kube-apiserver', name: w('Asoke', 'kube-apiserver'), key: '1' },
    { actor: 'kube-scheduler', name: w('Shikar', 'kube-scheduler'), key: '3' },
  ],
}

export const incident: IncidentView = {
  screen: 'incident',
  level: level('2.4', 'Once Bound, Never Moved'),
  clock: '08:02:11',
  customer: { at: '08:02:11', text: w('Two counters open. You had promised four.') },
  tooLate: { beat: 43, text: w('The ReplicaSet clerk deletes 4 of 6 web pods.') },
  began: { beat: 37, text: 'kubectl scale deployment web --replicas=2' },
  shortest: { commands: 1, text: 'kubectl rollout restart deployment web' },
  trail: [
    { beat: 36, value: 6, text: w('') },
    { beat: 37, value: 6, text: w('you ask for 2') },
    { beat: 40, value: 6, text: w('the Deployment clerk writes 2') },
    { beat: 43, value: 2, text: w('below your promise of 4') },
  ],
  measure: w('web ready'),
  moral: w('Scaling down makes nobody move. It only takes away.'),
  back: { beat: 37, text: w('back to beat 37, before the command') },
}

export const problems: ProblemsView = {
  screen: 'problems',
  title: 'This pack cannot be played',
  problems: ['levels/1-control-plane/03-no-room.yaml:14 quiz asks about pod "wbe"; this level has: web', 'levels/x.yaml:1 anchors are not allowed'],
  next: { key: 'Enter', text: w('the levels that can be played') },
}

/** Every screen by the name of its golden file. */
export const screens: Record<string, View> = {
  '01-title': title,
  '02-title-returning': returning,
  '02-name': name,
  '03-hall': hallStart,
  '04-stations': stations,
  '05-bet': bet,
  '05-bet-gap': gap,
  '06-reveal': reveal,
  '07-bell': bell,
  '08-writing': writing,
  '09-pull-start': pullStart,
  '10-unplugged': unplugged,
  '12-level-end': end,
  '13-levels': levels,
  '14-quiz': quizAnswered,
  '14-quiz-asked': quizAsked,
  '14-quiz-match': quizMatch,
  '14-quiz-order': quizOrder,
  '14-score': score,
  '15-inspect': inspect,
  '16-prompt': promptHall,
  '17-incident': incident,
  '20-role': role,
  '21-sort': sort,
  '22-hint': hint,
  '23-edit': edit,
  '24-edit-again': editAgain,
  '24-edit-new': editNew,
  '24-problems': problems,
}
