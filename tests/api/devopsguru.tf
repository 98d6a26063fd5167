# The resources of the AWS provider that are DevOps Guru's, pointed at Stackseer.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }

provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  endpoints {
    devopsguru = var.endpoint
  }
}

resource "aws_devopsguru_notification_channel" "incidents" {
  sns {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:terraform-incidents"
  }
  filters {
    message_types = ["NEW_INSIGHT", "SEVERITY_UPGRADED", "CLOSED_INSIGHT"]
    severities    = ["HIGH", "MEDIUM"]
  }
}

# In no alphabetical order: the provider keeps these as lists.
resource "aws_devopsguru_resource_collection" "stacks" {
  type = "AWS_CLOUD_FORMATION"
  cloudformation {
    stack_names = ["terraform-shop", "terraform-billing"]
  }
}

resource "aws_devopsguru_service_integration" "all" {
  kms_server_side_encryption {
    opt_in_status = "ENABLED"
    type          = "AWS_OWNED_KMS_KEY"
  }
  logs_anomaly_detection {
    opt_in_status = "ENABLED"
  }
  ops_center {
    opt_in_status = "ENABLED"
  }
}

resource "aws_devopsguru_event_sources_config" "profiler" {
  event_sources {
    amazon_code_guru_profiler {
      status = "ENABLED"
    }
  }
}

data "aws_devopsguru_notification_channel" "incidents" {
  id = aws_devopsguru_notification_channel.incidents.id
}

data "aws_devopsguru_resource_collection" "stacks" {
  type       = aws_devopsguru_resource_collection.stacks.type
  depends_on = [aws_devopsguru_resource_collection.stacks]
}
