//! Secrets Manager: metadata. The call that reads values is not declared, so it cannot be made.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static SECRETS_MANAGER: Service = Service {
    name: "secretsmanager",
    id: "Secrets Manager",
    iam: "secretsmanager",
    signing: "secretsmanager",
    prefix: "secretsmanager",
    version: "2017-10-17",
    protocol: Protocol::Json { version: "1.1", target: "secretsmanager" },
    global: false,
};

calls! {
    DESCRIBE_SECRET = Call::new(&SECRETS_MANAGER, "DescribeSecret").on(&["arn:{partition}:secretsmanager:{region}:{account}:secret:*"])
        .send(&["SecretId"]).must("ARN").keep(&[
            "ARN", "Name", "RotationEnabled", "LastRotatedDate", "LastChangedDate", "KmsKeyId", "ReplicationStatus.Region", "PrimaryRegion",
        ]);
    LIST_SECRETS = Call::new(&SECRETS_MANAGER, "ListSecrets").send(&["Filters"]).paged("NextToken", "NextToken", Some(("MaxResults", 100)))
        .must("SecretList").keep(&["SecretList.Name"]);
}
