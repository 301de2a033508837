// leaderelection.ts: of several processes of a component one works: whoever holds the Lease and keeps renewing it.
// Models k8s.io/client-go/tools/leaderelection/{leaderelection.go,resourcelock/leaselock.go}
// Differs: no coordinated election; a leader that is told to end does not release its Lease, as is the default

import type { Lease } from '../../api/config.ts'
import type { ApiResponse } from '../../api/http.ts'
import { parseTime, rfc3339Micro } from '../../api/time.ts'
import type { Answer, Io, Machine } from '../../kernel/machine.ts'
import { API_SERVER, type Client, createRequest, getRequest, updateRequest } from '../client.ts'
import { recordEvent, referenceOf, type WithRecorders } from './events.ts'

const LEASE_MS = 15_000
const RENEW_DEADLINE_MS = 10_000
const REQUEST_MS = RENEW_DEADLINE_MS / 2
const RETRY_MS = 2_000
const JITTER = 1.2 // A candidate waits up to so much more, in RETRY_MS.

/** One process's view of the Lease `namespace/name`. */
export interface Election {
  name: string
  client: Client
  identity: string
  leading: boolean
  /** The Lease as last seen, and when it was seen to change. */
  lease: Lease | undefined
  seenAt: number
  /** Number of the present try: answers to earlier ones are not heard. */
  tries: number
  /** Timer at which the present round of renewal has lasted too long; 0: none. */
  deadline: number
}

export interface WithElection extends WithRecorders {
  election: Election
}

const PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases'

export const newElection = (name: string, client: Client): Election => ({
  name,
  client,
  identity: '',
  leading: false,
  lease: undefined,
  seenAt: 0,
  tries: 0,
  deadline: 0,
})

/** What a candidate hears: spread into `on`. `lead` begins the component's work; `lost` ends it (the real process exits). */
export function electionHandlers<S extends WithElection>(lead: (state: S, io: Io) => void, lost: (state: S, io: Io) => void): Machine<S>['on'] {
  const current = (election: Election, message: { body: { context: string } }) => message.body.context === tryOf(election)
  return {
    'election/round'(state, message, io) {
      if (current(state.election, message)) beginRound(state.election, io)
    },
    'election/try'(state, message, io) {
      if (current(state.election, message)) tryOnce(state.election, io)
    },
    'election/seen'(state, message, io) {
      if (current(state.election, message)) seen(state.election, io, message.body.answer)
    },
    'election/renewed'(state, message, io) {
      const { election } = state
      if (!current(election, message)) return
      const { answer } = message.body as { answer: Answer<ApiResponse<Lease>> }
      if (answer.ok && answer.value.status < 300) taken(election, io, answer.value.body)
      // What was seen last is not what is there: look, in the same try.
      else look(election, io)
    },
    'election/taken'(state, message, io) {
      const { election } = state
      if (!current(election, message)) return
      const { answer } = message.body as { answer: Answer<ApiResponse<Lease>> }
      if (!answer.ok || answer.value.status >= 300) {
        again(election, io)
        return
      }
      const first = !election.leading
      taken(election, io, answer.value.body)
      if (!first) return
      io.note('BecameLeader', { lease: election.name, identity: election.identity })
      sayOf(state, io, 'became leader')
      lead(state, io)
    },
    'election/deadline'(state, message, io) {
      if (message.body.identity === state.election.identity) stop(state, io, lost)
    },
  }
}

/** A candidate appears: `host` names the process. */
export function startElection(state: WithElection, io: Io, host: string): void {
  const hex = (n: number) => Array.from({ length: n }, () => io.int(16).toString(16)).join('')
  state.election.identity = `${host}_${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[io.int(4)]}${hex(3)}-${hex(12)}`
  look(state.election, io)
}

const tryOf = (election: Election): string => `${election.identity}/${election.tries}`
const isLeader = (election: Election): boolean => election.lease?.spec?.holderIdentity === election.identity
const isValid = (election: Election, now: number): boolean => now < election.seenAt + LEASE_MS

/** A leader renews: at once, and again and again until it succeeds or its deadline has come. */
function beginRound(election: Election, io: Io): void {
  election.deadline = io.after(RENEW_DEADLINE_MS, 'election/deadline', { identity: election.identity })
  tryOnce(election, io)
}

function tryOnce(election: Election, io: Io): void {
  if (!isLeader(election) || !isValid(election, io.now)) {
    look(election, io)
    return
  }
  // Over the Lease as it was last seen, without reading it first.
  const lease = election.lease!
  const body = { ...lease, spec: { ...lease.spec, renewTime: rfc3339Micro(io.now) } }
  io.call(API_SERVER, 'request', updateRequest(election.client, `${PATH}/${election.name}`, body), 'election/renewed', tryOf(election), REQUEST_MS)
}

function look(election: Election, io: Io): void {
  io.call(API_SERVER, 'request', getRequest(election.client, `${PATH}/${election.name}`), 'election/seen', tryOf(election), REQUEST_MS)
}

function again(election: Election, io: Io): void {
  election.tries++
  io.after(election.leading ? RETRY_MS : RETRY_MS + io.int(RETRY_MS * JITTER), 'election/try', { context: tryOf(election) })
}

/** The Lease is ours, as of now; the next round begins in RETRY_MS. */
function taken(election: Election, io: Io, lease: Lease): void {
  election.lease = lease
  election.seenAt = io.now
  election.tries++
  if (election.deadline !== 0) io.cancel(election.deadline)
  election.deadline = 0
  io.after(election.leading ? RETRY_MS : 0, 'election/round', { context: tryOf(election) })
  election.leading = true
}

function seen(election: Election, io: Io, answer: Answer<ApiResponse<Lease>>): void {
  if (!answer.ok || (answer.value.status !== 200 && answer.value.status !== 404)) {
    again(election, io)
    return
  }
  const now = rfc3339Micro(io.now)
  const fresh = { holderIdentity: election.identity, leaseDurationSeconds: LEASE_MS / 1000, acquireTime: now, renewTime: now }
  if (answer.value.status === 404) {
    const metadata = { name: election.name, namespace: 'kube-system' }
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { ...fresh, leaseTransitions: 0 } }
    io.call(API_SERVER, 'request', createRequest(election.client, PATH, body), 'election/taken', tryOf(election), REQUEST_MS)
    return
  }
  const lease = answer.value.body
  if (lease.metadata.resourceVersion !== election.lease?.metadata.resourceVersion) {
    election.lease = lease
    election.seenAt = io.now
  }
  const ours = isLeader(election)
  if ((lease.spec?.holderIdentity ?? '') !== '' && !ours && isValid(election, io.now)) {
    again(election, io)
    return
  }
  const transitions = lease.spec?.leaseTransitions ?? 0
  const term = ours ? { acquireTime: lease.spec?.acquireTime, leaseTransitions: transitions } : { leaseTransitions: transitions + 1 }
  const body = { ...lease, spec: { ...lease.spec, ...fresh, ...term } }
  io.call(API_SERVER, 'request', updateRequest(election.client, `${PATH}/${election.name}`, body), 'election/taken', tryOf(election), REQUEST_MS)
}

function stop<S extends WithElection>(state: S, io: Io, lost: (state: S, io: Io) => void): void {
  state.election.leading = false
  state.election.deadline = 0
  state.election.tries++
  io.note('StoppedLeading', { lease: state.election.name, identity: state.election.identity })
  sayOf(state, io, 'stopped leading')
  lost(state, io)
}

function sayOf(state: WithElection, io: Io, what: string): void {
  const { election } = state
  const recorders = Object.values(state.recorders)
  const recorder = recorders.find(r => r.component === election.name) ?? recorders[0]
  if (recorder && election.lease) recordEvent(recorder, io, referenceOf(election.lease), 'Normal', 'LeaderElection', `${election.identity} ${what}`)
}

/** When a Lease runs out unless it is renewed, ms. */
export const expiresAt = (lease: Lease): number => (parseTime(lease.spec?.renewTime) ?? 0) + (lease.spec?.leaseDurationSeconds ?? 0) * 1000
