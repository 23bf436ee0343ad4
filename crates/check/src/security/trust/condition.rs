//! One condition of a policy.
//!
//! Source: IAM user guide, policy elements: condition operators, and: set operators for multivalued context keys.

use seatrial_model::account::PolicyCondition;

use super::super::iam_roles::like;
use super::Truth;
use super::request::{Held, Request};

/// How values are compared.
#[derive(Clone, Copy)]
enum Comparison {
    Equals,
    EqualsIgnoringCase,
    Like,
    Arn,
}

/// Whether all or any of several values must fit.
#[derive(Clone, Copy, PartialEq)]
enum Set {
    All,
    Any,
}

/// An operator taken apart.
struct Operator {
    set: Option<Set>,
    comparison: Comparison,
    negated: bool,
    if_exists: bool,
}

/// Whether the request meets the condition.
pub fn holds(it: &PolicyCondition, request: &Request) -> Truth {
    let held = request.get(&it.key);
    if it.operator == "Null" {
        return null(it, &held);
    }
    let Some(operator) = operator(&it.operator) else { return Truth::Open(format!("its condition {} on {} is not evaluated here", it.operator, it.key)) };
    if it.values.iter().any(|it| it.contains("${")) {
        return Truth::Open(format!("its condition on {} has a variable", it.key));
    }
    let wanted: Vec<&str> = it.values.iter().map(|it| it.as_str()).collect();
    // Values of secret keys, sts:ExternalId among them, are not kept.
    let known = wanted.iter().any(|it| !it.is_empty());
    let listed = if known { format!("{}{}", words(&operator), wanted.join(" or ")) } else { format!("{}what is not shown here", words(&operator)) };
    let no = |found: &str| Truth::No(format!("its condition {} wants {} to be {listed}, and it is {found}", it.operator, it.key));
    let is = |yes: bool, found: &str| if yes { Truth::Yes } else { no(found) };
    match held {
        Held::Open => Truth::Open(format!("what {} is, is not known here", it.key)),
        Held::Absent => is(operator.if_exists || operator.negated && operator.set != Some(Set::Any) || operator.set == Some(Set::All), "absent"),
        Held::One(Some(value)) => is(fits(&operator, &wanted, value), value),
        // Whatever it is, everything fits a lone asterisk.
        Held::One(None) if matches!(operator.comparison, Comparison::Like) && wanted.contains(&"*") => is(!operator.negated, "something"),
        Held::One(None) => Truth::Open(format!("what {} is, is not known here", it.key)),
        Held::Many(values) => match operator.set {
            Some(Set::All) => is(values.iter().all(|value| fits(&operator, &wanted, value)), &values.join(", ")),
            Some(Set::Any) => is(values.iter().any(|value| fits(&operator, &wanted, value)), &values.join(", ")),
            None => Truth::Open(format!("{} has several values, and its condition says neither ForAnyValue nor ForAllValues", it.key)),
        },
    }
}

/// `Null`: whether the key must be absent.
fn null(it: &PolicyCondition, held: &Held<'_>) -> Truth {
    let absent = match held {
        Held::Open => return Truth::Open(format!("whether there is {}, is not known here", it.key)),
        held => *held == Held::Absent,
    };
    let wanted = it.values.iter().any(|value| value.eq_ignore_ascii_case(if absent { "true" } else { "false" }));
    if wanted { Truth::Yes } else { Truth::No(format!("its condition Null on {} does not hold", it.key)) }
}

/// Whether one value is what the condition wants: one of several, or none of them.
fn fits(operator: &Operator, wanted: &[&str], value: &str) -> bool {
    let any = wanted.iter().any(|wanted| match operator.comparison {
        Comparison::Equals => *wanted == value,
        Comparison::EqualsIgnoringCase => wanted.eq_ignore_ascii_case(value),
        Comparison::Like => like(wanted, value),
        Comparison::Arn => like_arn(wanted, value),
    });
    any != operator.negated
}

/// The six parts of an ARN are compared one by one; only the last may hold colons.
fn like_arn(pattern: &str, arn: &str) -> bool {
    let (pattern, arn): (Vec<&str>, Vec<&str>) = (pattern.splitn(6, ':').collect(), arn.splitn(6, ':').collect());
    pattern.len() == 6 && arn.len() == 6 && pattern.iter().zip(&arn).all(|(pattern, part)| like(pattern, part))
}

/// `ForAllValues:StringNotLikeIfExists` and the like; `None` for operators on numbers, dates, addresses and truth values.
fn operator(text: &str) -> Option<Operator> {
    let (set, rest) = match text.split_once(':') {
        Some(("ForAnyValue", rest)) => (Some(Set::Any), rest),
        Some(("ForAllValues", rest)) => (Some(Set::All), rest),
        Some(_) => return None,
        None => (None, text),
    };
    let (rest, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |rest| (rest, true));
    let (comparison, negated) = match rest {
        "StringEquals" => (Comparison::Equals, false),
        "StringNotEquals" => (Comparison::Equals, true),
        "StringEqualsIgnoreCase" => (Comparison::EqualsIgnoringCase, false),
        "StringNotEqualsIgnoreCase" => (Comparison::EqualsIgnoringCase, true),
        "StringLike" => (Comparison::Like, false),
        "StringNotLike" => (Comparison::Like, true),
        "ArnEquals" | "ArnLike" => (Comparison::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Comparison::Arn, true),
        _ => return None,
    };
    Some(Operator { set, comparison, negated, if_exists })
}

fn words(operator: &Operator) -> &'static str {
    match (operator.negated, operator.comparison) {
        (true, _) => "other than ",
        (false, Comparison::Like | Comparison::Arn) => "like ",
        (false, _) => "",
    }
}

#[cfg(test)]
mod tests {
    use seatrial_model::account::PodIdentityAssociation;

    use super::*;

    const ISSUER: &str = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC";

    fn web(operator: &str, key: &str, values: &[&str]) -> Truth {
        let request = Request::of_web_identity("arn:aws:iam::111122223333:role/api", ISSUER, "shop", "api", Some("sts.amazonaws.com"));
        held(operator, &key.replace('@', "oidc.eks.eu-west-1.amazonaws.com/id/ABC"), values, &request)
    }

    fn held(operator: &str, key: &str, values: &[&str], request: &Request) -> Truth {
        let values = values.iter().map(|it| (*it).into()).collect();
        holds(&PolicyCondition { operator: operator.into(), key: key.into(), values }, request)
    }

    fn is_no(it: &Truth) -> bool {
        matches!(it, Truth::No(_))
    }

    #[test]
    fn texts_are_equal_letter_by_letter_and_like_with_wildcards() {
        let subject = "system:serviceaccount:shop:api";
        assert_eq!(web("StringEquals", "@:sub", &[subject]), Truth::Yes);
        assert_eq!(web("StringEquals", "@:SUB", &["x", subject]), Truth::Yes, "keys know no letter case, and one of several is enough");
        assert!(is_no(&web("StringEquals", "@:sub", &["system:serviceaccount:pay:api"])), "another namespace");
        assert!(is_no(&web("StringEquals", "@:sub", &["system:serviceaccount:shop:*"])), "an asterisk is a letter to StringEquals");
        assert!(is_no(&web("StringEquals", "@:sub", &["system:serviceaccount:shop:API"])));
        assert_eq!(web("StringEqualsIgnoreCase", "@:sub", &["system:serviceaccount:shop:API"]), Truth::Yes);
        for pattern in ["system:serviceaccount:shop:*", "system:serviceaccount:*:api", "system:serviceaccount:sho?:api", "*"] {
            assert_eq!(web("StringLike", "@:sub", &[pattern]), Truth::Yes, "{pattern}");
        }
        assert!(is_no(&web("StringLike", "@:sub", &["system:serviceaccount:SHOP:*"])), "patterns of texts know letter case");
        assert!(is_no(&web("StringNotLike", "@:sub", &["system:serviceaccount:shop:*"])));
        assert!(is_no(&web("StringNotEquals", "@:aud", &["x", "sts.amazonaws.com"])), "none of several may be it");
        assert_eq!(web("StringNotEquals", "@:aud", &["x"]), Truth::Yes);
    }

    #[test]
    fn what_the_request_does_not_bring_is_told_from_what_is_not_known() {
        assert!(is_no(&web("StringEquals", "oidc.eks.eu-west-1.amazonaws.com/id/OLD:sub", &["system:serviceaccount:shop:api"])), "another cluster");
        assert_eq!(web("StringEqualsIfExists", "oidc.eks.eu-west-1.amazonaws.com/id/OLD:sub", &["x"]), Truth::Yes);
        assert_eq!(web("StringNotEquals", "sts:ExternalId", &["x"]), Truth::Yes);
        assert_eq!(web("ForAllValues:StringEquals", "aws:TagKeys", &["x"]), Truth::Yes);
        assert!(is_no(&web("ForAnyValue:StringEquals", "aws:TagKeys", &["x"])) && is_no(&web("ForAnyValue:StringNotEquals", "aws:TagKeys", &["x"])));
        assert_eq!(web("Null", "@:aud", &["false"]), Truth::Yes);
        assert!(is_no(&web("Null", "@:aud", &["true"])) && is_no(&web("Null", "sts:ExternalId", &["false"])));
        for (operator, key, values) in [
            ("StringEquals", "aws:SourceIp", "10.0.0.0/8"),
            ("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
            ("NumericLessThan", "@:sub", "3"),
            ("Bool", "aws:SecureTransport", "true"),
            ("StringEquals", "@:sub", "system:serviceaccount:${aws:PrincipalTag/ns}:api"),
            ("ForSomeValues:StringEquals", "@:sub", "x"),
            ("Null", "aws:SourceVpc", "true"),
        ] {
            assert!(matches!(web(operator, key, &[values]), Truth::Open(_)), "{operator} {key}");
        }
    }

    #[test]
    fn tags_of_pod_identity_are_known_but_for_the_pod() {
        let mut association = PodIdentityAssociation { namespace: "shop".into(), service_account: "api".into(), ..PodIdentityAssociation::default() };
        let of = |it: &PodIdentityAssociation, operator: &str, key: &str, values: &[&str]| held(operator, key, values, &Request::of_pod_identity(it, None));
        assert_eq!(of(&association, "StringEquals", "aws:RequestTag/kubernetes-namespace", &["shop"]), Truth::Yes);
        assert!(is_no(&of(&association, "StringEquals", "aws:RequestTag/kubernetes-service-account", &["worker"])));
        assert!(is_no(&of(&association, "StringEquals", "aws:RequestTag/team", &["x"])), "no such tag");
        assert_eq!(of(&association, "StringLike", "aws:RequestTag/kubernetes-pod-name", &["*"]), Truth::Yes);
        for key in ["kubernetes-pod-name", "eks-cluster-name"] {
            assert!(matches!(of(&association, "StringLike", &format!("aws:RequestTag/{key}"), &["api-*"]), Truth::Open(_)), "{key}");
        }
        assert_eq!(of(&association, "ForAnyValue:StringLike", "aws:TagKeys", &["kubernetes-*"]), Truth::Yes);
        assert!(is_no(&of(&association, "ForAllValues:StringLike", "aws:TagKeys", &["kubernetes-*"])), "those of the cluster are among them");
        assert!(matches!(of(&association, "StringEquals", "aws:TagKeys", &["eks-cluster-arn"]), Truth::Open(_)));
        association.disable_session_tags = Some(true);
        assert!(is_no(&of(&association, "StringEquals", "aws:RequestTag/kubernetes-namespace", &["shop"])), "without tags there is none");
    }

    #[test]
    fn arns_are_compared_part_by_part() {
        assert!(like_arn("arn:aws:eks:*:111122223333:cluster/*", "arn:aws:eks:eu-west-1:111122223333:cluster/shop"));
        assert!(!like_arn("arn:aws:eks:*", "arn:aws:eks:eu-west-1:111122223333:cluster/shop"), "an asterisk does not cross a colon of the first five");
    }
}
