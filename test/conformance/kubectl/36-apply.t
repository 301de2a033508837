# apply in its forms

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: List
> items:
> - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {a: "1", b: "2"}}
> - {apiVersion: v1, kind: Secret, metadata: {name: two}, stringData: {k: v}}
> Y
  configmap/one created
  secret/two created

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: ConfigMap
> metadata: {name: one}
> data: {a: "1", c: "3"}
> ---
> apiVersion: v1
> kind: Secret
> metadata: {name: two}
> stringData: {k: v}
> Y
  configmap/one configured
  secret/two configured

$ kubectl get cm one -o jsonpath='{.data}'; echo
  {"a":"1","c":"3"}

$ kubectl apply view-last-applied cm one
  apiVersion: v1
  data:
    a: "1"
    c: "3"
  kind: ConfigMap
  metadata:
    annotations: {}
    name: one
    namespace: default

$ kubectl apply view-last-applied cm one -o json
  {
    "apiVersion": "v1",
    "data": {
      "a": "1",
      "c": "3"
    },
    "kind": "ConfigMap",
    "metadata": {
      "annotations": {},
      "name": "one",
      "namespace": "default"
    }
  }

$ kubectl get secret two -o json | jq -S -c '.data,.type'
  {"k":"dg=="}
  "Opaque"

$ kubectl create cm three --from-literal=x=1; kubectl apply -f - <<'Y'
> {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"three"},"data":{"y":"2"}}
> Y
  configmap/three created
  configmap/three configured
  Warning: resource configmaps/three is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.

$ kubectl get cm three -o jsonpath='{.data}'; echo
  {"x":"1","y":"2"}

$ kubectl apply set-last-applied -f - <<'Y'
> {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"three"},"data":{"x":"1"}}
> Y
  configmap/three configured

$ kubectl apply -f - <<'Y'
> {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"three"},"data":{"y":"2"}}
> Y
  configmap/three configured

$ kubectl get cm three -o jsonpath='{.data}'; echo
  {"y":"2"}

$ kubectl apply -f - --dry-run=client <<'Y'
> {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"four"},"data":{"y":"2"}}
> Y
  configmap/four created (dry run)

$ kubectl apply -f - --dry-run=server -o yaml <<'Y' | grep -v -E 'uid|creationTimestamp|resourceVersion'
> {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"three"},"data":{"y":"5"}}
> Y
  apiVersion: v1
  data:
    "y": "5"
  kind: ConfigMap
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","data":{"y":"5"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"three","namespace":"default"}}
    name: three
    namespace: default

$ kubectl diff -f - <<'Y' | grep '^[-+] '
> {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"three"},"data":{"y":"5"}}
> Y
  -  "y": "2"
  +  "y": "5"

$ kubectl apply -f - --server-side <<'Y'
> {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"three"},"data":{"y":"5"}}
> Y
  configmap/three serverside-applied

$ kubectl apply -f - --server-side --force-conflicts <<'Y'
> {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"three"},"data":{"y":"5"}}
> Y
  configmap/three serverside-applied

$ kubectl apply -f - --server-side --field-manager=baker <<'Y'
> {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"httpd","ports":[{"containerPort":80}]}]}}}}
> Y
  deployment.apps/d serverside-applied

$ kubectl scale deployment d --replicas=2
  deployment.apps/d scaled

$ kubectl apply -f - --server-side --field-manager=baker <<'Y'
> {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"httpd:2"}]}}}}
> Y
  error: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas
  Please review the fields above--they currently have other managers. Here
  are the ways you can resolve this warning:
  * If you intend to manage all of these fields, please re-run the apply
    command with the `--force-conflicts` flag.
  * If you do not intend to manage all of the fields, please edit your
    manifest to remove references to the fields that should keep their
    current managers.
  * You may co-own fields by updating your manifest to match the existing
    value; in this case, you'll become the manager if the other manager(s)
    stop managing the field (remove it from their configuration).
  See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
  [1]

$ kubectl set image deployment/d c=httpd:3
  deployment.apps/d image updated

$ kubectl apply -f - --server-side --field-manager=baker --dry-run=server <<'Y'
> {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"httpd:2"}]}}}}
> Y
  error: Apply failed with 2 conflicts: conflicts with "kubectl" with subresource "scale" using apps/v1:
  - .spec.replicas
  conflicts with "kubectl-set" using apps/v1:
  - .spec.template.spec.containers[name="c"].image
  Please review the fields above--they currently have other managers. Here
  are the ways you can resolve this warning:
  * If you intend to manage all of these fields, please re-run the apply
    command with the `--force-conflicts` flag.
  * If you do not intend to manage all of the fields, please edit your
    manifest to remove references to the fields that should keep their
    current managers.
  * You may co-own fields by updating your manifest to match the existing
    value; in this case, you'll become the manager if the other manager(s)
    stop managing the field (remove it from their configuration).
  See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: ConfigMap
> metadata: {generateName: x-}
> Y
  error: from x-: cannot use generate name with apply
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: ConfigMap
> metadata: {}
> Y
  error: error when retrieving current configuration of:
  Resource: "/v1, Resource=configmaps", GroupVersionKind: "/v1, Kind=ConfigMap"
  Name: "", Namespace: "default"
  from server for: "STDIN": resource name may not be empty
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: ConfigMap
> metadata: {name: other, namespace: nowhere}
> Y
  Error from server (NotFound): error when creating "STDIN": namespaces "nowhere" not found
  [1]

$ kubectl apply -n kube-system -f - <<'Y'
> apiVersion: v1
> kind: ConfigMap
> metadata: {name: other, namespace: default}
> Y
  error: the namespace from the provided object "default" does not match the namespace "kube-system". You must pass '--namespace=default' to perform this operation.
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: apps/v1
> kind: Pod
> metadata: {name: other}
> Y
  error: resource mapping not found for name: "other" namespace: "" from "STDIN": no matches for kind "Pod" in version "apps/v1"
  ensure CRDs are installed first
  [1]

$ kubectl apply -f - <<'Y'
> apiVersion: v1
> kind: ConfigMap
>  metadata: {name: other}
> Y
  error: error parsing STDIN: error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context
  [1]

$ kubectl apply -f - <<'Y'
> a: [1
> Y
  error: error parsing STDIN: error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'
  [1]

$ printf '' | kubectl apply -f -
  error: no objects passed to apply
  [1]

$ kubectl apply
  error: must specify one of -f and -k
  [1]

$ printf '' | kubectl apply -f - -k .
  error: only one of -f or -k can be specified
  [1]

$ kubectl apply -f - <<'Y'
> just text
> Y
  error: error validating "STDIN": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false
  [1]

$ kubectl apply edit-last-applied cm ghost
  Error from server (NotFound): configmaps "ghost" not found
  [1]

$ kubectl apply view-last-applied cm ghost
  Error from server (NotFound): configmaps "ghost" not found
  [1]

$ kubectl create cm five --from-literal=a=1; kubectl apply view-last-applied cm five
  configmap/five created

$ kubectl delete cm one three five; kubectl delete secret two; kubectl delete deployment d
  configmap "one" deleted from default namespace
  configmap "three" deleted from default namespace
  configmap "five" deleted from default namespace
  secret "two" deleted from default namespace
  deployment.apps "d" deleted from default namespace
