//! One reading of one account: what several facts share is asked once.

use std::collections::BTreeSet;
use std::future::Future;

use futures_util::future::try_join_all;
use seatrial_model::Cluster;
use seatrial_model::account::{AccessEntry, EksCluster, Instance, LoadBalancer, NodeGroup, PodIdentityAssociation, Volume};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::call::Call;
use crate::client::Client;
use crate::failure::Failure;
use crate::protocol::Members;
use crate::{read, scope};

/// Answers that are kept for the other readers.
type Once<T> = OnceCell<Result<T, Failure>>;

/// One reading of one account.
pub struct Reader<'a> {
    /// Makes the calls.
    pub client: Client,
    /// What is known of the cluster's objects.
    pub cluster: &'a Cluster,
    given_name: Option<String>,
    name: Once<String>,
    eks_cluster: Once<EksCluster>,
    node_groups: Once<Vec<NodeGroup>>,
    associations: Once<Vec<PodIdentityAssociation>>,
    access_entries: Once<Vec<AccessEntry>>,
    instances: Once<Vec<Instance>>,
    volumes: Once<Vec<Volume>>,
    load_balancers: Once<Vec<LoadBalancer>>,
}

impl<'a> Reader<'a> {
    /// A reading that has asked nothing yet.
    pub fn new(client: Client, cluster: &'a Cluster, given_name: Option<String>) -> Self {
        Self {
            client,
            cluster,
            given_name,
            name: Once::new(),
            eks_cluster: Once::new(),
            node_groups: Once::new(),
            associations: Once::new(),
            access_entries: Once::new(),
            instances: Once::new(),
            volumes: Once::new(),
            load_balancers: Once::new(),
        }
    }

    /// The cluster's name: as given, as eksctl labels nodes, or as EKS tags instances.
    pub async fn name(&self) -> Result<&str, Failure> {
        let found = self.name.get_or_init(|| async {
            if let Some(name) = self.given_name.as_deref().or_else(|| scope::cluster_name(self.cluster)) {
                return Ok(name.to_owned());
            }
            let tagged = if scope::instances(self.cluster).is_empty() { None } else { self.name_of_tags().await };
            tagged.ok_or_else(|| Failure::Unknown {
                what: "the EKS cluster's name is not known".to_owned(),
                remedy: "say --cluster-name, or use a kubeconfig made by `aws eks update-kubeconfig`".to_owned(),
            })
        });
        found.await.as_deref().map_err(Clone::clone)
    }

    async fn name_of_tags(&self) -> Option<String> {
        // With the nodes' ids at hand, reading instances does not ask for the name in turn.
        let instances = Box::pin(self.instances()).await.ok()?;
        instances.iter().find_map(|it| ["eks:cluster-name", "aws:eks:cluster-name"].iter().find_map(|key| it.tags.get(key))).map(|it| it.to_string())
    }

    /// The cluster itself.
    pub async fn eks_cluster(&self) -> Result<&EksCluster, Failure> {
        once(&self.eks_cluster, || read::eks::cluster(self)).await
    }

    /// The VPC of the cluster.
    pub async fn vpc(&self) -> Result<&str, Failure> {
        self.eks_cluster().await?.vpc_id.as_deref().ok_or_else(|| Failure::Unknown {
            what: "EKS does not say which VPC the cluster is in".to_owned(),
            remedy: "a connected cluster has none; use --no-aws".to_owned(),
        })
    }

    /// Managed node groups.
    pub async fn node_groups(&self) -> Result<&[NodeGroup], Failure> {
        once(&self.node_groups, || read::eks::node_groups(self)).await.map(Vec::as_slice)
    }

    /// Pod Identity associations.
    pub async fn associations(&self) -> Result<&[PodIdentityAssociation], Failure> {
        once(&self.associations, || read::eks::associations(self)).await.map(Vec::as_slice)
    }

    /// Access entries.
    pub async fn access_entries(&self) -> Result<&[AccessEntry], Failure> {
        once(&self.access_entries, || read::eks::access_entries(self)).await.map(Vec::as_slice)
    }

    /// The nodes' instances.
    pub async fn instances(&self) -> Result<&[Instance], Failure> {
        once(&self.instances, || read::nodes::instances(self)).await.map(Vec::as_slice)
    }

    /// The persistent volumes' disks.
    pub async fn volumes(&self) -> Result<&[Volume], Failure> {
        once(&self.volumes, || read::storage::volumes(self)).await.map(Vec::as_slice)
    }

    /// Load balancers of the cluster.
    pub async fn load_balancers(&self) -> Result<&[LoadBalancer], Failure> {
        once(&self.load_balancers, || read::traffic::load_balancers(self)).await.map(Vec::as_slice)
    }

    /// One call on the cluster's name, given as member `name`, with further members.
    pub async fn of_cluster(&self, call: &'static Call, more: &[(&str, &str)]) -> Result<Value, Failure> {
        let name = self.name().await?;
        self.client.call(call, members(&[&[("name", name)], more].concat())).await
    }

    /// A list of the cluster.
    pub async fn list_of_cluster(&self, call: &'static Call) -> Result<Vec<Value>, Failure> {
        let name = self.name().await?;
        self.client.list(call, members(&[("name", name)])).await
    }

    /// Describes what `ids` name, as many filtered calls as the filter's size wants.
    pub async fn filtered(&self, call: &'static Call, filter: &str, ids: &BTreeSet<String>) -> Result<Vec<Value>, Failure> {
        /// EC2 takes no more values in a filter.
        const MOST: usize = 200;
        let ids: Vec<&String> = ids.iter().collect();
        let calls = ids.chunks(MOST).map(|some| {
            let members = filter_of(filter, some.iter().map(|it| it.as_str()));
            self.client.list(call, members)
        });
        Ok(try_join_all(calls).await?.into_iter().flatten().collect())
    }

    /// Describes what stands in the cluster's VPC.
    pub async fn in_vpc(&self, call: &'static Call) -> Result<Vec<Value>, Failure> {
        let vpc = self.vpc().await?;
        self.client.list(call, filter_of("vpc-id", [vpc])).await
    }
}

async fn once<T, F: Future<Output = Result<T, Failure>>>(cell: &Once<T>, ask: impl FnOnce() -> F) -> Result<&T, Failure> {
    cell.get_or_init(ask).await.as_ref().map_err(Clone::clone)
}

/// Members that are texts.
pub fn members(all: &[(&str, &str)]) -> Members {
    all.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
}

fn filter_of<'t>(name: &str, values: impl IntoIterator<Item = &'t str>) -> Members {
    let values: Value = values.into_iter().collect();
    let filter = serde_json::json!([{"Name": name, "Value": values}]);
    Members::from_iter([("Filter".to_owned(), filter)])
}
