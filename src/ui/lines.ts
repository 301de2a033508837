// lines.ts: the texts that belong to the screens themselves, in both registers where they differ.

import type { Words } from '../game/view.ts'

export type Register = 'company' | 'kubernetes'

export const say = (words: Words, register: Register): string => words[register]

const two = (company: string, kubernetes: string): Words => ({ company, kubernetes })

export const hallSign = two('MOTHER COMPANY', 'CONTROL PLANE')
export const caller = two('you', 'kubectl')
export const bench = two('bench', 'pods')
export const revision = two('revision', 'revision')
export const dark = two('dark', 'down')
export const thisLevel = two('THIS LEVEL', 'THIS LEVEL')
export const emptyJournal = two('Empty. Every hop will be written here.', 'Empty. Every request and event will be written here.')
export const filed = two('filed', 'stored')
export const stamps = two('stamps', 'passed')
export const beat = 'beat'

export const PRODUCT = 'k8s-factory'
export const PROMISE = 'Run the ABC company. See how Kubernetes works.'
export const PRIVACY = 'No network, no account, no cluster. Your results stay on this machine.'
export const SURE = ['low', 'middle', 'high'] as const
export const LEAVE_AGAIN = 'Ctrl-C once more leaves. Your stars and your place in the level are kept.'
export const WAITING = 'waiting: . or space'
export const STILL_WAITING = 'the command before still waits: Enter is a beat   Ctrl-C ends it'
export const ASKED = 'a question waits on the map'
/** What Ctrl-S does with the text in the editor, by what the text is. */
export const EDIT = {
  object: two('saves it; the hatch gets what you changed', 'saves it; kubectl sends what you changed'),
  input: two('hands it in at the hatch', 'ends the input; kubectl reads it'),
  file: two('saves the file on your desk', 'saves the file'),
}
export const WRITE_HERE = two('Write or paste a slip here: YAML, as kubectl reads it.', 'Write or paste YAML here.')
export const LOSE_IT = two('once more leaves; what you typed is lost   Ctrl-S saves it', 'once more leaves; what you typed is lost   Ctrl-S saves it')
export const FREE_MISS = 'A missed bet costs nothing.'
export const NO_BLAME = 'No blame. Nothing is lost. Nobody counts this.'
export const STANDS_STILL = 'time stands still while you read'
