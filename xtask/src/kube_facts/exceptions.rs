//! The reviewed list: tables and cases that the simulation is not asked, each with its reason.
//!
//! A row names a file and a test function, or one case of it by title. A table without a row needs a runner; it fails otherwise.

/// File, test function, title of the case (empty: all of the function's), reason.
type Row = (&'static str, &'static str, &'static str, &'static str);

const HINTS: &str = "queueing hints decide when a pod is tried again, not where it goes; the simulation tries after every change";
const PLUMBING: &str = "bookkeeping inside the scheduler process, which the simulation does not have";
const POD_GROUPS: &str = "pod groups (gang scheduling and workload-aware preemption) are alpha and off";
const SIGNATURES: &str = "opportunistic batching is inactive in the default profile";
const OTHER_PROFILE: &str = "a scoring strategy other than the default profile's LeastAllocated";
const DRA: &str = "dynamic resource allocation: device claims are not simulated";
const NOT_PLACEMENT: &str = "a controller's bookkeeping that changes neither pods nor their number";
const FAKE: &str = "a stand-in plugin of the test makes the decision";
const INVALID: &str = "a label selector that the API server does not accept";
const API: &str = "serving the API, not the eviction's decision";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("pkg_controller_cronjob", "TestControllerV2GetJobsToBeReconciled", "", "finds Jobs by their owner; ours carry their CronJob"),
    ("pkg_controller_cronjob", "TestByJobStartTime", "", "the order in which finished Jobs are cleaned up"),
    ("pkg_controller_cronjob", "TestControllerV2SyncCronJob", "", "the one complete case says nothing of time: it is about the status of a Job that has ended"),
    ("pkg_controller_deployment", "TestDeploymentController_generateReplicaSetName", "", NOT_PLACEMENT),
    ("pkg_controller_deployment", "TestGenerateReplicaSetName", "", NOT_PLACEMENT),
    ("pkg_controller_deployment", "TestOldPodsRunning", "", NOT_PLACEMENT),
    ("pkg_controller_deployment_util", "TestMaxUnavailable", "", "Recreate has no rolling update to count for"),
    ("pkg_controller_deployment_util", "TestRemoveCondition", "", NOT_PLACEMENT),
    ("pkg_controller_deployment_util", "TestGetNonNegativeInt32FromAnnotation", "", NOT_PLACEMENT),
    ("pkg_controller_deployment_util", "TestReplicasAnnotationsNeedUpdate", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestStatefulPodControlUpdatePodClaimForRetentionPolicy", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestPodClaimIsStale", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestStatefulSetStatusUpdate", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestParallelScale", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestStatefulSetMetrics", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestOwnerRefsChanged", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestIsClaimOwnerUpToDate", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestClaimOwnerUpToDateEdgeCases", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestUpdateClaimOwnerRefForSetAndPod", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestUpdateClaimControllerRef", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestHasOwnerRef", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestHasUnexpectedController", "", NOT_PLACEMENT),
    ("pkg_controller_statefulset", "TestNonController", "", NOT_PLACEMENT),
    ("pkg_registry_core_pod_storage", "TestEviction", "matching pdbs with no disruptions allowed, pod running, pod unhealthy, unhealthy pod ours, other error on delete", API),
    ("pkg_registry_core_pod_storage", "TestEvictionWithDeleteOptions", "", API),
    ("pkg_registry_core_pod_storage", "TestResourceLocation", "", API),
    ("pkg_registry_core_pod_storage", "TestConvertToTableList", "", API),
    ("pkg_registry_core_pod_storage", "TestEtcdCreateWithSchedulingGates", "", API),
    ("pkg_scheduler", "TestAddAllEventHandlers", "", PLUMBING),
    ("pkg_scheduler", "TestAdmissionCheck", "", "what a kubelet checks when it admits a pod"),
    ("pkg_scheduler", "TestAddPod", "", PLUMBING),
    ("pkg_scheduler", "TestUpdatePod", "", PLUMBING),
    ("pkg_scheduler", "TestDeletePod", "", PLUMBING),
    ("pkg_scheduler", "TestConvertToMetaVictims", "", "scheduler extenders cannot be configured on EKS"),
    ("pkg_scheduler", "TestConvertToVictims", "", "scheduler extenders cannot be configured on EKS"),
    ("pkg_scheduler", "TestPodGroupCycle_PodGroupPostFilter", "", POD_GROUPS),
    ("pkg_scheduler", "TestPodGroupSchedulingAlgorithm", "", POD_GROUPS),
    ("pkg_scheduler", "TestPodGroupSchedulingPlacementAlgorithm", "", POD_GROUPS),
    ("pkg_scheduler", "TestPodGroupSchedulingPlacementAlgorithm_Scoring", "", POD_GROUPS),
    ("pkg_scheduler", "TestRunWorkloadAwarePreemption", "", POD_GROUPS),
    ("pkg_scheduler", "TestSchedulerScheduleOne", "", PLUMBING),
    ("pkg_scheduler", "TestSignatures", "", SIGNATURES),
    ("pkg_scheduler", "TestScheduleOneMarksPodAsProcessedBeforePreBind", "", PLUMBING),
    ("pkg_scheduler", "TestSchedulerWithVolumeBinding", "", FAKE),
    ("pkg_scheduler", "TestSchedulerBinding", "", "scheduler extenders cannot be configured on EKS"),
    ("pkg_scheduler", "TestFindFitPredicateCallCounts", "", FAKE),
    ("pkg_scheduler", "TestPreferNominatedNodeFilterCallCounts", "", FAKE),
    ("pkg_scheduler", "TestEvaluateNominatedNode", "", POD_GROUPS),
    ("pkg_scheduler", "Test_SelectHost", "", "the order in which the sorted list is popped; ours is drawn by a seed among the best"),
    ("pkg_scheduler", "TestFailureHandler", "", PLUMBING),
    ("pkg_scheduler", "Test_buildQueueingHintMap", "", HINTS),
    ("pkg_scheduler", "Test_UnionedGVKs", "", HINTS),
    ("pkg_scheduler", "TestFrameworkHandler_IterateOverWaitingPods", "", PLUMBING),
    ("pkg_scheduler_backend_cache", "Test_AddPodGroupMember", "", POD_GROUPS),
    ("pkg_scheduler_backend_cache", "Test_UpdatePodGroupMember", "", POD_GROUPS),
    ("pkg_scheduler_backend_cache", "TestNodeTree_AddNode", "", "the inner shape of the node tree; the order it yields is asked by TestNodeTree_List"),
    ("pkg_scheduler_backend_cache", "TestNodeTree_RemoveNode", "", "the inner shape of the node tree; the order it yields is asked by TestNodeTree_List"),
    ("pkg_scheduler_backend_cache", "TestNodeTree_UpdateNode", "", "the inner shape of the node tree; the order it yields is asked by TestNodeTree_List"),
    ("pkg_scheduler_backend_cache", "TestNodeTreeMultiOperations", "", "the extraction lost the nodes that are added and removed"),
    ("pkg_scheduler_backend_cache", "TestGetNodeImageStates", "", "an inner map; its effect is asked by TestImageLocalityPriority"),
    ("pkg_scheduler_backend_cache", "TestCreateImageExistenceMap", "", "an inner map; its effect is asked by TestImageLocalityPriority"),
    ("pkg_scheduler_backend_cache", "TestCreateUsedPVCSet", "", "an inner map; its effect is asked by TestAccessModeConflicts"),
    ("pkg_scheduler_backend_cache", "TestNewSnapshot", "", PLUMBING),
    ("pkg_scheduler_backend_cache", "TestSnapshot_AssumeForget", "", PLUMBING),
    ("pkg_scheduler_framework_plugins_defaultpreemption", "TestPostFilter", "only one node but failed with TestPlugin", FAKE),
    ("pkg_scheduler_framework_plugins_defaultpreemption", "TestPostFilter", "one failed with TestPlugin and the other pass", FAKE),
    ("pkg_scheduler_framework_plugins_defaultpreemption", "TestPreEnqueue", "", PLUMBING),
    ("pkg_scheduler_framework_plugins_helper", "TestMatchingSchedulingGroup", "", POD_GROUPS),
    ("pkg_scheduler_framework_plugins_interpodaffinity", "TestPreFilterStateAddRemovePod", "", "compares inner maps before and after; that undo restores them is a property test of the crate"),
    ("pkg_scheduler_framework_plugins_interpodaffinity", "TestPreferredAffinity", "invalid Affinity fails PreScore", INVALID),
    ("pkg_scheduler_framework_plugins_interpodaffinity", "TestPreferredAffinity", "invalid AntiAffinity fails PreScore", INVALID),
    ("pkg_scheduler_framework_plugins_nodeaffinity", "TestNodeAffinityPriority", "PreScore returns error when an incoming Pod has a broken affinity", INVALID),
    ("pkg_scheduler_framework_plugins_interpodaffinity", "TestPodAffinitySignature", "", SIGNATURES),
    ("pkg_scheduler_framework_plugins_noderesources", "testBalancedAllocationSignPod", "", SIGNATURES),
    ("pkg_scheduler_framework_plugins_noderesources", "testFitSignPod", "", SIGNATURES),
    ("pkg_scheduler_framework_plugins_noderesources", "TestScorePlacement_Resources", "", POD_GROUPS),
    ("pkg_scheduler_framework_plugins_noderesources", "testComputePodResourceRequestWithNodeAllocatableDRA", "", DRA),
    ("pkg_scheduler_framework_plugins_noderesources", "TestMostAllocatedScoringStrategy", "", OTHER_PROFILE),
    ("pkg_scheduler_framework_plugins_noderesources", "TestRequestedToCapacityRatioScoringStrategy", "", OTHER_PROFILE),
    ("pkg_scheduler_framework_plugins_noderesources", "TestBrokenLinearFunction", "", OTHER_PROFILE),
    ("pkg_scheduler_framework_plugins_noderesources", "TestResourceBinPackingSingleExtended", "", OTHER_PROFILE),
    ("pkg_scheduler_framework_plugins_noderesources", "TestResourceBinPackingMultipleExtended", "", OTHER_PROFILE),
    ("pkg_scheduler_framework_plugins_noderesources", "TestResourceAllocationScorerCalculateRequests", "", "sets gates on the scorer that the default profile's constructor leaves unset"),
    ("pkg_scheduler_framework_plugins_noderesources", "testCalculateResourceAllocatableRequest", "", DRA),
    ("pkg_scheduler_framework_plugins_noderesources", "TestNodeMatchCaching", "", DRA),
    ("pkg_scheduler_framework_plugins_nodevolumelimits", "TestVolumeLimitScalingGate", "", "gate VolumeLimitScaling is alpha and off"),
    ("pkg_scheduler_framework_plugins_podtopologyspread", "TestPodTopoSignatures", "", SIGNATURES),
    ("pkg_scheduler_framework_plugins_podtopologyspread", "TestPreScoreSkip", "", "configures default constraints, which the default profile does not"),
    ("pkg_scheduler_framework_plugins_volumebinding", "TestBindAPIUpdate", "", "writes to the API"),
    ("pkg_scheduler_framework_plugins_volumebinding", "TestCheckBindings", "", "waits for the volume controller"),
    ("pkg_scheduler_framework_plugins_volumebinding", "TestBindPodVolumes", "", "writes to the API"),
    ("pkg_scheduler_framework_plugins_volumebinding", "TestAssume", "", "an object cache"),
    ("pkg_scheduler_framework_plugins_volumebinding", "TestScore", "", "gate StorageCapacityScoring is alpha and off"),
    ("pkg_scheduler_framework_plugins_volumebinding", "Test_PreBindPreFlight", "", PLUMBING),
    ("pkg_scheduler_framework_preemption", "TestPrepareCandidate", "", "writes to the API"),
    ("pkg_scheduler_framework_preemption", "TestPrepareCandidateAsyncSetsPreemptingSets", "", PLUMBING),
    ("pkg_scheduler_framework_preemption", "TestRemoveNominatedNodeName", "", "writes to the API"),
    ("pkg_scheduler_framework_preemption", "TestPreemptPod", "", "writes to the API"),
    ("pkg_scheduler_framework_preemption", "TestMoreImportantVictim", "", POD_GROUPS),
    ("pkg_scheduler_framework_preemption", "TestDryRunPreemption", "", FAKE),
    ("pkg_scheduler_framework_preemption", "TestSelectCandidate", "", FAKE),
    ("pkg_scheduler_framework_preemption", "TestFilterVictimsWithPDBViolation", "", POD_GROUPS),
    ("pkg_scheduler_framework_preemption", "TestIsPodGroupPreemptiblePod", "", POD_GROUPS),
    ("pkg_scheduler_framework_preemption", "TestNewDomainForWorkloadPreemption", "", POD_GROUPS),
    ("staging_src_k8s.io_apimachinery_pkg_api_resource", "", "", "CBOR and arithmetic of quantities; the model has its own tests of the text form"),
    ("staging_src_k8s.io_apimachinery_pkg_labels", "", "", "selectors as text and set algebra; objects carry selectors as structures"),
    ("staging_src_k8s.io_component-helpers_resource", "TestPodResourceRequestsWithDRANodeAllocatableClaims", "", DRA),
    ("staging_src_k8s.io_component-helpers_scheduling_corev1", "TestGetAvoidPodsFromNode", "", "an annotation that no plugin of the default profile reads"),
    ("staging_src_k8s.io_component-helpers_scheduling_corev1_nodeaffinity", "TestNodeSelectorRequirementsAsSelector", "", "selectors as text"),
];

/// The reason for which a case is not asked.
pub(crate) fn of(file: &str, test: &str, title: &str) -> Option<&'static str> {
    let fits = |row: &&Row| row.0 == file && (row.1.is_empty() || row.1 == test) && (row.2.is_empty() || row.2 == title);
    ROWS.iter().find(fits).map(|row| row.3)
}
