//! The golden applications' cluster and account, and what reading the account's fake gives.

use std::collections::BTreeSet;

use seatrial_aws::{Options, collect_at};
use seatrial_aws_fake::{Fake, Faults, World};
use seatrial_check::{Places, Policy, Settings, all, evaluate};
use seatrial_model::account::{BackupPlan, EbsSnapshot, Volume};
use seatrial_model::pod::EnvVar;
use seatrial_model::{Account, Cluster, Condition, Gap, Known, Labels, Meta, Need, Object, Origin, OwnerReference, Path, RunningPod, Scope, Snapshot, Text};
use seatrial_report::{Location, Report, Role};
use seatrial_testkit::Fixture;

const TEXTS: [&str; 7] = [
    include_str!("../../../check/tests/golden/account.yaml"),
    include_str!("../../../check/tests/golden/platform.yaml"),
    include_str!("../../../check/tests/golden/stateless_web.yaml"),
    include_str!("../../../check/tests/golden/stateful.yaml"),
    include_str!("../../../check/tests/golden/worker.yaml"),
    include_str!("../../../check/tests/golden/cron.yaml"),
    include_str!("../../../check/tests/golden/multi_tier.yaml"),
];

/// The golden applications on their cluster, with the account that they follow the guide with.
pub fn golden() -> Snapshot {
    let volumes = VOLUMES.map(volume).concat() + &ADDONS.map(addon).concat();
    let mut snapshot = Fixture::new(&(TEXTS.join("---\n") + &volumes)).snapshot;
    // As if it had been read from an API server that knows every kind.
    snapshot.meta.scope = Scope::Cluster;
    snapshot.gaps.clear();
    snapshot.listed = Need::ALL.iter().copied().filter(|it| !it.is_aws()).collect();
    disks(&mut snapshot.account);
    run_pods(&mut snapshot);
    snapshot.account.volume_usage = Known::Yes(Vec::new());
    if let Known::Yes(all) = &mut snapshot.account.roles {
        // Nothing in the cluster leads to it.
        all.retain(|it| it.name != "prod-external-secrets");
    }
    if let Known::Yes(all) = &mut snapshot.account.load_balancers {
        all.iter_mut().for_each(|it| it.tags.insert("elbv2.k8s.aws/cluster".into(), "shop-prod".into()));
        all.iter_mut().for_each(|it| (it.healthy_targets, it.unhealthy_targets) = (Some(3), Some(0)));
    }
    snapshot
}

/// What EKS' add-ons run in the cluster: name, kind, image.
const ADDONS: [(&str, &str, &str); 7] = [
    ("aws-node", "DaemonSet", "amazon-k8s-cni"),
    ("kube-proxy", "DaemonSet", "kube-proxy"),
    ("coredns", "Deployment", "coredns"),
    ("ebs-csi-controller", "Deployment", "aws-ebs-csi-driver"),
    ("eks-pod-identity-agent", "DaemonSet", "eks-pod-identity-agent"),
    ("metrics-server", "Deployment", "metrics-server"),
    ("cloudwatch-agent", "DaemonSet", "cloudwatch-agent"),
];

fn addon((name, kind, image): (&str, &str, &str)) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: kube-system}}\nspec:\n  selector: {{matchLabels: {{app: {name}}}}}\n  \
         template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      containers:\n      - {{name: {name}, image: \"602401143452.dkr.ecr.us-east-1.\
         amazonaws.com/eks/{image}:v1\"}}\n"
    )
}

const VOLUMES: [&str; 3] = ["vol-0a1", "vol-0a2", "vol-0a3"];

fn volume(id: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: pv-{id}}}\nspec:\n  capacity: {{storage: 20Gi}}\n  accessModes: [ReadWriteOnce]\n  \
         storageClassName: gp3\n  claimRef: {{namespace: ledger, name: data-{id}}}\n  csi: {{driver: ebs.csi.aws.com, volumeHandle: {id}}}\nstatus: {{phase: Bound}}\n"
    )
}

/// The volumes with their snapshots: two under a plan of AWS Backup by tag, one under a policy of Data Lifecycle Manager.
fn disks(account: &mut Account) {
    let tag = |value: &str| Labels::from_iter([("backup".into(), value.into())]);
    let plan_of = |id: &str| if id == "vol-0a3" { "weekly" } else { "daily" };
    account.volumes = Known::Yes(
        VOLUMES
            .map(|id| Volume {
                id: id.into(),
                volume_type: "gp3".into(),
                size_gib: 20,
                iops: Some(3000),
                throughput: Some(125),
                zone: "us-east-1a".into(),
                encrypted: true,
                state: "in-use".into(),
                tags: tag(plan_of(id)),
            })
            .to_vec(),
    );
    account.snapshots = Known::Yes(
        VOLUMES
            .map(|id| EbsSnapshot {
                id: format!("snap-{id}").as_str().into(),
                volume_id: id.into(),
                start_time: "2026-11-24T03:00:00Z".parse().ok(),
                state: "completed".into(),
                encrypted: true,
            })
            .to_vec(),
    );
    let plan = |name: &str, service: &str, schedule: Option<&str>, tags: &str, ids: &[&str]| BackupPlan {
        name: name.into(),
        service: service.into(),
        enabled: true,
        schedule: schedule.map(Into::into),
        interval_hours: Some(24),
        retain_days: Some(35),
        volume_ids: ids.iter().map(|it| (*it).into()).collect(),
        target_tags: tag(tags),
        copies_to_region: Some("us-west-2".into()),
    };
    account.backup_plans = Known::Yes(vec![
        plan("daily", "backup", Some("cron(0 3 * * ? *)"), "daily", &["vol-0a1", "vol-0a2"]),
        plan("keep", "dlm", None, "weekly", &["vol-0a3"]),
    ]);
}

/// One pod of each workload, with what Pod Identity's webhook puts into it.
fn run_pods(snapshot: &mut Snapshot) {
    let associated: BTreeSet<(Text, Text)> =
        snapshot.account.pod_identity_associations.known().into_iter().flatten().map(|it| (it.namespace.clone(), it.service_account.clone())).collect();
    for (at, workload) in snapshot.cluster.workloads.iter_mut().enumerate() {
        let uid: Text = format!("uid-{at}").as_str().into();
        workload.meta.uid = Some(uid.clone());
        let mut spec = workload.pod().clone();
        if associated.contains(&(workload.meta.ns().into(), spec.service_account().into())) {
            let env = || EnvVar { name: "AWS_CONTAINER_CREDENTIALS_FULL_URI".into(), value: None, value_from: None };
            spec.containers.iter_mut().for_each(|it| it.env.push(env()));
        }
        let owner =
            OwnerReference { api_version: workload.api_version.clone(), kind: workload.kind.clone(), name: workload.meta.name.clone(), uid, controller: true };
        let meta = Meta {
            name: format!("{}-0", workload.meta.name).as_str().into(),
            namespace: workload.meta.namespace.clone(),
            owner_references: vec![owner],
            ..Meta::default()
        };
        let mut pod = RunningPod { spec: spec.into(), ..RunningPod::default() };
        pod.status.phase = Some("Running".into());
        pod.status.conditions.push(Condition { kind: "Ready".into(), status: "True".into(), ..Condition::default() });
        snapshot.cluster.pods.push(Object { api_version: "v1".into(), kind: "Pod".into(), meta, origin: None, it: pod });
    }
}

/// Facts of AWS that a check needs.
pub fn needs() -> BTreeSet<Need> {
    Need::ALL.iter().copied().filter(|it| it.is_aws()).collect()
}

/// The account's name for the cluster, and where it is.
pub fn options() -> Options {
    Options { profile: None, region: Some("us-east-1".to_owned()), cluster_name: Some("shop-prod".to_owned()) }
}

/// What is read of a fake.
pub async fn read(fake: &Fake, cluster: &Cluster, needs: &BTreeSet<Need>) -> Account {
    collect_at(&fake.url(), &options(), cluster, needs, &|_, _| {}).await
}

/// A fake of the account.
pub async fn fake(world: World, faults: Faults) -> Fake {
    Fake::start(world, faults).await.expect("a port on 127.0.0.1 is free")
}

/// Gaps of an account, by need, among those asked for.
pub fn gaps<'a>(account: &'a Account, needs: &BTreeSet<Need>) -> Vec<(Need, &'a Gap)> {
    needs.iter().filter_map(|need| Some((*need, account.gap(*need)?))).collect()
}

/// The report on a snapshot whose account is exchanged.
pub fn judge(snapshot: &Snapshot, account: Account) -> Report {
    let mut snapshot = snapshot.clone();
    let (calls, usage) = (snapshot.account.deprecated_calls.clone(), snapshot.account.volume_usage.clone());
    snapshot.account = Account { deprecated_calls: calls, volume_usage: usage, ..account };
    evaluate(&snapshot, &Settings::default(), &Policy::default(), &all(), &Nowhere)
}

/// A fact that must be known.
pub fn known<T>(it: &Known<T>) -> &T {
    it.as_ref().unwrap_or_else(|gap| panic!("{gap:?}"))
}

struct Nowhere;

impl Places for Nowhere {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        let one = |path: &Path| Location {
            file: String::new(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            path: path.to_string(),
            role: Role::Primary,
            note: None,
            approximate: false,
            snippet: None,
        };
        wanted.iter().map(|it| one(it.1)).collect()
    }
}

/// What makes the reader take every action that it may: a policy of AWS on a role, an insight that fails, a query for secrets.
pub fn enrich(snapshot: &mut Snapshot) {
    use seatrial_model::account::Statement;
    use seatrial_model::kinds::config::{ExternalDataFrom, FindRef};

    let arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy";
    if let Known::Yes(roles) = &mut snapshot.account.roles
        && let Some(role) = roles.first_mut()
    {
        role.managed_policies.push(arn.into());
        role.statements.push(Statement {
            effect: "Allow".into(),
            actions: vec!["cloudwatch:PutMetricData".into()],
            resources: vec!["*".into()],
            policy: Some(arn.into()),
            ..Statement::default()
        });
    }
    if let Some(it) = snapshot.cluster.external_secrets.first_mut() {
        let find = FindRef { path: Some("EKS/prod/".into()), ..FindRef::default() };
        it.it.spec.data_from.push(ExternalDataFrom { find: Some(find), ..ExternalDataFrom::default() });
    }
}
