//! The coordinates (group, artifact, version) of an archive, from all that names it.
//!
//! Source: Maven Central's artifacts; OSGi Core, "Bundle-SymbolicName"; the Maven Bundle Plugin, which makes
//! the symbolic name of group and artifact.
//!
//! - Maven's own properties are certain. Without them file name, bundle name and vendor tell where the group
//!   in a symbolic name ends; if nothing tells, the artifact is what the file is called.
//! - A group is a guess in this case. A wrong one names a package that no database knows, so a symbolic name
//!   is split only on evidence.

use super::manifest::{FileName, JarManifest, Pom, is_part};
use crate::analysis::packages::package::Package;

/// The package of the archive itself: by Maven's properties, else the manifest and the file name.
pub fn package(file: &FileName<'_>, own: Option<Pom>, manifest: &JarManifest) -> Package {
    let own = own.unwrap_or_default();
    let split = if own.artifact.is_empty() { split(file, manifest) } else { None };
    let (group, artifact) = split.unwrap_or_default();
    let first = |values: [&str; 4]| {
        values.into_iter().find(|value| !value.is_empty()).unwrap_or_default().to_owned()
    };
    let name = first([&own.artifact, &artifact, file.name, manifest.title()]);
    let namespace = match (&own.group[..], &group[..]) {
        ("", "") => guessed_group(manifest, &name),
        ("", group) => group.to_owned(),
        (group, _) => group.to_owned(),
    };
    Package {
        kind: "maven".to_owned(),
        version: first([&own.version, file.version, manifest.version(), ""]),
        name,
        namespace,
        licenses: manifest.licenses(),
        supplier: manifest.vendor().to_owned(),
        homepage: manifest.homepage().to_owned(),
        ..Package::default()
    }
}

/// Group and artifact in a symbolic name, if something tells where one ends.
fn split(file: &FileName<'_>, manifest: &JarManifest) -> Option<(String, String)> {
    let symbolic = manifest.symbolic_name();
    let vendor_id = manifest.vendor_id();
    let by_vendor = symbolic.strip_prefix(vendor_id).and_then(|rest| rest.strip_prefix('.'));
    if let Some(rest) = by_vendor.filter(|_| vendor_id.contains('.'))
        && (file.name == rest || file.name == symbolic || file.name.is_empty())
    {
        return Some((vendor_id.to_owned(), rest.to_owned()));
    }
    let (before, last) = symbolic.rsplit_once('.')?;
    if file.name != last && is_part(last, file.name) && file.name != symbolic {
        return None; // the file's name says more: `foo-impl.jar` of `com.example.impl`
    }
    let is_titled = as_artifact(manifest.bundle_name()) == last;
    // Packages of Java have no dashes, artifacts often do.
    let is_dashed = last.contains('-') && (file.name == symbolic || file.name.is_empty());
    let is_file = !file.name.is_empty() && (file.name == last || is_part(file.name, last));
    (is_titled || is_dashed || is_file && last.contains('-'))
        .then(|| (group_of(before, last, manifest.vendor()), last.to_owned()))
}

/// `Atlassian Gadgets API`: `atlassian-gadgets-api`.
fn as_artifact(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase()
}

/// The group of an artifact whose symbolic name has `before` in front of it. Where that is only the vendor's
/// domain, the project is the artifact's first word: `org.apache` and `tomcat-catalina` are of
/// `org.apache.tomcat`.
fn group_of(before: &str, artifact: &str, vendor: &str) -> String {
    let (_, domain) = before.rsplit_once('.').unwrap_or_default();
    let is_domain = before.matches('.').count() == 1
        && vendor.split_whitespace().any(|word| word.eq_ignore_ascii_case(domain));
    let mut words = artifact.split('-');
    match (words.next(), words.next(), words.next()) {
        // Tomcat's parts for embedding have a group of their own.
        (Some("tomcat"), Some("embed"), Some(_)) if is_domain => format!("{before}.tomcat.embed"),
        (Some(project), Some(_), _) if is_domain && project != domain => {
            format!("{before}.{project}")
        }
        _ => before.to_owned(),
    }
}

/// A guess at the group of an artifact: the name of the bundle or module without its last part, if that
/// belongs to the artifact (`org.codehaus.plexus.interpolation` of `plexus-interpolation`); may be empty.
fn guessed_group(manifest: &JarManifest, artifact: &str) -> String {
    let name = manifest.symbolic_name();
    match name.rsplit_once('.') {
        None if !manifest.vendor_id().is_empty() => manifest.vendor_id().to_owned(),
        None => by_activator(manifest.activator(), artifact),
        Some(_) if name == artifact => name.to_owned(),
        Some((group, last)) if is_part(last, artifact) => group.to_owned(),
        Some(_) => name.to_owned(),
    }
}

/// The package of Java that is called like the artifact and has the activator: `org.apache.derby`.
fn by_activator(activator: &str, artifact: &str) -> String {
    let parts: Vec<&str> = activator.split('.').collect();
    let own = parts.iter().position(|part| *part == artifact).filter(|at| *at >= 2);
    own.and_then(|at| parts.get(..=at)).map(|parts| parts.join(".")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(file: &str, manifest: &str) -> String {
        let manifest = JarManifest::read(manifest.as_bytes());
        let Package { namespace, name, version, .. } =
            package(&FileName::of(file), None, &manifest);
        format!("{namespace}:{name}:{version}")
    }

    #[test]
    fn symbolic_names_are_split_where_file_bundle_or_vendor_tell() {
        for (file, manifest, want) in [
            // Tomcat's own distribution names its files without versions.
            (
                "catalina.jar",
                "Bundle-Name: tomcat-catalina\nBundle-SymbolicName: org.apache.tomcat-catalina\n\
                 Implementation-Version: 10.1.54\nImplementation-Vendor: Apache Software Foundation\n",
                "org.apache.tomcat:tomcat-catalina:10.1.54",
            ),
            (
                "tomcat-embed-core-9.0.1.jar",
                "Bundle-Name: tomcat-embed-core\nBundle-SymbolicName: org.apache.tomcat-embed-core\n\
                 Implementation-Vendor: Apache Software Foundation\n",
                "org.apache.tomcat.embed:tomcat-embed-core:9.0.1",
            ),
            (
                "com.atlassian.gadgets.atlassian-gadgets-api-8.1.1.jar",
                "Bundle-Name: Atlassian Gadgets API\n\
                 Bundle-SymbolicName: com.atlassian.gadgets.atlassian-gadgets-api\n",
                "com.atlassian.gadgets:atlassian-gadgets-api:8.1.1",
            ),
            (
                "reactor-netty-core-1.0.25.jar",
                "Bundle-SymbolicName: io.projectreactor.netty.reactor-netty-core;singleton:=true\n",
                "io.projectreactor.netty:reactor-netty-core:1.0.25",
            ),
            (
                "core.jar",
                "Bundle-SymbolicName: io.netty.netty-core\nBundle-Version: 4\nBundle-Vendor: Netty\n",
                "io.netty:netty-core:4",
            ),
            (
                "com.example.gson_2.8.jar",
                "Bundle-Name: Gson\nBundle-SymbolicName: com.example.gson\n",
                "com.example:gson:2.8",
            ),
            (
                "lib.tools-2.0.jar",
                "Bundle-SymbolicName: com.example.lib.tools\nImplementation-Vendor-Id: com.example\n",
                "com.example:lib.tools:2.0",
            ),
            (
                "derby.jar",
                "Bundle-Name: Apache Derby 10.16\nBundle-SymbolicName: derby\n\
                 Bundle-Activator: org.apache.derby.osgi.EmbeddedActivator\nImplementation-Version: 10.16.1.1\n",
                "org.apache.derby:derby:10.16.1.1",
            ),
            (
                "commons-lang3-3.14.0.jar",
                "Automatic-Module-Name: org.apache.commons.lang3\n",
                "org.apache.commons:commons-lang3:3.14.0",
            ),
            (
                "foo-impl-1.jar",
                "Bundle-Name: impl\nBundle-SymbolicName: com.example.impl\n",
                "com.example:foo-impl:1",
            ),
            // Nothing tells: the whole symbolic name is the artifact's name.
            (
                "org.eclipse.osgi_3.18.0.jar",
                "Bundle-Name: OSGi System Bundle\nBundle-SymbolicName: org.eclipse.osgi\n",
                "org.eclipse.osgi:org.eclipse.osgi:3.18.0",
            ),
        ] {
            assert_eq!(named(file, manifest), want, "{file}");
        }
    }

    #[test]
    fn a_placeholder_is_no_version() {
        for placeholder in [
            "${project.version}",
            "1.0-${revision}",
            "@VERSION@",
            "%version%",
            "{{version}}",
            "unspecified",
            "unknown",
            "",
        ] {
            let manifest =
                format!("Implementation-Version: {placeholder}\nBundle-Version: 2.5.0\n");
            assert_eq!(named("plugin.jar", &manifest), ":plugin:2.5.0", "{placeholder}");
            let alone = format!("Implementation-Version: {placeholder}\n");
            assert_eq!(named("plugin.jar", &alone), ":plugin:", "{placeholder}");
            let pom = format!("groupId=g\nartifactId=a\nversion={placeholder}\n");
            assert_eq!(Pom::read(pom.as_bytes()).unwrap().version, "", "{placeholder}");
        }
        assert_eq!(named("${artifactId}.jar", "Implementation-Title: tool\n"), ":tool:");
    }
}
