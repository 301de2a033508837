// house.ts: who works here as what, and between whom there are wires: for the help page.

/** All wires that exist, as sentences. */
export const wires: readonly string[] = [
  'everybody to Asoke',
  'Asoke to Eric',
  'Asoke to Kamal, for logs and exec',
  'Kamal to Rahul',
  'Rahul to the registries',
  'Chiran to the cloud',
  "customers on Paul's rules",
  '',
  'Between these people there is',
  'no other line.',
]

/** Name, component, work. */
export const people: readonly (readonly [string, string, string])[] = [
  ['Asoke', 'kube-apiserver', 'checks, files, rings; the only door'],
  ['Eric', 'etcd', 'keeps every paper and numbers it'],
  ['Shikar', 'kube-scheduler', 'writes one factory on a slip, once'],
  ['Collin', 'kube-controller-manager', 'compares wanted with actual, all day'],
  ['Chiran', 'cloud-controller-manager', 'speaks with the landlord'],
  ['Kamal, Kelum', 'kubelet', 'a foreman in each factory'],
  ['Rahul', 'container runtime', 'fetches blueprints, runs machines'],
  ['Paul', 'kube-proxy', 'sets the switchboard in each factory'],
]
