"""Fills the AWS emulators with the account that belongs to the testbed's cluster.

Reads {"account": ..., "machines": [...]} from standard input, where "account" is the golden applications' account, and writes
{"instances": {wished id: made id}, "subnets": {...}} to standard output. Every call must succeed: what an emulator lacks is not asked for here.
"""

import json
import sys

import boto3

REGION = "us-east-1"
ZONES = ["a", "b", "c"]


class Seed:
    def __init__(self, account, machines):
        self.account = account
        self.machines = machines
        self.cluster = account["eksCluster"]
        self.owned = {"Key": f"kubernetes.io/cluster/{self.cluster['name']}", "Value": "owned"}
        self.made = {"instances": {}, "subnets": {}}

    def run(self):
        # Roles before what runs with them, the network before what stands in it.
        for step in (self.roles, self.network, self.registry, self.instances, self.eks, self.groups, self.balancers, self.observability,
                     self.secrets, self.queues, self.protection):
            step()
        return self.made

    def roles(self):
        iam = boto3.client("iam")
        names = {it["name"]: it for it in self.account["roles"]}
        for it in names.values():
            trust = [{"Effect": t["effect"], "Action": t["actions"], "Principal": {"Service": t["principals"]}} for t in it["trust"]]
            iam.create_role(RoleName=it["name"], AssumeRolePolicyDocument=document(trust))
            by_policy = {}
            for s in it["statements"]:
                by_policy.setdefault(s["policy"], []).append({"Effect": s["effect"], "Action": s["actions"], "Resource": s["resources"]})
            for policy, statements in by_policy.items():
                iam.put_role_policy(RoleName=it["name"], PolicyName=policy, PolicyDocument=document(statements))
        for name, service in (("shop-prod-cluster", "eks.amazonaws.com"), ("shop-prod-node", "ec2.amazonaws.com"), ("backup", "backup.amazonaws.com")):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=document([{"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": [service]}}]))
        for name in ("PlatformAdmin", "Developer"):
            principal = {"AWS": [f"arn:aws:iam::{boto3.client('sts').get_caller_identity()['Account']}:root"]}
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=document([{"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": principal}]))
        # A policy that grants too much, on the nodes of everyone.
        iam.put_role_policy(RoleName="shop-prod-node", PolicyName="legacy", PolicyDocument=document([{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}]))

    def network(self):
        ec2 = boto3.client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.42.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        public = ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        self.private, self.public, tables = [], [], []
        for index, zone in enumerate(ZONES):
            inner = self.subnet(ec2, f"10.42.{16 * (index + 1)}.0/20", zone, "kubernetes.io/role/internal-elb")
            outer = self.subnet(ec2, f"10.42.{index}.0/24", zone, "kubernetes.io/role/elb")
            ec2.associate_route_table(RouteTableId=public, SubnetId=outer)
            address = ec2.allocate_address(Domain="vpc")["AllocationId"]
            nat = ec2.create_nat_gateway(SubnetId=outer, AllocationId=address)["NatGateway"]["NatGatewayId"]
            table = ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
            ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
            ec2.associate_route_table(RouteTableId=table, SubnetId=inner)
            self.private.append(inner)
            self.public.append(outer)
            tables.append(table)
        self.made["subnets"] = dict(zip((f"subnet-{it}" for it in ZONES), self.private))
        self.security_group = ec2.create_security_group(GroupName="shop-prod-nodes", Description="nodes", VpcId=self.vpc)["GroupId"]
        for it in self.account["vpcEndpoints"]:
            place = {"RouteTableIds": tables} if it["kind"] == "Gateway" else {"SubnetIds": self.private, "SecurityGroupIds": [self.security_group]}
            ec2.create_vpc_endpoint(VpcEndpointType=it["kind"], VpcId=self.vpc, ServiceName=it["serviceName"], **place)

    def subnet(self, ec2, cidr, zone, role):
        tags = [{"Key": role, "Value": "1"}, {**self.owned, "Value": "shared"}, {"Key": "karpenter.sh/discovery", "Value": self.cluster["name"]}]
        it = ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=REGION + zone, TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}])
        return it["Subnet"]["SubnetId"]

    def registry(self):
        ecr = boto3.client("ecr")
        for it in self.account["repositories"]:
            ecr.create_repository(
                repositoryName=it["name"],
                imageTagMutability=it["tagMutability"],
                imageScanningConfiguration={"scanOnPush": it["scanOnPush"]},
            )
            rule = {"rulePriority": 1, "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 50}, "action": {"type": "expire"}}
            ecr.put_lifecycle_policy(repositoryName=it["name"], lifecyclePolicyText=json.dumps({"rules": [rule]}))
            for image in it["images"]:
                manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                            "config": {"digest": image["digest"], "size": 2, "mediaType": "application/vnd.oci.image.config.v1+json"}, "layers": []}
                ecr.put_image(repositoryName=it["name"], imageManifest=json.dumps(manifest), imageTag=image["tags"][0])
        account = boto3.client("sts").get_caller_identity()["Account"]
        destinations = [{"region": it, "registryId": account} for it in self.account["registryReplication"]]
        ecr.put_replication_configuration(replicationConfiguration={"rules": [{"destinations": destinations}]})

    def instances(self):
        ec2 = boto3.client("ec2")
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        for it in self.machines:
            tags = [self.owned, {"Key": "eks:nodegroup-name", "Value": it["group"]}, {"Key": "Name", "Value": it["name"]}]
            market = {"InstanceMarketOptions": {"MarketType": "spot"}} if it["group"] == "spot" else {}
            made = ec2.run_instances(
                ImageId=image, MinCount=1, MaxCount=1, InstanceType="m6i.xlarge", SubnetId=self.private[ZONES.index(it["zone"])],
                PrivateIpAddress=it["address"], MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
                TagSpecifications=[{"ResourceType": "instance", "Tags": tags}], **market,
            )
            self.made["instances"][it["instance"]] = made["Instances"][0]["InstanceId"]

    def eks(self):
        eks = boto3.client("eks")
        name = self.cluster["name"]
        account = boto3.client("sts").get_caller_identity()["Account"]
        eks.create_cluster(
            name=name, version=self.cluster["version"], roleArn=f"arn:aws:iam::{account}:role/shop-prod-cluster",
            resourcesVpcConfig={"subnetIds": self.private, "endpointPrivateAccess": True, "endpointPublicAccess": True, "publicAccessCidrs": self.cluster["publicAccessCidrs"]},
            logging={"clusterLogging": [{"types": self.cluster["logging"], "enabled": True}]},
            accessConfig={"authenticationMode": self.cluster["authenticationMode"]},
        )
        for it in self.account["nodeGroups"]:
            eks.create_nodegroup(
                clusterName=name, nodegroupName=it["name"], subnets=self.private, nodeRole=it["nodeRole"], capacityType=it["capacityType"], amiType=it["amiType"],
                instanceTypes=it["instanceTypes"], scalingConfig={"minSize": it["minSize"], "maxSize": it["maxSize"], "desiredSize": it["desiredSize"]},
                updateConfig={"maxUnavailablePercentage": it["maxUnavailablePercentage"]}, version=it["version"],
            )
        for it in self.account["podIdentityAssociations"]:
            eks.create_pod_identity_association(clusterName=name, namespace=it["namespace"], serviceAccount=it["serviceAccount"], roleArn=it["roleArn"])
        for it in self.account["addons"]:
            settings = {"configurationValues": it["configuration"]} if "configuration" in it else {}
            eks.create_addon(clusterName=name, addonName=it["name"], addonVersion=it["version"], **settings)
        for it in self.account["accessEntries"]:
            eks.create_access_entry(clusterName=name, principalArn=it["principalArn"], type=it["kind"])
            for policy in it["policies"]:
                scope = {"type": policy["scope"]} | ({"namespaces": policy["namespaces"]} if "namespaces" in policy else {})
                eks.associate_access_policy(clusterName=name, principalArn=it["principalArn"], policyArn=policy["policyArn"], accessScope=scope)

    def groups(self):
        ec2, scaling = boto3.client("ec2"), boto3.client("autoscaling")
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        template = ec2.create_launch_template(
            LaunchTemplateName="shop-prod-nodes",
            LaunchTemplateData={"ImageId": image, "InstanceType": "m6i.xlarge", "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}},
        )["LaunchTemplate"]["LaunchTemplateId"]
        for it in self.account["autoScalingGroups"]:
            tags = [{"Key": key, "Value": value, "ResourceId": it["name"], "ResourceType": "auto-scaling-group", "PropagateAtLaunch": True} for key, value in it["tags"].items()]
            # Without instances of its own: the nodes' were made before, with the addresses that their names need.
            scaling.create_auto_scaling_group(
                AutoScalingGroupName=it["name"], MinSize=0, MaxSize=it["maxSize"], DesiredCapacity=0,
                VPCZoneIdentifier=",".join(self.private), LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"}, Tags=tags,
            )
            group = "od" if it["name"] == "eks-od" else "spot"
            made = [self.made["instances"][machine["instance"]] for machine in self.machines if machine["group"] == group][: it["maxSize"]]
            scaling.attach_instances(AutoScalingGroupName=it["name"], InstanceIds=made)

    def balancers(self):
        acm, elb = boto3.client("acm"), boto3.client("elbv2")
        self.certificate = acm.request_certificate(DomainName="*.shop.example.com", ValidationMethod="DNS")["CertificateArn"]
        for it in self.account["loadBalancers"]:
            tags = [{"Key": key, "Value": value} for key, value in it["tags"].items()] + [{"Key": "elbv2.k8s.aws/cluster", "Value": self.cluster["name"]}]
            arn = elb.create_load_balancer(Name=it["name"], Subnets=self.public, Scheme=it["scheme"], Type=it["kind"], Tags=tags)["LoadBalancers"][0]["LoadBalancerArn"]
            target = elb.create_target_group(Name="storefront-api", Protocol="HTTP", Port=8080, VpcId=self.vpc, TargetType="ip", HealthCheckPath="/ready")["TargetGroups"][0]["TargetGroupArn"]
            elb.modify_target_group_attributes(TargetGroupArn=target, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}])
            elb.register_targets(TargetGroupArn=target, Targets=[{"Id": "10.42.128.1", "Port": 8080}])
            redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
            elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[redirect])
            elb.create_listener(LoadBalancerArn=arn, Protocol="HTTPS", Port=443, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
                                Certificates=[{"CertificateArn": self.certificate}], DefaultActions=[{"Type": "forward", "TargetGroupArn": target}])

    def observability(self):
        watch, logs = boto3.client("cloudwatch"), boto3.client("logs")
        for it in self.account["alarms"]:
            watch.put_metric_alarm(
                AlarmName=it["name"], Namespace=it["namespace"], MetricName=it["metric"], Dimensions=[{"Name": key, "Value": value} for key, value in it["dimensions"].items()],
                Statistic="Average", Period=60, EvaluationPeriods=3, Threshold=80, ComparisonOperator="GreaterThanThreshold", ActionsEnabled=it["actionsEnabled"], AlarmActions=it["actions"],
            )
            watch.set_alarm_state(AlarmName=it["name"], StateValue=it["state"], StateReason="as it should be")
        for it in self.account["dashboards"]:
            watch.put_dashboard(DashboardName=it, DashboardBody=json.dumps({"widgets": []}))
        for it in self.account["logGroups"]:
            logs.create_log_group(logGroupName=it["name"])
            logs.put_retention_policy(logGroupName=it["name"], retentionInDays=it["retentionDays"])
        # One that keeps everything for ever, as they are made.
        logs.create_log_group(logGroupName="/aws/lambda/legacy-report")

    def secrets(self):
        manager = boto3.client("secretsmanager")
        for it in self.account["secrets"]:
            manager.create_secret(Name=it["name"], SecretString=json.dumps({"password": "Zx9-account-cnry5Ea7ria1Kq-7fQ2vLw8"}), AddReplicaRegions=[{"Region": region} for region in it["replicaRegions"]])
            if it["rotationEnabled"]:
                manager.rotate_secret(SecretId=it["name"], RotationRules={"AutomaticallyAfterDays": 30})

    def queues(self):
        sqs = boto3.client("sqs")
        for it in self.account["queues"]:
            name, dead = it["arn"].rsplit(":", 1)[1], it["deadLetterArn"].rsplit(":", 1)[1]
            sqs.create_queue(QueueName=dead)
            redrive = {"deadLetterTargetArn": it["deadLetterArn"], "maxReceiveCount": it["maxReceiveCount"]}
            sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": str(it["visibilityTimeout"]), "RedrivePolicy": json.dumps(redrive)})

    def protection(self):
        for it in self.account["healthChecks"]:
            boto3.client("route53").create_health_check(
                CallerReference=it["id"], HealthCheckConfig={"Type": "HTTPS", "FullyQualifiedDomainName": it["target"], "Port": 443, "ResourcePath": "/ready"},
            )
        features = [{"Name": it, "Status": "ENABLED"} for it in self.account["guarddutyFeatures"]]
        boto3.client("guardduty").create_detector(Enable=True, Features=features)
        backup = boto3.client("backup")
        backup.create_backup_vault(BackupVaultName="shop")
        backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [
            {"RuleName": "daily", "TargetBackupVaultName": "shop", "ScheduleExpression": "cron(0 3 * * ? *)", "Lifecycle": {"DeleteAfterDays": 35}},
        ]})


def document(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(Seed(given["account"], given["machines"]).run(), sys.stdout)
