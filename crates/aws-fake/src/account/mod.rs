//! A world out of an account's facts: each fact written as AWS would answer it. Reading it again must give the facts back.

mod backups;
mod ec2;
mod eks;
mod images;
mod observability;
mod rest;
mod roles;
mod traffic;

use seatrial_model::{Account, Labels};
use serde_json::{Value, json};

use crate::World;

impl World {
    /// The account's facts as AWS would answer them. Facts that are not known stay unanswered.
    pub fn of(account: &Account) -> Self {
        let mut world = Self::default();
        let number = account.eks_cluster.known().and_then(|it| it.arn.split(':').nth(4)).unwrap_or("111122223333").to_owned();
        let arn = format!("arn:aws:iam::{number}:user/reader");
        world.add("sts:GetCallerIdentity", json!({}), json!({"Account": number, "Arn": arn, "UserId": "AIDAEXAMPLE"}));
        world.eks(account);
        world.ec2(account);
        world.traffic(account);
        world.images(account);
        world.roles(account);
        world.observability(account);
        world.backups(account);
        world.rest(account);
        world
    }
}

fn tags(all: &Labels, key: &str, value: &str) -> Vec<Value> {
    all.iter().map(|it| json!({key: it.0, value: it.1})).collect()
}

/// AWS leaves out what is not set.
fn without_nulls(mut it: Value) -> Value {
    if let Some(all) = it.as_object_mut() {
        all.retain(|_, value| !value.is_null());
        for value in all.values_mut() {
            *value = without_nulls(value.take());
        }
    }
    it
}
