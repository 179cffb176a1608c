package workload

import "github.com/proompteng/checksum-annotator/config"

// operatorKinds are kinds of which operators make pods, from their published definitions
// (CRDs), as far as the operator is known to replace the pods when the annotations change.
// Each comment tells where the definition is from, and how that is known.
//
// References that the operator itself follows, or that it hands to the program in the pod
// without a restart, are not among these.
var operatorKinds = []builtinKind{
	// prometheus-operator 0.93, monitoring.coreos.com/v1 and v1alpha1. podMetadata goes into
	// the pod template of a StatefulSet or DaemonSet, whose update replaces pods (makeStatefulSet).
	{onChange, config.PodTemplate{
		Group: "monitoring.coreos.com", Kind: "Prometheus", Annotations: "spec.podMetadata.annotations",
		PodSpecs:   []string{"spec"},
		Secrets:    []string{"spec.secrets[]", "spec.thanos.objectStorageConfig", "spec.thanos.tracingConfig"},
		ConfigMaps: []string{"spec.configMaps[]"},
	}},
	{onChange, config.PodTemplate{
		Group: "monitoring.coreos.com", Kind: "PrometheusAgent", Annotations: "spec.podMetadata.annotations",
		PodSpecs: []string{"spec"}, Secrets: []string{"spec.secrets[]"}, ConfigMaps: []string{"spec.configMaps[]"},
	}},
	{onChange, config.PodTemplate{
		Group: "monitoring.coreos.com", Kind: "Alertmanager", Annotations: "spec.podMetadata.annotations",
		PodSpecs: []string{"spec"}, Secrets: []string{"spec.secrets[]"}, ConfigMaps: []string{"spec.configMaps[]"},
	}},
	{onChange, config.PodTemplate{
		Group: "monitoring.coreos.com", Kind: "ThanosRuler", Annotations: "spec.podMetadata.annotations",
		PodSpecs: []string{"spec"},
		Secrets: []string{
			"spec.objectStorageConfig", "spec.queryConfig", "spec.alertmanagersConfig", "spec.tracingConfig", "spec.alertRelabelConfigs",
		},
	}},

	// VictoriaMetrics operator 0.74, operator.victoriametrics.com/v1beta1. podMetadata goes into
	// the pod template of a Deployment or StatefulSet (PodAnnotations, factory/reconcile).
	victoriaMetrics("VMAgent", "spec"),
	victoriaMetrics("VMAlert", "spec"),
	victoriaMetrics("VMAlertmanager", "spec"),
	victoriaMetrics("VMAuth", "spec"),
	victoriaMetrics("VMSingle", "spec"),
	victoriaMetrics("VMCluster", "spec.vminsert"),
	victoriaMetrics("VMCluster", "spec.vmselect"),
	victoriaMetrics("VMCluster", "spec.vmstorage"),

	// mariadb-operator 26.6, k8s.mariadb.com/v1alpha1. podMetadata goes into the template of a
	// StatefulSet (pod_builder.go), any change of which triggers an update (docs/updates.md), unless
	// updateStrategy says not to. The operator hashes my.cnf and certificates itself; a changed root
	// password is not for pods to read.
	{onChange, config.PodTemplate{
		Group: "k8s.mariadb.com", Kind: "MariaDB", Annotations: "spec.podMetadata.annotations",
		PodSpecs: []string{"spec"}, Containers: []string{"spec", "spec.sidecarContainers[]"},
	}},

	// OpenTelemetry operator 0.158, opentelemetry.io/v1beta1 and v1alpha1. podAnnotations go into
	// the pod template of a Deployment, StatefulSet or DaemonSet (PodAnnotations, mutatePodTemplate).
	{onChange, config.PodTemplate{
		Group: "opentelemetry.io", Kind: "OpenTelemetryCollector", Annotations: "spec.podAnnotations",
		PodSpecs: []string{"spec"}, Containers: []string{"spec", "spec.additionalContainers[]"}, ConfigMaps: []string{"spec.configmaps[]"},
	}},
	{onChange, config.PodTemplate{
		Group: "opentelemetry.io", Kind: "TargetAllocator", Annotations: "spec.podAnnotations",
		PodSpecs: []string{"spec"}, Containers: []string{"spec", "spec.additionalContainers[]"},
	}},
	{onChange, config.PodTemplate{
		Group: "opentelemetry.io", Kind: "OpAMPBridge", Annotations: "spec.podAnnotations",
		PodSpecs: []string{"spec"}, Containers: []string{"spec"},
	}},

	// Strimzi 1.2, kafka.strimzi.io/v1, and externalConfiguration of v1beta2 in 0.51. The annotations of the
	// pod count for its revision, and pods of an old one are rolled (KafkaConnectRoller); a bridge is
	// a Deployment. Certificates and passwords of authentication and TLS, and what configures
	// logging and metrics, are hashed by the operator itself.
	{onChange, config.PodTemplate{
		Group: "kafka.strimzi.io", Kind: "KafkaConnect", Annotations: "spec.template.pod.metadata.annotations",
		PodSpecs:   []string{"spec.template.pod", "spec.externalConfiguration"},
		Containers: []string{"spec.template.connectContainer", "spec.template.initContainer", "spec.externalConfiguration"},
	}},
	{onChange, config.PodTemplate{
		Group: "kafka.strimzi.io", Kind: "KafkaMirrorMaker2", Annotations: "spec.template.pod.metadata.annotations",
		PodSpecs:   []string{"spec.template.pod", "spec.externalConfiguration"},
		Containers: []string{"spec.template.connectContainer", "spec.template.initContainer", "spec.externalConfiguration"},
	}},
	{onChange, config.PodTemplate{
		Group: "kafka.strimzi.io", Kind: "KafkaBridge", Annotations: "spec.template.pod.metadata.annotations",
		PodSpecs:   []string{"spec.template.pod"},
		Containers: []string{"spec.template.bridgeContainer", "spec.template.initContainer"},
	}},

	// OpenKruise 1.9, apps.kruise.io/v1beta1 and v1alpha1. Pods are created anew, unless the update
	// strategy is an in-place one: that changes annotations of running pods (inplaceupdate).
	{onChange, config.PodTemplate{Group: "apps.kruise.io", Kind: "CloneSet", Path: "spec.template"}},
	{onChange, config.PodTemplate{Group: "apps.kruise.io", Kind: "StatefulSet", Path: "spec.template"}},
	{onChange, config.PodTemplate{Group: "apps.kruise.io", Kind: "DaemonSet", Path: "spec.template"}},

	// LeaderWorkerSet 0.10, leaderworkerset.x-k8s.io/v1. Both templates are part of the revision
	// (getPatch), and groups of an old one are rolled.
	{onChange, config.PodTemplate{Group: "leaderworkerset.x-k8s.io", Kind: "LeaderWorkerSet", Path: "spec.leaderWorkerTemplate.leaderTemplate"}},
	{onChange, config.PodTemplate{Group: "leaderworkerset.x-k8s.io", Kind: "LeaderWorkerSet", Path: "spec.leaderWorkerTemplate.workerTemplate"}},

	// Elastic Cloud on Kubernetes 3.5. The whole pod template is part of the hash that decides about
	// an update (SetTemplateHashLabel). Secure settings are hashed by the operator itself.
	{onChange, config.PodTemplate{Group: "elasticsearch.k8s.elastic.co", Kind: "Elasticsearch", Path: "spec.nodeSets[].podTemplate"}},
	{onChange, config.PodTemplate{Group: "kibana.k8s.elastic.co", Kind: "Kibana", Path: "spec.podTemplate"}},
	{onChange, config.PodTemplate{Group: "apm.k8s.elastic.co", Kind: "ApmServer", Path: "spec.podTemplate"}},
	{onChange, config.PodTemplate{Group: "beat.k8s.elastic.co", Kind: "Beat", Path: "spec.daemonSet.podTemplate"}},
	{onChange, config.PodTemplate{Group: "beat.k8s.elastic.co", Kind: "Beat", Path: "spec.deployment.podTemplate"}},
	{onChange, config.PodTemplate{Group: "agent.k8s.elastic.co", Kind: "Agent", Path: "spec.daemonSet.podTemplate"}},
	{onChange, config.PodTemplate{Group: "agent.k8s.elastic.co", Kind: "Agent", Path: "spec.deployment.podTemplate"}},
	{onChange, config.PodTemplate{Group: "agent.k8s.elastic.co", Kind: "Agent", Path: "spec.statefulSet.podTemplate"}},
	{onChange, config.PodTemplate{Group: "logstash.k8s.elastic.co", Kind: "Logstash", Path: "spec.podTemplate"}},
	{onChange, config.PodTemplate{Group: "maps.k8s.elastic.co", Kind: "ElasticMapsServer", Path: "spec.podTemplate"}},
	{onChange, config.PodTemplate{Group: "enterprisesearch.k8s.elastic.co", Kind: "EnterpriseSearch", Path: "spec.podTemplate"}},

	// Knative Serving 1.23: a changed template makes a new Revision.
	{onChange, config.PodTemplate{Group: "serving.knative.dev", Kind: "Configuration", Path: "spec.template"}},

	// KServe 0.20, serving.kserve.io/v1beta1. The annotations of a component go into the template of
	// a Deployment or a Knative Service (createRawDefaultDeployment, createKnativeService).
	{onChange, config.PodTemplate{
		Group: "serving.kserve.io", Kind: "InferenceService", Annotations: "spec.predictor.annotations",
		PodSpecs: []string{"spec.predictor"}, Containers: []string{"spec.predictor.model"},
	}},
	{onChange, config.PodTemplate{
		Group: "serving.kserve.io", Kind: "InferenceService", Annotations: "spec.transformer.annotations", PodSpecs: []string{"spec.transformer"},
	}},
	{onChange, config.PodTemplate{
		Group: "serving.kserve.io", Kind: "InferenceService", Annotations: "spec.explainer.annotations", PodSpecs: []string{"spec.explainer"},
	}},

	// KubeRay 1.7, ray.io/v1. A changed cluster makes a new one beside the old one and moves the
	// traffic, unless upgradeStrategy says not to (shouldPrepareNewCluster). A RayCluster by itself
	// leaves its pods as they are.
	{onChange, config.PodTemplate{Group: "ray.io", Kind: "RayService", Path: "spec.rayClusterConfig.headGroupSpec.template"}},
	{onChange, config.PodTemplate{Group: "ray.io", Kind: "RayService", Path: "spec.rayClusterConfig.workerGroupSpecs[].template"}},

	// Flink Kubernetes Operator 1.16, flink.apache.org/v1beta1. A changed pod template is an upgrade of the
	// job, by its upgradeMode (ReflectiveDiffBuilder).
	{onChange, config.PodTemplate{Group: "flink.apache.org", Kind: "FlinkDeployment", Path: "spec.podTemplate"}},
	{onChange, config.PodTemplate{Group: "flink.apache.org", Kind: "FlinkDeployment", Path: "spec.jobManager.podTemplate"}},
	{onChange, config.PodTemplate{Group: "flink.apache.org", Kind: "FlinkDeployment", Path: "spec.taskManager.podTemplate"}},

	// Actions Runner Controller 0.14, actions.github.com/v1alpha1 and actions.summerwind.dev/v1alpha1.
	// The template is part of the hash that decides about an update (Hash, ComputeHash); runners that
	// are at work finish first.
	{onChange, config.PodTemplate{Group: "actions.github.com", Kind: "AutoscalingRunnerSet", Path: "spec.template"}},
	{onChange, config.PodTemplate{Group: "actions.github.com", Kind: "AutoscalingRunnerSet", Path: "spec.listenerTemplate"}},
	{onChange, config.PodTemplate{
		Group: "actions.summerwind.dev", Kind: "RunnerDeployment", Path: "spec.template",
		Containers: []string{"spec.template.spec", "spec.template.spec.sidecarContainers[]"},
	}},
}

// victoriaMetrics returns a kind whose component is at a path.
func victoriaMetrics(kind, at string) builtinKind {
	return builtinKind{onChange, config.PodTemplate{
		Group: "operator.victoriametrics.com", Kind: kind, Annotations: at + ".podMetadata.annotations",
		PodSpecs:   []string{at},
		Secrets:    []string{at + ".secrets[]", at + ".extraEnvs[].valueFrom.secretKeyRef", at + ".extraEnvsFrom[].secretRef"},
		ConfigMaps: []string{at + ".configMaps[]", at + ".extraEnvs[].valueFrom.configMapKeyRef", at + ".extraEnvsFrom[].configMapRef"},
	}}
}
