//! The canaries are where they should be: a search that found none of them in raw answers would find none anywhere.

use seatrial_testbed::api::Api;
use seatrial_testbed::{canary, here};

#[test]
fn raw_answers_are_full_of_canaries() {
    let Some(kubeconfig) = here::plane() else { return };
    crate::run(async {
        let api = Api::from_kubeconfig(&kubeconfig, None)?;
        for path in [
            "/api/v1/namespaces/canaries/secrets",
            "/api/v1/namespaces/canaries/configmaps",
            "/api/v1/namespaces/canaries/events",
            "/api/v1/namespaces/canaries/pods",
            "/apis/apps/v1/namespaces/canaries/deployments",
            "/apis/batch/v1/namespaces/canaries/jobs",
            "/apis/batch/v1/namespaces/canaries/cronjobs",
            "/apis/keda.sh/v1alpha1/namespaces/canaries/scaledobjects",
            "/apis/argoproj.io/v1alpha1/namespaces/canaries/applications",
            "/apis/external-secrets.io/v1/namespaces/canaries/externalsecrets",
            "/apis/networking.k8s.io/v1/namespaces/canaries/ingresses",
        ] {
            let answer = api.get(path).await?.to_string();
            assert!(!canary::leaks(answer.as_bytes()).is_empty(), "no canary in {path}");
        }
        Ok(())
    });
}
