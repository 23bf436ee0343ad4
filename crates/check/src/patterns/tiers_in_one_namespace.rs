//! Frontends and databases stand in namespaces of their own.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::data_stores::data_store;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "tiers-in-one-namespace",
    rows: &[Row::PatternMultiTier],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::Ingresses, Need::Routes],
    title: "Frontend and database share a namespace",
    why: "Whoever may change the frontend may read the database's secrets, and one quota covers both.",
    verify: "kubectl get deployments,statefulsets -n NAMESPACE",
    fix: "Give the data tier a namespace of its own, with its own secrets, quota and network policies.",
    sources: &["Guide, Architecture Patterns, Pattern 5, namespace organization"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db #~ tiers-in-one-namespace
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: \"postgres:17\"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: registry/web:1.0}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: data}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: \"postgres:17\"}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let faces: BTreeMap<&str, &Object<Workload>> = cx.workloads().filter(|it| cx.graph.is_user_facing(it)).map(|it| (it.meta.ns(), it)).collect();
    for database in cx.workloads().filter(|it| it.pod().containers.iter().any(|it| data_store(it).is_some())) {
        out.assess();
        if let Some(face) = faces.get(database.meta.ns()) {
            let message = format!("{database}: shares its namespace with {face}, which users reach, and so its secrets, rights and quota");
            out.report(database, "metadata.name", message).related(*face, "metadata.name", "the frontend");
        }
    }
}
