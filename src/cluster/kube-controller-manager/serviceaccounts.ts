// serviceaccounts.ts: what every namespace has: the ServiceAccount `default`, and the certificate of the API server's authority.
// Models k8s.io/kubernetes/pkg/controller/{serviceaccount/serviceaccounts_controller.go,certificates/rootcacertpublisher/publisher.go}
// Differs: the certificate is a stand-in text

import type { ConfigMap, Namespace } from '../../api/config.ts'
import type { Steps } from '../../kernel/machine.ts'
import { type Controller, enqueue, type SyncResult } from '../client/controller.ts'
import { cached } from '../client/informer.ts'
import { ask, errorOf, isAlreadyExists, isNamespaceTerminating, isNotFound, ok } from '../client/request.ts'
import { createRequest, updateRequest } from '../client.ts'
import { clientOf, type ManagerIo, type ManagerState, pathOfKey } from './state.ts'

const ACCOUNTS = 'service-account-controller'
const ROOT_CA = 'root-ca-cert-publisher'
const ROOT_CA_NAME = 'kube-root-ca.crt'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** A stand-in: nothing in a simulated cluster checks a signature. */
export const ROOT_CERTIFICATE = '-----BEGIN CERTIFICATE-----\nQUJDIENvbXBhbnk=\n-----END CERTIFICATE-----\n'

export const serviceAccountController: Controller<ManagerState> = {
  name: ACCOUNTS,
  workers: 1,
  on: {
    namespaces(state, io, change) {
      if (change.type !== 'delete') enqueue(state, io, ACCOUNTS, change.object.metadata.name)
    },
    serviceaccounts(state, io, change) {
      if (change.type === 'delete') enqueue(state, io, ACCOUNTS, change.object.metadata.namespace)
    },
  },
  sync: ensureAccount,
}

function* ensureAccount(io: ManagerIo, name: string): Steps<SyncResult> {
  const missing = io.state(state => {
    const namespace = cached<Namespace>(state, 'namespaces', name)
    return namespace?.status?.phase === 'Active' && !cached(state, 'serviceaccounts', `${name}/default`)
  })
  if (!missing) return undefined
  io.note('Creating', { serviceAccount: `${name}/default` })
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } }
  const response = yield* ask(
    io,
    io.state(state => createRequest(clientOf(state, ACCOUNTS), `/api/v1/namespaces/${name}/serviceaccounts`, body)),
  )
  return ok(response) || isAlreadyExists(response) || isNamespaceTerminating(response) ? undefined : errorOf(response)
}

export const rootCaController: Controller<ManagerState> = {
  name: ROOT_CA,
  workers: 1,
  on: {
    namespaces(state, io, change) {
      if (change.type === 'add' || (change.type === 'update' && change.object.status?.phase === 'Active'))
        enqueue(state, io, ROOT_CA, change.object.metadata.name)
    },
    configmaps(state, io, change) {
      if (change.object.metadata.name === ROOT_CA_NAME && change.type !== 'add') enqueue(state, io, ROOT_CA, change.object.metadata.namespace)
    },
  },
  sync: publish,
}

function* publish(io: ManagerIo, name: string): Steps<SyncResult> {
  const key = `${name}/${ROOT_CA_NAME}`
  const { there, client } = io.state(state => ({ there: cached<ConfigMap>(state, 'configmaps', key), client: clientOf(state, ROOT_CA) }))
  const data = { 'ca.crt': ROOT_CERTIFICATE }
  const annotations = { 'kubernetes.io/description': DESCRIPTION }
  if (!there) {
    io.note('Creating', { configMap: key })
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: ROOT_CA_NAME, namespace: name, annotations }, data }
    const response = yield* ask(io, createRequest(client, `/api/v1/namespaces/${name}/configmaps`, body))
    return ok(response) || isNotFound(response) || isNamespaceTerminating(response) ? undefined : errorOf(response)
  }
  const described = there.metadata.annotations?.['kubernetes.io/description'] === DESCRIPTION
  if (described && there.data?.['ca.crt'] === ROOT_CERTIFICATE && Object.keys(there.data).length === 1) return undefined
  io.note('Resetting', { configMap: key })
  const metadata = { ...there.metadata, annotations: { ...there.metadata.annotations, ...annotations } }
  const response = yield* ask(io, updateRequest(client, pathOfKey('configmaps', key), { ...there, metadata, data }))
  return ok(response) ? undefined : errorOf(response)
}
