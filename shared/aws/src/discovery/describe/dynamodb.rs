//! DynamoDB tables.

use super::Live;
use super::reading::{Fields, Reading};
use crate::error::port_error;
use aws_sdk_dynamodb::types::TableDescription;

const TABLE: &str = "AWS::DynamoDB::Table";

impl Live {
    pub(super) async fn of_tables(&self, reading: &mut Reading<'_>) {
        let tables = reading.of_type(TABLE);
        if tables.is_empty() {
            return;
        }
        let action = "dynamodb:DescribeTable";
        let read = reading.each(&tables, "configuration", "DynamoDB table", |arn| async move {
            let answer = self.dynamodb.describe_table().table_name(name(arn)).send().await;
            let table = answer.map_err(|e| port_error(action, e))?.table;
            Ok(table.map(of_table).unwrap_or_default())
        });
        let read = read.await;
        reading.set(action, read);

        let action = "dynamodb:DescribeContinuousBackups";
        let read = reading.each(&tables, "backups", "DynamoDB table", |arn| async move {
            let answer = self.dynamodb.describe_continuous_backups().table_name(name(arn)).send().await;
            let backups = answer.map_err(|e| port_error(action, e))?.continuous_backups_description;
            let status = backups.and_then(|b| b.point_in_time_recovery_description?.point_in_time_recovery_status);
            Ok(status
                .map(|s| Fields::from([("PointInTimeRecoveryStatus".to_owned(), Some(s.as_str().to_owned()))]))
                .unwrap_or_default())
        });
        let read = read.await;
        reading.set(action, read);
    }
}

fn of_table(table: TableDescription) -> Fields {
    let mut fields = Fields::new();
    let mut known = |name: &str, value: Option<String>| {
        fields.extend(value.map(|value| (name.to_owned(), Some(value))));
    };
    known("TableStatus", table.table_status.map(|s| s.as_str().to_owned()));
    known("DeletionProtectionEnabled", table.deletion_protection_enabled.map(|on| on.to_string()));
    // Tables that never were on demand have no summary.
    let mode = table.billing_mode_summary.and_then(|s| s.billing_mode);
    let mode = mode.map_or_else(|| "PROVISIONED".to_owned(), |m| m.as_str().to_owned());
    let limit = table.provisioned_throughput.filter(|_| mode == "PROVISIONED");
    known("BillingMode", Some(mode));
    let of = |units: Option<i64>| units.map(|n| n.to_string());
    fields.insert("ReadCapacityUnits".to_owned(), of(limit.as_ref().and_then(|l| l.read_capacity_units)));
    fields.insert("WriteCapacityUnits".to_owned(), of(limit.as_ref().and_then(|l| l.write_capacity_units)));
    fields
}

fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
