// volumes.ts: the volumes of a Pod, as describe tells them.
// Models k8s.io/kubectl/pkg/describe/describe.go (describeVolumes)
// Differs: sources that this cluster cannot mount are named by their kind alone

import { sortedKeys } from '../json.ts'
import type { Paper } from './paper.ts'

/** The lines of one source: of a Pod's volume, or of a PersistentVolume's spec. */
export const sourceOf = (holder: any): string[] => {
  const kind = sortedKeys(holder).find(k => SOURCES[k] !== undefined)
  return kind === undefined ? [] : SOURCES[kind]!(holder[kind])
}

export function volumes(p: Paper, list: any[] | undefined, space: string): void {
  if (!list || list.length === 0) {
    p.line(0, `${space}Volumes:\t<none>`)
    return
  }
  p.line(0, `${space}Volumes:`)
  for (const volume of list) {
    p.line(1, `${space === '' ? '' : ' '}${volume.name}:`)
    const kind = sortedKeys(volume).find(k => k !== 'name') ?? ''
    const say = SOURCES[kind]
    const lines = say ? say(volume[kind]) : ['Type:\t<unknown>']
    for (const line of lines) p.line(2, line)
  }
}

const optional = (x: any): string => `Optional:\t${x.optional ?? false}`

const SOURCES: Record<string, (source: any) => string[]> = {
  hostPath: s => ['Type:\tHostPath (bare host directory volume)', `Path:\t${s.path}`, `HostPathType:\t${s.type ?? '<none>'}`],
  emptyDir: s => [
    "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
    `Medium:\t${s.medium ?? ''}`,
    `SizeLimit:\t${s.sizeLimit === undefined ? '<unset>' : s.sizeLimit}`,
  ],
  secret: s => ['Type:\tSecret (a volume populated by a Secret)', `SecretName:\t${s.secretName}`, optional(s)],
  configMap: s => ['Type:\tConfigMap (a volume populated by a ConfigMap)', `Name:\t${s.name}`, optional(s)],
  projected: s => ['Type:\tProjected (a volume that contains injected data from multiple sources)', ...(s.sources ?? []).flatMap(projected)],
  downwardAPI: s => [
    'Type:\tDownwardAPI (a volume populated by information about the pod)',
    'Items:',
    ...(s.items ?? []).map((i: any) => `  ${i.fieldRef?.fieldPath ?? i.resourceFieldRef?.resource} -> ${i.path}`),
  ],
  persistentVolumeClaim: s => [
    'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    `ClaimName:\t${s.claimName}`,
    `ReadOnly:\t${s.readOnly ?? false}`,
  ],
  nfs: s => ['Type:\tNFS (an NFS mount that lasts the lifetime of a pod)', `Server:\t${s.server}`, `Path:\t${s.path}`, `ReadOnly:\t${s.readOnly ?? false}`],
  csi: s => [
    'Type:\tCSI (a Container Storage Interface (CSI) volume source)',
    `Driver:\t${s.driver}`,
    `FSType:\t${s.fsType ?? ''}`,
    `ReadOnly:\t${s.readOnly ?? false}`,
  ],
}

function projected(source: any): string[] {
  if (source.secret) return [`SecretName:\t${source.secret.name}`, optional(source.secret)]
  if (source.configMap) return [`ConfigMapName:\t${source.configMap.name}`, optional(source.configMap)]
  if (source.downwardAPI) return ['DownwardAPI:\ttrue']
  if (source.serviceAccountToken) return [`TokenExpirationSeconds:\t${source.serviceAccountToken.expirationSeconds}`]
  return []
}
