//! From a piece of text to the resource it names: by ARN (also within a longer text), queue URL, host name or bare name.

use stackseer_catalog::{Arn, Catalog, Node};
use stackseer_model::{Resource, ResourceId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Lookup {
    pub catalog: Arc<Catalog>,
    arns: HashMap<String, ResourceId>,
    /// Names of what can be called. `None`: two things share it, so it names neither.
    names: HashMap<String, Option<ResourceId>>,
    types: BTreeMap<ResourceId, String>,
}

impl Lookup {
    pub(crate) fn new<'a>(catalog: Arc<Catalog>, resources: impl IntoIterator<Item = &'a Resource>) -> Self {
        let (arns, names, types) = Default::default();
        let mut lookup = Self { catalog, arns, names, types };
        for resource in resources {
            if lookup.catalog.node(&resource.resource_type) == Node::Helper {
                continue;
            }
            lookup.types.insert(resource.id.clone(), resource.resource_type.clone());
            if let Some(arn) = &resource.arn {
                lookup.arns.insert(arn.clone(), resource.id.clone());
            }
            let mut names = vec![resource.name.as_str()];
            names.extend(resource.known("api_id"));
            names.dedup();
            for name in names {
                let known = lookup.names.entry(name.to_owned()).or_insert_with(|| Some(resource.id.clone()));
                if known.as_ref() != Some(&resource.id) {
                    *known = None;
                }
            }
        }
        lookup
    }

    /// Empty for what no call travels through.
    pub(crate) fn type_of(&self, id: &ResourceId) -> &str {
        self.types.get(id).map_or("", String::as_str)
    }

    /// What it is in the topology.
    pub(crate) fn node(&self, id: &ResourceId) -> Node {
        self.catalog.node(self.type_of(id))
    }

    /// Whole text or part of it: an integration's URI has the function's ARN in its middle.
    pub(crate) fn find(&self, text: &str) -> Vec<&ResourceId> {
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '}' | ')' | ']' | '\\');
        let mut found: Vec<&ResourceId> = text
            .match_indices("arn:")
            .filter_map(|(start, _)| {
                let rest = &text[start..];
                self.arn(&rest[..rest.find(ends).unwrap_or(rest.len())])
            })
            .collect();
        if found.is_empty() {
            found.extend(self.whole(text));
        }
        found.sort();
        found.dedup();
        found
    }

    /// The longest known beginning: an ARN goes on with an alias, an index, a stream, `/*` or `/invocations`.
    fn arn(&self, text: &str) -> Option<&ResourceId> {
        let mut arn = text;
        loop {
            if let Some(id) = self.arns.get(arn) {
                return Some(id);
            }
            match arn.rfind(['/', ':']) {
                Some(end) if end > 0 => arn = &arn[..end],
                _ => break,
            }
        }
        let parsed = Arn::parse(text)?;
        match (parsed.service, parsed.rest.split_once('/')?) {
            // `arn:…:execute-api:…:api-id/stage/METHOD/path`
            ("execute-api", (api, _)) => self.name(api),
            // A listener's ARN is its load balancer's, and its own id behind it.
            ("elasticloadbalancing", ("listener", _)) => self.arn(&text.replacen(":listener/", ":loadbalancer/", 1)),
            _ => None,
        }
    }

    fn whole(&self, text: &str) -> Option<&ResourceId> {
        let location = text.split_once("://").map(|(_, location)| location);
        if let Some(id) = self.name(location.map_or(text, |l| l.trim_end_matches('/').rsplit('/').next().unwrap_or(l)))
        {
            // A URL's last part is a name only where it is a queue's: `https://host/account/name`.
            if location.is_none() || self.type_of(id) == "AWS::SQS::Queue" {
                return Some(id);
            }
        }
        // `main.abc123.eu-west-1.rds.amazonaws.com`, `a1b2c3.execute-api.….amazonaws.com`, `master.cache.….amazonaws.com`
        let host = location.unwrap_or(text).split(['/', ':']).next()?;
        let of_aws = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
        of_aws.then(|| host.split('.').take(2).find_map(|label| self.name(label))).flatten()
    }

    fn name(&self, name: &str) -> Option<&ResourceId> {
        self.names.get(name)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "eu-west-1:123456789012";

    fn found(lookup: &Lookup, text: &str) -> Vec<String> {
        lookup.find(text).iter().map(|id| lookup.type_of(id).rsplit("::").next().unwrap().to_owned()).collect()
    }

    #[test]
    fn text_names_what_it_names_and_nothing_else() {
        let arns = [
            format!("arn:aws:lambda:{AT}:function:checkout"),
            format!("arn:aws:dynamodb:{AT}:table/orders"),
            format!("arn:aws:sqs:{AT}:jobs"),
            format!("arn:aws:rds:{AT}:db:main"),
            "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3".to_owned(),
            format!("arn:aws:sns:{AT}:twice"),
            format!("arn:aws:kinesis:{AT}:stream/twice"),
        ];
        let resources: Vec<_> = arns.iter().map(|a| Catalog::builtin().resource_of_arn(a).unwrap()).collect();
        let lookup = Lookup::new(Arc::new(Catalog::builtin().clone()), &resources);
        let uri = format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{}/invocations", arns[0]);
        for (text, what) in [
            (uri.as_str(), vec!["Function"]),
            (&format!("{}:live", arns[0]), vec!["Function"]),
            (&format!("{}/stream/2026-01-01T00:00:00.000", arns[1]), vec!["Table"]),
            (&format!("{}/index/*", arns[1]), vec!["Table"]),
            (&format!(r#"{{"a":"{}","b":"{}"}}"#, arns[0], arns[2]), vec!["Function", "Queue"]),
            ("https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", vec!["Queue"]),
            ("main.c9xyz.eu-west-1.rds.amazonaws.com", vec!["DBInstance"]),
            ("https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod", vec!["RestApi"]),
            (&format!("arn:aws:execute-api:{AT}:a1b2c3/*/GET/orders"), vec!["RestApi"]),
            ("orders", vec!["Table"]),
            ("orders-archive", vec![]),
            ("https://example.com/orders", vec![]),
            ("twice", vec![]),
            (&format!("arn:aws:lambda:{AT}:function:checkout-old"), vec![]),
            ("", vec![]),
        ] {
            assert_eq!(found(&lookup, text), what, "{text}");
        }
    }
}
