//! What a declared call is: data from which requests, the least-privilege policy, the fake's routes and the documents come.

/// A service of AWS, as its own model describes it.
#[derive(Debug)]
pub struct Service {
    /// Its folder among botocore's models; also how messages call it.
    pub name: &'static str,
    /// The `serviceId`: `AWS_ENDPOINT_URL_<ID>` and the profile's `services` sections are spelt after it.
    pub id: &'static str,
    /// Prefix of its IAM actions.
    pub iam: &'static str,
    /// The name that signatures are scoped to.
    pub signing: &'static str,
    /// First part of its host names.
    pub prefix: &'static str,
    /// The version of its API.
    pub version: &'static str,
    /// How requests and answers are written.
    pub protocol: Protocol,
    /// Whether each partition has one endpoint instead of one for each region.
    pub global: bool,
}

/// How a service writes requests and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// One path, the operation in `X-Amz-Target`, documents in JSON.
    Json {
        /// `1.0` or `1.1`.
        version: &'static str,
        /// What stands before the operation's name.
        target: &'static str,
    },
    /// A path for each operation, documents in JSON.
    RestJson,
    /// A path for each operation, documents in XML.
    RestXml,
    /// Forms in, XML out; lists are `Name.member.1`.
    Query,
    /// As [`Protocol::Query`], with lists spelt `Name.1`.
    Ec2,
}

/// How an answer that does not fit into one page goes on.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// The request member that takes the token, as on the wire.
    pub send: &'static str,
    /// The response member that holds it, as on the wire.
    pub read: &'static str,
    /// The member that asks for a page's size, and the size.
    pub size: Option<(&'static str, u32)>,
}

/// One operation of one service, and what is sent to it and kept of its answer.
#[derive(Debug)]
pub struct Call {
    /// Whose it is.
    pub service: &'static Service,
    /// Its name.
    pub operation: &'static str,
    /// The narrowest resources that IAM lets the action be limited to, with `{partition}`, `{region}`, `{account}` and `{cluster}` to fill in; `*` where
    /// the action knows no resources.
    ///
    /// Source: service authorization reference, 2026-11.
    pub resources: &'static [&'static str],
    /// Method and path; members in braces go into the path.
    pub route: (&'static str, &'static str),
    /// Names of the members that are ever sent, as on the wire.
    pub send: &'static [&'static str],
    /// How it is paged.
    pub paging: Option<Paging>,
    /// Member of the answer that must be there, as on the wire: an answer without it says nothing. With paging, the list that goes on.
    pub must: Option<&'static str>,
    /// What is kept of an answer: paths of wire names, lists passed through. All else is dropped at the door.
    pub keep: &'static [&'static str],
}

impl Call {
    /// A call that sends and keeps nothing yet.
    pub(crate) const fn new(service: &'static Service, operation: &'static str) -> Self {
        Self { service, operation, resources: &["*"], route: ("POST", "/"), send: &[], paging: None, must: None, keep: &[] }
    }

    pub(crate) const fn on(mut self, resources: &'static [&'static str]) -> Self {
        self.resources = resources;
        self
    }

    pub(crate) const fn at(mut self, method: &'static str, path: &'static str) -> Self {
        self.route = (method, path);
        self
    }

    pub(crate) const fn send(mut self, members: &'static [&'static str]) -> Self {
        self.send = members;
        self
    }

    pub(crate) const fn paged(mut self, send: &'static str, read: &'static str, size: Option<(&'static str, u32)>) -> Self {
        self.paging = Some(Paging { send, read, size });
        self
    }

    pub(crate) const fn must(mut self, member: &'static str) -> Self {
        self.must = Some(member);
        self
    }

    pub(crate) const fn keep(mut self, paths: &'static [&'static str]) -> Self {
        self.keep = paths;
        self
    }

    /// The IAM action that allows it.
    pub fn action(&self) -> String {
        format!("{}:{}", self.service.iam, self.operation)
    }
}
