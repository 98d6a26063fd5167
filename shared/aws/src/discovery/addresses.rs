//! Addresses that mean a resource without saying its name: domains of one's own, names of service discovery, what stacks
//! hand each other.

use super::edges::Stack;
use super::intrinsics::Scope;
use super::lookup::Lookup;
use serde_json::Value;
use stackseer_model::ResourceId;
use std::collections::BTreeMap;

/// Those that the templates tell.
pub(crate) fn addresses(scopes: &[Scope<'_>], lookup: &Lookup) -> Vec<(String, ResourceId)> {
    let mut found = Found(Vec::new());
    for scope in scopes {
        let stack = Stack { scope, lookup };
        stack.outputs(&mut found);
        stack.nested_parameters(scopes, &mut found);
        stack.domains(&mut found);
        stack.discovery(scopes, &mut found);
    }
    found.0
}

struct Found(Vec<(String, ResourceId)>);

impl Found {
    /// What names two resources names neither; a bare word isn't an address.
    fn add(&mut self, address: Option<String>, named: Vec<ResourceId>) {
        if let (Some(address), [id]) = (address.filter(|a| a.contains(['.', ':', '/'])), named.as_slice()) {
            self.0.push((address, id.clone()));
        }
    }
}

impl Stack<'_, '_> {
    /// What a stack gives out, by the value that it has.
    fn outputs(&self, found: &mut Found) {
        for (key, output) in &self.scope.template.outputs {
            found.add(self.scope.own_outputs.get(key).cloned(), self.named(output.get("Value")));
        }
    }

    /// What a stack is given by the one it is nested in.
    fn nested_parameters(&self, scopes: &[Scope<'_>], found: &mut Found) {
        for (logical, declared) in &self.scope.template.resources {
            let Some(nested) = self.scope.physical_ids.get(logical) else { continue };
            let Some(nested) = scopes.iter().find(|s| s.stack_id == nested) else { continue };
            for (name, value) in declared.properties.get("Parameters").and_then(Value::as_object).into_iter().flatten()
            {
                found.add(nested.parameters.get(name).cloned(), self.named(Some(value)));
            }
        }
    }

    /// Route 53, CloudFront, API Gateway.
    fn domains(&self, found: &mut Found) {
        for (logical, declared) in &self.scope.template.resources {
            let properties = &declared.properties;
            let text = |value: Option<&Value>| value.and_then(|v| self.scope.text(v));
            match declared.cfn.as_str() {
                "AWS::Route53::RecordSet" => self.record(properties, found),
                "AWS::Route53::RecordSetGroup" => {
                    let records = properties.get("RecordSets").and_then(Value::as_array);
                    records.into_iter().flatten().for_each(|record| self.record(record, found));
                }
                "AWS::CloudFront::Distribution" => {
                    let aliases = properties.pointer("/DistributionConfig/Aliases").and_then(Value::as_array);
                    aliases.into_iter().flatten().for_each(|alias| found.add(text(Some(alias)), self.owners(logical)));
                }
                "AWS::ApiGateway::DomainName" | "AWS::ApiGatewayV2::DomainName" => {
                    found.add(text(properties.get("DomainName")), self.owners(logical));
                }
                _ => {}
            }
        }
    }

    fn record(&self, record: &Value, found: &mut Found) {
        let target = record.pointer("/AliasTarget/DNSName").or_else(|| record.get("ResourceRecords"));
        found.add(record.get("Name").and_then(|name| self.scope.text(name)), self.named(target));
    }

    /// Cloud Map and Service Connect: names of ECS services.
    fn discovery(&self, scopes: &[Scope<'_>], found: &mut Found) {
        let namespaces = namespaces(scopes);
        let text = |value: Option<&Value>| value.and_then(|v| self.scope.text(v));
        // By what `Ref` gives, or by the name itself.
        let namespace = |value: Option<&Value>| {
            let value = text(value)?;
            Some(namespaces.get(&value).cloned().unwrap_or(value))
        };
        for (logical, declared) in &self.scope.template.resources {
            let properties = &declared.properties;
            match declared.cfn.as_str() {
                "AWS::ServiceDiscovery::Service" => {
                    let of = properties.get("NamespaceId").or_else(|| properties.pointer("/DnsConfig/NamespaceId"));
                    let name = text(properties.get("Name")).zip(namespace(of));
                    found.add(name.map(|(name, of)| format!("{name}.{of}")), self.owners(logical));
                }
                "AWS::ECS::Service" => {
                    let connect = properties.get("ServiceConnectConfiguration");
                    let of = namespace(connect.and_then(|c| c.get("Namespace")));
                    let services = connect.and_then(|c| c.get("Services")?.as_array()).into_iter().flatten();
                    for service in services {
                        let discovery = text(service.get("DiscoveryName").or_else(|| service.get("PortName")));
                        found.add(
                            discovery.zip(of.clone()).map(|(name, of)| format!("{name}.{of}")),
                            self.owners(logical),
                        );
                        for alias in service.get("ClientAliases").and_then(Value::as_array).into_iter().flatten() {
                            // A word, which is an address only within a URL.
                            let alias = text(alias.get("DnsName"));
                            found.0.extend(
                                alias
                                    .into_iter()
                                    .flat_map(|a| self.owners(logical).into_iter().map(move |id| (a.clone(), id))),
                            );
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Of Cloud Map, in all stacks: physical id → name.
fn namespaces(scopes: &[Scope<'_>]) -> BTreeMap<String, String> {
    let of = |scope: &Scope<'_>| {
        let declared = scope.template.resources.iter();
        let namespaces =
            declared.filter(|(_, d)| d.cfn.starts_with("AWS::ServiceDiscovery::") && d.cfn.ends_with("Namespace"));
        namespaces
            .filter_map(|(logical, d)| {
                Some((scope.physical_ids.get(logical)?.clone(), scope.text(d.properties.get("Name")?)?))
            })
            .collect::<Vec<_>>()
    };
    scopes.iter().flat_map(of).collect()
}
