//! `expand`: objects beside their references, each only where this caller may see it; where not, it is `null` and named in `withheld`.

use crate::audit::access::Confided;
use crate::auth::{Principal, Scope};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Language, Result};
use crate::values::Day;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt;

/// When and in which language something is shown.
#[derive(Debug, Clone, Copy)]
pub struct Lens {
    pub now: Instant,
    pub language: Language,
}

impl Lens {
    pub fn today(self) -> Day {
        Day::of(self.now.0)
    }
}

/// An object as it is shown, with others beside its references: text that is put together, never taken apart into a tree.
#[derive(Debug, Clone)]
pub struct Shown {
    json: Vec<u8>,
    beside: Vec<(&'static str, Option<Shown>)>,
}

impl Shown {
    pub fn of(view: &impl Serialize) -> Result<Self> {
        Ok(Self { json: serde_json::to_vec(view).map_err(Error::internal)?, beside: Vec::new() })
    }

    fn members(&self) -> Result<Vec<(&str, &RawValue)>> {
        let Members(members) = serde_json::from_slice(&self.json).map_err(Error::internal)?;
        Ok(members)
    }

    /// What each of these members refers to.
    fn references(&self, names: &[&str]) -> Result<Vec<Option<String>>> {
        let members = self.members()?;
        let value = |name: &&str| match members.iter().find(|(member, _)| member == name) {
            Some((_, value)) => serde_json::from_str(value.get()).map_err(Error::internal),
            None => Ok(None),
        };
        names.iter().map(value).collect()
    }

    /// Keeps these members, and all that stands beside.
    pub fn keep(&mut self, names: &[String]) -> Result<()> {
        let members = self.members()?;
        let kept = members.into_iter().filter(|(member, _)| names.iter().any(|name| name == member));
        let mut json = Vec::with_capacity(self.json.len());
        serde_json::Serializer::new(&mut json).collect_map(kept).map_err(Error::internal)?;
        self.json = json;
        Ok(())
    }

    /// Names what is hidden beside an object, where the object tells such things.
    fn withhold(&mut self, name: &str) -> Result<()> {
        let members = self.members()?;
        let Some((_, told)) = members.iter().find(|(member, _)| *member == "withheld") else { return Ok(()) };
        let mut names: Vec<&str> = serde_json::from_str(told.get()).map_err(Error::internal)?;
        names.push(name);
        let named = serde_json::value::to_raw_value(&names).map_err(Error::internal)?;
        let mut json = Vec::with_capacity(self.json.len() + name.len() + 3);
        let told = members.into_iter().map(|(member, value)| (member, if member == "withheld" { named.as_ref() } else { value }));
        serde_json::Serializer::new(&mut json).collect_map(told).map_err(Error::internal)?;
        self.json = json;
        Ok(())
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.json.strip_suffix(b"}").unwrap_or(&self.json));
        for (at, (name, object)) in self.beside.iter().enumerate() {
            if at > 0 || self.json.len() > "{}".len() {
                out.push(b',');
            }
            out.extend_from_slice(format!("\"{name}\":").as_bytes());
            match object {
                Some(object) => object.write(out),
                None => out.extend_from_slice(b"null"),
            }
        }
        out.push(b'}');
    }
}

/// The members of an object, their values as they are written.
struct Members<'a>(Vec<(&'a str, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(50);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// Finds objects by the values of a reference, in a scope, as they are shown.
pub type Load = fn(&mut DbConn, &Scope, Lens, &[String]) -> Result<HashMap<String, Shown>>;

/// An object that can stand beside its reference.
#[derive(Clone, Copy)]
pub struct Expansion {
    /// The member it is put under.
    pub name: &'static str,
    /// The member that holds the reference.
    pub reference: &'static str,
    /// The operation that shows such an object: who may not call it gets `null`.
    pub operation: &'static str,
    /// What it is where every look at it is recorded.
    pub discloses: Option<Confided>,
    pub load: Load,
}

/// All expansions of the house.
#[derive(Clone, Default)]
pub struct Expander(Vec<Expansion>);

impl Expander {
    pub fn new(expansions: Vec<Expansion>) -> Self {
        Self(expansions)
    }

    /// Puts the objects of these paths (`parent`, `parent.successor`) into the items: one query a step, however many items. Tells
    /// which of these objects are confidential.
    pub fn apply(&self, conn: &mut DbConn, principal: &Principal, lens: Lens, items: &mut [&mut Shown], paths: &[String]) -> Result<Vec<(Confided, Id)>> {
        let mut disclosed = Vec::new();
        let mut steps: Vec<(&str, Vec<String>)> = Vec::new();
        for path in paths {
            let (first, rest) = path.split_once('.').map_or((path.as_str(), None), |(first, rest)| (first, Some(rest)));
            match steps.iter_mut().find(|(name, _)| *name == first) {
                Some((_, nested)) => nested.extend(rest.map(str::to_owned)),
                None => steps.push((first, rest.map(str::to_owned).into_iter().collect())),
            }
        }
        let known = |(name, nested)| self.0.iter().find(|expansion| expansion.name == name).map(|expansion| (expansion, nested));
        let steps: Vec<(&Expansion, Vec<String>)> = steps.into_iter().filter_map(known).collect();
        let names: Vec<&str> = steps.iter().map(|(expansion, _)| expansion.reference).collect();
        let references: Result<Vec<Vec<Option<String>>>> = items.iter().map(|item| item.references(&names)).collect();
        let mut references = references?;
        for (at, (expansion, nested)) in steps.into_iter().enumerate() {
            let named = references.iter_mut().map(|references| references.get_mut(at).and_then(Option::take)).collect();
            disclosed.extend(expansion.apply(conn, principal, lens, items, named)?);
            if !nested.is_empty() {
                let beside = items.iter_mut().flat_map(|item| item.beside.iter_mut());
                let mut objects: Vec<&mut Shown> = beside.filter(|(beside, _)| *beside == expansion.name).filter_map(|(_, object)| object.as_mut()).collect();
                disclosed.extend(self.apply(conn, principal, lens, &mut objects, &nested)?);
            }
        }
        Ok(disclosed)
    }
}

impl Expansion {
    fn apply(
        &self,
        conn: &mut DbConn,
        principal: &Principal,
        lens: Lens,
        items: &mut [&mut Shown],
        references: Vec<Option<String>>,
    ) -> Result<Vec<(Confided, Id)>> {
        let mut named: Vec<String> = references.iter().flatten().cloned().collect();
        named.sort_unstable();
        named.dedup();
        let scope = Scope::of_operation(principal, self.operation, lens.now);
        let objects = match scope {
            Some(scope) if !named.is_empty() => (self.load)(conn, &scope, lens, &named)?,
            _ => HashMap::new(),
        };
        for (item, reference) in items.iter_mut().zip(references) {
            let object = reference.as_ref().and_then(|reference| objects.get(reference)).cloned();
            if reference.is_some() && object.is_none() {
                item.withhold(self.name)?;
            }
            item.beside.push((self.name, object));
        }
        let confided = self.discloses.into_iter().flat_map(|confided| objects.keys().filter_map(move |id| Some((confided, Id::parse(id)?))));
        Ok(confided.collect())
    }
}
