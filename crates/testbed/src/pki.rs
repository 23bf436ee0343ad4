//! Certificates of one control plane, made anew for each start: who may talk to whom.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData,
};

/// People and programs that a control plane knows by their certificate: file name, user name, group.
const CLIENTS: [(&str, &str, Option<&str>); 6] = [
    ("admin", "testbed-admin", Some("system:masters")),
    ("kubelets", "testbed-kubelets", Some("system:masters")),
    ("controllers", "system:kube-controller-manager", None),
    ("scheduler", "system:kube-scheduler", None),
    // May read what RBAC's own role `view` lists and nothing else: no Secret, no node.
    ("viewer", "viewer", Some("testbed:viewers")),
    // May do what every authenticated user may: discovery.
    ("stranger", "stranger", None),
];

/// Names by which the API server is reached.
const SERVER_NAMES: [&str; 5] = ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default.svc", "10.100.0.1"];

/// The folder with the files that [`make`] writes.
#[derive(Clone, Debug)]
pub struct Pki(PathBuf);

impl Pki {
    /// The files in a folder, made before.
    pub fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// The certificate of that name, PEM.
    pub fn certificate(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.crt"))
    }

    /// Its private key, PEM (PKCS#8).
    pub fn key(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.key"))
    }

    /// The public key that verifies service account tokens, PEM.
    pub fn token_key(&self) -> PathBuf {
        self.0.join("tokens.pub")
    }
}

/// Makes the authorities `ca` and `front-ca`, the servers `server` and `neighbours`, the clients, and the key of service account tokens.
pub fn make(folder: &Path) -> Result<Pki> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let pki = Pki::at(folder);
    let authority = authority(&pki, "ca", "seatrial testbed")?;
    serving(&pki, "server", &SERVER_NAMES, &authority)?;
    serving(&pki, "neighbours", &["metrics-server.kube-system.svc", "127.0.0.1"], &authority)?;
    for (name, user, group) in CLIENTS {
        client(&pki, name, user, group, &authority)?;
    }
    let front = self::authority(&pki, "front-ca", "seatrial testbed front proxy")?;
    client(&pki, "front", "front-proxy-client", None, &front)?;
    let tokens = KeyPair::generate()?;
    write(&pki.key("tokens"), &tokens.serialize_pem())?;
    write(&pki.token_key(), &spki_pem(&tokens))?;
    Ok(pki)
}

fn authority(pki: &Pki, name: &str, common: &str) -> Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = params(common, None)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::CrlSign];
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    write(&pki.certificate(name), &issuer.pem())?;
    write(&pki.key(name), &issuer.key().serialize_pem())?;
    Ok(issuer)
}

fn serving(pki: &Pki, name: &str, names: &[&str], issuer: &CertifiedIssuer<'static, KeyPair>) -> Result<()> {
    let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = distinguished(name, None);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    signed(pki, name, params, issuer)
}

fn client(pki: &Pki, name: &str, user: &str, group: Option<&str>, issuer: &CertifiedIssuer<'static, KeyPair>) -> Result<()> {
    let mut params = params(user, group)?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    signed(pki, name, params, issuer)
}

fn signed(pki: &Pki, name: &str, mut params: CertificateParams, issuer: &CertifiedIssuer<'static, KeyPair>) -> Result<()> {
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    write(&pki.certificate(name), &certificate.pem())?;
    write(&pki.key(name), &key.serialize_pem())
}

fn params(common: &str, group: Option<&str>) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = distinguished(common, group);
    Ok(params)
}

fn distinguished(common: &str, group: Option<&str>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    if let Some(group) = group {
        name.push(DnType::OrganizationName, group);
    }
    name
}

fn spki_pem(key: &KeyPair) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(key.subject_public_key_info());
    let lines: Vec<String> = text.as_bytes().chunks(64).map(|it| String::from_utf8_lossy(it).into_owned()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

fn write(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).with_context(|| format!("cannot protect {}", path.display()))
}
