// leaderelection.ts: of several processes of a component one works: whoever holds the Lease and keeps renewing it.
// Models k8s.io/client-go/tools/leaderelection/{leaderelection.go,resourcelock/leaselock.go}
// Differs: a leader renews every 5 s, not every 2 s

import type { Lease } from '../../api/config.ts'
import type { ApiResponse } from '../../api/http.ts'
import { parseTime, rfc3339Micro } from '../../api/time.ts'
import type { Answer, Io, Machine } from '../../kernel/machine.ts'
import { API_SERVER, type Client, createRequest, getRequest, updateRequest } from '../client.ts'
import { recordEvent, referenceOf, type WithRecorders } from './events.ts'

const LEASE_MS = 15_000
const RENEW_DEADLINE_MS = 10_000
const RETRY_MS = 2_000
const RENEW_MS = 5_000

/** One process's view of the Lease `namespace/name`. */
export interface Election {
  name: string
  client: Client
  identity: string
  leading: boolean
  /** The Lease as last seen, and when it was seen to change. */
  lease: Lease | undefined
  seenAt: number
  /** Last renewal that succeeded. */
  renewedAt: number
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
  renewedAt: 0,
})

/** What a candidate hears: spread into `on`. `lead` begins the component's work; `lost` ends it (the real process exits). */
export function electionHandlers<S extends WithElection>(lead: (state: S, io: Io) => void, lost: (state: S, io: Io) => void): Machine<S>['on'] {
  return {
    'election/try'(state, _, io) {
      const { election } = state
      if (election.leading && io.now - election.renewedAt >= RENEW_DEADLINE_MS) {
        stop(state, io, lost)
        return
      }
      if (election.leading) renew(election, io)
      else io.call(API_SERVER, 'request', getRequest(election.client, `${PATH}/${election.name}`), 'election/seen')
    },
    'election/seen'(state, message, io) {
      seen(state.election, io, message.body.answer)
    },
    'election/taken'(state, message, io) {
      const { election } = state
      const answer: Answer<ApiResponse<Lease>> = message.body.answer
      const won = answer.ok && answer.value.status < 300
      if (won) {
        election.lease = answer.value.body
        election.seenAt = io.now
        election.renewedAt = io.now
      }
      if (won && !election.leading) {
        election.leading = true
        io.note('BecameLeader', { lease: election.name, identity: election.identity })
        sayOf(state, io, 'became leader')
        lead(state, io)
      }
      // A renewal that failed is tried again with a fresh look.
      if (!won && election.leading && answer.ok) {
        io.call(API_SERVER, 'request', getRequest(election.client, `${PATH}/${election.name}`), 'election/refresh')
        return
      }
      if (won) io.after(RENEW_MS, 'election/try')
      else again(election, io)
    },
    'election/refresh'(state, message, io) {
      const { election } = state
      const answer: Answer<ApiResponse<Lease>> = message.body.answer
      if (answer.ok && answer.value.status === 200) {
        election.lease = answer.value.body
        if (election.lease.spec?.holderIdentity !== election.identity) {
          stop(state, io, lost)
          return
        }
      }
      again(election, io)
    },
  }
}

/** A candidate appears: `host` names the process. */
export function startElection(state: WithElection, io: Io, host: string): void {
  const hex = (n: number) => Array.from({ length: n }, () => io.int(16).toString(16)).join('')
  state.election.identity = `${host}_${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[io.int(4)]}${hex(3)}-${hex(12)}`
  io.call(API_SERVER, 'request', getRequest(state.election.client, `${PATH}/${state.election.name}`), 'election/seen')
}

function again(election: Election, io: Io): void {
  io.after(election.leading ? RETRY_MS : RETRY_MS + io.int((RETRY_MS * 12) / 10), 'election/try')
}

function seen(election: Election, io: Io, answer: Answer<ApiResponse<Lease>>): void {
  if (!answer.ok || (answer.value.status !== 200 && answer.value.status !== 404)) {
    again(election, io)
    return
  }
  const now = rfc3339Micro(io.now)
  if (answer.value.status === 404) {
    const spec = { holderIdentity: election.identity, leaseDurationSeconds: LEASE_MS / 1000, acquireTime: now, renewTime: now, leaseTransitions: 0 }
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: election.name, namespace: 'kube-system' }, spec }
    io.call(API_SERVER, 'request', createRequest(election.client, PATH, body), 'election/taken')
    return
  }
  const lease = answer.value.body
  if (lease.metadata.resourceVersion !== election.lease?.metadata.resourceVersion) {
    election.lease = lease
    election.seenAt = io.now
  }
  const held = (lease.spec?.holderIdentity ?? '') !== '' && lease.spec?.holderIdentity !== election.identity
  if (held && io.now < election.seenAt + LEASE_MS) {
    again(election, io)
    return
  }
  const spec = {
    ...lease.spec,
    holderIdentity: election.identity,
    leaseDurationSeconds: LEASE_MS / 1000,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1,
  }
  io.call(API_SERVER, 'request', updateRequest(election.client, `${PATH}/${election.name}`, { ...lease, spec }), 'election/taken')
}

/** Writes a new renewTime over the Lease as it was last seen, without reading it first. */
function renew(election: Election, io: Io): void {
  const lease = election.lease!
  const body = { ...lease, spec: { ...lease.spec, renewTime: rfc3339Micro(io.now) } }
  io.call(API_SERVER, 'request', updateRequest(election.client, `${PATH}/${election.name}`, body), 'election/taken')
}

function stop<S extends WithElection>(state: S, io: Io, lost: (state: S, io: Io) => void): void {
  state.election.leading = false
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
