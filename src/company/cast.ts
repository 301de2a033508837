// cast.ts: what everybody and everything is called, in the story and in Kubernetes.

/** One text in two registers. */
export interface Named {
  company: string
  kubernetes: string
}

const named = (company: string, kubernetes: string): Named => ({ company, kubernetes })

const OFFICE: Record<string, Named> = {
  'kube-apiserver': named('Asoke', 'kube-apiserver'),
  etcd: named('Eric', 'etcd'),
  'kube-scheduler': named('Shikar', 'kube-scheduler'),
  'kube-controller-manager': named('Collin', 'kube-controller-manager'),
  'cloud-controller-manager': named('Chiran', 'cloud-controller-manager'),
}

const FOREMEN: Record<string, string> = { 'factory-p': 'Kamal', 'factory-q': 'Kelum' }

/** The name of an actor as on the wires: `kube-scheduler`, `kubelet/factory-p`, `user/you`. */
export function nameOf(actor: string): Named {
  const [machine = '', place = ''] = actor.split('/')
  const office = OFFICE[machine]
  if (office !== undefined) return office
  switch (machine) {
    case 'kubelet':
      return named(FOREMEN[place] ?? `foreman ${letterOf(place)}`, 'kubelet')
    case 'container-runtime':
      return named('Rahul', 'containerd')
    case 'kube-proxy':
      return named('Paul', 'kube-proxy')
    case 'user':
      if (place === 'you') return named('you', 'you')
      return place === 'admin' ? named('the boss', 'admin') : named(`the caller with ${place}`, `user ${place}`)
    case 'customer':
      return named('a customer', 'client')
    case 'cloud':
      return named('the landlord', 'cloud')
    case 'registry':
      return named('the registry', 'registry')
    default:
      return named(actor, actor)
  }
}

/** `factory-p` is P. */
export const letterOf = (node: string): string =>
  node
    .replace(/^factory-/, '')
    .slice(0, 1)
    .toUpperCase()

export const factorySign = (node: string): Named => named(`FACTORY ${letterOf(node)}`, `NODE ${node}`)

/** The seven stations of the hatch, in order, by the names that the API server's notes use. */
export const stations: readonly { id: string; name: Named }[] = [
  { id: 'authentication', name: named('badge', 'authn') },
  { id: 'authorization', name: named('may I', 'authz') },
  { id: 'decoding', name: named('read', 'decode') },
  { id: 'mutating admission', name: named('amend', 'mutate') },
  { id: 'validation', name: named('form', 'valid') },
  { id: 'validating admission', name: named('judge', 'admit') },
  { id: 'storage', name: named('file', 'store') },
]
