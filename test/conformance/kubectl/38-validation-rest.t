# services, policies and papers the API server refuses

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Service
> metadata: {name: 1bad}
> spec: {ports: [{port: 80}]}
> Y
  service/1bad created

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Service
> metadata: {name: bad}
> spec: {type: ClusterIP, sessionAffinity: Often, ports: [{port: 0, protocol: HTTP, name: "A"}, {port: 80, name: b, targetPort: "much-too-long-a-port-name"}, {port: 80, name: b}]}
> Y
  The Service "bad" is invalid:
  * spec.ports[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
  * spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
  * spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"
  * spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive
  * spec.ports[1].targetPort: Invalid value: "much-too-long-a-port-name": must be no more than 15 characters
  * spec.ports[2].name: Duplicate value: "b"
  * spec.sessionAffinity: Unsupported value: "Often": supported values: "ClientIP", "None"
  * spec.ports[2]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Service
> metadata: {name: bad}
> spec: {type: ExternalName}
> Y
  The Service "bad" is invalid: spec.externalName: Required value
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Service
> metadata: {name: bad}
> spec: {selector: {a: b}}
> Y
  The Service "bad" is invalid: spec.ports: Required value
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Service
> metadata: {name: bad}
> spec: {type: Odd, ports: [{port: 80}]}
> Y
  The Service "bad" is invalid: spec.type: Unsupported value: "Odd": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Service
> metadata: {name: bad}
> spec: {clusterIP: 10.1.1.1, ports: [{port: 80}]}
> Y
  The Service "bad" is invalid: spec.clusterIPs: Invalid value: ["<ip>"]: failed to allocate IP <ip>: the provided network does not match the current range
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Service
> metadata: {name: bad}
> spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}
> Y
  The Service "bad" is invalid: spec.clusterIPs: Invalid value: ["<ip>"]: failed to allocate IP <ip>: provided IP is already allocated
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Service
> metadata: {name: bad}
> spec: {clusterIP: nonsense, ports: [{port: 80}]}
> Y
  The Service "bad" is invalid: spec.clusterIPs[0]: Invalid value: "nonsense": must be a valid IP address, (e.g. <ip> or 2001:db8::ffff)
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: networking.k8s.io/v1
> kind: Ingress
> metadata: {name: bad}
> spec: {rules: [{host: "Bad Host", http: {paths: [{path: x, pathType: Odd, backend: {service: {name: w}}}]}}]}
> Y
  The Ingress "bad" is invalid:
  * spec.rules[0].host: Invalid value: "Bad Host": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
  * spec.rules[0].http.paths[0].pathType: Unsupported value: "Odd": supported values: "Exact", "ImplementationSpecific", "Prefix"
  * spec.rules[0].http.paths[0].backend: Required value: port name or number is required
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: networking.k8s.io/v1
> kind: Ingress
> metadata: {name: bad}
> spec: {}
> Y
  The Ingress "bad" is invalid: spec: Invalid value: null: either `defaultBackend` or `rules` must be specified
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: networking.k8s.io/v1
> kind: NetworkPolicy
> metadata: {name: bad}
> spec: {podSelector: {}, policyTypes: [Sideways], ingress: [{from: [{}], ports: [{port: 70000}]}]}
> Y
  The NetworkPolicy "bad" is invalid:
  * spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive
  * spec.ingress[0].from[0]: Required value: must specify a peer
  * spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Ingress", "Egress"
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: ConfigMap
> metadata: {name: bad}
> data: {"a b": x, "..": y}
> Y
  Error from server (BadRequest): error when creating "STDIN": ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal bool into Go struct field ConfigMap.data of type string
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: ConfigMap
> metadata: {name: bad}
> data: {a: 1}
> Y
  Error from server (BadRequest): error when creating "STDIN": ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Secret
> metadata: {name: bad}
> data: {a: "not base64!"}
> Y
  Error from server (BadRequest): error when creating "STDIN": Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 3
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Secret
> metadata: {name: bad}
> type: kubernetes.io/tls
> Y
  The Secret "bad" is invalid:
  * data[tls.crt]: Required value
  * data[tls.key]: Required value
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Secret
> metadata: {name: bad}
> type: kubernetes.io/basic-auth
> Y
  The Secret "bad" is invalid:
  * data[username]: Required value
  * data[password]: Required value
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: policy/v1
> kind: PodDisruptionBudget
> metadata: {name: bad}
> spec: {minAvailable: 150%, selector: {matchLabels: {"a b": c}}}
> Y
  The PodDisruptionBudget "bad" is invalid:
  * spec.minAvailable: Invalid value: "150%": must not be greater than 100%
  * spec.selector.matchLabels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: autoscaling/v2
> kind: HorizontalPodAutoscaler
> metadata: {name: bad}
> spec: {maxReplicas: 0, scaleTargetRef: {kind: "", name: ""}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 0}}}]}
> Y
  The HorizontalPodAutoscaler "bad" is invalid:
  * spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`
  * spec.scaleTargetRef.kind: Required value
  * spec.scaleTargetRef.name: Required value
  * spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group
  * spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0
  * spec.maxReplicas: Required value
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: LimitRange
> metadata: {name: bad}
> spec: {limits: [{type: Container, min: {cpu: 2}, max: {cpu: 1}, default: {cpu: 3}}]}
> Y
  The LimitRange "bad" is invalid:
  * spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1
  * spec.limits[0].defaultRequest[cpu]: Invalid value: "3": default request value 3 is greater than max value 1
  * spec.limits[0].default[cpu]: Invalid value: "1": default value 3 is greater than max value 1
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: rbac.authorization.k8s.io/v1
> kind: Role
> metadata: {name: bad}
> rules: [{verbs: [], resources: [pods]}, {verbs: [get], nonResourceURLs: [/x]}]
> Y
  The Role "bad" is invalid:
  * rules[0].apiGroups: Required value: resource rules must supply at least one api group
  * rules[1].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs
  * rules[0].verbs: Required value
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: rbac.authorization.k8s.io/v1
> kind: RoleBinding
> metadata: {name: bad}
> roleRef: {kind: Robot, name: x}
> subjects: [{kind: User}]
> Y
  The RoleBinding "bad" is invalid:
  * roleRef.kind: Unsupported value: "Robot": supported values: "Role", "ClusterRole"
  * subjects[0].name: Required value
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: PersistentVolumeClaim
> metadata: {name: bad}
> spec: {accessModes: [], resources: {requests: {storage: 0}}}
> Y
  The PersistentVolumeClaim "bad" is invalid:
  * spec.accessModes: Required value: at least 1 access mode is required
  * spec.resources[storage]: Invalid value: "0": must be greater than zero
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: PersistentVolume
> metadata: {name: bad}
> spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}}
> Y
  The PersistentVolume "bad" is invalid: spec: Required value: must specify a volume type
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: scheduling.k8s.io/v1
> kind: PriorityClass
> metadata: {name: system-bad}
> value: 3
> preemptionPolicy: Odd
> Y
  The PriorityClass "system-bad" is invalid:
  * metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-bad is not a known system priority class
  * preemptionPolicy: Unsupported value: "Odd": supported values: "PreemptLowerPriority", "Never"
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: storage.k8s.io/v1
> kind: StorageClass
> metadata: {name: bad}
> reclaimPolicy: Odd
> Y
  The StorageClass "bad" is invalid:
  * reclaimPolicy: Unsupported value: "Odd": supported values: "Delete", "Retain"
  * provisioner: Required value
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Namespace
> metadata: {name: kube_bad}
> Y
  The Namespace "kube_bad" is invalid: metadata.name: Invalid value: "kube_bad": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: Node
> metadata: {name: Bad_Node}
> spec: {taints: [{key: a, effect: b}]}
> Y
  The Node "Bad_Node" is invalid:
  * metadata.name: Invalid value: "Bad_Node": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
  * metadata.taints[0].effect: Unsupported value: "b": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"
  [1]

$ kubectl create cm fixed --from-literal=a=1; kubectl patch cm fixed -p '{"immutable":true}'; kubectl patch cm fixed -p '{"data":{"a":"2"}}'
  configmap/fixed created
  configmap/fixed patched
  The ConfigMap "fixed" is invalid: data: Forbidden: field is immutable when `immutable` is set
  [1]

$ kubectl patch cm fixed -p '{"immutable":false}'
  The ConfigMap "fixed" is invalid: immutable: Forbidden: field is immutable when `immutable` is set
  [1]

$ kubectl delete cm fixed
  configmap "fixed" deleted from default namespace
