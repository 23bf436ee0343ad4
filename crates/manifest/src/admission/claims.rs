//! PersistentVolumeClaims.

use super::judge::Judge;
use super::selectors::selector;
use super::storage::access_modes;
use crate::at::At;

/// Judges a claim's spec.
pub(super) fn claim(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    let modes = spec.key("accessModes");
    it.require(&modes, "such as ReadWriteOnce");
    access_modes(it, &modes);
    let resources = spec.key("resources");
    let (requests, limits) = (resources.key("requests"), resources.key("limits"));
    let size = requests.key("storage");
    it.require(&size, "how large the volume must be");
    if size.quantity().is_some_and(|it| it.is_zero() || it.is_negative()) {
        it.refuse(&size, "`storage` must be greater than zero");
    }
    let most = limits.key("storage");
    if let (Some(wanted), Some(largest)) = (size.quantity(), most.quantity())
        && wanted > largest
    {
        it.refuse(&size, format!("the request of storage must not exceed its limit {}", most.str()));
    }
    it.subdomain(&spec.key("storageClassName"));
    it.one_of(&spec.key("volumeMode"), &["Filesystem", "Block"]);
    selector(it, &spec.key("selector"));
}
