# create, asked wrongly

$ kubectl create deployment oven
  error: required flag(s) "image" not set
  [1]

$ kubectl create deployment --image=httpd
  error: exactly one NAME is required, got 0
  See 'kubectl create deployment -h' for help and examples
  [1]

$ kubectl create deployment oven --image=httpd --image=redis --dry-run=client -o name -- sh
  error: cannot specify multiple --image options and command
  [1]

$ kubectl create deployment oven --image='BAD IMAGE'
  error: failed to create deployment: Deployment.apps "oven" is invalid: spec.template.spec.containers[0].name: Invalid value: "BAD IMAGE": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
  [1]

$ kubectl create deployment Oven --image=httpd
  error: failed to create deployment: Deployment.apps "Oven" is invalid: metadata.name: Invalid value: "Oven": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
  [1]

$ kubectl create service clusterip
  error: exactly one NAME is required, got 0
  See 'kubectl create service clusterip -h' for help and examples
  [1]

$ kubectl create service clusterip oven
  error: at least one tcp port specifier must be provided
  [1]

$ kubectl create service clusterip oven --tcp=a:b
  error: strconv.ParseUint: parsing "a": invalid syntax
  [1]

$ kubectl create service nodeport oven --tcp=80:80 --node-port=99
  error: failed to create NodePort service: Service "oven" is invalid: spec.ports[0].nodePort: Invalid value: 99: provided port is not in the valid range. The range of valid ports is 30000-32767
  [1]

$ kubectl create service externalname oven
  error: required flag(s) "external-name" not set
  [1]

$ kubectl create configmap menu --from-literal=novalue
  error: invalid literal source novalue, expected key=value
  [1]

$ kubectl create configmap menu --from-file=/nonexistent
  error: error reading /nonexistent: no such file or directory
  [1]

$ kubectl create configmap menu --from-literal=a=1 --from-literal=a=2
  error: cannot add key "a", another key by that name already exists in Data for ConfigMap "menu"
  [1]

$ kubectl create configmap menu --from-literal='b a=1'
  error: "b a" is not a valid key name for a ConfigMap: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')
  [1]

$ kubectl create secret generic seal --from-literal==x
  error: invalid literal source =x, expected key=value
  [1]

$ kubectl create secret tls cert --cert=/none.crt --key=/none.key
  error: Cannot read file /none.crt, open /none.crt: no such file or directory
  [1]

$ kubectl create secret docker-registry reg --docker-username=u
  error: either --from-file or the combination of --docker-username, --docker-password and --docker-server is required
  [1]

$ kubectl create quota q --hard=pods
  error: Invalid argument syntax pods, expected <resource>=<value>
  [1]

$ kubectl create quota q --hard=pods=x
  error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
  [1]

$ kubectl create quota q --hard=pods=1 --scopes=Nope
  error: failed to create quota: ResourceQuota "q" is invalid: spec.scopes: Invalid value: ["Nope"]: unsupported scope
  [1]

$ kubectl create role r --verb=get
  error: at least one resource must be specified
  [1]

$ kubectl create role r --resource=pods
  error: at least one verb must be specified
  [1]

$ kubectl create role r --verb=get --resource=robots
  the server doesn't have a resource type "robots"
  [1]

$ kubectl create rolebinding rb --user=ann
  error: exactly one of clusterrole or role must be specified
  [1]

$ kubectl create rolebinding rb --role=a --clusterrole=b --user=ann
  error: exactly one of clusterrole or role must be specified
  [1]

$ kubectl create job bake
  error: either --image or --from must be specified
  [1]

$ kubectl create job bake --from=cronjob/ghost
  Error from server (NotFound): cronjobs.batch "ghost" not found
  [1]

$ kubectl create job bake --image=busybox --from=cronjob/ghost
  error: either --image or --from must be specified
  [1]

$ kubectl create cronjob n --image=busybox
  error: required flag(s) "schedule" not set
  [1]

$ kubectl create cronjob n --image=busybox --schedule=never
  error: failed to create cronjob: CronJob.batch "n" is invalid: spec.schedule: Invalid value: "never": expected exactly 5 fields, found 1: [never]
  [1]

$ kubectl create pdb p --selector=app=x
  error: one of min-available or max-unavailable must be specified
  [1]

$ kubectl create pdb p --min-available=1
  error: a selector must be specified
  [1]

$ kubectl create pdb p --selector=app=x --min-available=1 --max-unavailable=1
  error: min-available and max-unavailable cannot be both specified
  [1]

$ kubectl create priorityclass
  error: exactly one NAME is required, got 0
  See 'kubectl create priorityclass -h' for help and examples
  [1]

$ kubectl create ingress i --rule=nonsense
  error: rule nonsense is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]
  [1]

$ kubectl create ingress i
  error: not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)
  [1]

$ kubectl create token ghost
  error: failed to create token: serviceaccounts "ghost" not found
  [1]

$ kubectl create namespace
  error: exactly one NAME is required, got 0
  See 'kubectl create namespace -h' for help and examples
  [1]

$ kubectl create namespace a b
  error: exactly one NAME is required, got 2
  See 'kubectl create namespace -h' for help and examples
  [1]

$ kubectl create robot x
  error: Unexpected args: [robot x]
  See 'kubectl create -h' for help and examples
  [1]

$ kubectl create 2>&1 | head -3
  error: must specify one of -f and -k

$ kubectl create deployment oven --image=httpd --bogus
  error: unknown flag: --bogus
  See 'kubectl create deployment --help' for usage.
  [1]

$ kubectl create deployment oven --image=httpd --dry-run=maybe
  error: Invalid dry-run value (maybe). Must be "none", "server", or "client".
  [1]

$ kubectl create deployment oven --image=httpd -o xml --dry-run=client
  error: unable to match a printer suitable for the output format "xml", allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml
  [1]
