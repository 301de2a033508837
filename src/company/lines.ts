// lines.ts: what the people say: at the stations of the hatch, and about what they have just done.

import { letterOf, type Named } from './cast.ts'

const two = (company: string, kubernetes: string): Named => ({ company, kubernetes })

/** The hatch, at each of its seven stations. */
export const stationLines: readonly Named[] = [
  two('Your badge, please. Thank you, I know you.', 'Authentication: who are you? Token accepted.'),
  two('You may create pods. I looked it up.', 'Authorization: may this user create pods? Yes.'),
  two('I can read it. Nothing is smudged.', 'Decoding: the body is a Pod of v1.'),
  two('You left the staff line blank, so I wrote default.', 'Mutating admission: serviceAccountName, tolerations and defaults are filled in.'),
  two('Every line of the form is right.', 'Validation: all fields are valid.'),
  two('No house rule is against it.', 'Validating admission: no quota or policy refuses it.'),
  two('And into the vault with it.', 'Storage: written to etcd.'),
]

/** What was done, as far as somebody has a word to say about it. */
export interface Deed {
  kind: 'hand' | 'filed' | 'refused' | 'bell' | 'decision' | 'runtime' | 'lights' | 'incident'
  actor: string
  resource?: string
  verb?: string
  code?: number
  revision?: number
  node?: string
}

/** What the person says who did it. `lit`: the office has light. */
export function lineOf(deed: Deed, lit: boolean): Named {
  switch (deed.kind) {
    case 'hand':
      return deed.actor.startsWith('user/')
        ? two('Thank you. Seven stations, then the vault.', 'The request passes seven stages.')
        : two('A note with one letter on it. I check it as I check yours.', 'A binding is a write like any other.')
    case 'filed':
      return filed(deed)
    case 'refused':
      return deed.actor === 'etcd'
        ? two('Without the key of the hatch I hear nobody.', 'No client certificate, no connection.')
        : two(`I am sorry, ${deed.code}.`, `${deed.code}`)
    case 'bell':
      return two('The slip stays here. I ring whoever asked to hear of slips like this one.', 'A watch event goes to every watcher whose selector matches.')
    case 'decision':
      return deed.node === undefined
        ? two('I looked at everything I have on paper.', 'Decided from the cache.')
        : two(`I write ${letterOf(deed.node)}, once. I do not look back.`, `Selected ${deed.node}; binding follows, once.`)
    case 'runtime':
      return two('It says so on the slip, so it is mine. Step by step.', 'The kubelet drives the container runtime over CRI.')
    case 'lights':
      return lit
        ? two('The phones work again.', 'The API server answers again.')
        : two('The phones are dead. The tea is not.', 'Cannot reach the API server. Running containers go on.')
    case 'incident':
      return two('Now see who goes on working, and who waits.', 'See what goes on, and what waits.')
  }
}

function filed({ actor, resource, verb, code, revision }: Deed): Named {
  if (resource === 'pods/binding') return two(`Filed as ${revision}. One line on the slip has changed.`, `spec.nodeName is set at resourceVersion ${revision}.`)
  if (actor.startsWith('kubelet/')) return two('I tell the hatch how far I am. Nobody asked; it is my habit.', 'Status goes back through the API server.')
  if (actor !== 'kube-apiserver')
    return two('I compare what is wanted with what is there, and hand in the difference.', 'A controller writes what its caches say is missing.')
  const said = code === 201 ? '201 Created' : `${code} OK`
  if (verb !== 'create') return two(`${said}. Filed as ${revision}.`, `${said}, resourceVersion ${revision}.`)
  return two(`${said}. Filed as ${revision}. The slip stays here. Filed, not yet running.`, `${said}, resourceVersion ${revision}. Stored, not yet running.`)
}
