# set, scale, autoscale, expose

$ kubectl create deployment kiln --image=httpd:2.4 --replicas=1 --port=80
  deployment.apps/kiln created

$ kubectl scale deployment kiln --replicas=2 --current-replicas=5
  error: Expected replicas to be 5, was 1
  [1]

$ kubectl scale deployment kiln --replicas=2 --current-replicas=1
  deployment.apps/kiln scaled

$ kubectl scale deployment kiln
  error: required flag(s) "replicas" not set
  [1]

$ kubectl scale deployment ghost --replicas=1
  Error from server (NotFound): deployments.apps "ghost" not found
  [1]

$ kubectl scale --replicas=3 deployment/kiln deployment/ghost
  deployment.apps/kiln scaled
  Error from server (NotFound): deployments.apps "ghost" not found
  [1]

$ kubectl scale pod x --replicas=1
  Error from server (NotFound): pods "x" not found
  [1]

$ kubectl scale deployment --all --replicas=1
  deployment.apps/kiln scaled

$ kubectl scale deployment kiln --replicas=0 --dry-run=client
  deployment.apps/kiln scaled (dry run)

$ kubectl scale deployment kiln --replicas=0 -o name
  deployment.apps/kiln

$ kubectl set image deployment kiln httpd=httpd:2.5 --dry-run=client -o jsonpath='{.spec.template.spec.containers[0].image}'; echo
  httpd:2.5

$ kubectl set image deployment kiln '*=httpd:2.6'
  deployment.apps/kiln image updated

$ kubectl set image deployment kiln httpd=httpd:2.6


$ kubectl set image deployment kiln
  error: at least one image update is required
  [1]

$ kubectl set image deployment httpd=x
  error: resource(s) were provided, but no name was specified
  [1]

$ kubectl set image deployment/ghost a=b
  Error from server (NotFound): deployments.apps "ghost" not found
  [1]

$ kubectl set image cm/x a=b
  Error from server (NotFound): configmaps "x" not found
  [1]

$ kubectl set env deployment/kiln A=1 B=two
  deployment.apps/kiln env updated

$ kubectl set env deployment/kiln --list
  # Deployment kiln, container httpd
  A=1
  B=two

$ kubectl set env deployment/kiln A-
  deployment.apps/kiln env updated

$ kubectl set env deployment/kiln A
  error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'
  [1]

$ kubectl create configmap heat --from-literal=temp=200 --from-literal=time=30
  configmap/heat created

$ kubectl set env deployment/kiln --from=configmap/heat --prefix=KILN_
  deployment.apps/kiln env updated
  Warning: key temp transferred to TEMP
  Warning: key time transferred to TIME

$ kubectl set env deployment/kiln --list
  # Deployment kiln, container httpd
  B=two
  # KILN_TEMP from configmap heat, key temp
  # KILN_TIME from configmap heat, key time

$ kubectl set env deployment/kiln --list --resolve
  # Deployment kiln, container httpd
  B=two
  KILN_TEMP=200
  KILN_TIME=30

$ kubectl set env deployment/kiln --from=configmap/ghost
  Error from server (NotFound): configmaps "ghost" not found
  [1]

$ kubectl set resources deployment kiln --limits=cpu=200m,memory=1Gi --requests=cpu=100m
  deployment.apps/kiln resource requirements updated

$ kubectl set resources deployment kiln --limits=cpu=x
  error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
  [1]

$ kubectl set resources deployment kiln
  error: you must specify an update to requests or limits (in the form of --requests/--limits)
  [1]

$ kubectl set resources deployment kiln --requests=cpu=900m
  error: failed to patch resources update to pod template Deployment.apps "kiln" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: "900m": must be less than or equal to cpu limit of 200m
  [1]

$ kubectl set serviceaccount deployment kiln robot
  deployment.apps/kiln serviceaccount updated

$ kubectl set serviceaccount deployment kiln
  error: resource(s) were provided, but no name was specified
  [1]

$ kubectl set selector service kiln app=x
  Error from server (NotFound): services "kiln" not found
  [1]

$ kubectl expose deployment kiln --name=kiln-svc --port=80 --target-port=http --type=NodePort --dry-run=client -o yaml
  apiVersion: v1
  kind: Service
  metadata:
    labels:
      app: kiln
    name: kiln-svc
  spec:
    ports:
    - port: 80
      protocol: TCP
      targetPort: http
    selector:
      app: kiln
    type: NodePort
  status:
    loadBalancer: {}

$ kubectl expose deployment kiln
  service/kiln exposed

$ kubectl expose deployment kiln
  Error from server (AlreadyExists): services "kiln" already exists
  [1]

$ kubectl expose cm heat --port=80
  error: cannot expose a ConfigMap
  [1]

$ kubectl expose deployment kiln --name=k2 --type=Odd
  The Service "k2" is invalid: spec.type: Unsupported value: "Odd": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"
  [1]

$ kubectl expose deployment kiln --name=k2 --port=80 --external-ip=1.2.3.4 --session-affinity=ClientIP --protocol=UDP --labels=a=b --selector=c=d --dry-run=client -o yaml
  apiVersion: v1
  kind: Service
  metadata:
    labels:
      a: b
    name: k2
  spec:
    externalIPs:
    - 1.2.3.4
    ports:
    - port: 80
      protocol: UDP
      targetPort: 80
    selector:
      c: d
    sessionAffinity: ClientIP
  status:
    loadBalancer: {}

$ kubectl expose service kiln --name=k3 --port=81 --cluster-ip=None
  service/k3 exposed

$ kubectl set selector service kiln app=x,tier=y
  service/kiln selector updated

$ kubectl get svc --no-headers | awk '{print $1,$2,$4,$5}'
  k3 ClusterIP <none> 81/TCP
  kiln ClusterIP <none> 80/TCP
  kubernetes ClusterIP <none> 443/TCP

$ kubectl get svc -o wide --no-headers | awk '{print $1,$NF}'
  k3 app=kiln
  kiln app=x,tier=y
  kubernetes <none>

$ kubectl autoscale deployment kiln --max=3 --cpu=80%
  horizontalpodautoscaler.autoscaling/kiln autoscaled

$ kubectl autoscale deployment kiln --max=3
  error: failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input
  [1]

$ kubectl autoscale deployment kiln
  error: required flag(s) "max" not set
  [1]

$ kubectl autoscale deployment ghost --max=2
  Error from server (NotFound): deployments.apps "ghost" not found
  [1]

$ kubectl autoscale deployment kiln --name=k4 --max=4 --min=2 --memory=500Mi --dry-run=client -o yaml
  apiVersion: autoscaling/v2
  kind: HorizontalPodAutoscaler
  metadata:
    name: k4
  spec:
    maxReplicas: 4
    metrics:
    - resource:
        name: memory
        target:
          averageValue: 500Mi
          type: AverageValue
      type: Resource
    minReplicas: 2
    scaleTargetRef:
      apiVersion: apps/v1
      kind: Deployment
      name: kiln
  status:
    currentMetrics: null
    desiredReplicas: 0

$ kubectl get deployment kiln -o json | jq -S -c '.spec.template.spec.containers[0]|{env,resources}'
  {"env":[{"name":"B","value":"two"},{"name":"KILN_TEMP","valueFrom":{"configMapKeyRef":{"key":"temp","name":"heat"}}},{"name":"KILN_TIME","valueFrom":{"configMapKeyRef":{"key":"time","name":"heat"}}}],"resources":{"limits":{"cpu":"200m","memory":"1Gi"},"requests":{"cpu":"100m"}}}

$ kubectl create clusterrolebinding crb --clusterrole=view --user=ann; kubectl set subject clusterrolebinding crb --user=vera --group=cooks
  clusterrolebinding.rbac.authorization.k8s.io/crb created
  clusterrolebinding.rbac.authorization.k8s.io/crb subjects updated

$ kubectl get clusterrolebinding crb -o wide --no-headers | awk '{print $1,$2,$4,$5}'
  crb ClusterRole/view ann, vera

$ kubectl set subject rolebinding x
  Error from server (NotFound): rolebindings.rbac.authorization.k8s.io "x" not found
  [1]

$ kubectl delete deployment,svc,hpa,cm kiln k3 heat --ignore-not-found; kubectl delete clusterrolebinding crb
  deployment.apps "kiln" deleted from default namespace
  service "kiln" deleted from default namespace
  service "k3" deleted from default namespace
  horizontalpodautoscaler.autoscaling "kiln" deleted from default namespace
  configmap "heat" deleted from default namespace
  clusterrolebinding.rbac.authorization.k8s.io "crb" deleted
