# patches of each kind

$ kubectl create deployment mill --image=httpd:2.4 --replicas=0
  deployment.apps/mill created

$ kubectl patch deployment mill -p '{"spec":{"replicas":0}}'
  deployment.apps/mill patched (no change)

$ kubectl patch deployment mill -p 'spec: {minReadySeconds: 3}'
  deployment.apps/mill patched

$ kubectl patch deployment mill --type=merge -p '{"metadata":{"labels":{"app":null,"x":"y"}}}'
  deployment.apps/mill patched

$ kubectl patch deployment mill --type=json -p '[{"op":"add","path":"/metadata/labels/q","value":"1"},{"op":"test","path":"/spec/replicas","value":0}]'
  deployment.apps/mill patched

$ kubectl patch deployment mill --type=json -p '[{"op":"test","path":"/spec/replicas","value":7}]'
  The request is invalid: the server rejected our request due to an error in our request
  [1]

$ kubectl patch deployment mill --type=json -p '[{"op":"add","path":"/spec/template/spec/containers/5","value":{}}]'
  The request is invalid: the server rejected our request due to an error in our request
  [1]

$ kubectl patch deployment mill --type=json -p '{"op":"add"}'
  Error from server (BadRequest): error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp
  [1]

$ kubectl patch deployment mill --type=json -p '[{"op":"jump","path":"/a"}]'
  The request is invalid: the server rejected our request due to an error in our request
  [1]

$ kubectl patch deployment mill --type=json -p '[{"op":"copy","from":"/metadata/labels/q","path":"/metadata/labels/r"},{"op":"move","from":"/metadata/labels/x","path":"/metadata/labels/s"}]'
  deployment.apps/mill patched

$ kubectl get deployment mill -o jsonpath='{.metadata.labels}'; echo
  {"q":"1","r":"1","s":"y"}

$ kubectl patch deployment mill --type=odd -p '{}'
  error: --type must be one of [json merge strategic], not "odd"
  [1]

$ kubectl patch deployment mill
  error: must specify --patch or --patch-file containing the contents of the patch
  [1]

$ kubectl patch deployment -p '{}'
  error: resource(s) were provided, but no name was specified
  [1]

$ kubectl patch deployment ghost -p '{}'
  Error from server (NotFound): deployments.apps "ghost" not found
  [1]

$ kubectl patch deployment mill -p '{"spec":{"template":{"spec":{"containers":[{"name":"httpd","imagee":"x"}]}}}}'
  deployment.apps/mill patched (no change)
  Warning: unknown field "spec.template.spec.containers[0].imagee"

$ kubectl patch deployment mill --type=merge -p '{"spec":{"template":{"spec":{"containers":[]}}}}'
  The Deployment "mill" is invalid: spec.template.spec.containers: Required value
  [1]

$ kubectl patch deployment mill -p '{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}'
  Error from server: map: map[image:x] does not contain declared merge key: name
  [1]

$ kubectl patch deployment mill --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'
  scale.autoscaling/mill patched

$ kubectl patch deployment mill --subresource=bogus --type=merge -p '{"spec":{"replicas":1}}'
  Error from server (NotFound): the server could not find the requested resource
  [1]

$ kubectl get deployment mill --subresource=scale -o json | jq -S -c '.kind,.spec'
  "Scale"
  {"replicas":1}

$ kubectl patch deployment mill --subresource=scale --type=merge -p '{"spec":{"replicas":-1}}'
  The Scale "mill" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0
  [1]

$ kubectl patch deployment mill -p '{"spec":{"replicas":0}}' --dry-run=server
  deployment.apps/mill patched

$ kubectl patch deployment mill -p '{"spec":{"replicas":0}}' --dry-run=client -o jsonpath='{.spec.replicas}'; echo
  0

$ kubectl patch deployment mill -p '{"spec":{"strategy":{"type":"Recreate"}}}'
  The Deployment "mill" is invalid: spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'
  [1]

$ kubectl patch deployment mill -p '{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}'
  deployment.apps/mill patched

$ kubectl patch deployment mill -p '{"metadata":{"name":"other"}}'
  Error from server (BadRequest): the name of the object (other) does not match the name on the URL (mill)
  [1]

$ kubectl patch deployment mill -p '{"spec":{"replicas":true}}' 2>&1 | head -1
  The request is invalid: patch: Invalid value: "map[spec:map[replicas:true]]": unrecognized type: int32

$ kubectl patch deployment mill -p '{"metadata":{"resourceVersion":"1"}}'
  Error from server (Conflict): Operation cannot be fulfilled on deployments.apps "mill": the object has been modified; please apply your changes to the latest version and try again
  [1]

$ kubectl patch deployment mill -p '{"spec":{"progressDeadlineSeconds":2}}'
  The Deployment "mill" is invalid: spec.progressDeadlineSeconds: Invalid value: 2: must be greater than minReadySeconds
  [1]

$ kubectl patch deployment mill -p '{"spec":{"template":{"spec":{"nodeSelector":{"a b":"c"}}}}}'
  The Deployment "mill" is invalid: spec.template.spec.nodeSelector: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
  [1]

$ kubectl patch service kubernetes --type=merge -p '{"spec":{"clusterIP":"10.96.0.9"}}'
  The Service "kubernetes" is invalid: spec.clusterIPs[0]: Invalid value: ["<ip>"]: may not change once set
  [1]

$ kubectl patch node factory-p -p '{"spec":{"unschedulable":true}}'; kubectl patch node factory-p -p '{"spec":{"unschedulable":null}}'
  node/factory-p patched
  node/factory-p patched

$ kubectl delete deployment mill
  deployment.apps "mill" deleted from default namespace
