//! From an ARN, CloudFormation's physical id or a metric's dimensions to the resource.

use crate::Catalog;
use crate::schema::{ArnForms, AttributeSpec, Form, ResourceType, Said, Scope};
use stackseer_model::{Place, Resource, ResourceId};

/// `arn:partition:service:region:account:rest`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    pub service: &'a str,
    pub account: &'a str,
    pub rest: &'a str,
}

impl<'a> Arn<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        (parts.next()? == "arn").then_some(())?;
        let service = parts.nth(1)?;
        let account = parts.nth(1)?;
        Some(Self { service, account, rest: parts.next()? })
    }
}

/// What an ARN's last part says.
struct Named {
    said: Said,
    name: String,
    /// Without what comes after the resource's own: an alias.
    rest: String,
}

impl ArnForms {
    fn read(&self, rest: &str) -> Option<Named> {
        self.forms.iter().find_map(|form| {
            let said = form.read(rest)?;
            let name = name_of(form, &said)?;
            let rest = form.write(|part| said.get(part).map(String::as_str))?;
            Some(Named { said, name, rest })
        })
    }

    fn write(&self, said: &Said, place: &Place) -> Option<String> {
        let rest = self.forms.iter().find_map(|form| form.write(|part| said.get(part).map(String::as_str)))?;
        let Place { partition, region, account } = place;
        let (region, account) = match self.scope {
            Scope::Account => (region.as_str(), account.as_str()),
            Scope::Region => (region.as_str(), ""),
            Scope::Global => ("", account.as_str()),
            Scope::World => ("", ""),
        };
        Some(format!("arn:{partition}:{}:{region}:{account}:{rest}", self.service))
    }
}

/// The part called so, or the last.
fn name_of(form: &Form, said: &Said) -> Option<String> {
    said.get("name").or_else(|| said.get(form.names().last()?)).cloned()
}

impl AttributeSpec {
    /// Its value, if ARN or id say it.
    fn of_parts(&self, said: &Said) -> Option<String> {
        let value = match &self.parts {
            Some(form) => form.write(|part| said.get(part).map(String::as_str)),
            None => said.get(&self.name).cloned(),
        };
        value.map(|value| self.worded(&value))
    }

    /// In the catalogue's words.
    pub fn worded(&self, value: &str) -> String {
        self.words.get(value).cloned().unwrap_or_else(|| value.to_owned())
    }
}

impl Catalog {
    /// The `service` of ARNs and of CloudTrail's event sources.
    pub fn service_of(&self, cfn: &str) -> String {
        match self.resource_type(cfn).and_then(|known| known.arn.as_ref()) {
            Some(arn) => arn.service.clone(),
            None => cfn.split("::").nth(1).unwrap_or_default().to_lowercase(),
        }
    }

    /// The ARN of what is called so, if its type's are made of nothing but the name and the place.
    pub fn arn_of(&self, cfn: &str, name: &str, place: &Place) -> Option<String> {
        let said = Said::from([("name".to_owned(), name.to_owned())]);
        self.resource_type(cfn)?.arn.as_ref()?.write(&said, place)
    }

    /// From CloudFormation's physical id, which is a name, a URL or an ARN, whatever `Ref` gives for the type.
    pub fn resource_of_id(&self, cfn: &str, physical_id: &str, place: &Place) -> Resource {
        let known = self.resource_type(cfn);
        let cfn = known.map_or(cfn, |known| known.cfn.as_str());
        if physical_id.starts_with("arn:") {
            return self.resource_of(cfn, physical_id);
        }
        let read = |form: &Form| {
            let said = form.read(physical_id)?;
            Some((name_of(form, &said)?, said))
        };
        let (name, said) = known
            .and_then(|known| known.physical_id.iter().find_map(read))
            .unwrap_or_else(|| (physical_id.to_owned(), Said::from([("name".to_owned(), physical_id.to_owned())])));
        match known.and_then(|known| known.arn.as_ref()?.write(&said, place)) {
            Some(arn) => self.resource_of(cfn, &arn),
            None => with_parts(known, Resource::new(cfn, &name), &said),
        }
    }

    /// From an ARN alone. A type that isn't known is called `service:kind`.
    pub fn resource_of_arn(&self, arn: &str) -> Option<Resource> {
        let parsed = Arn::parse(arn)?;
        let fits = |known: &&ResourceType| {
            let forms = known.arn.as_ref().filter(|forms| !forms.is_shared && forms.service == parsed.service);
            forms.is_some_and(|forms| forms.read(parsed.rest).is_some())
        };
        let cfn = match (self.resource_types().iter().find(fits), parsed.rest.split_once(['/', ':'])) {
            (Some(known), _) => known.cfn.clone(),
            (None, Some((kind, _))) => format!("{}:{kind}", parsed.service),
            (None, None) => parsed.service.to_owned(),
        };
        Some(self.resource_of(&cfn, arn))
    }

    /// From what a metric's dimensions say, in the catalogue's words: `name`, `arn`, or the attribute that stands for it.
    pub fn resource_of_dimensions(&self, cfn: &str, said: &Said, place: &Place) -> Option<Resource> {
        let known = self.resource_type(cfn)?;
        if let Some(arn) = said.get("arn") {
            return Some(self.resource_of(cfn, arn));
        }
        let mut parts = Said::new();
        for (attribute, value) in said {
            match known.attribute(attribute).and_then(|spec| spec.parts.as_ref()) {
                Some(form) => parts.extend(form.read(value)?),
                None => {
                    parts.insert(attribute.clone(), value.clone());
                }
            }
        }
        let mut resource = match known.arn.as_ref().and_then(|arn| arn.write(&parts, place)) {
            Some(arn) => self.resource_of(cfn, &arn),
            None => Resource::new(cfn, parts.get("name").or_else(|| said.values().next())?),
        };
        for (attribute, value) in said.iter().filter(|(attribute, _)| *attribute != "name") {
            resource.attributes.entry(attribute.clone()).or_insert_with(|| value.as_str().into());
        }
        if let Some(named) = known.attributes.iter().find(|a| a.is_name)
            && let Some(name) = said.get("name")
        {
            resource.set(&named.name, name.as_str());
        }
        Some(resource)
    }

    fn resource_of(&self, cfn: &str, arn: &str) -> Resource {
        let known = self.resource_type(cfn);
        let rest = Arn::parse(arn).map_or(arn, |parsed| parsed.rest);
        let resource = |arn: &str, name: &str| Resource {
            id: ResourceId(arn.to_owned()),
            arn: Some(arn.to_owned()),
            ..Resource::new(cfn, name)
        };
        match known.and_then(|known| known.arn.as_ref()?.read(rest)) {
            Some(named) => {
                let arn = format!("{}{}", arn.strip_suffix(rest).unwrap_or_default(), named.rest);
                with_parts(known, resource(&arn, &named.name), &named.said)
            }
            None => resource(arn, rest.split_once(['/', ':']).map_or(rest, |(_, name)| name)),
        }
    }
}

fn with_parts(known: Option<&ResourceType>, mut resource: Resource, said: &Said) -> Resource {
    for attribute in known.map(|known| known.attributes.as_slice()).unwrap_or_default() {
        if let Some(value) = attribute.of_parts(said) {
            resource.set(&attribute.name, value);
        }
    }
    resource
}
