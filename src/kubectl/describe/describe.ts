// describe.ts: one object in words, with what stands around it and the Events about it.
// Models k8s.io/kubectl/pkg/describe/describe.go (DescriberFor)
// Differs: nothing known

import type { KubeObject } from '../../api/object.ts'
import { type ResourceType, resourceByKind } from '../../api/resources.ts'
import { errorText, failureOf } from '../fail.ts'
import { findObject, getObject, type Kit, listObjects } from '../kit.ts'
import type { Steps } from '../want.ts'
import { describeGeneric } from './generic.ts'
import { describeEndpointSlice, describeEndpoints, describeIngress, describeNetworkPolicy, describeService } from './network.ts'
import { describeNode } from './node.ts'
import { Paper } from './paper.ts'
import * as papers from './papers.ts'
import { describePod } from './pod.ts'
import * as workloads from './workloads.ts'

type Describer = (kit: Kit, p: Paper, object: any, events: any[] | undefined) => Steps<void>

const plain = (write: (p: Paper, object: any, events: any[] | undefined) => void): Describer =>
  // biome-ignore lint/correctness/useYield: describers that ask nothing are steps like the others
  function* (_kit, p, object, events) {
    write(p, object, events)
  }

const typeOf = (apiVersion: string, kind: string): ResourceType => resourceByKind(apiVersion, kind)!
const selected = (selector: any): Record<string, string> => {
  const labels = selector?.matchLabels ?? selector ?? {}
  const text = Object.keys(labels)
    .sort()
    .map(k => `${k}=${labels[k]}`)
    .join(',')
  return text === '' ? {} : { labelSelector: text }
}

const withPods = (write: (p: Paper, object: any, pods: any[], events: any[] | undefined) => void): Describer =>
  function* (kit, p, object, events) {
    write(p, object, yield* listObjects(kit, typeOf('v1', 'Pod'), object.metadata.namespace, selected(object.spec.selector)), events)
  }

const DESCRIBERS: Record<string, Describer> = {
  'Pod/': plain(describePod),
  *'Node/'(kit, p, node, events) {
    const name = node.metadata.name
    const lease = yield* findObject(kit, typeOf('coordination.k8s.io/v1', 'Lease'), 'kube-node-lease', name)
    const fieldSelector = `spec.nodeName=${name},status.phase!=Failed,status.phase!=Succeeded`
    describeNode(p, node, lease, yield* listObjects(kit, typeOf('v1', 'Pod'), '', { fieldSelector }), events)
  },
  *'Deployment/apps'(kit, p, object, events) {
    const sets = yield* listObjects(kit, typeOf('apps/v1', 'ReplicaSet'), object.metadata.namespace, selected(object.spec.selector))
    workloads.describeDeployment(p, object, sets, events)
  },
  'ReplicaSet/apps': withPods(workloads.describeReplicaSet),
  'ReplicationController/': withPods(workloads.describeReplicaSet),
  'StatefulSet/apps': withPods(workloads.describeStatefulSet),
  'DaemonSet/apps': withPods(workloads.describeDaemonSet),
  'Job/batch': plain(workloads.describeJob),
  'CronJob/batch': plain(workloads.describeCronJob),
  'HorizontalPodAutoscaler/autoscaling': plain(workloads.describeAutoscaler),
  *'Service/'(kit, p, object, events) {
    const labelSelector = `kubernetes.io/service-name=${object.metadata.name}`
    describeService(p, object, yield* listObjects(kit, typeOf('discovery.k8s.io/v1', 'EndpointSlice'), object.metadata.namespace, { labelSelector }), events)
  },
  'Endpoints/': plain(describeEndpoints),
  'EndpointSlice/discovery.k8s.io': plain(describeEndpointSlice),
  *'Ingress/networking.k8s.io'(kit, p, object, events) {
    const namespace = object.metadata.namespace!
    const spec: any = object['spec']
    const names = [spec.defaultBackend, ...(spec.rules ?? []).flatMap((r: any) => (r.http?.paths ?? []).map((x: any) => x.backend))].flatMap(
      b => b?.service?.name ?? [],
    )
    const behind = new Map<string, string | { service: any; slices: any[] }>()
    for (const name of new Set<string>(names)) {
      try {
        const slices = yield* listObjects(kit, typeOf('discovery.k8s.io/v1', 'EndpointSlice'), namespace, {
          labelSelector: `kubernetes.io/service-name=${name}`,
        })
        behind.set(name, { service: yield* getObject(kit, typeOf('v1', 'Service'), namespace, name), slices })
      } catch (error) {
        behind.set(name, errorText(failureOf(error)))
      }
    }
    describeIngress(p, object, behind, events)
  },
  *'Namespace/'(kit, p, object) {
    const quotas = yield* listObjects(kit, typeOf('v1', 'ResourceQuota'), object.metadata.name)
    papers.describeNamespace(p, object, quotas, yield* listObjects(kit, typeOf('v1', 'LimitRange'), object.metadata.name))
  },
  'ConfigMap/': plain(papers.describeConfigMap),
  'Secret/': plain(papers.describeSecret),
  'ServiceAccount/': plain(papers.describeServiceAccount),
  'Role/rbac.authorization.k8s.io': plain(papers.describeRole),
  'ClusterRole/rbac.authorization.k8s.io': plain(papers.describeRole),
  'RoleBinding/rbac.authorization.k8s.io': plain(papers.describeRoleBinding),
  'ClusterRoleBinding/rbac.authorization.k8s.io': plain(papers.describeRoleBinding),
  'ResourceQuota/': plain(papers.describeQuota),
  'LimitRange/': plain(papers.describeLimitRange),
  'PodDisruptionBudget/policy': plain(papers.describeBudget),
  'PriorityClass/scheduling.k8s.io': plain(papers.describePriorityClass),
  *'PersistentVolumeClaim/'(kit, p, object, events) {
    const pods = yield* listObjects(kit, typeOf('v1', 'Pod'), object.metadata.namespace)
    const users = pods.filter(pod => (pod['spec'].volumes ?? []).some((v: any) => v.persistentVolumeClaim?.claimName === object.metadata.name))
    papers.describeClaim(
      p,
      object,
      users.map(u => u.metadata.name),
      events,
    )
  },
  'PersistentVolume/': plain(papers.describeVolume),
  'StorageClass/storage.k8s.io': plain(papers.describeStorageClass),
  'NetworkPolicy/networking.k8s.io': plain(describeNetworkPolicy),
}

/** The description of an object that was just read. With `showEvents`, Events about it are looked up. */
export function* describeText(kit: Kit, type: ResourceType, object: KubeObject, showEvents: boolean): Steps<string> {
  const p = new Paper(yield { want: 'now' })
  const events = showEvents ? yield* eventsAbout(kit, type, object) : undefined
  const describer = DESCRIBERS[`${type.kind}/${type.group}`] ?? plain(describeGeneric)
  yield* describer(kit, p, object, events)
  return p.done()
}

/** Events about an object; those about a Node stand in `default` and may name it instead of its uid. */
function* eventsAbout(kit: Kit, type: ResourceType, object: KubeObject): Steps<KubeObject[]> {
  const { name, namespace, uid } = object.metadata
  const select = (id: string) =>
    `involvedObject.name=${name},${namespace === undefined ? '' : `involvedObject.namespace=${namespace},`}involvedObject.kind=${type.kind},involvedObject.uid=${id}`
  const event = typeOf('v1', 'Event')
  const found = yield* listObjects(kit, event, namespace ?? '', { fieldSelector: select(uid) })
  if (type.kind === 'Node') found.push(...(yield* listObjects(kit, event, '', { fieldSelector: select(name) })))
  return found
}
