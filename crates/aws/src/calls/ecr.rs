//! Elastic Container Registry.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static ECR: Service = Service {
    name: "ecr",
    id: "ECR",
    iam: "ecr",
    signing: "ecr",
    prefix: "api.ecr",
    version: "2015-09-21",
    protocol: Protocol::Json { version: "1.1", target: "AmazonEC2ContainerRegistry_V20150921" },
    global: false,
};

const REPOSITORY: &[&str] = &["arn:{partition}:ecr:{region}:{account}:repository/*"];

calls! {
    DESCRIBE_REPOSITORIES = Call::new(&ECR, "DescribeRepositories").on(REPOSITORY).send(&["repositoryNames"])
        .paged("nextToken", "nextToken", None).must("repositories").keep(&[
            "repositories.repositoryName", "repositories.repositoryUri", "repositories.imageTagMutability",
            "repositories.imageScanningConfiguration.scanOnPush",
        ]);
    GET_LIFECYCLE_POLICY = Call::new(&ECR, "GetLifecyclePolicy").on(REPOSITORY).send(&["repositoryName"]).must("repositoryName")
        .keep(&["repositoryName"]);
    DESCRIBE_IMAGES = Call::new(&ECR, "DescribeImages").on(REPOSITORY).send(&["repositoryName", "imageIds"])
        .paged("nextToken", "nextToken", None).must("imageDetails").keep(&[
            "imageDetails.imageDigest", "imageDetails.imageTags", "imageDetails.imagePushedAt",
            "imageDetails.imageScanFindingsSummary.findingSeverityCounts", "imageDetails.imageScanFindingsSummary.imageScanCompletedAt",
        ]);
    DESCRIBE_IMAGE_SCAN_FINDINGS = Call::new(&ECR, "DescribeImageScanFindings").on(REPOSITORY).send(&["repositoryName", "imageId", "maxResults"])
        .must("imageScanStatus").keep(&[
            "imageScanStatus.status", "imageScanFindings.findingSeverityCounts", "imageScanFindings.imageScanCompletedAt",
        ]);
    DESCRIBE_REGISTRY = Call::new(&ECR, "DescribeRegistry").must("replicationConfiguration")
        .keep(&["replicationConfiguration.rules.destinations.region"]);
    GET_REGISTRY_SCANNING_CONFIGURATION = Call::new(&ECR, "GetRegistryScanningConfiguration").must("scanningConfiguration").keep(&[
        "scanningConfiguration.scanType", "scanningConfiguration.rules.scanFrequency", "scanningConfiguration.rules.repositoryFilters.filter",
    ]);
}
