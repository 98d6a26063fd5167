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
    /// Whole texts and host names that mean one resource, though nothing in them says so: a domain of one's own, an address
    /// that another stack exports.
    addresses: HashMap<String, Option<ResourceId>>,
}

/// Types that code calls by their mere name; others by an address.
const BY_NAME: &[&str] = &[
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Events::EventBus",
    "AWS::Lambda::Function",
    "AWS::StepFunctions::StateMachine",
    "AWS::S3::Bucket",
    "AWS::Cognito::UserPool",
];

impl Lookup {
    pub(crate) fn new<'a>(catalog: Arc<Catalog>, resources: impl IntoIterator<Item = &'a Resource>) -> Self {
        let (arns, names, types, addresses) = Default::default();
        let mut lookup = Self { catalog, arns, names, types, addresses };
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

    /// `address`: a host name, or a whole text.
    pub(crate) fn add_address(&mut self, address: &str, id: &ResourceId) {
        let address = address.trim_end_matches('.').to_lowercase();
        if self.types.contains_key(id) && !address.is_empty() {
            let known = self.addresses.entry(address).or_insert_with(|| Some(id.clone()));
            if known.as_ref() != Some(id) {
                *known = None;
            }
        }
    }

    /// What a setting of code names: `LOG_LEVEL: main` is no database that happens to be called so.
    pub(crate) fn find_in_code(&self, text: &str) -> Vec<&ResourceId> {
        let is_word = !text.contains([':', '.', '/']);
        let mut found = self.find(text);
        found.retain(|id| !is_word || BY_NAME.contains(&self.type_of(id)));
        found
    }

    /// Empty for what no call travels through.
    pub(crate) fn type_of(&self, id: &ResourceId) -> &str {
        self.types.get(id).map_or("", String::as_str)
    }

    /// Its service, as ARNs call it.
    pub(crate) fn service_of(&self, id: &ResourceId) -> String {
        self.catalog.service_of(self.type_of(id))
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
        let host = location.unwrap_or(text).rsplit('@').next()?.split(['/', ':', '?']).next()?.to_lowercase();
        let known = |address: &str| self.addresses.get(address).and_then(Option::as_ref);
        if let Some(id) = known(&text.to_lowercase()) {
            return Some(id);
        }
        if let Some(id) = known(&host).filter(|_| location.is_some() || host.contains('.')) {
            return Some(id);
        }
        if let Some(id) = self.name(location.map_or(text, |l| l.trim_end_matches('/').rsplit('/').next().unwrap_or(l)))
        {
            // A URL's last part is a name only where it is a queue's: `https://host/account/name`.
            if location.is_none() || self.type_of(id) == "AWS::SQS::Queue" {
                return Some(id);
            }
        }
        self.host(&host)
    }

    /// `main.abc123.eu-west-1.rds.amazonaws.com`, `a1b2c3.execute-api.….amazonaws.com`, `master.cache.….amazonaws.com`,
    /// `internal-web-1234.eu-west-1.elb.amazonaws.com`, `web-12ab.elb.eu-west-1.amazonaws.com`
    fn host(&self, host: &str) -> Option<&ResourceId> {
        let of_aws = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
        if !of_aws {
            return None;
        }
        if host.contains(".elb.") {
            let label = host.split('.').next()?;
            let name = label.strip_prefix("internal-").unwrap_or(label).rsplit_once('-')?.0;
            return self.name(name).filter(|id| self.type_of(id).ends_with("::LoadBalancer"));
        }
        let service =
            |label: &str| matches!(label, "s3" | "sqs" | "sns" | "dynamodb" | "lambda" | "states" | "kinesis");
        let labels = || host.split('.').take(2).take_while(|label| !service(label));
        // A serverless cache's name goes on with an id.
        labels().find_map(|label| self.name(label)).or_else(|| {
            let (name, _) = host.split('.').next()?.rsplit_once('-')?;
            host.contains(".serverless.").then(|| self.name(name))?
        })
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
            format!("arn:aws:elasticloadbalancing:{AT}:loadbalancer/app/web/50dc6c495c0c9188"),
        ];
        let resources: Vec<_> = arns.iter().map(|a| Catalog::builtin().resource_of_arn(a).unwrap()).collect();
        let mut lookup = Lookup::new(Arc::new(Catalog::builtin().clone()), &resources);
        lookup.add_address("www.example.org", &resources[4].id);
        lookup.add_address("https://abc123.lambda-url.eu-west-1.on.aws/", &resources[0].id);
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
            ("https://www.example.org/cart?x=1", vec!["RestApi"]),
            ("www.example.org", vec!["RestApi"]),
            ("postgres://me:secret@main.c9xyz.eu-west-1.rds.amazonaws.com:5432/shop", vec!["DBInstance"]),
            ("https://abc123.lambda-url.eu-west-1.on.aws/", vec!["Function"]),
            ("https://other.lambda-url.eu-west-1.on.aws/", vec![]),
            ("web", vec!["LoadBalancer"]),
            ("internal-web-1820133.eu-west-1.elb.amazonaws.com", vec!["LoadBalancer"]),
            ("http://web-1820133.eu-west-1.elb.amazonaws.com/cart", vec!["LoadBalancer"]),
            ("http://webshop-1820133.eu-west-1.elb.amazonaws.com/cart", vec![]),
            ("https://dynamodb.eu-west-1.amazonaws.com", vec![]),
            (&format!("arn:aws:lambda:{AT}:function:checkout-old"), vec![]),
            ("", vec![]),
        ] {
            assert_eq!(found(&lookup, text), what, "{text}");
        }
        let in_code = |text: &str| lookup.find_in_code(text).len();
        assert_eq!([in_code("orders"), in_code("main"), in_code("web")], [1, 0, 0]);
    }
}
