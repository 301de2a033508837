// agenda.ts: what will happen next: messages ordered by time, then by the order in which they were said.
// Models nothing of any one domain
// Differs: nothing known

import type { Message } from './machine.ts'

/** A binary heap in an array: plain data, so that a copy of the world copies it. */
export type Agenda = Message[]

export function push(agenda: Agenda, message: Message): void {
  let i = agenda.length
  agenda.push(message)
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (!sooner(message, agenda[parent]!)) break
    agenda[i] = agenda[parent]!
    i = parent
  }
  agenda[i] = message
}

export function pop(agenda: Agenda): Message | undefined {
  const first = agenda[0]
  const last = agenda.pop()
  if (agenda.length === 0 || last === undefined) return first
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= agenda.length) break
    if (child + 1 < agenda.length && sooner(agenda[child + 1]!, agenda[child]!)) child++
    if (!sooner(agenda[child]!, last)) break
    agenda[i] = agenda[child]!
    i = child
  }
  agenda[i] = last
  return first
}

const sooner = (a: Message, b: Message) => a.at < b.at || (a.at === b.at && a.id < b.id)
