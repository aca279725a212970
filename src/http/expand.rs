//! `expand`: objects beside their references, each only where this caller may see it.

use crate::auth::{Principal, Scope, policy};
use crate::db::DbConn;
use crate::error::{Language, Result};
use crate::values::Day;
use serde_json::Value;
use std::collections::HashMap;

/// On which day and in which language something is shown.
#[derive(Debug, Clone, Copy)]
pub struct Lens {
    pub today: Day,
    pub language: Language,
}

/// Finds objects by the values of a reference, in a scope, as they are shown.
pub type Load = fn(&mut DbConn, &Scope, Lens, &[String]) -> Result<HashMap<String, Value>>;

/// An object that can stand beside its reference.
#[derive(Clone, Copy)]
pub struct Expansion {
    /// The member it is put under.
    pub name: &'static str,
    /// The member that holds the reference.
    pub reference: &'static str,
    /// The operation that shows such an object: who may not call it gets `null`.
    pub operation: &'static str,
    pub load: Load,
}

/// All expansions of the house.
#[derive(Clone, Default)]
pub struct Expander(Vec<Expansion>);

impl Expander {
    pub fn new(expansions: Vec<Expansion>) -> Self {
        Self(expansions)
    }

    /// Puts the objects of these paths (`parent`, `parent.successor`) into the items: one query a step, however many items.
    pub fn apply(&self, conn: &mut DbConn, principal: &Principal, lens: Lens, items: &mut [&mut Value], paths: &[String]) -> Result<()> {
        let mut steps: Vec<(&str, Vec<String>)> = Vec::new();
        for path in paths {
            let (first, rest) = path.split_once('.').map_or((path.as_str(), None), |(first, rest)| (first, Some(rest)));
            match steps.iter_mut().find(|(name, _)| *name == first) {
                Some((_, nested)) => nested.extend(rest.map(str::to_owned)),
                None => steps.push((first, rest.map(str::to_owned).into_iter().collect())),
            }
        }
        for (name, nested) in steps {
            let Some(expansion) = self.0.iter().find(|expansion| expansion.name == name) else { continue };
            expansion.apply(conn, principal, lens, items)?;
            if !nested.is_empty() {
                let mut objects: Vec<&mut Value> = items.iter_mut().filter_map(|item| item.get_mut(name)).filter(|object| object.is_object()).collect();
                self.apply(conn, principal, lens, &mut objects, &nested)?;
            }
        }
        Ok(())
    }
}

impl Expansion {
    fn apply(&self, conn: &mut DbConn, principal: &Principal, lens: Lens, items: &mut [&mut Value]) -> Result<()> {
        let mut references: Vec<String> = items.iter().filter_map(|item| item.get(self.reference)?.as_str().map(str::to_owned)).collect();
        references.sort_unstable();
        references.dedup();
        let scope = policy::access(self.operation).and_then(|access| Scope::of(principal, access, lens.today));
        let objects = match scope {
            Some(scope) if !references.is_empty() => (self.load)(conn, &scope, lens, &references)?,
            _ => HashMap::new(),
        };
        for item in items {
            let object = item.get(self.reference).and_then(Value::as_str).and_then(|reference| objects.get(reference)).cloned();
            if let Some(map) = item.as_object_mut() {
                map.insert(self.name.to_owned(), object.unwrap_or(Value::Null));
            }
        }
        Ok(())
    }
}
