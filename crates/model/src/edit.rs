//! Changes to documents, independent of how they are laid out.

use crate::meta::Origin;
use crate::path::Path;

/// One change to the text of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The document.
    pub origin: Origin,
    /// What changes in it.
    pub change: Change,
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets the field to a value, adding the blocks around it where they are missing.
    Set {
        /// The field.
        path: Path,
        /// Its new value in YAML, block style, without indentation.
        yaml: String,
    },
    /// Appends an element to a list, adding the list where it is missing.
    Append {
        /// The list.
        path: Path,
        /// The element in YAML, block style, without indentation.
        yaml: String,
    },
    /// Takes the field out.
    Remove {
        /// The field.
        path: Path,
    },
    /// Adds an object beside the document: as a further document of its file, or a file of its own in a Kustomize root.
    Create {
        /// What the object is called in a file name, such as `api-pdb`.
        name: String,
        /// The object in YAML.
        yaml: String,
    },
}
