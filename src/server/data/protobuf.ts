// protobuf.ts: the numbers that fields have in protobuf bodies, from the generated.proto files of k8s.io/api and k8s.io/apimachinery v0.37.2.

/**
 * One message a line: `id number name type flags;number name type flags…`. A name `-` is an inlined struct; a type that begins with a full stop is of
 * the same package. Flags: p pointer, l list, m map with string keys, o omitempty, i inlined (a message of its own on the wire, flattened in JSON).
 */
export const protobufText = `
core/v1.Volume 1 name string;2 - .VolumeSource i
core/v1.VolumeSource 1 hostPath .HostPathVolumeSource po;2 emptyDir .EmptyDirVolumeSource po;3 gcePersistentDisk .GCEPersistentDiskVolumeSource po;4 awsElasticBlockStore .AWSElasticBlockStoreVolumeSource po;5 gitRepo .GitRepoVolumeSource po;6 secret .SecretVolumeSource po;7 nfs .NFSVolumeSource po;8 iscsi .ISCSIVolumeSource po;9 glusterfs .GlusterfsVolumeSource po;10 persistentVolumeClaim .PersistentVolumeClaimVolumeSource po;11 rbd .RBDVolumeSource po;12 flexVolume .FlexVolumeSource po;13 cinder .CinderVolumeSource po;14 cephfs .CephFSVolumeSource po;15 flocker .FlockerVolumeSource po;16 downwardAPI .DownwardAPIVolumeSource po;17 fc .FCVolumeSource po;18 azureFile .AzureFileVolumeSource po;19 configMap .ConfigMapVolumeSource po;20 vsphereVolume .VsphereVirtualDiskVolumeSource po;21 quobyte .QuobyteVolumeSource po;22 azureDisk .AzureDiskVolumeSource po;23 photonPersistentDisk .PhotonPersistentDiskVolumeSource po;24 portworxVolume .PortworxVolumeSource po;25 scaleIO .ScaleIOVolumeSource po;26 projected .ProjectedVolumeSource po;27 storageos .StorageOSVolumeSource po;28 csi .CSIVolumeSource po;29 ephemeral .EphemeralVolumeSource po;30 image .ImageVolumeSource po
core/v1.PersistentVolumeClaimVolumeSource 1 claimName string;2 readOnly bool o
core/v1.PersistentVolumeSource 1 gcePersistentDisk .GCEPersistentDiskVolumeSource po;2 awsElasticBlockStore .AWSElasticBlockStoreVolumeSource po;3 hostPath .HostPathVolumeSource po;4 glusterfs .GlusterfsPersistentVolumeSource po;5 nfs .NFSVolumeSource po;6 rbd .RBDPersistentVolumeSource po;7 iscsi .ISCSIPersistentVolumeSource po;8 cinder .CinderPersistentVolumeSource po;9 cephfs .CephFSPersistentVolumeSource po;10 fc .FCVolumeSource po;11 flocker .FlockerVolumeSource po;12 flexVolume .FlexPersistentVolumeSource po;13 azureFile .AzureFilePersistentVolumeSource po;14 vsphereVolume .VsphereVirtualDiskVolumeSource po;15 quobyte .QuobyteVolumeSource po;16 azureDisk .AzureDiskVolumeSource po;17 photonPersistentDisk .PhotonPersistentDiskVolumeSource po;18 portworxVolume .PortworxVolumeSource po;19 scaleIO .ScaleIOPersistentVolumeSource po;20 local .LocalVolumeSource po;21 storageos .StorageOSPersistentVolumeSource po;22 csi .CSIPersistentVolumeSource po
core/v1.PersistentVolume 1 metadata meta/v1.ObjectMeta o;2 spec .PersistentVolumeSpec o;3 status .PersistentVolumeStatus o
core/v1.PersistentVolumeSpec 1 capacity Quantity mo;2 - .PersistentVolumeSource i;3 accessModes string lo;4 claimRef .ObjectReference po;5 persistentVolumeReclaimPolicy string o;6 storageClassName string o;7 mountOptions string lo;8 volumeMode string po;9 nodeAffinity .VolumeNodeAffinity po;10 volumeAttributesClassName string po
core/v1.VolumeNodeAffinity 1 required .NodeSelector po
core/v1.PersistentVolumeStatus 1 phase string o;2 message string o;3 reason string o;4 lastPhaseTransitionTime Time po
core/v1.PersistentVolumeList 1 metadata meta/v1.ListMeta o;2 items .PersistentVolume l
core/v1.PersistentVolumeClaim 1 metadata meta/v1.ObjectMeta o;2 spec .PersistentVolumeClaimSpec o;3 status .PersistentVolumeClaimStatus o
core/v1.PersistentVolumeClaimList 1 metadata meta/v1.ListMeta o;2 items .PersistentVolumeClaim l
core/v1.PersistentVolumeClaimSpec 1 accessModes string lo;2 resources .VolumeResourceRequirements o;3 volumeName string o;4 selector meta/v1.LabelSelector po;5 storageClassName string po;6 volumeMode string po;7 dataSource .TypedLocalObjectReference po;8 dataSourceRef .TypedObjectReference po;9 volumeAttributesClassName string po
core/v1.TypedObjectReference 1 apiGroup string p;2 kind string;3 name string;4 namespace string po
core/v1.ModifyVolumeStatus 1 targetVolumeAttributesClassName string o;2 status string
core/v1.PersistentVolumeClaimCondition 1 type string;2 status string;3 lastProbeTime Time o;4 lastTransitionTime Time o;5 reason string o;6 message string o
core/v1.VolumeHealthCondition 1 status string;2 reason string;3 message string o
core/v1.VolumeHealthStatus 1 healthConditions .VolumeHealthCondition lo;2 lastTransitionTime Time o
core/v1.PodVolumeHealth 1 name string;2 healthConditions .VolumeHealthCondition lo;3 lastTransitionTime Time o
core/v1.PersistentVolumeClaimStatus 1 phase string o;2 accessModes string lo;3 capacity Quantity mo;4 conditions .PersistentVolumeClaimCondition lo;5 allocatedResources Quantity mo;7 allocatedResourceStatuses string mo;8 currentVolumeAttributesClassName string po;9 modifyVolumeStatus .ModifyVolumeStatus po;10 healthStatus .VolumeHealthStatus po
core/v1.HostPathVolumeSource 1 path string;2 type string po
core/v1.EmptyDirVolumeSource 1 medium string o;2 sizeLimit Quantity po;3 mode int32 po
core/v1.GlusterfsVolumeSource 1 endpoints string;2 path string;3 readOnly bool o
core/v1.GlusterfsPersistentVolumeSource 1 endpoints string;2 path string;3 readOnly bool o;4 endpointsNamespace string po
core/v1.RBDVolumeSource 1 monitors string l;2 image string;3 fsType string o;4 pool string o;5 user string o;6 keyring string o;7 secretRef .LocalObjectReference po;8 readOnly bool o
core/v1.RBDPersistentVolumeSource 1 monitors string l;2 image string;3 fsType string o;4 pool string o;5 user string o;6 keyring string o;7 secretRef .SecretReference po;8 readOnly bool o
core/v1.CinderVolumeSource 1 volumeID string;2 fsType string o;3 readOnly bool o;4 secretRef .LocalObjectReference po
core/v1.CinderPersistentVolumeSource 1 volumeID string;2 fsType string o;3 readOnly bool o;4 secretRef .SecretReference po
core/v1.CephFSVolumeSource 1 monitors string l;2 path string o;3 user string o;4 secretFile string o;5 secretRef .LocalObjectReference po;6 readOnly bool o
core/v1.SecretReference 1 name string o;2 namespace string o
core/v1.CephFSPersistentVolumeSource 1 monitors string l;2 path string o;3 user string o;4 secretFile string o;5 secretRef .SecretReference po;6 readOnly bool o
core/v1.FlockerVolumeSource 1 datasetName string o;2 datasetUUID string o
core/v1.GCEPersistentDiskVolumeSource 1 pdName string;2 fsType string o;3 partition int32 o;4 readOnly bool o
core/v1.QuobyteVolumeSource 1 registry string;2 volume string;3 readOnly bool o;4 user string o;5 group string o;6 tenant string o
core/v1.FlexPersistentVolumeSource 1 driver string;2 fsType string o;3 secretRef .SecretReference po;4 readOnly bool o;5 options string mo
core/v1.FlexVolumeSource 1 driver string;2 fsType string o;3 secretRef .LocalObjectReference po;4 readOnly bool o;5 options string mo
core/v1.AWSElasticBlockStoreVolumeSource 1 volumeID string;2 fsType string o;3 partition int32 o;4 readOnly bool o
core/v1.GitRepoVolumeSource 1 repository string;2 revision string o;3 directory string o
core/v1.SecretVolumeSource 1 secretName string o;2 items .KeyToPath lo;3 defaultMode int32 po;4 optional bool po;5 defaultUser int64 po
core/v1.SecretProjection 1 - .LocalObjectReference i;2 items .KeyToPath lo;4 optional bool po
core/v1.NFSVolumeSource 1 server string;2 path string;3 readOnly bool o
core/v1.ISCSIVolumeSource 1 targetPortal string;2 iqn string;3 lun int32;4 iscsiInterface string o;5 fsType string o;6 readOnly bool o;7 portals string lo;8 chapAuthDiscovery bool o;10 secretRef .LocalObjectReference po;11 chapAuthSession bool o;12 initiatorName string po
core/v1.ISCSIPersistentVolumeSource 1 targetPortal string;2 iqn string;3 lun int32;4 iscsiInterface string o;5 fsType string o;6 readOnly bool o;7 portals string lo;8 chapAuthDiscovery bool o;10 secretRef .SecretReference po;11 chapAuthSession bool o;12 initiatorName string po
core/v1.FCVolumeSource 1 targetWWNs string lo;2 lun int32 po;3 fsType string o;4 readOnly bool o;5 wwids string lo
core/v1.AzureFileVolumeSource 1 secretName string;2 shareName string;3 readOnly bool o
core/v1.AzureFilePersistentVolumeSource 1 secretName string;2 shareName string;3 readOnly bool o;4 secretNamespace string p
core/v1.VsphereVirtualDiskVolumeSource 1 volumePath string;2 fsType string o;3 storagePolicyName string o;4 storagePolicyID string o
core/v1.PhotonPersistentDiskVolumeSource 1 pdID string;2 fsType string o
core/v1.AzureDiskVolumeSource 1 diskName string;2 diskURI string;3 cachingMode string po;4 fsType string po;5 readOnly bool po;6 kind string po
core/v1.PortworxVolumeSource 1 volumeID string;2 fsType string o;3 readOnly bool o
core/v1.ScaleIOVolumeSource 1 gateway string;2 system string;3 secretRef .LocalObjectReference p;4 sslEnabled bool o;5 protectionDomain string o;6 storagePool string o;7 storageMode string o;8 volumeName string o;9 fsType string o;10 readOnly bool o
core/v1.ScaleIOPersistentVolumeSource 1 gateway string;2 system string;3 secretRef .SecretReference p;4 sslEnabled bool o;5 protectionDomain string o;6 storagePool string o;7 storageMode string o;8 volumeName string o;9 fsType string o;10 readOnly bool o
core/v1.StorageOSVolumeSource 1 volumeName string o;2 volumeNamespace string o;3 fsType string o;4 readOnly bool o;5 secretRef .LocalObjectReference po
core/v1.StorageOSPersistentVolumeSource 1 volumeName string o;2 volumeNamespace string o;3 fsType string o;4 readOnly bool o;5 secretRef .ObjectReference po
core/v1.ConfigMapVolumeSource 1 - .LocalObjectReference i;2 items .KeyToPath lo;3 defaultMode int32 po;4 optional bool po;5 defaultUser int64 po
core/v1.ConfigMapProjection 1 - .LocalObjectReference i;2 items .KeyToPath lo;4 optional bool po
core/v1.ServiceAccountTokenProjection 1 audience string o;2 expirationSeconds int64 po;3 path string;4 user int64 po
core/v1.ClusterTrustBundleProjection 1 name string po;2 signerName string po;3 labelSelector meta/v1.LabelSelector po;4 path string;5 optional bool po;6 user int64 po
core/v1.PodCertificateProjection 1 signerName string o;2 keyType string o;3 maxExpirationSeconds int32 po;4 credentialBundlePath string o;5 keyPath string o;6 certificateChainPath string o;7 userAnnotations string mo;8 user int64 po
core/v1.ProjectedVolumeSource 1 sources .VolumeProjection l;2 defaultMode int32 po;3 defaultUser int64 po
core/v1.VolumeProjection 1 secret .SecretProjection po;2 downwardAPI .DownwardAPIProjection po;3 configMap .ConfigMapProjection po;4 serviceAccountToken .ServiceAccountTokenProjection po;5 clusterTrustBundle .ClusterTrustBundleProjection po;6 podCertificate .PodCertificateProjection po
core/v1.KeyToPath 1 key string;2 path string;3 mode int32 po;4 user int64 po
core/v1.LocalVolumeSource 1 path string;2 fsType string po
core/v1.CSIPersistentVolumeSource 1 driver string;2 volumeHandle string;3 readOnly bool o;4 fsType string o;5 volumeAttributes string mo;6 controllerPublishSecretRef .SecretReference po;7 nodeStageSecretRef .SecretReference po;8 nodePublishSecretRef .SecretReference po;9 controllerExpandSecretRef .SecretReference po;10 nodeExpandSecretRef .SecretReference po
core/v1.CSIVolumeSource 1 driver string;2 readOnly bool po;3 fsType string po;4 volumeAttributes string mo;5 nodePublishSecretRef .LocalObjectReference po
core/v1.EphemeralVolumeSource 1 volumeClaimTemplate .PersistentVolumeClaimTemplate po
core/v1.PersistentVolumeClaimTemplate 1 metadata meta/v1.ObjectMeta o;2 spec .PersistentVolumeClaimSpec
core/v1.ContainerPort 1 name string o;2 hostPort int32 o;3 containerPort int32;4 protocol string o;5 hostIP string o
core/v1.VolumeMount 1 name string;2 readOnly bool o;3 mountPath string;4 subPath string o;5 mountPropagation string po;6 subPathExpr string o;7 recursiveReadOnly string po;8 bindMountOptions string lo
core/v1.VolumeDevice 1 name string;2 devicePath string
core/v1.EnvVar 1 name string;2 value string o;3 valueFrom .EnvVarSource po
core/v1.EnvVarSource 1 fieldRef .ObjectFieldSelector po;2 resourceFieldRef .ResourceFieldSelector po;3 configMapKeyRef .ConfigMapKeySelector po;4 secretKeyRef .SecretKeySelector po;5 fileKeyRef .FileKeySelector po
core/v1.FileKeySelector 1 volumeName string;2 path string;3 key string;4 optional bool po
core/v1.ObjectFieldSelector 1 apiVersion string o;2 fieldPath string
core/v1.ResourceFieldSelector 1 containerName string o;2 resource string;3 divisor Quantity o
core/v1.ConfigMapKeySelector 1 - .LocalObjectReference i;2 key string;3 optional bool po
core/v1.SecretKeySelector 1 - .LocalObjectReference i;2 key string;3 optional bool po
core/v1.EnvFromSource 1 prefix string o;2 configMapRef .ConfigMapEnvSource po;3 secretRef .SecretEnvSource po
core/v1.ConfigMapEnvSource 1 - .LocalObjectReference i;2 optional bool po
core/v1.SecretEnvSource 1 - .LocalObjectReference i;2 optional bool po
core/v1.HTTPHeader 1 name string;2 value string
core/v1.HTTPGetAction 1 path string o;2 port IntOrString;3 host string o;4 scheme string o;5 httpHeaders .HTTPHeader lo;6 protocol string po
core/v1.TCPSocketAction 1 port IntOrString;2 host string o
core/v1.GRPCAction 1 port int32;2 service string p;3 mode string po
core/v1.ExecAction 1 command string lo
core/v1.SleepAction 1 seconds int64
core/v1.Probe 1 - .ProbeHandler i;2 initialDelaySeconds int32 o;3 timeoutSeconds int32 o;4 periodSeconds int32 o;5 successThreshold int32 o;6 failureThreshold int32 o;7 terminationGracePeriodSeconds int64 po
core/v1.ContainerResizePolicy 1 resourceName string;2 restartPolicy string
core/v1.Capabilities 1 add string lo;2 drop string lo
core/v1.ResourceRequirements 1 limits Quantity mo;2 requests Quantity mo;3 claims .ResourceClaim lo
core/v1.VolumeResourceRequirements 1 limits Quantity mo;2 requests Quantity mo
core/v1.ResourceClaim 1 name string;2 request string o
core/v1.Container 1 name string;2 image string o;3 command string lo;4 args string lo;5 workingDir string o;6 ports .ContainerPort lo;7 env .EnvVar lo;8 resources .ResourceRequirements o;9 volumeMounts .VolumeMount lo;10 livenessProbe .Probe po;11 readinessProbe .Probe po;12 lifecycle .Lifecycle po;13 terminationMessagePath string o;14 imagePullPolicy string o;15 securityContext .SecurityContext po;16 stdin bool o;17 stdinOnce bool o;18 tty bool o;19 envFrom .EnvFromSource lo;20 terminationMessagePolicy string o;21 volumeDevices .VolumeDevice lo;22 startupProbe .Probe po;23 resizePolicy .ContainerResizePolicy lo;24 restartPolicy string po;25 restartPolicyRules .ContainerRestartRule lo
core/v1.ProbeHandler 1 exec .ExecAction po;2 httpGet .HTTPGetAction po;3 tcpSocket .TCPSocketAction po;4 grpc .GRPCAction po
core/v1.LifecycleHandler 1 exec .ExecAction po;2 httpGet .HTTPGetAction po;3 tcpSocket .TCPSocketAction po;4 sleep .SleepAction po
core/v1.Lifecycle 1 postStart .LifecycleHandler po;2 preStop .LifecycleHandler po;3 stopSignal string po
core/v1.ContainerStateWaiting 1 reason string o;2 message string o
core/v1.ContainerStateRunning 1 startedAt Time o
core/v1.ContainerStateTerminated 1 exitCode int32;2 signal int32 o;3 reason string o;4 message string o;5 startedAt Time o;6 finishedAt Time o;7 containerID string o
core/v1.ContainerState 1 waiting .ContainerStateWaiting po;2 running .ContainerStateRunning po;3 terminated .ContainerStateTerminated po
core/v1.ContainerStatus 1 name string;2 state .ContainerState o;3 lastState .ContainerState o;4 ready bool;5 restartCount int32;6 image string;7 imageID string;8 containerID string o;9 started bool po;10 allocatedResources Quantity mo;11 resources .ResourceRequirements po;12 volumeMounts .VolumeMountStatus lo;13 user .ContainerUser po;14 allocatedResourcesStatus .ResourceStatus lo;15 stopSignal string po
core/v1.ResourceStatus 1 name string;2 resources .ResourceHealth lo
core/v1.ResourceHealth 1 resourceID string;2 health string o;6 message string po
core/v1.ContainerUser 1 linux .LinuxContainerUser po
core/v1.LinuxContainerUser 1 uid int64;2 gid int64;3 supplementalGroups int64 lo
core/v1.PodCondition 1 type string;2 status string;3 lastProbeTime Time o;4 lastTransitionTime Time o;5 reason string o;6 message string o;7 observedGeneration int64 o
core/v1.VolumeMountStatus 1 name string;2 mountPath string;3 readOnly bool o;4 recursiveReadOnly string po;5 volumeStatus .VolumeStatus po
core/v1.VolumeStatus 1 image .ImageVolumeStatus po
core/v1.ImageVolumeStatus 1 imageRef string o
core/v1.ContainerRestartRule 1 action string o;2 exitCodes .ContainerRestartRuleOnExitCodes po
core/v1.ContainerRestartRuleOnExitCodes 1 operator string o;2 values int32 lo
core/v1.NodeSelector 1 nodeSelectorTerms .NodeSelectorTerm l
core/v1.NodeSelectorTerm 1 matchExpressions .NodeSelectorRequirement lo;2 matchFields .NodeSelectorRequirement lo
core/v1.NodeSelectorRequirement 1 key string;2 operator string;3 values string lo
core/v1.TopologySelectorTerm 1 matchLabelExpressions .TopologySelectorLabelRequirement lo
core/v1.TopologySelectorLabelRequirement 1 key string;2 values string l
core/v1.Affinity 1 nodeAffinity .NodeAffinity po;2 podAffinity .PodAffinity po;3 podAntiAffinity .PodAntiAffinity po
core/v1.PodAffinity 1 requiredDuringSchedulingIgnoredDuringExecution .PodAffinityTerm lo;2 preferredDuringSchedulingIgnoredDuringExecution .WeightedPodAffinityTerm lo
core/v1.PodAntiAffinity 1 requiredDuringSchedulingIgnoredDuringExecution .PodAffinityTerm lo;2 preferredDuringSchedulingIgnoredDuringExecution .WeightedPodAffinityTerm lo
core/v1.WeightedPodAffinityTerm 1 weight int32;2 podAffinityTerm .PodAffinityTerm
core/v1.PodAffinityTerm 1 labelSelector meta/v1.LabelSelector po;2 namespaces string lo;3 topologyKey string;4 namespaceSelector meta/v1.LabelSelector po;5 matchLabelKeys string lo;6 mismatchLabelKeys string lo
core/v1.NodeAffinity 1 requiredDuringSchedulingIgnoredDuringExecution .NodeSelector po;2 preferredDuringSchedulingIgnoredDuringExecution .PreferredSchedulingTerm lo
core/v1.PreferredSchedulingTerm 1 weight int32;2 preference .NodeSelectorTerm
core/v1.Taint 1 key string;2 value string o;3 effect string;4 timeAdded Time po
core/v1.Toleration 1 key string o;2 operator string o;3 value string o;4 effect string o;5 tolerationSeconds int64 po
core/v1.PodReadinessGate 1 conditionType string
core/v1.PodSpec 1 volumes .Volume lo;2 containers .Container l;3 restartPolicy string o;4 terminationGracePeriodSeconds int64 po;5 activeDeadlineSeconds int64 po;6 dnsPolicy string o;7 nodeSelector string mo;8 serviceAccountName string o;9 serviceAccount string o;10 nodeName string o;11 hostNetwork bool o;12 hostPID bool o;13 hostIPC bool o;14 securityContext .PodSecurityContext po;15 imagePullSecrets .LocalObjectReference lo;16 hostname string o;17 subdomain string o;18 affinity .Affinity po;19 schedulerName string o;20 initContainers .Container lo;21 automountServiceAccountToken bool po;22 tolerations .Toleration lo;23 hostAliases .HostAlias lo;24 priorityClassName string o;25 priority int32 po;26 dnsConfig .PodDNSConfig po;27 shareProcessNamespace bool po;28 readinessGates .PodReadinessGate lo;29 runtimeClassName string po;30 enableServiceLinks bool po;31 preemptionPolicy string po;32 overhead Quantity mo;33 topologySpreadConstraints .TopologySpreadConstraint lo;34 ephemeralContainers .EphemeralContainer lo;35 setHostnameAsFQDN bool po;36 os .PodOS po;37 hostUsers bool po;38 schedulingGates .PodSchedulingGate lo;39 resourceClaims .PodResourceClaim lo;40 resources .ResourceRequirements po;41 hostnameOverride string po;43 schedulingGroup .PodSchedulingGroup po;44 evictionResponders .EvictionResponder lo
core/v1.PodResourceClaim 1 name string;3 resourceClaimName string po;4 resourceClaimTemplateName string po
core/v1.PodResourceClaimStatus 1 name string;2 resourceClaimName string po
core/v1.PodExtendedResourceClaimStatus 1 requestMappings .ContainerExtendedResourceRequest l;2 resourceClaimName string
core/v1.ContainerExtendedResourceRequest 1 containerName string;2 resourceName string;3 requestName string
core/v1.PodOS 1 name string
core/v1.PodSchedulingGate 1 name string
core/v1.PodSchedulingGroup 1 podGroupName string po
core/v1.TopologySpreadConstraint 1 maxSkew int32;2 topologyKey string;3 whenUnsatisfiable string;4 labelSelector meta/v1.LabelSelector po;5 minDomains int32 po;6 nodeAffinityPolicy string po;7 nodeTaintsPolicy string po;8 matchLabelKeys string lo
core/v1.HostAlias 1 ip string;2 hostnames string lo
core/v1.PodSecurityContext 1 seLinuxOptions .SELinuxOptions po;2 runAsUser int64 po;3 runAsNonRoot bool po;4 supplementalGroups int64 lo;5 fsGroup int64 po;6 runAsGroup int64 po;7 sysctls .Sysctl lo;8 windowsOptions .WindowsSecurityContextOptions po;9 fsGroupChangePolicy string po;10 seccompProfile .SeccompProfile po;11 appArmorProfile .AppArmorProfile po;12 supplementalGroupsPolicy string po;13 seLinuxChangePolicy string po
core/v1.SeccompProfile 1 type string;2 localhostProfile string po
core/v1.AppArmorProfile 1 type string;2 localhostProfile string po
core/v1.PodDNSConfig 1 nameservers string lo;2 searches string lo;3 options .PodDNSConfigOption lo
core/v1.PodDNSConfigOption 1 name string o;2 value string po
core/v1.PodIP 1 ip string
core/v1.HostIP 1 ip string
core/v1.EphemeralContainerCommon 1 name string;2 image string o;3 command string lo;4 args string lo;5 workingDir string o;6 ports .ContainerPort lo;7 env .EnvVar lo;8 resources .ResourceRequirements o;9 volumeMounts .VolumeMount lo;10 livenessProbe .Probe po;11 readinessProbe .Probe po;12 lifecycle .Lifecycle po;13 terminationMessagePath string o;14 imagePullPolicy string o;15 securityContext .SecurityContext po;16 stdin bool o;17 stdinOnce bool o;18 tty bool o;19 envFrom .EnvFromSource lo;20 terminationMessagePolicy string o;21 volumeDevices .VolumeDevice lo;22 startupProbe .Probe po;23 resizePolicy .ContainerResizePolicy lo;24 restartPolicy string po;25 restartPolicyRules .ContainerRestartRule lo
core/v1.EphemeralContainer 1 - .EphemeralContainerCommon i;2 targetContainerName string o
core/v1.EvictionResponder 1 name string;2 priority int32 p
core/v1.PodStatus 1 phase string o;2 conditions .PodCondition lo;3 message string o;4 reason string o;5 hostIP string o;6 podIP string o;7 startTime Time po;8 containerStatuses .ContainerStatus lo;9 qosClass string o;10 initContainerStatuses .ContainerStatus lo;11 nominatedNodeName string o;12 podIPs .PodIP lo;13 ephemeralContainerStatuses .ContainerStatus lo;14 resize string o;15 resourceClaimStatuses .PodResourceClaimStatus lo;16 hostIPs .HostIP lo;17 observedGeneration int64 o;18 extendedResourceClaimStatus .PodExtendedResourceClaimStatus po;19 allocatedResources Quantity mo;20 resources .ResourceRequirements po;21 nodeAllocatableResourceClaimStatuses .NodeAllocatableResourceClaimStatus lo;22 volumeHealth .PodVolumeHealth lo
core/v1.Pod 1 metadata meta/v1.ObjectMeta o;2 spec .PodSpec o;3 status .PodStatus o
core/v1.PodList 1 metadata meta/v1.ListMeta o;2 items .Pod l
core/v1.PodTemplateSpec 1 metadata meta/v1.ObjectMeta o;2 spec .PodSpec o
core/v1.PodTemplate 1 metadata meta/v1.ObjectMeta o;2 template .PodTemplateSpec o
core/v1.PodTemplateList 1 metadata meta/v1.ListMeta o;2 items .PodTemplate l
core/v1.ReplicationControllerSpec 1 replicas int32 po;2 selector string mo;3 template .PodTemplateSpec po;4 minReadySeconds int32 o
core/v1.ReplicationControllerStatus 1 replicas int32;2 fullyLabeledReplicas int32 o;3 observedGeneration int64 o;4 readyReplicas int32 o;5 availableReplicas int32 o;6 conditions .ReplicationControllerCondition lo
core/v1.ReplicationControllerCondition 1 type string;2 status string;3 lastTransitionTime Time o;4 reason string o;5 message string o
core/v1.ReplicationController 1 metadata meta/v1.ObjectMeta o;2 spec .ReplicationControllerSpec o;3 status .ReplicationControllerStatus o
core/v1.ReplicationControllerList 1 metadata meta/v1.ListMeta o;2 items .ReplicationController l
core/v1.SessionAffinityConfig 1 clientIP .ClientIPConfig po
core/v1.ClientIPConfig 1 timeoutSeconds int32 po
core/v1.ServiceStatus 1 loadBalancer .LoadBalancerStatus o;2 conditions meta/v1.Condition lo
core/v1.LoadBalancerStatus 1 ingress .LoadBalancerIngress lo
core/v1.LoadBalancerIngress 1 ip string o;2 hostname string o;3 ipMode string po;4 ports .PortStatus lo
core/v1.ServiceSpec 1 ports .ServicePort lo;2 selector string mo;3 clusterIP string o;4 type string o;5 externalIPs string lo;7 sessionAffinity string o;8 loadBalancerIP string o;9 loadBalancerSourceRanges string lo;10 externalName string o;11 externalTrafficPolicy string o;12 healthCheckNodePort int32 o;13 publishNotReadyAddresses bool o;14 sessionAffinityConfig .SessionAffinityConfig po;17 ipFamilyPolicy string po;18 clusterIPs string lo;19 ipFamilies string lo;20 allocateLoadBalancerNodePorts bool po;21 loadBalancerClass string po;22 internalTrafficPolicy string po;23 trafficDistribution string po
core/v1.ServicePort 1 name string o;2 protocol string o;3 port int32;4 targetPort IntOrString o;5 nodePort int32 o;6 appProtocol string po
core/v1.Service 1 metadata meta/v1.ObjectMeta o;2 spec .ServiceSpec o;3 status .ServiceStatus o
core/v1.ServiceList 1 metadata meta/v1.ListMeta o;2 items .Service l
core/v1.ServiceAccount 1 metadata meta/v1.ObjectMeta o;2 secrets .ObjectReference lo;3 imagePullSecrets .LocalObjectReference lo;4 automountServiceAccountToken bool po
core/v1.ServiceAccountList 1 metadata meta/v1.ListMeta o;2 items .ServiceAccount l
core/v1.Endpoints 1 metadata meta/v1.ObjectMeta o;2 subsets .EndpointSubset lo
core/v1.EndpointSubset 1 addresses .EndpointAddress lo;2 notReadyAddresses .EndpointAddress lo;3 ports .EndpointPort lo
core/v1.EndpointAddress 1 ip string;2 targetRef .ObjectReference po;3 hostname string o;4 nodeName string po
core/v1.EndpointPort 1 name string o;2 port int32;3 protocol string o;4 appProtocol string po
core/v1.EndpointsList 1 metadata meta/v1.ListMeta o;2 items .Endpoints l
core/v1.NodeSpec 1 podCIDR string o;2 externalID string o;3 providerID string o;4 unschedulable bool o;5 taints .Taint lo;6 configSource .NodeConfigSource po;7 podCIDRs string lo;8 podPreemptionPolicy .NodePodPreemptionPolicy po
core/v1.NodePodPreemptionPolicy 1 disableResizePreemption string lo
core/v1.NodeConfigSource 2 configMap .ConfigMapNodeConfigSource po
core/v1.ConfigMapNodeConfigSource 1 namespace string;2 name string;3 uid string o;4 resourceVersion string o;5 kubeletConfigKey string
core/v1.DaemonEndpoint 1 Port int32
core/v1.NodeDaemonEndpoints 1 kubeletEndpoint .DaemonEndpoint o
core/v1.NodeRuntimeHandlerFeatures 1 recursiveReadOnlyMounts bool po;2 userNamespaces bool po
core/v1.NodeRuntimeHandler 1 name string;2 features .NodeRuntimeHandlerFeatures po
core/v1.NodeFeatures 1 supplementalGroupsPolicy bool po
core/v1.NodeSystemInfo 1 machineID string;2 systemUUID string;3 bootID string;4 kernelVersion string;5 osImage string;6 containerRuntimeVersion string;7 kubeletVersion string;8 kubeProxyVersion string;9 operatingSystem string;10 architecture string;11 swap .NodeSwapStatus po;12 runningInUserNamespace bool po
core/v1.NodeSwapStatus 1 capacity int64 po
core/v1.NodeConfigStatus 1 assigned .NodeConfigSource po;2 active .NodeConfigSource po;3 lastKnownGood .NodeConfigSource po;4 error string o
core/v1.NodeStatus 1 capacity Quantity mo;2 allocatable Quantity mo;3 phase string o;4 conditions .NodeCondition lo;5 addresses .NodeAddress lo;6 daemonEndpoints .NodeDaemonEndpoints o;7 nodeInfo .NodeSystemInfo o;8 images .ContainerImage lo;9 volumesInUse string lo;10 volumesAttached .AttachedVolume lo;11 config .NodeConfigStatus po;12 runtimeHandlers .NodeRuntimeHandler lo;13 features .NodeFeatures po;14 declaredFeatures string lo
core/v1.AttachedVolume 1 name string;2 devicePath string
core/v1.AvoidPods 1 preferAvoidPods .PreferAvoidPodsEntry lo
core/v1.PreferAvoidPodsEntry 1 podSignature .PodSignature;2 evictionTime Time o;3 reason string o;4 message string o
core/v1.PodSignature 1 podController meta/v1.OwnerReference po
core/v1.ContainerImage 1 names string l;2 sizeBytes int64 o
core/v1.NodeCondition 1 type string;2 status string;3 lastHeartbeatTime Time o;4 lastTransitionTime Time o;5 reason string o;6 message string o
core/v1.NodeAddress 1 type string;2 address string
core/v1.Node 1 metadata meta/v1.ObjectMeta o;2 spec .NodeSpec o;3 status .NodeStatus o
core/v1.NodeList 1 metadata meta/v1.ListMeta o;2 items .Node l
core/v1.NamespaceSpec 1 finalizers string lo
core/v1.NamespaceStatus 1 phase string o;2 conditions .NamespaceCondition lo
core/v1.NamespaceCondition 1 type string;2 status string;4 lastTransitionTime Time o;5 reason string o;6 message string o
core/v1.Namespace 1 metadata meta/v1.ObjectMeta o;2 spec .NamespaceSpec o;3 status .NamespaceStatus o
core/v1.NamespaceList 1 metadata meta/v1.ListMeta o;2 items .Namespace l
core/v1.Binding 1 metadata meta/v1.ObjectMeta o;2 target .ObjectReference
core/v1.Preconditions 1 uid string po
core/v1.PodLogOptions 1 container string o;2 follow bool o;3 previous bool o;4 sinceSeconds int64 po;5 sinceTime Time po;6 timestamps bool o;7 tailLines int64 po;8 limitBytes int64 po;9 insecureSkipTLSVerifyBackend bool o;10 stream string po
core/v1.PodAttachOptions 1 stdin bool o;2 stdout bool o;3 stderr bool o;4 tty bool o;5 container string o
core/v1.PodExecOptions 1 stdin bool o;2 stdout bool o;3 stderr bool o;4 tty bool o;5 container string o;6 command string l
core/v1.PodPortForwardOptions 1 ports int32 lo
core/v1.PodProxyOptions 1 path string o
core/v1.NodeProxyOptions 1 path string o
core/v1.ServiceProxyOptions 1 path string o
core/v1.ObjectReference 1 kind string o;2 namespace string o;3 name string o;4 uid string o;5 apiVersion string o;6 resourceVersion string o;7 fieldPath string o
core/v1.LocalObjectReference 1 name string o
core/v1.TypedLocalObjectReference 1 apiGroup string p;2 kind string;3 name string
core/v1.SerializedReference 1 reference .ObjectReference o
core/v1.EventSource 1 component string o;2 host string o
core/v1.Event 1 metadata meta/v1.ObjectMeta;2 involvedObject .ObjectReference;3 reason string o;4 message string o;5 source .EventSource o;6 firstTimestamp Time o;7 lastTimestamp Time o;8 count int32 o;9 type string o;10 eventTime MicroTime o;11 series .EventSeries po;12 action string o;13 related .ObjectReference po;14 reportingComponent string;15 reportingInstance string
core/v1.EventSeries 1 count int32 o;2 lastObservedTime MicroTime o
core/v1.EventList 1 metadata meta/v1.ListMeta o;2 items .Event l
core/v1.LimitRangeItem 1 type string;2 max Quantity mo;3 min Quantity mo;4 default Quantity mo;5 defaultRequest Quantity mo;6 maxLimitRequestRatio Quantity mo
core/v1.LimitRangeSpec 1 limits .LimitRangeItem l
core/v1.LimitRange 1 metadata meta/v1.ObjectMeta o;2 spec .LimitRangeSpec o
core/v1.LimitRangeList 1 metadata meta/v1.ListMeta o;2 items .LimitRange l
core/v1.ResourceQuotaSpec 1 hard Quantity mo;2 scopes string lo;3 scopeSelector .ScopeSelector po
core/v1.ScopeSelector 1 matchExpressions .ScopedResourceSelectorRequirement lo
core/v1.ScopedResourceSelectorRequirement 1 scopeName string;2 operator string;3 values string lo
core/v1.ResourceQuotaStatus 1 hard Quantity mo;2 used Quantity mo
core/v1.ResourceQuota 1 metadata meta/v1.ObjectMeta o;2 spec .ResourceQuotaSpec o;3 status .ResourceQuotaStatus o
core/v1.ResourceQuotaList 1 metadata meta/v1.ListMeta o;2 items .ResourceQuota l
core/v1.Secret 1 metadata meta/v1.ObjectMeta o;2 data bytes mo;3 type string o;4 stringData string mo;5 immutable bool po
core/v1.SecretList 1 metadata meta/v1.ListMeta o;2 items .Secret l
core/v1.ConfigMap 1 metadata meta/v1.ObjectMeta o;2 data string mo;3 binaryData bytes mo;4 immutable bool po
core/v1.ConfigMapList 1 metadata meta/v1.ListMeta o;2 items .ConfigMap l
core/v1.ComponentCondition 1 type string;2 status string;3 message string o;4 error string o
core/v1.ComponentStatus 1 metadata meta/v1.ObjectMeta o;2 conditions .ComponentCondition lo
core/v1.ComponentStatusList 1 metadata meta/v1.ListMeta o;2 items .ComponentStatus l
core/v1.DownwardAPIVolumeSource 1 items .DownwardAPIVolumeFile lo;2 defaultMode int32 po;3 defaultUser int64 po
core/v1.DownwardAPIVolumeFile 1 path string;2 fieldRef .ObjectFieldSelector po;3 resourceFieldRef .ResourceFieldSelector po;4 mode int32 po;5 user int64 po
core/v1.DownwardAPIProjection 1 items .DownwardAPIVolumeFile lo
core/v1.SecurityContext 1 capabilities .Capabilities po;2 privileged bool po;3 seLinuxOptions .SELinuxOptions po;4 runAsUser int64 po;5 runAsNonRoot bool po;6 readOnlyRootFilesystem bool po;7 allowPrivilegeEscalation bool po;8 runAsGroup int64 po;9 procMount string po;10 windowsOptions .WindowsSecurityContextOptions po;11 seccompProfile .SeccompProfile po;12 appArmorProfile .AppArmorProfile po
core/v1.SELinuxOptions 1 user string o;2 role string o;3 type string o;4 level string o
core/v1.WindowsSecurityContextOptions 1 gmsaCredentialSpecName string po;2 gmsaCredentialSpec string po;3 runAsUserName string po;4 hostProcess bool po
core/v1.RangeAllocation 1 metadata meta/v1.ObjectMeta o;2 range string;3 data bytes
core/v1.Sysctl 1 name string;2 value string
core/v1.PortStatus 1 port int32;2 protocol string;3 error string po
core/v1.ImageVolumeSource 1 reference string o;2 pullPolicy string o
core/v1.NodeAllocatableResourceClaimStatus 1 resourceClaimName string;2 containers string lo;4 mapping .NodeAllocatableMappedResources lo;5 overhead .NodeAllocatableOverheadResources lo
core/v1.NodeAllocatableMappedResources 1 name string;2 quantity Quantity p
core/v1.NodeAllocatableOverheadResources 1 name string;2 perPod Quantity po;3 perContainer Quantity po
apps/v1.StatefulSet 1 metadata meta/v1.ObjectMeta o;2 spec .StatefulSetSpec o;3 status .StatefulSetStatus o
apps/v1.StatefulSetUpdateStrategy 1 type string o;2 rollingUpdate .RollingUpdateStatefulSetStrategy po
apps/v1.RollingUpdateStatefulSetStrategy 1 partition int32 po;2 maxUnavailable IntOrString po
apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy 1 whenDeleted string o;2 whenScaled string o
apps/v1.StatefulSetOrdinals 1 start int32
apps/v1.StatefulSetSpec 1 replicas int32 po;2 selector meta/v1.LabelSelector p;3 template core/v1.PodTemplateSpec;4 volumeClaimTemplates core/v1.PersistentVolumeClaim lo;5 serviceName string;6 podManagementPolicy string o;7 updateStrategy .StatefulSetUpdateStrategy o;8 revisionHistoryLimit int32 po;9 minReadySeconds int32 o;10 persistentVolumeClaimRetentionPolicy .StatefulSetPersistentVolumeClaimRetentionPolicy po;11 ordinals .StatefulSetOrdinals po
apps/v1.StatefulSetStatus 1 observedGeneration int64 o;2 replicas int32;3 readyReplicas int32 o;4 currentReplicas int32 o;5 updatedReplicas int32 o;6 currentRevision string o;7 updateRevision string o;9 collisionCount int32 po;10 conditions .StatefulSetCondition lo;11 availableReplicas int32
apps/v1.StatefulSetCondition 1 type string;2 status string;3 lastTransitionTime Time o;4 reason string o;5 message string o
apps/v1.StatefulSetList 1 metadata meta/v1.ListMeta o;2 items .StatefulSet l
apps/v1.Deployment 1 metadata meta/v1.ObjectMeta o;2 spec .DeploymentSpec o;3 status .DeploymentStatus o
apps/v1.DeploymentSpec 1 replicas int32 po;2 selector meta/v1.LabelSelector p;3 template core/v1.PodTemplateSpec;4 strategy .DeploymentStrategy o;5 minReadySeconds int32 o;6 revisionHistoryLimit int32 po;7 paused bool o;9 progressDeadlineSeconds int32 po
apps/v1.DeploymentStrategy 1 type string o;2 rollingUpdate .RollingUpdateDeployment po
apps/v1.RollingUpdateDeployment 1 maxUnavailable IntOrString po;2 maxSurge IntOrString po
apps/v1.DeploymentStatus 1 observedGeneration int64 o;2 replicas int32 o;3 updatedReplicas int32 o;4 availableReplicas int32 o;5 unavailableReplicas int32 o;6 conditions .DeploymentCondition lo;7 readyReplicas int32 o;8 collisionCount int32 po;9 terminatingReplicas int32 po
apps/v1.DeploymentCondition 1 type string;2 status string;4 reason string o;5 message string o;6 lastUpdateTime Time o;7 lastTransitionTime Time o
apps/v1.DeploymentList 1 metadata meta/v1.ListMeta o;2 items .Deployment l
apps/v1.DaemonSetUpdateStrategy 1 type string o;2 rollingUpdate .RollingUpdateDaemonSet po
apps/v1.RollingUpdateDaemonSet 1 maxUnavailable IntOrString po;2 maxSurge IntOrString po
apps/v1.DaemonSetSpec 1 selector meta/v1.LabelSelector p;2 template core/v1.PodTemplateSpec;3 updateStrategy .DaemonSetUpdateStrategy o;4 minReadySeconds int32 o;6 revisionHistoryLimit int32 po
apps/v1.DaemonSetStatus 1 currentNumberScheduled int32;2 numberMisscheduled int32;3 desiredNumberScheduled int32;4 numberReady int32;5 observedGeneration int64 o;6 updatedNumberScheduled int32 o;7 numberAvailable int32 o;8 numberUnavailable int32 o;9 collisionCount int32 po;10 conditions .DaemonSetCondition lo
apps/v1.DaemonSetCondition 1 type string;2 status string;3 lastTransitionTime Time o;4 reason string o;5 message string o
apps/v1.DaemonSet 1 metadata meta/v1.ObjectMeta o;2 spec .DaemonSetSpec o;3 status .DaemonSetStatus o
apps/v1.DaemonSetList 1 metadata meta/v1.ListMeta o;2 items .DaemonSet l
apps/v1.ReplicaSet 1 metadata meta/v1.ObjectMeta o;2 spec .ReplicaSetSpec o;3 status .ReplicaSetStatus o
apps/v1.ReplicaSetList 1 metadata meta/v1.ListMeta o;2 items .ReplicaSet l
apps/v1.ReplicaSetSpec 1 replicas int32 po;2 selector meta/v1.LabelSelector p;3 template core/v1.PodTemplateSpec o;4 minReadySeconds int32 o
apps/v1.ReplicaSetStatus 1 replicas int32;2 fullyLabeledReplicas int32 o;3 observedGeneration int64 o;4 readyReplicas int32 o;5 availableReplicas int32 o;6 conditions .ReplicaSetCondition lo;7 terminatingReplicas int32 po
apps/v1.ReplicaSetCondition 1 type string;2 status string;3 lastTransitionTime Time o;4 reason string o;5 message string o
apps/v1.ControllerRevision 1 metadata meta/v1.ObjectMeta o;2 data RawExtension;3 revision int64
apps/v1.ControllerRevisionList 1 metadata meta/v1.ListMeta o;2 items .ControllerRevision l
batch/v1.Job 1 metadata meta/v1.ObjectMeta o;2 spec .JobSpec o;3 status .JobStatus o
batch/v1.JobList 1 metadata meta/v1.ListMeta o;2 items .Job l
batch/v1.PodFailurePolicyOnExitCodesRequirement 1 containerName string po;2 operator string;3 values int32 l
batch/v1.PodFailurePolicyOnPodConditionsPattern 1 type string;2 status string
batch/v1.PodFailurePolicyRule 1 action string;2 onExitCodes .PodFailurePolicyOnExitCodesRequirement po;3 onPodConditions .PodFailurePolicyOnPodConditionsPattern lo
batch/v1.PodFailurePolicy 1 rules .PodFailurePolicyRule l
batch/v1.SuccessPolicy 1 rules .SuccessPolicyRule l
batch/v1.SuccessPolicyRule 1 succeededIndexes string po;2 succeededCount int32 po
batch/v1.JobSpec 1 parallelism int32 po;2 completions int32 po;3 activeDeadlineSeconds int64 po;4 selector meta/v1.LabelSelector po;5 manualSelector bool po;6 template core/v1.PodTemplateSpec;7 backoffLimit int32 po;8 ttlSecondsAfterFinished int32 po;9 completionMode string po;10 suspend bool po;11 podFailurePolicy .PodFailurePolicy po;12 backoffLimitPerIndex int32 po;13 maxFailedIndexes int32 po;14 podReplacementPolicy string po;15 managedBy string po;16 successPolicy .SuccessPolicy po;17 scheduling .JobSchedulingConfiguration po
batch/v1.JobSchedulingConfiguration 1 schedulingPolicy scheduling/v1alpha3.WorkloadPodGroupSchedulingPolicy po;2 schedulingConstraints scheduling/v1alpha3.WorkloadPodGroupSchedulingConstraints po;3 disruptionMode scheduling/v1alpha3.WorkloadPodGroupDisruptionMode po;4 resourceClaims scheduling/v1alpha3.WorkloadPodGroupResourceClaim lo
batch/v1.JobStatus 1 conditions .JobCondition lo;2 startTime Time po;3 completionTime Time po;4 active int32 o;5 succeeded int32 o;6 failed int32 o;7 completedIndexes string o;8 uncountedTerminatedPods .UncountedTerminatedPods po;9 ready int32 po;10 failedIndexes string po;11 terminating int32 po
batch/v1.UncountedTerminatedPods 1 succeeded string lo;2 failed string lo
batch/v1.JobCondition 1 type string;2 status string;3 lastProbeTime Time o;4 lastTransitionTime Time o;5 reason string o;6 message string o
batch/v1.JobTemplateSpec 1 metadata meta/v1.ObjectMeta o;2 spec .JobSpec o
batch/v1.CronJob 1 metadata meta/v1.ObjectMeta o;2 spec .CronJobSpec o;3 status .CronJobStatus o
batch/v1.CronJobList 1 metadata meta/v1.ListMeta o;2 items .CronJob l
batch/v1.CronJobSpec 1 schedule string;2 startingDeadlineSeconds int64 po;3 concurrencyPolicy string o;4 suspend bool po;5 jobTemplate .JobTemplateSpec;6 successfulJobsHistoryLimit int32 po;7 failedJobsHistoryLimit int32 po;8 timeZone string po
batch/v1.CronJobStatus 1 active core/v1.ObjectReference lo;4 lastScheduleTime Time po;5 lastSuccessfulTime Time po
autoscaling/v1.CrossVersionObjectReference 1 kind string;2 name string;3 apiVersion string o
autoscaling/v1.HorizontalPodAutoscalerSpec 1 scaleTargetRef .CrossVersionObjectReference;2 minReplicas int32 po;3 maxReplicas int32;4 targetCPUUtilizationPercentage int32 po
autoscaling/v1.HorizontalPodAutoscalerStatus 1 observedGeneration int64 po;2 lastScaleTime Time po;3 currentReplicas int32;4 desiredReplicas int32;5 currentCPUUtilizationPercentage int32 po
autoscaling/v1.HorizontalPodAutoscaler 1 metadata meta/v1.ObjectMeta o;2 spec .HorizontalPodAutoscalerSpec o;3 status .HorizontalPodAutoscalerStatus o
autoscaling/v1.HorizontalPodAutoscalerList 1 metadata meta/v1.ListMeta o;2 items .HorizontalPodAutoscaler l
autoscaling/v1.Scale 1 metadata meta/v1.ObjectMeta o;2 spec .ScaleSpec o;3 status .ScaleStatus o
autoscaling/v1.ScaleSpec 1 replicas int32 o
autoscaling/v1.ScaleStatus 1 replicas int32;2 selector string o
autoscaling/v1.MetricSpec 1 type string;2 object .ObjectMetricSource po;3 pods .PodsMetricSource po;4 resource .ResourceMetricSource po;5 external .ExternalMetricSource po;7 containerResource .ContainerResourceMetricSource po
autoscaling/v1.ObjectMetricSource 1 target .CrossVersionObjectReference;2 metricName string;3 targetValue Quantity;4 selector meta/v1.LabelSelector po;5 averageValue Quantity po
autoscaling/v1.PodsMetricSource 1 metricName string;2 targetAverageValue Quantity;3 selector meta/v1.LabelSelector po
autoscaling/v1.ResourceMetricSource 1 name string;2 targetAverageUtilization int32 po;3 targetAverageValue Quantity po
autoscaling/v1.ContainerResourceMetricSource 1 name string;2 targetAverageUtilization int32 po;3 targetAverageValue Quantity po;5 container string
autoscaling/v1.ExternalMetricSource 1 metricName string;2 metricSelector meta/v1.LabelSelector po;3 targetValue Quantity po;4 targetAverageValue Quantity po
autoscaling/v1.MetricStatus 1 type string;2 object .ObjectMetricStatus po;3 pods .PodsMetricStatus po;4 resource .ResourceMetricStatus po;5 external .ExternalMetricStatus po;7 containerResource .ContainerResourceMetricStatus po
autoscaling/v1.HorizontalPodAutoscalerCondition 1 type string;2 status string;3 lastTransitionTime Time o;4 reason string o;5 message string o;6 observedGeneration int64 po
autoscaling/v1.ObjectMetricStatus 1 target .CrossVersionObjectReference;2 metricName string;3 currentValue Quantity;4 selector meta/v1.LabelSelector po;5 averageValue Quantity po
autoscaling/v1.PodsMetricStatus 1 metricName string;2 currentAverageValue Quantity;3 selector meta/v1.LabelSelector po
autoscaling/v1.ResourceMetricStatus 1 name string;2 currentAverageUtilization int32 po;3 currentAverageValue Quantity
autoscaling/v1.ContainerResourceMetricStatus 1 name string;2 currentAverageUtilization int32 po;3 currentAverageValue Quantity;4 container string
autoscaling/v1.ExternalMetricStatus 1 metricName string;2 metricSelector meta/v1.LabelSelector po;3 currentValue Quantity;4 currentAverageValue Quantity po
autoscaling/v2.HorizontalPodAutoscaler 1 metadata meta/v1.ObjectMeta o;2 spec .HorizontalPodAutoscalerSpec o;3 status .HorizontalPodAutoscalerStatus o
autoscaling/v2.HorizontalPodAutoscalerSpec 1 scaleTargetRef .CrossVersionObjectReference;2 minReplicas int32 po;3 maxReplicas int32;4 metrics .MetricSpec lo;5 behavior .HorizontalPodAutoscalerBehavior po
autoscaling/v2.CrossVersionObjectReference 1 kind string;2 name string;3 apiVersion string o
autoscaling/v2.MetricSpec 1 type string;2 object .ObjectMetricSource po;3 pods .PodsMetricSource po;4 resource .ResourceMetricSource po;5 external .ExternalMetricSource po;7 containerResource .ContainerResourceMetricSource po
autoscaling/v2.HorizontalPodAutoscalerBehavior 1 scaleUp .HPAScalingRules po;2 scaleDown .HPAScalingRules po
autoscaling/v2.HPAScalingRules 1 selectPolicy string po;2 policies .HPAScalingPolicy lo;3 stabilizationWindowSeconds int32 po;4 tolerance Quantity po
autoscaling/v2.HPAScalingPolicy 1 type string;2 value int32;3 periodSeconds int32
autoscaling/v2.ObjectMetricSource 1 describedObject .CrossVersionObjectReference;2 target .MetricTarget;3 metric .MetricIdentifier
autoscaling/v2.PodsMetricSource 1 metric .MetricIdentifier;2 target .MetricTarget
autoscaling/v2.ResourceMetricSource 1 name string;2 target .MetricTarget
autoscaling/v2.ContainerResourceMetricSource 1 name string;2 target .MetricTarget;3 container string
autoscaling/v2.ExternalMetricSource 1 metric .MetricIdentifier;2 target .MetricTarget
autoscaling/v2.MetricIdentifier 1 name string;2 selector meta/v1.LabelSelector po
autoscaling/v2.MetricTarget 1 type string;2 value Quantity po;3 averageValue Quantity po;4 averageUtilization int32 po
autoscaling/v2.HorizontalPodAutoscalerStatus 1 observedGeneration int64 po;2 lastScaleTime Time po;3 currentReplicas int32 o;4 desiredReplicas int32;5 currentMetrics .MetricStatus l;6 conditions .HorizontalPodAutoscalerCondition lo
autoscaling/v2.HorizontalPodAutoscalerCondition 1 type string;2 status string;3 lastTransitionTime Time o;4 reason string o;5 message string o;6 observedGeneration int64 po
autoscaling/v2.MetricStatus 1 type string;2 object .ObjectMetricStatus po;3 pods .PodsMetricStatus po;4 resource .ResourceMetricStatus po;5 external .ExternalMetricStatus po;7 containerResource .ContainerResourceMetricStatus po
autoscaling/v2.ObjectMetricStatus 1 metric .MetricIdentifier;2 current .MetricValueStatus;3 describedObject .CrossVersionObjectReference
autoscaling/v2.PodsMetricStatus 1 metric .MetricIdentifier;2 current .MetricValueStatus
autoscaling/v2.ResourceMetricStatus 1 name string;2 current .MetricValueStatus
autoscaling/v2.ContainerResourceMetricStatus 1 name string;2 current .MetricValueStatus;3 container string
autoscaling/v2.ExternalMetricStatus 1 metric .MetricIdentifier;2 current .MetricValueStatus
autoscaling/v2.MetricValueStatus 1 value Quantity po;2 averageValue Quantity po;3 averageUtilization int32 po
autoscaling/v2.HorizontalPodAutoscalerList 1 metadata meta/v1.ListMeta o;2 items .HorizontalPodAutoscaler l
policy/v1.PodDisruptionBudgetSpec 1 minAvailable IntOrString po;2 selector meta/v1.LabelSelector po;3 maxUnavailable IntOrString po;4 unhealthyPodEvictionPolicy string po
policy/v1.PodDisruptionBudgetStatus 1 observedGeneration int64 o;2 disruptedPods Time mo;3 disruptionsAllowed int32;4 currentHealthy int32;5 desiredHealthy int32;6 expectedPods int32;7 conditions meta/v1.Condition lo
policy/v1.PodDisruptionBudget 1 metadata meta/v1.ObjectMeta o;2 spec .PodDisruptionBudgetSpec o;3 status .PodDisruptionBudgetStatus o
policy/v1.PodDisruptionBudgetList 1 metadata meta/v1.ListMeta o;2 items .PodDisruptionBudget l
policy/v1.Eviction 1 metadata meta/v1.ObjectMeta o;2 deleteOptions meta/v1.DeleteOptions po
networking/v1.NetworkPolicy 1 metadata meta/v1.ObjectMeta o;2 spec .NetworkPolicySpec o
networking/v1.NetworkPolicySpec 1 podSelector meta/v1.LabelSelector;2 ingress .NetworkPolicyIngressRule lo;3 egress .NetworkPolicyEgressRule lo;4 policyTypes string lo
networking/v1.NetworkPolicyIngressRule 1 ports .NetworkPolicyPort lo;2 from .NetworkPolicyPeer lo
networking/v1.NetworkPolicyEgressRule 1 ports .NetworkPolicyPort lo;2 to .NetworkPolicyPeer lo
networking/v1.NetworkPolicyPort 1 protocol string po;2 port IntOrString po;3 endPort int32 po
networking/v1.IPBlock 1 cidr string;2 except string lo
networking/v1.NetworkPolicyPeer 1 podSelector meta/v1.LabelSelector po;2 namespaceSelector meta/v1.LabelSelector po;3 ipBlock .IPBlock po
networking/v1.NetworkPolicyList 1 metadata meta/v1.ListMeta o;2 items .NetworkPolicy l
networking/v1.Ingress 1 metadata meta/v1.ObjectMeta o;2 spec .IngressSpec o;3 status .IngressStatus o
networking/v1.IngressList 1 metadata meta/v1.ListMeta o;2 items .Ingress l
networking/v1.IngressSpec 1 defaultBackend .IngressBackend po;2 tls .IngressTLS lo;3 rules .IngressRule lo;4 ingressClassName string po
networking/v1.IngressTLS 1 hosts string lo;2 secretName string o
networking/v1.IngressStatus 1 loadBalancer .IngressLoadBalancerStatus o
networking/v1.IngressLoadBalancerStatus 1 ingress .IngressLoadBalancerIngress lo
networking/v1.IngressLoadBalancerIngress 1 ip string o;2 hostname string o;4 ports .IngressPortStatus lo
networking/v1.IngressPortStatus 1 port int32;2 protocol string;3 error string po
networking/v1.IngressRule 1 host string o;2 - .IngressRuleValue i
networking/v1.IngressRuleValue 1 http .HTTPIngressRuleValue po
networking/v1.HTTPIngressRuleValue 1 paths .HTTPIngressPath l
networking/v1.HTTPIngressPath 1 path string o;2 backend .IngressBackend;3 pathType string p
networking/v1.IngressBackend 3 resource core/v1.TypedLocalObjectReference po;4 service .IngressServiceBackend po
networking/v1.IngressServiceBackend 1 name string;2 port .ServiceBackendPort o
networking/v1.ServiceBackendPort 1 name string o;2 number int32 o
networking/v1.IngressClass 1 metadata meta/v1.ObjectMeta o;2 spec .IngressClassSpec o
networking/v1.IngressClassSpec 1 controller string o;2 parameters .IngressClassParametersReference po
networking/v1.IngressClassParametersReference 1 apiGroup string po;2 kind string;3 name string;4 scope string p;5 namespace string po
networking/v1.IngressClassList 1 metadata meta/v1.ListMeta o;2 items .IngressClass l
networking/v1.IPAddress 1 metadata meta/v1.ObjectMeta o;2 spec .IPAddressSpec o
networking/v1.IPAddressSpec 1 parentRef .ParentReference po
networking/v1.ParentReference 1 group string o;2 resource string o;3 namespace string o;4 name string o
networking/v1.IPAddressList 1 metadata meta/v1.ListMeta o;2 items .IPAddress l
networking/v1.ServiceCIDR 1 metadata meta/v1.ObjectMeta o;2 spec .ServiceCIDRSpec o;3 status .ServiceCIDRStatus o
networking/v1.ServiceCIDRSpec 1 cidrs string lo
networking/v1.ServiceCIDRStatus 1 conditions meta/v1.Condition lo
networking/v1.ServiceCIDRList 1 metadata meta/v1.ListMeta o;2 items .ServiceCIDR l
rbac/v1.PolicyRule 1 verbs string l;2 apiGroups string lo;3 resources string lo;4 resourceNames string lo;5 nonResourceURLs string lo
rbac/v1.Subject 1 kind string;2 apiGroup string o;3 name string;4 namespace string o
rbac/v1.RoleRef 1 apiGroup string;2 kind string;3 name string
rbac/v1.Role 1 metadata meta/v1.ObjectMeta o;2 rules .PolicyRule l
rbac/v1.RoleBinding 1 metadata meta/v1.ObjectMeta o;2 subjects .Subject lo;3 roleRef .RoleRef
rbac/v1.RoleBindingList 1 metadata meta/v1.ListMeta o;2 items .RoleBinding l
rbac/v1.RoleList 1 metadata meta/v1.ListMeta o;2 items .Role l
rbac/v1.ClusterRole 1 metadata meta/v1.ObjectMeta o;2 rules .PolicyRule l;3 aggregationRule .AggregationRule po
rbac/v1.AggregationRule 1 clusterRoleSelectors meta/v1.LabelSelector lo
rbac/v1.ClusterRoleBinding 1 metadata meta/v1.ObjectMeta o;2 subjects .Subject lo;3 roleRef .RoleRef
rbac/v1.ClusterRoleBindingList 1 metadata meta/v1.ListMeta o;2 items .ClusterRoleBinding l
rbac/v1.ClusterRoleList 1 metadata meta/v1.ListMeta o;2 items .ClusterRole l
scheduling/v1.PriorityClass 1 metadata meta/v1.ObjectMeta o;2 value int32;3 globalDefault bool o;4 description string o;5 preemptionPolicy string po
scheduling/v1.PriorityClassList 1 metadata meta/v1.ListMeta o;2 items .PriorityClass l
storage/v1.StorageClass 1 metadata meta/v1.ObjectMeta o;2 provisioner string;3 parameters string mo;4 reclaimPolicy string po;5 mountOptions string lo;6 allowVolumeExpansion bool po;7 volumeBindingMode string po;8 allowedTopologies core/v1.TopologySelectorTerm lo
storage/v1.StorageClassList 1 metadata meta/v1.ListMeta o;2 items .StorageClass l
storage/v1.VolumeAttachment 1 metadata meta/v1.ObjectMeta o;2 spec .VolumeAttachmentSpec;3 status .VolumeAttachmentStatus o
storage/v1.VolumeAttachmentList 1 metadata meta/v1.ListMeta o;2 items .VolumeAttachment l
storage/v1.VolumeAttachmentSpec 1 attacher string;2 source .VolumeAttachmentSource;3 nodeName string
storage/v1.VolumeAttachmentSource 1 persistentVolumeName string po;2 inlineVolumeSpec core/v1.PersistentVolumeSpec po
storage/v1.VolumeAttachmentStatus 1 attached bool;2 attachmentMetadata string mo;3 attachError .VolumeError po;4 detachError .VolumeError po
storage/v1.VolumeError 1 time Time o;2 message string o;3 errorCode int32 po
storage/v1.CSIDriver 1 metadata meta/v1.ObjectMeta o;2 spec .CSIDriverSpec
storage/v1.CSIDriverList 1 metadata meta/v1.ListMeta o;2 items .CSIDriver l
storage/v1.CSIDriverSpec 1 attachRequired bool po;2 podInfoOnMount bool po;3 volumeLifecycleModes string lo;4 storageCapacity bool po;5 fsGroupPolicy string po;6 tokenRequests .TokenRequest lo;7 requiresRepublish bool po;8 seLinuxMount bool po;9 nodeAllocatableUpdatePeriodSeconds int64 po;10 serviceAccountTokenInSecrets bool po;11 preventPodSchedulingIfMissing bool po
storage/v1.TokenRequest 1 audience string;2 expirationSeconds int64 po
storage/v1.CSINode 1 metadata meta/v1.ObjectMeta o;2 spec .CSINodeSpec;3 status .CSINodeStatus o
storage/v1.CSINodeSpec 1 drivers .CSINodeDriver l
storage/v1.CSINodeDriver 1 name string;2 nodeID string;3 topologyKeys string l;4 allocatable .VolumeNodeResources po
storage/v1.VolumeNodeResources 1 count int32 po
storage/v1.StorageHealthCondition 1 status string;2 reason string;3 message string o;4 accessMode string po;5 volumeMode string po;6 lastTransitionTime Time o
storage/v1.StorageHealth 1 name string;2 healthConditions .StorageHealthCondition lo
storage/v1.CSINodeStatus 1 storageHealth .StorageHealth lo
storage/v1.CSINodeList 1 metadata meta/v1.ListMeta o;2 items .CSINode l
storage/v1.CSIStorageCapacity 1 metadata meta/v1.ObjectMeta o;2 nodeTopology meta/v1.LabelSelector po;3 storageClassName string;4 capacity Quantity po;5 maximumVolumeSize Quantity po
storage/v1.CSIStorageCapacityList 1 metadata meta/v1.ListMeta o;2 items .CSIStorageCapacity l
storage/v1.VolumeAttributesClass 1 metadata meta/v1.ObjectMeta o;2 driverName string;3 parameters string mo
storage/v1.VolumeAttributesClassList 1 metadata meta/v1.ListMeta o;2 items .VolumeAttributesClass l
authentication/v1.TokenReview 1 metadata meta/v1.ObjectMeta o;2 spec .TokenReviewSpec;3 status .TokenReviewStatus o
authentication/v1.TokenReviewSpec 1 token string o;2 audiences string lo
authentication/v1.TokenReviewStatus 1 authenticated bool o;2 user .UserInfo o;3 error string o;4 audiences string lo
authentication/v1.UserInfo 1 username string o;2 uid string o;3 groups string lo;4 extra string mlo
authentication/v1.TokenRequest 1 metadata meta/v1.ObjectMeta o;2 spec .TokenRequestSpec;3 status .TokenRequestStatus o
authentication/v1.TokenRequestSpec 1 audiences string l;3 boundObjectRef .BoundObjectReference p;4 expirationSeconds int64 p;5 attestations string mlo
authentication/v1.TokenRequestStatus 1 token string;2 expirationTimestamp Time
authentication/v1.BoundObjectReference 1 kind string o;2 apiVersion string o;3 name string o;4 uid string o
authentication/v1.SelfSubjectReview 1 metadata meta/v1.ObjectMeta o;2 status .SelfSubjectReviewStatus o
authentication/v1.SelfSubjectReviewStatus 1 userInfo .UserInfo o
authorization/v1.SubjectAccessReview 1 metadata meta/v1.ObjectMeta o;2 spec .SubjectAccessReviewSpec;3 status .SubjectAccessReviewStatus o
authorization/v1.SelfSubjectAccessReview 1 metadata meta/v1.ObjectMeta o;2 spec .SelfSubjectAccessReviewSpec;3 status .SubjectAccessReviewStatus o
authorization/v1.LocalSubjectAccessReview 1 metadata meta/v1.ObjectMeta o;2 spec .SubjectAccessReviewSpec;3 status .SubjectAccessReviewStatus o
authorization/v1.ResourceAttributes 1 namespace string o;2 verb string o;3 group string o;4 version string o;5 resource string o;6 subresource string o;7 name string o;8 fieldSelector .FieldSelectorAttributes po;9 labelSelector .LabelSelectorAttributes po
authorization/v1.LabelSelectorAttributes 1 rawSelector string o;2 requirements meta/v1.LabelSelectorRequirement lo
authorization/v1.FieldSelectorAttributes 1 rawSelector string o;2 requirements meta/v1.FieldSelectorRequirement lo
authorization/v1.NonResourceAttributes 1 path string o;2 verb string o
authorization/v1.SubjectAccessReviewSpec 1 resourceAttributes .ResourceAttributes po;2 nonResourceAttributes .NonResourceAttributes po;3 user string o;4 groups string lo;5 extra string mlo;6 uid string o
authorization/v1.SelfSubjectAccessReviewSpec 1 resourceAttributes .ResourceAttributes po;2 nonResourceAttributes .NonResourceAttributes po
authorization/v1.SubjectAccessReviewStatus 1 allowed bool;2 reason string o;3 evaluationError string o;4 denied bool o
authorization/v1.SelfSubjectRulesReview 1 metadata meta/v1.ObjectMeta o;2 spec .SelfSubjectRulesReviewSpec;3 status .SubjectRulesReviewStatus o
authorization/v1.SelfSubjectRulesReviewSpec 1 namespace string o
authorization/v1.SubjectRulesReviewStatus 1 resourceRules .ResourceRule l;2 nonResourceRules .NonResourceRule l;3 incomplete bool;4 evaluationError string o
authorization/v1.ResourceRule 1 verbs string l;2 apiGroups string lo;3 resources string lo;4 resourceNames string lo
authorization/v1.NonResourceRule 1 verbs string l;2 nonResourceURLs string lo
coordination/v1.Lease 1 metadata meta/v1.ObjectMeta o;2 spec .LeaseSpec o
coordination/v1.LeaseSpec 1 holderIdentity string po;2 leaseDurationSeconds int32 po;3 acquireTime MicroTime po;4 renewTime MicroTime po;5 leaseTransitions int32 po;6 strategy string po;7 preferredHolder string po
coordination/v1.LeaseList 1 metadata meta/v1.ListMeta o;2 items .Lease l
discovery/v1.EndpointSlice 1 metadata meta/v1.ObjectMeta o;2 endpoints .Endpoint l;3 ports .EndpointPort l;4 addressType string
discovery/v1.Endpoint 1 addresses string l;2 conditions .EndpointConditions o;3 hostname string po;4 targetRef core/v1.ObjectReference po;5 deprecatedTopology string mo;6 nodeName string po;7 zone string po;8 hints .EndpointHints po
discovery/v1.EndpointConditions 1 ready bool po;2 serving bool po;3 terminating bool po
discovery/v1.EndpointHints 1 forZones .ForZone lo;2 forNodes .ForNode lo
discovery/v1.ForZone 1 name string
discovery/v1.ForNode 1 name string
discovery/v1.EndpointPort 1 name string po;2 protocol string po;3 port int32 po;4 appProtocol string po
discovery/v1.EndpointSliceList 1 metadata meta/v1.ListMeta o;2 items .EndpointSlice l
events/v1.Event 1 metadata meta/v1.ObjectMeta;2 eventTime MicroTime;3 series .EventSeries po;4 reportingController string o;5 reportingInstance string o;6 action string o;7 reason string o;8 regarding core/v1.ObjectReference o;9 related core/v1.ObjectReference po;10 note string o;11 type string o;12 deprecatedSource core/v1.EventSource o;13 deprecatedFirstTimestamp Time o;14 deprecatedLastTimestamp Time o;15 deprecatedCount int32 o
events/v1.EventSeries 1 count int32;2 lastObservedTime MicroTime
events/v1.EventList 1 metadata meta/v1.ListMeta o;2 items .Event l
certificates/v1.CertificateSigningRequest 1 metadata meta/v1.ObjectMeta o;2 spec .CertificateSigningRequestSpec;3 status .CertificateSigningRequestStatus o
certificates/v1.CertificateSigningRequestSpec 1 request bytes;2 username string o;3 uid string o;4 groups string lo;5 usages string lo;6 extra string mlo;7 signerName string;8 expirationSeconds int32 po
certificates/v1.CertificateSigningRequestStatus 1 conditions .CertificateSigningRequestCondition lo;2 certificate bytes o
certificates/v1.CertificateSigningRequestCondition 1 type string;2 reason string o;3 message string o;4 lastUpdateTime Time o;5 lastTransitionTime Time o;6 status string
certificates/v1.CertificateSigningRequestList 1 metadata meta/v1.ListMeta o;2 items .CertificateSigningRequest l
certificates/v1.ClusterTrustBundle 1 metadata meta/v1.ObjectMeta o;2 spec .ClusterTrustBundleSpec
certificates/v1.ClusterTrustBundleSpec 1 signerName string o;2 trustBundle string
certificates/v1.ClusterTrustBundleList 1 metadata meta/v1.ListMeta o;2 items .ClusterTrustBundle l
certificates/v1.PodCertificateRequest 1 metadata meta/v1.ObjectMeta o;2 spec .PodCertificateRequestSpec;3 status .PodCertificateRequestStatus o
certificates/v1.PodCertificateRequestSpec 1 signerName string;2 podName string;3 podUID string;4 serviceAccountName string;5 serviceAccountUID string;6 nodeName string;7 nodeUID string;8 maxExpirationSeconds int32 po;11 unverifiedUserAnnotations string mo;12 stubPKCS10Request bytes
certificates/v1.PodCertificateRequestStatus 1 conditions meta/v1.Condition lo;2 certificateChain string o;4 notBefore Time po;5 beginRefreshAt Time po;6 notAfter Time po
certificates/v1.PodCertificateRequestList 1 metadata meta/v1.ListMeta o;2 items .PodCertificateRequest l
meta/v1.TypeMeta 1 kind string o;2 apiVersion string o
meta/v1.ListMeta 1 selfLink string o;2 resourceVersion string o;3 continue string o;4 remainingItemCount int64 po;5 shardInfo .ShardInfo po
meta/v1.ShardInfo 1 selector string
meta/v1.ObjectMeta 1 name string o;2 generateName string o;3 namespace string o;4 selfLink string o;5 uid string o;6 resourceVersion string o;7 generation int64 o;8 creationTimestamp Time o;9 deletionTimestamp Time po;10 deletionGracePeriodSeconds int64 po;11 labels string mo;12 annotations string mo;13 ownerReferences .OwnerReference lo;14 finalizers string lo;17 managedFields .ManagedFieldsEntry lo
meta/v1.OwnerReference 1 kind string;3 name string;4 uid string;5 apiVersion string;6 controller bool po;7 blockOwnerDeletion bool po
meta/v1.ListOptions 1 labelSelector string o;2 fieldSelector string o;3 watch bool o;4 resourceVersion string o;5 timeoutSeconds int64 po;7 limit int64 o;8 continue string o;9 allowWatchBookmarks bool o;10 resourceVersionMatch string o;11 sendInitialEvents bool po;15 shardSelector string o
meta/v1.GetOptions 1 resourceVersion string o
meta/v1.DeleteOptions 1 gracePeriodSeconds int64 po;2 preconditions .Preconditions po;3 orphanDependents bool po;4 propagationPolicy string po;5 dryRun string lo;6 ignoreStoreReadErrorWithClusterBreakingPotential bool po
meta/v1.CreateOptions 1 dryRun string lo;3 fieldManager string o;4 fieldValidation string o
meta/v1.PatchOptions 1 dryRun string lo;2 force bool po;3 fieldManager string o;4 fieldValidation string o
meta/v1.ApplyOptions 1 dryRun string lo;2 force bool;3 fieldManager string
meta/v1.UpdateOptions 1 dryRun string lo;2 fieldManager string o;3 fieldValidation string o
meta/v1.Preconditions 1 uid string po;2 resourceVersion string po
meta/v1.Status 1 metadata .ListMeta o;2 status string o;3 message string o;4 reason string o;5 details .StatusDetails po;6 code int32 o
meta/v1.StatusDetails 1 name string o;2 group string o;3 kind string o;4 causes .StatusCause lo;5 retryAfterSeconds int32 o;6 uid string o
meta/v1.StatusCause 1 reason string o;2 message string o;3 field string o
meta/v1.List 1 metadata .ListMeta o;2 items RawExtension l
meta/v1.APIVersions 1 versions string l;2 serverAddressByClientCIDRs .ServerAddressByClientCIDR l
meta/v1.APIGroupList 1 groups .APIGroup l
meta/v1.APIGroup 1 name string;2 versions .GroupVersionForDiscovery l;3 preferredVersion .GroupVersionForDiscovery o;4 serverAddressByClientCIDRs .ServerAddressByClientCIDR lo
meta/v1.ServerAddressByClientCIDR 1 clientCIDR string;2 serverAddress string
meta/v1.GroupVersionForDiscovery 1 groupVersion string;2 version string
meta/v1.APIResource 1 name string;2 namespaced bool;3 kind string;4 verbs string l;5 shortNames string lo;6 singularName string;7 categories string lo;8 group string o;9 version string o;10 storageVersionHash string o
meta/v1.APIResourceList 1 groupVersion string;2 resources .APIResource l
meta/v1.RootPaths 1 paths string l
meta/v1.LabelSelector 1 matchLabels string mo;2 matchExpressions .LabelSelectorRequirement lo
meta/v1.LabelSelectorRequirement 1 key string;2 operator string;3 values string lo
meta/v1.FieldSelectorRequirement 1 key string;2 operator string;3 values string lo
meta/v1.ManagedFieldsEntry 1 manager string o;2 operation string o;3 apiVersion string o;4 time Time po;6 fieldsType string o;7 fieldsV1 FieldsV1 po;8 subresource string o
meta/v1.TableOptions 1 includeObject string o
meta/v1.PartialObjectMetadata 1 metadata .ObjectMeta o
meta/v1.PartialObjectMetadataList 1 metadata .ListMeta o;2 items .PartialObjectMetadata l
meta/v1.Condition 1 type string;2 status string;3 observedGeneration int64 o;4 lastTransitionTime Time;5 reason string;6 message string
meta/v1.GroupResource 1 group string;2 resource string
meta/v1.GroupVersionResource 1 group string;2 version string;3 resource string
meta/v1.GroupKind 1 group string;2 kind string
meta/v1.GroupVersionKind 1 group string;2 version string;3 kind string
meta/v1.GroupVersion 1 group string;2 version string
runtime.TypeMeta 1 apiVersion string o;2 kind string o
runtime.Unknown 1 - .TypeMeta i;2 - bytes;3 - string;4 - string
scheduling/v1alpha3.TopologyConstraint 1 key string
scheduling/v1alpha3.WorkloadPodGroupSchedulingPolicy 1 basic .WorkloadPodGroupBasicSchedulingPolicy po;2 gang .WorkloadPodGroupGangSchedulingPolicy po
scheduling/v1alpha3.WorkloadPodGroupGangSchedulingPolicy 1 minCount int32 po
scheduling/v1alpha3.WorkloadPodGroupSchedulingConstraints 1 topology .TopologyConstraint lo
scheduling/v1alpha3.WorkloadPodGroupResourceClaim 1 name string;2 resourceClaimName string po;3 resourceClaimTemplateName string po
scheduling/v1alpha3.WorkloadPodGroupDisruptionMode 1 single .WorkloadPodGroupSingleDisruptionMode po;2 all .WorkloadPodGroupAllDisruptionMode po
scheduling/v1alpha3.WorkloadPodGroupSingleDisruptionMode
scheduling/v1alpha3.WorkloadPodGroupAllDisruptionMode
scheduling/v1alpha3.WorkloadPodGroupBasicSchedulingPolicy
`
