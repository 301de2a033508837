# describe of workloads with everything in them

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Pod
> metadata: {name: full, labels: {a: b}, annotations: {note: "long text"}}
> spec:
>   nodeName: factory-p
>   tolerations: [{key: oven, operator: Exists, effect: NoSchedule}, {key: k, value: v}]
>   initContainers: [{name: prep, image: busybox/exit-0, command: [sh, -c, echo]}, {name: side, image: envoy, restartPolicy: Always}]
>   containers:
>   - name: main
>     image: httpd:2.4
>     args: [a, b]
>     ports: [{containerPort: 80, name: web}, {containerPort: 53, protocol: UDP}]
>     env: [{name: A, value: x}, {name: N, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}, {name: C, valueFrom: {configMapKeyRef: {name: cm, key: k, optional: true}}}, {name: R, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]
>     envFrom: [{configMapRef: {name: none, optional: true}}]
>     resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
>     livenessProbe: {httpGet: {path: /h, port: web}, initialDelaySeconds: 500}
>     readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}
>     volumeMounts: [{name: e, mountPath: /e}, {name: c, mountPath: /c, readOnly: true}]
>   volumes: [{name: e, emptyDir: {medium: Memory, sizeLimit: 1Mi}}, {name: c, configMap: {name: none, optional: true}}, {name: s, secret: {secretName: none, optional: true}}, {name: h, hostPath: {path: /tmp}}]
> Y
  Error from server (BadRequest): error when creating "STDIN": Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.name of type string
  [1]

$ kubectl wait --for=condition=Ready pod/full --timeout=30s; sleep 1
  Error from server (NotFound): pods "full" not found

$ kubectl describe pod full | sed -E 's#factory-[pq]#NODE#g; s#zone=[pq]#zone=Z#; s#[0-9a-f]{64}#ID#; s#kube-api-access-[a-z0-9]{5}#kube-api-access-X#g' | sed '/^Events/,$d' | grep -v -E 'Container ID|Image ID'
  Error from server (NotFound): pods "full" not found
  [1]

$ kubectl get pod full -o wide --no-headers | awk '{print $1,$2,$3,$4,$7}'
  Error from server (NotFound): pods "full" not found

$ kubectl get pod full -o json | jq -c '.status.qosClass,[.status.conditions[]|.type+"="+.status]'
  Error from server (NotFound): pods "full" not found

$ kubectl apply -f - <<'Y'
> apiVersion: apps/v1
> kind: StatefulSet
> metadata: {name: jars}
> spec:
>   serviceName: jars
>   replicas: 2
>   selector: {matchLabels: {app: jars}}
>   template: {metadata: {labels: {app: jars}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: jar, image: "redis:7"}]}}
> Y
  statefulset.apps/jars created

$ kubectl rollout status sts/jars --timeout=30s | tail -1
  partitioned roll out complete: 2 new pods have been updated...

$ kubectl describe sts jars | sed '/^Events/,$d'
  Name:  jars
  Namespace:  default
  CreationTimestamp:  <time>
  Selector:  app=jars
  Labels:  <none>
  Annotations:  <none>
  Service Name:  jars
  Pod Management Policy:  OrderedReady
  Replicas:  2 desired | 2 total
  Update Strategy:  RollingUpdate
    Partition:  0
    MaxUnavailable:  1
  Persistent Volume Claim Retention Policy:
    WhenDeleted:  Retain
    WhenScaled:  Retain
  Pods Status:  2 Running / 0 Waiting / 0 Succeeded / 0 Failed
  Pod Template:
    Labels:  app=jars
    Containers:
     jar:
      Image:  redis:7
      Port:  <none>
      Host Port:  <none>
      Environment:  <none>
      Mounts:  <none>
    Volumes:  <none>
    Node-Selectors:  <none>
    Tolerations:  <none>
  Volume Claims:  <none>

$ kubectl get sts jars -o wide --no-headers | awk '{print $1,$2,$4,$5}'
  jars 2/2 jar redis:7

$ kubectl apply -f - <<'Y'
> apiVersion: apps/v1
> kind: DaemonSet
> metadata: {name: sweep}
> spec:
>   selector: {matchLabels: {app: sweep}}
>   template: {metadata: {labels: {app: sweep}}, spec: {nodeSelector: {topology.kubernetes.io/zone: p}, containers: [{name: broom, image: "busybox:1"}]}}
> Y
  daemonset.apps/sweep created

$ kubectl rollout status ds/sweep --timeout=30s | tail -1
  daemon set "sweep" successfully rolled out

$ kubectl describe ds sweep | sed '/^Events/,$d'
  Name:  sweep
  Namespace:  default
  Selector:  app=sweep
  Node-Selector:  topology.kubernetes.io/zone=p
  Labels:  <none>
  Annotations:  deprecated.daemonset.template.generation: 1
  Desired Number of Nodes Scheduled: 1
  Current Number of Nodes Scheduled: 1
  Number of Nodes Scheduled with Up-to-date Pods: 1
  Number of Nodes Scheduled with Available Pods: 1
  Number of Nodes Misscheduled: 0
  Pods Status:  1 Running / 0 Waiting / 0 Succeeded / 0 Failed
  Pod Template:
    Labels:  app=sweep
    Containers:
     broom:
      Image:  busybox:1
      Port:  <none>
      Host Port:  <none>
      Environment:  <none>
      Mounts:  <none>
    Volumes:  <none>
    Node-Selectors:  topology.kubernetes.io/zone=p
    Tolerations:  <none>

$ kubectl get ds sweep -o wide --no-headers | awk '{print $1,$2,$3,$4,$5,$6,$7,$9,$10,$11}'
  sweep 1 1 1 1 1 topology.kubernetes.io/zone=p broom busybox:1 app=sweep

$ kubectl get controllerrevision --no-headers | awk '{print $2,$3}' | sort
  daemonset.apps/sweep 1
  statefulset.apps/jars 1

$ kubectl create job bake --image=busybox/exit-0; kubectl wait --for=condition=Complete job/bake --timeout=30s
  job.batch/bake created
  job.batch/bake condition met

$ kubectl describe job bake | sed '/^Events/,$d' | grep -v -E 'controller-uid|^(Start Time|Completed At|Duration)'
  Name:  bake
  Namespace:  default
                    batch.kubernetes.io/job-name=bake
                    job-name=bake
  Annotations:  <none>
  Parallelism:  1
  Completions:  1
  Completion Mode:  NonIndexed
  Suspend:  false
  Backoff Limit:  6
  Pods Statuses:  0 Active (0 Ready) / 1 Succeeded / 0 Failed
  Pod Template:
             batch.kubernetes.io/job-name=bake
             job-name=bake
    Containers:
     bake:
      Image:  busybox/exit-0
      Port:  <none>
      Host Port:  <none>
      Environment:  <none>
      Mounts:  <none>
    Volumes:  <none>
    Node-Selectors:  <none>
    Tolerations:  <none>

$ kubectl get job bake --no-headers | awk '{print $1,$2,$3}'
  bake Complete 1/1

$ kubectl create deployment web --image=httpd:2.4 --replicas=1; kubectl set env deploy/web A=1; kubectl rollout status deployment/web --timeout=30s | tail -1
  deployment.apps/web created
  deployment.apps/web env updated
  deployment "web" successfully rolled out

$ kubectl autoscale deployment web --max=3 --cpu=50%
  horizontalpodautoscaler.autoscaling/web autoscaled

$ kubectl describe hpa web | sed '/^Events/,$d;/^Conditions/,$d'
  Name:  web
  Namespace:  default
  Labels:  <none>
  Annotations:  <none>
  CreationTimestamp:  <time>
  Reference:  Deployment/web
  Metrics:  ( current / target )
    resource cpu on pods  (as a percentage of request):  <age> / 50%
  Min replicas:  1
  Max replicas:  3
  Deployment pods:  1 current / 0 desired

$ kubectl describe deployment web | sed '/^Events/,$d' | sed -E 's/web-[a-z0-9]+/RS/'
  Name:  web
  Namespace:  default
  CreationTimestamp:  <time>
  Labels:  app=web
  Annotations:  deployment.kubernetes.io/revision: 2
  Selector:  app=web
  Replicas:  1 desired | 1 updated | 1 total | 1 available | 0 unavailable
  StrategyType:  RollingUpdate
  MinReadySeconds:  0
  RollingUpdateStrategy:  25% max unavailable, 25% max surge
  Pod Template:
    Labels:  app=web
    Containers:
     httpd:
      Image:  httpd:2.4
      Port:  <none>
      Host Port:  <none>
      Environment:
        A:  1
      Mounts:  <none>
    Volumes:  <none>
    Node-Selectors:  <none>
    Tolerations:  <none>
  Conditions:
    Type  Status  Reason
    ----  ------  ------
    Available  True  MinimumReplicasAvailable
    Progressing  True  NewReplicaSetAvailable
  OldReplicaSets:  RS (0/0 replicas created)
  NewReplicaSet:  RS (1/1 replicas created)

$ kubectl describe pods -l app=web | sed -n '/^Conditions/,/^Volumes/p'
  Conditions:
    Type  Status
    PodReadyToStartContainers  False
    Initialized  True
    Ready  False
    ContainersReady  False
    PodScheduled  True
  Volumes:
  Conditions:
    Type  Status
    PodReadyToStartContainers  True
    Initialized  True
    Ready  True
    ContainersReady  True
    PodScheduled  True
  Volumes:

$ kubectl delete pod full --now; kubectl delete sts jars; kubectl delete ds sweep; kubectl delete job bake; kubectl delete deployment web; kubectl delete hpa web
  statefulset.apps "jars" deleted from default namespace
  daemonset.apps "sweep" deleted from default namespace
  job.batch "bake" deleted from default namespace
  deployment.apps "web" deleted from default namespace
  horizontalpodautoscaler.autoscaling "web" deleted from default namespace
  Error from server (NotFound): pods "full" not found
