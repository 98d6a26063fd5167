use super::Links;
use crate::error::port_error;
use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::{
    OpsItemDataType, OpsItemDataValue, OpsItemFilter, OpsItemFilterKey, OpsItemFilterOperator, OpsItemStatus,
    OpsItemSummary, Tag,
};
use serde_json::json;
use stackseer_model::ports::{Channel, PortError};
use stackseer_model::{Filter, Insight, Message, MessageType, Status, Transited};
use stackseer_notify::ops_item::{INSIGHT_KEY, ops_item};

const CREATE: &str = "ssm:CreateOpsItem";
/// What DevOps Guru puts on its OpsItems.
const TAG: &str = "DevOps-GuruInsightSsmOpsItemRelated";

/// One OpsItem for each insight, resolved when the insight closes and opened again when it comes back. Nothing is remembered here:
/// Systems Manager tells a second one from the first.
pub(super) struct OpsCenter {
    client: Client,
    filter: Filter,
    links: Links,
}

impl OpsCenter {
    pub(super) fn new(sdk: &SdkConfig, filter: Filter, links: Links) -> Self {
        Self { client: Client::new(sdk), filter, links }
    }

    async fn open(&self, message: &Message, insight: &Insight) -> Result<(), PortError> {
        if insight.status == Status::Closed {
            // The message comes late: nobody would resolve the item.
            return Ok(());
        }
        if insight.history.iter().any(|t| t.step == Transited::Reopened) {
            let items = self.items(insight).await?;
            match items.first() {
                _ if items.iter().any(|(_, is_over)| !is_over) => return Ok(()),
                Some((id, _)) => return self.update(id, OpsItemStatus::Open).await,
                // Somebody deleted it.
                None => {}
            }
        }
        self.create(message, insight).await
    }

    async fn create(&self, message: &Message, insight: &Insight) -> Result<(), PortError> {
        let permanent = |message: String| PortError::Permanent { action: CREATE.to_owned(), message };
        let item = ops_item(message, insight, &self.links);
        let tag = Tag::builder().key(TAG).value("true").build().map_err(|e| permanent(e.to_string()))?;
        let mut request = self
            .client
            .create_ops_item()
            .title(item.title)
            .description(item.description)
            .source(item.source)
            .severity(item.severity)
            .category(item.category)
            .tags(tag);
        for (key, value) in item.operational_data {
            let value = OpsItemDataValue::builder().value(value).r#type(OpsItemDataType::SearchableString).build();
            request = request.operational_data(key, value);
        }
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_ops_item_already_exists_exception()) => Ok(()),
            Err(error) => Err(port_error(CREATE, error)),
        }
    }

    async fn resolve(&self, insight: &Insight) -> Result<(), PortError> {
        for (id, _) in self.items(insight).await?.iter().filter(|(_, is_over)| !is_over) {
            self.update(id, OpsItemStatus::Resolved).await?;
        }
        Ok(())
    }

    /// The insight's, and whether each is over.
    async fn items(&self, insight: &Insight) -> Result<Vec<(String, bool)>, PortError> {
        let find = "ssm:DescribeOpsItems";
        let filter = OpsItemFilter::builder()
            .key(OpsItemFilterKey::OperationalData)
            .values(json!({"key": INSIGHT_KEY, "value": insight.id.as_str()}).to_string())
            .operator(OpsItemFilterOperator::Equal)
            .build()
            .map_err(|e| PortError::Permanent { action: find.to_owned(), message: e.to_string() })?;
        let answer = self.client.describe_ops_items().ops_item_filters(filter).send().await;
        let answer = answer.map_err(|e| port_error(find, e))?;
        let over = [OpsItemStatus::Resolved, OpsItemStatus::Closed];
        let item = |item: &OpsItemSummary| {
            let is_over = item.status().is_some_and(|status| over.contains(status));
            item.ops_item_id().map(|id| (id.to_owned(), is_over))
        };
        Ok(answer.ops_item_summaries().iter().filter_map(item).collect())
    }

    async fn update(&self, id: &str, status: OpsItemStatus) -> Result<(), PortError> {
        let request = self.client.update_ops_item().ops_item_id(id).status(status);
        request.send().await.map_err(|e| port_error("ssm:UpdateOpsItem", e))?;
        Ok(())
    }
}

impl Channel for OpsCenter {
    fn id(&self) -> &str {
        "ops-center"
    }

    /// Whatever types the filter names: an OpsItem lives as long as its insight.
    fn wants(&self, message: &Message, insight: &Insight) -> bool {
        let types = [MessageType::NewInsight, MessageType::ClosedInsight];
        types.contains(&message.message_type) && self.filter.severities.contains(&insight.severity)
    }

    async fn deliver(&self, message: &Message, insight: &Insight) -> Result<(), PortError> {
        match message.message_type {
            MessageType::ClosedInsight => self.resolve(insight).await,
            _ => self.open(message, insight).await,
        }
    }
}
