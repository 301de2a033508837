# what create would send, kind by kind

$ kubectl create deployment oven --image=httpd:2.4 --image=busybox:1.36 --replicas=3 --dry-run=client -o yaml
  apiVersion: apps/v1
  kind: Deployment
  metadata:
    labels:
      app: oven
    name: oven
  spec:
    replicas: 3
    selector:
      matchLabels:
        app: oven
    strategy: {}
    template:
      metadata:
        labels:
          app: oven
      spec:
        containers:
        - image: httpd:2.4
          name: httpd
          resources: {}
        - image: busybox:1.36
          name: busybox
          resources: {}
  status: {}

$ kubectl create deployment oven --image=httpd:2.4 --port=8080 --dry-run=client -o yaml -- sleep 100
  apiVersion: apps/v1
  kind: Deployment
  metadata:
    labels:
      app: oven
    name: oven
  spec:
    replicas: 1
    selector:
      matchLabels:
        app: oven
    strategy: {}
    template:
      metadata:
        labels:
          app: oven
      spec:
        containers:
        - command:
          - sleep
          - "100"
          image: httpd:2.4
          name: httpd
          ports:
          - containerPort: 8080
          resources: {}
  status: {}

$ kubectl create service clusterip oven --tcp=80:8080 --tcp=443 --dry-run=client -o yaml
  apiVersion: v1
  kind: Service
  metadata:
    labels:
      app: oven
    name: oven
  spec:
    ports:
    - name: 80-8080
      port: 80
      protocol: TCP
      targetPort: 8080
    - name: "443"
      port: 443
      protocol: TCP
      targetPort: 443
    selector:
      app: oven
    type: ClusterIP
  status:
    loadBalancer: {}

$ kubectl create service nodeport oven --tcp=80:8080 --node-port=30080 --dry-run=client -o yaml
  apiVersion: v1
  kind: Service
  metadata:
    labels:
      app: oven
    name: oven
  spec:
    ports:
    - name: 80-8080
      nodePort: 30080
      port: 80
      protocol: TCP
      targetPort: 8080
    selector:
      app: oven
    type: NodePort
  status:
    loadBalancer: {}

$ kubectl create service loadbalancer oven --tcp=80 --dry-run=client -o yaml
  apiVersion: v1
  kind: Service
  metadata:
    labels:
      app: oven
    name: oven
  spec:
    ports:
    - name: "80"
      port: 80
      protocol: TCP
      targetPort: 80
    selector:
      app: oven
    type: LoadBalancer
  status:
    loadBalancer: {}

$ kubectl create service externalname oven --external-name=bakery.example.com --dry-run=client -o yaml
  apiVersion: v1
  kind: Service
  metadata:
    labels:
      app: oven
    name: oven
  spec:
    externalName: bakery.example.com
    selector:
      app: oven
    type: ExternalName
  status:
    loadBalancer: {}

$ kubectl create service clusterip oven --clusterip=None --dry-run=client -o yaml
  apiVersion: v1
  kind: Service
  metadata:
    labels:
      app: oven
    name: oven
  spec:
    clusterIP: None
    selector:
      app: oven
    type: ClusterIP
  status:
    loadBalancer: {}

$ kubectl create configmap menu --from-literal=a=1 --from-literal=b.txt=two --dry-run=client -o yaml
  apiVersion: v1
  data:
    a: "1"
    b.txt: two
  kind: ConfigMap
  metadata:
    name: menu

$ kubectl create secret generic seal --from-literal=wax=red --type=example.com/wax --dry-run=client -o yaml
  apiVersion: v1
  data:
    wax: cmVk
  kind: Secret
  metadata:
    name: seal
  type: example.com/wax

$ kubectl create secret docker-registry reg --docker-server=r.example.com --docker-username=u --docker-password=p --docker-email=u@example.com --dry-run=client -o yaml
  apiVersion: v1
  data:
    .dockerconfigjson: eyJhdXRocyI6eyJyLmV4YW1wbGUuY29tIjp7InVzZXJuYW1lIjoidSIsInBhc3N3b3JkIjoicCIsImVtYWlsIjoidUBleGFtcGxlLmNvbSIsImF1dGgiOiJkVHB3In19fQ==
  kind: Secret
  metadata:
    name: reg
  type: kubernetes.io/dockerconfigjson

$ kubectl create quota q --hard=pods=3,services=2 --scopes=BestEffort --dry-run=client -o yaml
  apiVersion: v1
  kind: ResourceQuota
  metadata:
    name: q
  spec:
    hard:
      pods: "3"
      services: "2"
    scopes:
    - BestEffort
  status: {}

$ kubectl create role reader --verb=get,list --resource=pods,deployments.apps --resource-name=x --dry-run=client -o yaml
  apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata:
    name: reader
  rules:
  - apiGroups:
    - ""
    resourceNames:
    - x
    resources:
    - pods
    verbs:
    - get
    - list
  - apiGroups:
    - apps
    resourceNames:
    - x
    resources:
    - deployments
    verbs:
    - get
    - list

$ kubectl create clusterrole cr --verb=get --non-resource-url=/healthz --dry-run=client -o yaml
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata:
    name: cr
  rules:
  - nonResourceURLs:
    - /healthz
    verbs:
    - get

$ kubectl create clusterrole agg --aggregation-rule=rbac.example.com/a=true --dry-run=client -o yaml
  aggregationRule:
    clusterRoleSelectors:
    - matchLabels:
        rbac.example.com/a: "true"
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata:
    name: agg
  rules: null

$ kubectl create rolebinding rb --role=reader --user=ann --group=cooks --serviceaccount=default:sa --dry-run=client -o yaml
  apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata:
    name: rb
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: Role
    name: reader
  subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: ann
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: cooks
  - kind: ServiceAccount
    name: sa
    namespace: default

$ kubectl create clusterrolebinding crb --clusterrole=view --user=vera --dry-run=client -o yaml
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata:
    name: crb
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: ClusterRole
    name: view
  subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: vera

$ kubectl create job bake --image=busybox:1.36 --dry-run=client -o yaml -- echo hi
  apiVersion: batch/v1
  kind: Job
  metadata:
    name: bake
  spec:
    template:
      metadata: {}
      spec:
        containers:
        - command:
          - echo
          - hi
          image: busybox:1.36
          name: bake
          resources: {}
        restartPolicy: Never
  status: {}

$ kubectl create cronjob nightly --image=busybox:1.36 --schedule='*/5 * * * *' --dry-run=client -o yaml -- date
  apiVersion: batch/v1
  kind: CronJob
  metadata:
    name: nightly
  spec:
    jobTemplate:
      metadata:
        name: nightly
      spec:
        template:
          metadata: {}
          spec:
            containers:
            - command:
              - date
              image: busybox:1.36
              name: nightly
              resources: {}
            restartPolicy: OnFailure
    schedule: '*/5 * * * *'
  status: {}

$ kubectl create poddisruptionbudget p --selector=app=oven --max-unavailable=50% --dry-run=client -o yaml
  apiVersion: policy/v1
  kind: PodDisruptionBudget
  metadata:
    name: p
  spec:
    maxUnavailable: 50%
    selector:
      matchLabels:
        app: oven
  status:
    currentHealthy: 0
    desiredHealthy: 0
    disruptionsAllowed: 0
    expectedPods: 0

$ kubectl create priorityclass high --value=500 --global-default --preemption-policy=Never --description=x --dry-run=client -o yaml
  apiVersion: scheduling.k8s.io/v1
  description: x
  globalDefault: true
  kind: PriorityClass
  metadata:
    name: high
  preemptionPolicy: Never
  value: 500

$ kubectl create ingress ing --rule='shop.example.com/cart*=cart:80,tls=cert' --class=edge --annotation=a=b --dry-run=client -o yaml
  apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata:
    annotations:
      a: b
    name: ing
  spec:
    ingressClassName: edge
    rules:
    - host: shop.example.com
      http:
        paths:
        - backend:
            service:
              name: cart
              port:
                number: 80
          path: /cart
          pathType: Prefix
    tls:
    - hosts:
      - shop.example.com
      secretName: cert
  status:
    loadBalancer: {}

$ kubectl create ingress ing2 --default-backend=web:http --rule='/x=web:8080' --dry-run=client -o yaml
  apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata:
    name: ing2
  spec:
    defaultBackend:
      service:
        name: web
        port:
          name: http
    rules:
    - http:
        paths:
        - backend:
            service:
              name: web
              port:
                number: 8080
          path: /x
          pathType: Exact
  status:
    loadBalancer: {}

$ kubectl create namespace bakery --dry-run=client -o yaml
  apiVersion: v1
  kind: Namespace
  metadata:
    name: bakery
  spec: {}
  status: {}

$ kubectl create serviceaccount baker --dry-run=client -o yaml
  apiVersion: v1
  kind: ServiceAccount
  metadata:
    name: baker

$ kubectl run oven --image=httpd:2.4 --env=A=1 --env=B=2 --labels=x=y,z=w --port=80 --restart=OnFailure --dry-run=client -o yaml -- a b
  apiVersion: v1
  kind: Pod
  metadata:
    labels:
      x: "y"
      z: w
    name: oven
  spec:
    containers:
    - args:
      - a
      - b
      env:
      - name: A
        value: "1"
      - name: B
        value: "2"
      image: httpd:2.4
      name: oven
      ports:
      - containerPort: 80
      resources: {}
    dnsPolicy: ClusterFirst
    restartPolicy: OnFailure
  status: {}

$ kubectl run oven --image=httpd:2.4 --command --dry-run=client -o json -- sh -c 'echo hi'
  {
      "kind": "Pod",
      "apiVersion": "v1",
      "metadata": {
          "name": "oven",
          "labels": {
              "run": "oven"
          }
      },
      "spec": {
          "containers": [
              {
                  "name": "oven",
                  "image": "httpd:2.4",
                  "command": [
                      "sh",
                      "-c",
                      "echo hi"
                  ],
                  "resources": {}
              }
          ],
          "restartPolicy": "Always",
          "dnsPolicy": "ClusterFirst"
      },
      "status": {}
  }

$ kubectl run oven --image=httpd:2.4 --port=80 --expose --dry-run=client -o yaml
  apiVersion: v1
  kind: Pod
  metadata:
    labels:
      run: oven
    name: oven
  spec:
    containers:
    - image: httpd:2.4
      name: oven
      ports:
      - containerPort: 80
      resources: {}
    dnsPolicy: ClusterFirst
    restartPolicy: Always
  status: {}
  ---
  apiVersion: v1
  kind: Service
  metadata:
    name: oven
  spec:
    ports:
    - port: 80
      protocol: TCP
      targetPort: 80
    selector:
      run: oven
  status:
    loadBalancer: {}
