//! Which EKS cluster is behind a context, as far as kubeconfig and nodes tell.

use kube_client::config::Kubeconfig;
use seatrial_model::Cluster;

/// Name, region and profile; each as far as it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EksName {
    /// Name of the cluster.
    pub name: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Profile of the AWS configuration that the kubeconfig signs in with.
    pub profile: Option<String>,
}

impl EksName {
    /// What is known here, else what `other` knows.
    pub fn or(self, other: Self) -> Self {
        Self { name: self.name.or(other.name), region: self.region.or(other.region), profile: self.profile.or(other.profile) }
    }
}

/// What the kubeconfig tells: the credential plugin's arguments first, as they decide which cluster lets us in; then names and the address.
pub fn eks_name(kubeconfig: &Kubeconfig, context: &str) -> EksName {
    let Some(of) = kubeconfig.contexts.iter().find(|it| it.name == context).and_then(|it| it.context.as_ref()) else { return EksName::default() };
    let user = of.user.as_ref().and_then(|user| kubeconfig.auth_infos.iter().find(|it| it.name == *user)).and_then(|it| it.auth_info.as_ref());
    let plugin = user.and_then(|it| it.exec.as_ref());
    let server = kubeconfig.clusters.iter().find(|it| it.name == of.cluster).and_then(|it| it.cluster.as_ref()?.server.clone());
    let env = plugin.and_then(|it| it.env.as_ref()).map_or(&[][..], Vec::as_slice);
    let of_env = |name: &str| env.iter().find(|it| it.get("name").is_some_and(|it| it == name)).and_then(|it| it.get("value").cloned());
    let of_plugin = of_arguments(plugin.and_then(|it| it.args.as_deref()).unwrap_or_default());
    let of_plugin = of_plugin.or(EksName { name: None, region: of_env("AWS_REGION").or_else(|| of_env("AWS_DEFAULT_REGION")), profile: of_env("AWS_PROFILE") });
    of_plugin.or(of_text(&of.cluster)).or(of_text(context)).or(EksName { region: server.as_deref().and_then(region_of_server), ..EksName::default() })
}

/// `aws eks get-token --cluster-name shop --region eu-west-1`, `aws-iam-authenticator token -i shop`.
fn of_arguments(arguments: &[String]) -> EksName {
    let value = |names: &[&str]| {
        arguments.iter().enumerate().find_map(|(at, it)| {
            let (name, inline) = it.split_once('=').map_or((it.as_str(), None), |(name, value)| (name, Some(value.to_owned())));
            names.contains(&name).then(|| inline.or_else(|| arguments.get(at + 1).cloned())).flatten()
        })
    };
    EksName { name: value(&["--cluster-name", "--cluster-id", "-i"]), region: value(&["--region"]), profile: value(&["--profile"]) }
}

/// `arn:aws:eks:eu-west-1:111122223333:cluster/shop` as `aws eks update-kubeconfig` names clusters; `shop.eu-west-1.eksctl.io` as eksctl does.
fn of_text(text: &str) -> EksName {
    if let Some((head, name)) = text.split_once(":cluster/") {
        let mut parts = head.split(':').skip(2);
        let (service, region) = (parts.next(), parts.next());
        if service == Some("eks") {
            return EksName { name: Some(name.to_owned()), region: region.map(str::to_owned), profile: None };
        }
    }
    let own = text.rsplit_once('@').map_or(text, |it| it.1);
    match own.strip_suffix(".eksctl.io").and_then(|it| it.rsplit_once('.')) {
        Some((name, region)) => EksName { name: Some(name.to_owned()), region: Some(region.to_owned()), profile: None },
        None => EksName::default(),
    }
}

/// `https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com` and its kin in other partitions.
fn region_of_server(server: &str) -> Option<String> {
    let host = server.split("://").nth(1)?.split(['/', ':']).next()?;
    let before = host.strip_suffix(".eks.amazonaws.com").or_else(|| host.strip_suffix(".amazonwebservices.com.cn").and_then(|it| it.strip_suffix(".api")))?;
    let region = before.rsplit('.').next()?;
    region.contains('-').then(|| region.to_owned())
}

/// What the nodes tell: labels of eksctl and of the cloud provider.
pub fn eks_name_of_nodes(cluster: &Cluster) -> EksName {
    let label = |names: &[&str]| cluster.nodes.iter().find_map(|node| names.iter().find_map(|it| node.meta.label(it)).map(str::to_owned));
    EksName {
        name: label(&["alpha.eksctl.io/cluster-name", "eks.amazonaws.com/cluster"]),
        region: label(&["topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"]).or_else(|| {
            // `aws:///eu-west-1a/i-0123`: a zone is its region and a letter.
            let zone = cluster.nodes.iter().find_map(|it| it.spec.provider_id.as_deref()?.strip_prefix("aws:///")?.split('/').next().map(str::to_owned))?;
            let region = zone.trim_end_matches(|it: char| it.is_ascii_lowercase());
            region.ends_with(|it: char| it.is_ascii_digit()).then(|| region.to_owned())
        }),
        profile: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> EksName {
        let kubeconfig = Kubeconfig::from_yaml(text).expect("a kubeconfig");
        let context = kubeconfig.current_context.clone().unwrap_or_default();
        eks_name(&kubeconfig, &context)
    }

    fn name(name: &str, region: &str, profile: Option<&str>) -> EksName {
        EksName { name: Some(name.to_owned()), region: Some(region.to_owned()), profile: profile.map(str::to_owned) }
    }

    #[test]
    fn the_plugin_names_cluster_region_and_profile() {
        let text = "
apiVersion: v1
kind: Config
current-context: prod
contexts: [{name: prod, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com'}}]
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: aws
      args: [--region, eu-west-1, eks, get-token, --cluster-name=shop, --output, json]
      env: [{name: AWS_PROFILE, value: ops}]
";
        assert_eq!(of(text), name("shop", "eu-west-1", Some("ops")));
    }

    #[test]
    fn names_and_addresses_tell_too() {
        let config = |context: &str, cluster: &str, server: &str| {
            of(&format!(
                "current-context: {context}\ncontexts: [{{name: {context}, context: {{cluster: {cluster}, user: ''}}}}]\nclusters: [{{name: {cluster}, cluster: {{server: '{server}'}}}}]\n"
            ))
        };
        let arn = "'arn:aws-cn:eks:cn-north-1:111122223333:cluster/shop'";
        assert_eq!(config("x", arn, "https://10.0.0.1"), name("shop", "cn-north-1", None));
        assert_eq!(config("ops@shop.eu-west-1.eksctl.io", "shop.eu-west-1.eksctl.io", "https://10.0.0.1"), name("shop", "eu-west-1", None));
        assert_eq!(config("x", "y", "https://ABC.gr7.us-east-2.eks.amazonaws.com").region.as_deref(), Some("us-east-2"));
        assert_eq!(config("kind", "kind", "https://127.0.0.1:6443"), EksName::default());
    }
}
