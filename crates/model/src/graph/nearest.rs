//! Which of several objects of one name another one means.
//!
//! A folder often holds alternatives: overlays, an example for each provider, a chart rendered twice. Of objects with one identity another one means
//! the one that stands nearest to it: in its own file, else in the folder that shares most of its path.

use crate::meta::{Object, Origin};
use crate::snapshot::SourceFile;

/// How near two places are: the folders that they share; one file is nearer than any folder.
fn nearness(files: &[SourceFile], a: Option<Origin>, b: Option<Origin>) -> usize {
    let (Some(a), Some(b)) = (a, b) else { return 0 };
    if a.file == b.file {
        return usize::MAX;
    }
    let folders = |it: Origin| files.get(it.file as usize).map_or("", |it| it.path.as_str()).split('/');
    folders(a).zip(folders(b)).take_while(|(a, b)| a == b).count()
}

/// Leaves of objects of one namespace, name and kind those nearest to `origin`; never takes all of them away. `list` is in the order of the cluster.
pub(super) fn nearest<'a, T>(files: &[SourceFile], origin: Option<Origin>, list: Vec<&'a Object<T>>) -> Vec<&'a Object<T>> {
    let file = |it: &Object<T>| it.origin.map(|it| it.file);
    let is_same = |a: &Object<T>, b: &Object<T>| (a.meta.ns(), &a.meta.name, &a.kind) == (b.meta.ns(), &b.meta.name, &b.kind);
    if list.windows(2).any(|it| is_same(it[0], it[1]) && file(it[0]) != file(it[1])) {
        let groups = list.chunk_by(|a, b| is_same(a, b));
        return groups.flat_map(|group| of_one_name(files, origin, group)).collect();
    }
    list
}

fn of_one_name<'a, T>(files: &[SourceFile], origin: Option<Origin>, group: &[&'a Object<T>]) -> Vec<&'a Object<T>> {
    let near: Vec<usize> = group.iter().map(|it| nearness(files, origin, it.origin)).collect();
    let most = near.iter().max();
    group.iter().zip(&near).filter(|it| Some(it.1) == most).map(|it| *it.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::traffic::Service;
    use crate::meta::Meta;

    fn at(file: u32) -> Option<Origin> {
        Some(Origin::api(file))
    }

    fn object(name: &str, file: u32) -> Object<Service> {
        let (namespace, name) = name.split_once('/').map_or((None, name), |it| (Some(it.0.into()), it.1));
        Object {
            api_version: "v1".into(),
            kind: "Service".into(),
            meta: Meta { name: name.into(), namespace, ..Meta::default() },
            origin: at(file),
            it: Service::default(),
        }
    }

    #[test]
    fn of_one_name_the_nearest_is_meant_and_other_names_stay() {
        let paths = ["envs/dev/app/web.yaml", "envs/prod/app/web.yaml", "envs/prod/edge/service.yaml", "shared/service.yaml"];
        let files: Vec<SourceFile> = paths.iter().map(|it| SourceFile { path: (*it).to_owned(), rendered_from: None }).collect();
        let all = [object("api", 0), object("web", 0), object("web", 1), object("web", 1)];
        let meant = |from: u32| -> Vec<(String, u32)> {
            let of = |it: &Object<Service>| (it.meta.name.to_string(), it.origin.map_or(9, |it| it.file));
            nearest(&files, at(from), all.iter().collect()).into_iter().map(of).collect()
        };
        let own = |name: &str, file: u32| (name.to_owned(), file);
        assert_eq!(meant(2), [own("api", 0), own("web", 1), own("web", 1)], "prod's edge means prod's web, written twice or not");
        assert_eq!(meant(0), [own("api", 0), own("web", 0)], "one file is nearest to itself");
        assert_eq!(meant(3).len(), 4, "nothing is nearer to a folder that both share nothing with");
        assert_eq!(nearest(&files, None, all.iter().collect()).len(), 4, "what stands nowhere is near to nothing");
    }

    #[test]
    fn what_has_another_namespace_or_kind_is_no_alternative() {
        let files: Vec<SourceFile> = ["a/route.yaml", "b/route.yaml"].iter().map(|it| SourceFile { path: (*it).to_owned(), rendered_from: None }).collect();
        let routes = [object("a/web", 0), object("b/web", 1)];
        assert_eq!(nearest(&files, at(0), routes.iter().collect()).len(), 2, "routes of two namespaces share a gateway");
        let kinds = [object("web", 0), Object { kind: "Other".into(), ..object("web", 1) }];
        assert_eq!(nearest(&files, at(0), kinds.iter().collect()).len(), 2, "two kinds share a name");
    }
}
