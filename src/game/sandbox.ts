// sandbox.ts: an empty company to try things in: a level without a goal.

import type { Level } from './level.ts'

/** `files`: manifests on the desk, by name; `run`: what is ordered before the doors open. */
export function sandbox(files: Record<string, string>): Level {
  return {
    path: 'sandbox',
    format: 1,
    id: 'sandbox',
    title: 'Sandbox',
    kind: 'build',
    objectives: [],
    story: ['An empty company. Nobody waits for you.'],
    concept: '',
    greeting: {
      who: 'kube-apiserver',
      text: { company: 'Nothing is ordered and nobody is waiting. What would you like to try?', kubernetes: 'The cluster is empty. Try kubectl.' },
    },
    start: {
      files,
      run: Object.keys(files).map(name => `kubectl apply -f ${name}`),
      seconds: 0,
      first: [],
      played: [],
      brisk: false,
      day: false,
      sheet: false,
    },
    stations: false,
    callers: [],
    tasks: [],
    people: [],
    fakes: [],
    bets: [],
    win: [{ is: 'false', when: 'eventually', say: { company: 'whatever you like', kubernetes: 'whatever you like' } }],
    fail: [],
    incidents: [],
    par: { seconds: 3600, commands: 200 },
    hints: [
      { text: { company: 'The colon opens the prompt.', kubernetes: 'The colon opens the prompt.' } },
      {
        text: { company: 'This orders six of one kind.', kubernetes: 'This creates a Deployment of six.' },
        run: 'kubectl create deployment web --image=abc/web:1 --replicas=6',
      },
      { text: { company: 'This asks what there is.', kubernetes: 'This lists what there is.' }, run: 'kubectl get all' },
    ],
    lens: {
      words: [
        ['slip', 'Pod'],
        ['hatch', 'kube-apiserver'],
        ['vault', 'etcd'],
        ['bell', 'watch event'],
        ['factory', 'node'],
      ],
      bends: { company: '', kubernetes: '' },
    },
    debrief: [{ company: '', kubernetes: '' }],
    quiz: [],
    solutions: [],
    misses: [],
  }
}
