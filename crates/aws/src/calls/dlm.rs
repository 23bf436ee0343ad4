//! Data Lifecycle Manager: snapshots by policy.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static DLM: Service =
    Service { name: "dlm", id: "DLM", iam: "dlm", signing: "dlm", prefix: "dlm", version: "2018-01-12", protocol: Protocol::RestJson, global: false };

calls! {
    GET_LIFECYCLE_POLICIES = Call::new(&DLM, "GetLifecyclePolicies").at("GET", "/policies").must("Policies").keep(&["Policies.PolicyId"]);
    GET_LIFECYCLE_POLICY = Call::new(&DLM, "GetLifecyclePolicy").on(&["arn:{partition}:dlm:{region}:{account}:policy/*"])
        .at("GET", "/policies/{policyId}").send(&["policyId"]).must("Policy").keep(&[
            "Policy.PolicyId", "Policy.Description", "Policy.State", "Policy.PolicyDetails.PolicyType", "Policy.PolicyDetails.ResourceTypes",
            "Policy.PolicyDetails.ResourceType", "Policy.PolicyDetails.TargetTags.Key", "Policy.PolicyDetails.TargetTags.Value",
            "Policy.PolicyDetails.Schedules.CreateRule.Interval", "Policy.PolicyDetails.Schedules.CreateRule.IntervalUnit",
            "Policy.PolicyDetails.Schedules.CreateRule.CronExpression", "Policy.PolicyDetails.Schedules.RetainRule.Count",
            "Policy.PolicyDetails.Schedules.RetainRule.Interval", "Policy.PolicyDetails.Schedules.RetainRule.IntervalUnit",
            "Policy.PolicyDetails.Schedules.CrossRegionCopyRules.TargetRegion", "Policy.PolicyDetails.Schedules.CrossRegionCopyRules.Target",
            "Policy.PolicyDetails.CreateInterval", "Policy.PolicyDetails.RetainInterval", "Policy.PolicyDetails.CrossRegionCopyTargets.TargetRegion",
            "Policy.PolicyDetails.Exclusions.ExcludeTags.Key", "Policy.PolicyDetails.Exclusions.ExcludeTags.Value",
            "Policy.PolicyDetails.Exclusions.ExcludeVolumeTypes",
        ]);
}
