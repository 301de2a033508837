# what the quota and the doorman refuse

$ kubectl create ns stall; kubectl create quota q -n stall --hard=pods=1,configmaps=2,services=1,count/deployments.apps=1,requests.memory=1Gi
  namespace/stall created
  resourcequota/q created

$ sleep 1; kubectl get quota -n stall --no-headers | awk '{$2="";$NF="";print}'
  q  1/2, count/deployments.apps: 0/1, pods: 0/1, requests.memory: 0/1Gi, services: 0/1

$ kubectl get quota q -n stall -o json | jq -S -c .status
  {"hard":{"configmaps":"2","count/deployments.apps":"1","pods":"1","requests.memory":"1Gi","services":"1"},"used":{"configmaps":"1","count/deployments.apps":"0","pods":"0","requests.memory":"0","services":"0"}}

$ kubectl run a -n stall --image=httpd
  Error from server (Forbidden): pods "a" is forbidden: failed quota: q: must specify requests.memory for: a
  [1]

$ kubectl create cm one -n stall --from-literal=a=1
  configmap/one created

$ kubectl create cm two -n stall --from-literal=a=1
  error: failed to create configmap: configmaps "two" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=2, limited: configmaps=2
  [1]

$ kubectl create deployment d1 -n stall --image=httpd
  deployment.apps/d1 created

$ kubectl create deployment d2 -n stall --image=httpd
  error: failed to create deployment: deployments.apps "d2" is forbidden: exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1
  [1]

$ kubectl create service clusterip s1 -n stall --tcp=80; kubectl create service clusterip s2 -n stall --tcp=80
  service/s1 created
  error: failed to create ClusterIP service: services "s2" is forbidden: exceeded quota: q, requested: services=1, used: services=1, limited: services=1
  [1]

$ sleep 2; kubectl get deploy d1 -n stall
  NAME  READY  UP-TO-DATE  AVAILABLE  AGE
  d1  0/1  0  0  <age>

$ kubectl get deploy d1 -n stall -o json | jq -r '.status.conditions[]|select(.type=="ReplicaFailure").message' | sed -E 's/d1-[a-z0-9]+(-[a-z0-9]+)?/POD/'
  pods "POD" is forbidden: failed quota: q: must specify requests.memory for: httpd

$ kubectl set resources deploy d1 -n stall --requests=memory=2Gi
  deployment.apps/d1 resource requirements updated

$ sleep 2; kubectl get deploy d1 -n stall -o json | jq -r '.status.conditions[]|select(.type=="ReplicaFailure").message' | sed -E 's/d1-[a-z0-9]+(-[a-z0-9]+)?/POD/'
  pods "POD" is forbidden: failed quota: q: must specify requests.memory for: httpd

$ kubectl describe quota q -n stall
  Name:  q
  Namespace:  stall
  Resource  Used  Hard
  --------  ----  ----
  configmaps  2  2
  count/deployments.apps  1  1
  pods  0  1
  requests.memory  0  1Gi
  services  1  1

$ kubectl create quota be -n stall --hard=pods=0 --scopes=BestEffort; sleep 1; kubectl run b -n stall --image=httpd
  resourcequota/be created
  Error from server (Forbidden): pods "b" is forbidden: failed quota: q: must specify requests.memory for: b
  [1]

$ kubectl get quota be -n stall -o yaml | sed -n '/^spec/,$p'
  spec:
    hard:
      pods: "0"
    scopes:
    - BestEffort
  status:
    hard:
      pods: "0"
    used:
      pods: "0"

$ kubectl delete quota q be -n stall
  resourcequota "q" deleted from stall namespace
  resourcequota "be" deleted from stall namespace

$ kubectl apply -n stall -f - <<'Y'
> apiVersion: v1
> kind: LimitRange
> metadata: {name: lr}
> spec: {limits: [{type: Container, min: {cpu: 100m}, max: {cpu: "1", memory: 1Gi}, maxLimitRequestRatio: {cpu: "2"}}, {type: Pod, max: {cpu: "1"}}]}
> Y
  limitrange/lr created

$ kubectl get limitrange lr -n stall -o json | jq -S -c .spec
  {"limits":[{"default":{"cpu":"1","memory":"1Gi"},"defaultRequest":{"cpu":"1","memory":"1Gi"},"max":{"cpu":"1","memory":"1Gi"},"maxLimitRequestRatio":{"cpu":"2"},"min":{"cpu":"100m"},"type":"Container"},{"max":{"cpu":"1"},"type":"Pod"}]}

$ kubectl run c -n stall --image=httpd --overrides='{"spec":{"containers":[{"name":"c","image":"httpd","resources":{"requests":{"cpu":"50m"},"limits":{"cpu":"2","memory":"2Gi"}}}]}}'
  Error from server (Forbidden): pods "c" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but limit is 2Gi, cpu max limit to request ratio per Container is 2, but provided ratio is 40.000000, maximum cpu usage per Pod is 1, but limit is 2]
  [1]

$ kubectl run d -n stall --image=httpd --overrides='{"spec":{"containers":[{"name":"d","image":"httpd","resources":{"requests":{"cpu":"200m","memory":"1Mi"},"limits":{"cpu":"800m","memory":"1Mi"}}}]}}'
  Error from server (Forbidden): pods "d" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000
  [1]

$ kubectl run e -n stall --image=httpd -o json | jq -S -c '.spec.containers[0].resources'
  {"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}}

$ kubectl create token default -n stall --duration=1m
  error: failed to create token: TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes
  [1]

$ kubectl create token default -n stall | awk -F. '{print NF}'
  3

$ kubectl create token default -n stall --audience=x -o json | jq -S -c '.kind,.spec.audiences'
  "TokenRequest"
  ["x"]

$ kubectl delete ns stall; kubectl get pods -n stall
  namespace "stall" deleted
  No resources found in stall namespace.

$ kubectl run x -n stall --image=httpd
  Error from server (NotFound): namespaces "stall" not found
  [1]

$ kubectl get ns stall
  Error from server (NotFound): namespaces "stall" not found
  [1]
