// discovery.ts: paths that name no resource: which groups and resources there are, version, health.
// Models k8s.io/apiserver/pkg/endpoints/discovery, pkg/server/{healthz,routes} and k8s.io/kube-aggregator/pkg/apiserver
// Differs: no OpenAPI documents, no metrics

import type { ApiRequest } from '../../api/http.ts'
import { apiVersionOf, type ResourceType, resourceTypes, servedGroups } from '../../api/resources.ts'
import { pathNotFound } from '../../api/status.ts'
import type { Io } from '../../kernel/machine.ts'
import { refusal } from './door.ts'
import { health } from './health.ts'
import type { Outcome, State } from './state.ts'

export const VERSION = {
  major: '1',
  minor: '37',
  emulationMajor: '1',
  emulationMinor: '37',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '36',
  gitVersion: 'v1.37.2',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-10-14T00:00:00Z',
  goVersion: 'go1.26.0',
  compiler: 'gc',
  platform: 'linux/amd64',
}

export function answerPath(s: State, request: ApiRequest, _io: Io): Outcome {
  const path = request.path.length > 1 && request.path.endsWith('/') ? request.path.slice(0, -1) : request.path
  const asked = health(s, path, request.query)
  if (asked !== undefined) return asked
  // Clients up to 1.29 ask for v2beta1 alone, which is gone: they get the plain documents.
  const aggregated = (request.headers['accept'] ?? '').split(',').some(clause => /;as=APIGroupDiscoveryList\b/.test(clause) && /;v=v2(;|$)/.test(clause))
  switch (path) {
    case '/version':
      return json(VERSION)
    case '/api':
      return aggregated
        ? aggregatedGroups(true)
        : json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address(s) }] })
    case '/apis':
      return aggregated ? aggregatedGroups(false) : json({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups() })
    case '/openapi/v3':
      return json({ paths: Object.fromEntries(groupVersions().map(gv => [gv.path, { serverRelativeURL: `/openapi/v3/${gv.path}` }])) })
  }
  const parts = path.split('/').slice(1)
  if (parts[0] === 'api' && parts.length === 2) return resources('', parts[1]!)
  if (parts[0] === 'apis' && parts.length === 2) {
    const group = groups().find(candidate => candidate.name === parts[1])
    return group === undefined ? notServed() : json({ kind: 'APIGroup', apiVersion: 'v1', ...group })
  }
  if (parts[0] === 'apis' && parts.length === 3) return resources(parts[1]!, parts[2]!)
  return notServed()
}

const json = (body: unknown): Outcome => ({ status: 200, body })
const notServed = (): Outcome => refusal(pathNotFound())
const address = (s: State): string => `${s.config.address ?? '172.18.0.2'}:6443`

function groups() {
  return servedGroups()
    .filter(({ group }) => group !== '')
    .map(({ group, versions }) => {
      const list = versions.map(version => ({ groupVersion: `${group}/${version}`, version }))
      return { name: group, versions: list, preferredVersion: list[0]! }
    })
}

function groupVersions(): { group: string; version: string; path: string }[] {
  return servedGroups().flatMap(({ group, versions }) =>
    versions.map(version => ({ group, version, path: group === '' ? `api/${version}` : `apis/${group}/${version}` })),
  )
}

function resources(group: string, version: string): Outcome {
  const types = resourceTypes.filter(type => type.group === group && type.version === version)
  if (types.length === 0) return notServed()
  const list = types.flatMap(type => [
    {
      name: type.plural,
      singularName: type.singular,
      namespaced: type.namespaced,
      kind: type.kind,
      verbs: type.verbs,
      ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
      ...(type.categories.length > 0 ? { categories: type.categories } : {}),
    },
    ...type.subresources.map(sub => ({
      name: `${type.plural}/${sub.name}`,
      singularName: '',
      namespaced: type.namespaced,
      ...(sub.group !== type.group || sub.version !== type.version ? { group: sub.group, version: sub.version } : {}),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ])
  return json({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf({ group, version }), resources: list })
}

function aggregatedGroups(core: boolean): Outcome {
  const items = servedGroups()
    .filter(({ group }) => (group === '') === core)
    .map(({ group, versions }) => ({
      metadata: group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: versions.map(version => ({
        version,
        resources: resourceTypes.filter(type => type.group === group && type.version === version).map(aggregated),
        freshness: 'Current',
      })),
    }))
  return {
    status: 200,
    headers: { 'content-type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
    body: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items },
  }
}

function aggregated(type: ResourceType) {
  const kind = { group: type.group, version: type.version, kind: type.kind }
  return {
    resource: type.plural,
    responseKind: kind,
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
    ...(type.categories.length > 0 ? { categories: type.categories } : {}),
    ...(type.subresources.length > 0
      ? {
          subresources: type.subresources.map(sub => ({
            subresource: sub.name,
            responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
            verbs: sub.verbs,
          })),
        }
      : {}),
  }
}
