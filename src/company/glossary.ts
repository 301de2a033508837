// glossary.ts: the story's words beside those of Kubernetes, and for each where the analogy breaks.

export interface Entry {
  company: string
  kubernetes: string
  /** One line: what the picture gets wrong. */
  bends: string
}

/** In the order in which chapter 1 meets them. */
export const glossary: readonly Entry[] = [
  { company: 'slip', kubernetes: 'Pod', bends: 'It never travels. It is a record that all read.' },
  { company: 'hatch', kubernetes: 'kube-apiserver', bends: 'It delivers nothing, it only answers.' },
  { company: 'vault', kubernetes: 'etcd', bends: 'Old pages go too: history is compacted.' },
  { company: 'bell', kubernetes: 'watch event', bends: 'It is a stream that each client has opened.' },
  { company: 'house rules', kubernetes: 'admission', bends: 'Some change the slip before it is checked.' },
  { company: 'badge', kubernetes: 'token, certificate', bends: 'It says who you are, not what you may.' },
  { company: 'factory', kubernetes: 'node', bends: 'It may be a virtual machine, or a container.' },
  { company: 'foreman', kubernetes: 'kubelet', bends: 'He reads slips; nobody gives him orders.' },
  { company: 'bench', kubernetes: 'pod sandbox', bends: 'It has an address and a network, no tools.' },
  { company: 'machine', kubernetes: 'container', bends: 'It is a process with walls, not hardware.' },
  { company: 'blueprint', kubernetes: 'image', bends: 'It holds the files themselves, not a plan.' },
  { company: 'card', kubernetes: 'Lease', bends: 'It is a record too, renewed at the hatch.' },
  { company: 'standing order', kubernetes: 'Deployment', bends: 'It runs nothing; its lists do not either.' },
  { company: 'list', kubernetes: 'ReplicaSet', bends: 'It counts by labels, not by names.' },
  { company: 'clerk', kubernetes: 'controller', bends: 'Many in one process; none waits for another.' },
  { company: 'in-tray', kubernetes: 'informer cache', bends: 'It is a copy, and may be a moment old.' },
  { company: 'switchboard', kubernetes: 'kube-proxy rules', bends: 'No call passes through it; rules redirect.' },
  { company: 'the office', kubernetes: 'control plane', bends: 'It may be many machines, and run Pods too.' },
]
