# labels, annotations, taints

$ kubectl create configmap box --from-literal=a=1
  configmap/box created

$ kubectl label cm box colour=red size=big
  configmap/box labeled

$ kubectl label cm box colour=blue
  error: 'colour' already has a value (red), and --overwrite is false
  [1]

$ kubectl label cm box colour=blue --overwrite
  configmap/box labeled

$ kubectl label cm box colour=blue --overwrite
  configmap/box not labeled

$ kubectl label cm box size- nothere-
  label "nothere" not found.
  configmap/box unlabeled

$ kubectl label cm box colour=x colour-
  error: can not both modify and remove a label in the same command
  [1]

$ kubectl label cm box
  error: at least one label update is required
  [1]

$ kubectl label cm
  error: at least one label update is required
  [1]

$ kubectl label cm box noequals
  error: at least one label update is required
  [1]

$ kubectl label cm box a=b --resource-version=1
  Error from server (Conflict): Operation cannot be fulfilled on configmaps "box": the object has been modified; please apply your changes to the latest version and try again
  [1]

$ kubectl label cm ghost a=b
  Error from server (NotFound): configmaps "ghost" not found
  [1]

$ kubectl label cm box --list
  colour=blue

$ kubectl label cm --all shelf=1 --dry-run=client -o name
  configmap/box
  configmap/kube-root-ca.crt

$ kubectl label cm -l colour=blue weight=5
  configmap/box labeled

$ kubectl label cm -l colour=none weight=5


$ kubectl label cm box a=b --dry-run=server -o jsonpath='{.metadata.labels}'; echo
  {"a":"b","colour":"blue","weight":"5"}

$ kubectl label cm box '-bad=1'
  error: unknown shorthand flag: 'b' in -bad=1
  See 'kubectl label --help' for usage.
  [1]

$ kubectl label cm box a/b/c=1
  The ConfigMap "box" is invalid: metadata.labels: Invalid value: "a/b/c": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')
  [1]

$ kubectl label cm box 'Ex_ample/x=1'
  The ConfigMap "box" is invalid: metadata.labels: Invalid value: "Ex_ample/x": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
  [1]

$ kubectl annotate cm box note='hello world' other=1
  configmap/box annotated

$ kubectl annotate cm box note=changed
  error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (hello world)
  [1]

$ kubectl annotate cm box note=changed --overwrite
  configmap/box annotated

$ kubectl annotate cm box note-
  configmap/box annotated

$ kubectl annotate cm box note-
  configmap/box annotated

$ kubectl annotate cm box --list
  other=1

$ kubectl annotate cm box
  error: at least one annotation update is required
  [1]

$ kubectl annotate cm box a=1 a=2
  configmap/box annotated

$ kubectl taint node factory-p oven=hot:NoSchedule
  node/factory-p tainted

$ kubectl taint node factory-p oven=hot:NoSchedule
  error: node factory-p already has oven taint(s) with same effect(s) and --overwrite is false
  [1]

$ kubectl taint node factory-p oven=cold:NoSchedule
  error: node factory-p already has oven taint(s) with same effect(s) and --overwrite is false
  [1]

$ kubectl taint node factory-p oven=cold:NoSchedule --overwrite
  node/factory-p modified

$ kubectl taint node factory-p oven=x:Sometimes
  error: invalid taint effect: Sometimes, unsupported taint effect
  See 'kubectl taint -h' for help and examples
  [1]

$ kubectl taint node factory-p oven
  error: at least one taint update is required
  [1]

$ kubectl taint node factory-p
  error: at least one taint update is required
  [1]

$ kubectl taint node factory-p oven:NoExecute dry:PreferNoSchedule
  node/factory-p tainted

$ kubectl get node factory-p -o json | jq -c '[.spec.taints[]|{key,value,effect}]'
  [{"key":"oven","value":null,"effect":"NoExecute"},{"key":"dry","value":null,"effect":"PreferNoSchedule"},{"key":"oven","value":"cold","effect":"NoSchedule"}]

$ kubectl taint node factory-p oven:NoExecute-
  node/factory-p untainted

$ kubectl taint node factory-p oven- dry-
  node/factory-p untainted

$ kubectl taint node factory-p oven-
  error: taint "oven" not found
  [1]

$ kubectl taint node ghost a=b:NoSchedule
  Error from server (NotFound): nodes "ghost" not found
  [1]

$ kubectl taint pod x a=b:NoSchedule
  error: invalid resource type pod, only node types are supported
  [1]

$ kubectl label node factory-q kubernetes.io/hostname=x --dry-run=server --overwrite
  node/factory-q labeled (server dry run)

$ kubectl delete cm box
  configmap "box" deleted from default namespace
