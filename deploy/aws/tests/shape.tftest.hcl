# What the files would make, with a provider that makes nothing: terraform test

mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["a", "b", "c"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  # The provider still looks at what it is given: names of the right form.
  mock_resource "aws_ecs_cluster" {
    defaults = {
      arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/own"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn                  = "arn:aws:ecs:eu-central-1:123456789012:task-definition/own:1"
      arn_without_revision = "arn:aws:ecs:eu-central-1:123456789012:task-definition/own"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/own"
    }
  }

  mock_resource "aws_lb" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/own/1"
    }
  }

  mock_resource "aws_lb_target_group" {
    defaults = {
      arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/own/1"
    }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = {
      arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:own"
    }
  }

  mock_resource "aws_secretsmanager_secret_version" {
    defaults = {
      arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:own"
    }
  }

  mock_resource "aws_scheduler_schedule_group" {
    defaults = {
      arn = "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/own"
    }
  }

  mock_resource "aws_sns_topic" {
    defaults = {
      arn = "arn:aws:sns:eu-central-1:123456789012:own"
    }
  }
}

variables {
  region              = "eu-central-1"
  image               = "example/kasparro:0.1.0"
  certificate_arn     = "arn:aws:acm:eu-central-1:123456789012:certificate/own"
  allowed_cidr_blocks = ["203.0.113.7/32"]
}

run "with_a_network_of_its_own" {
  assert {
    condition     = length(aws_subnet.public) == 2 && length(aws_subnet.database) == 2
    error_message = "two zones, each with a public subnet and one for the database"
  }

  assert {
    condition     = !aws_db_instance.this.publicly_accessible && aws_db_instance.this.storage_encrypted && aws_db_instance.this.backup_retention_period > 0
    error_message = "the database is private, encrypted and backed up"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.api.container_definitions)[0].command == ["up"]
    error_message = "the API's task runs kasparro up"
  }

  assert {
    condition = contains(
      jsondecode(aws_ecs_task_definition.api.container_definitions)[0].environment,
      { name = "KASPARRO_SCHEDULER", value = "off" },
    )
    error_message = "EventBridge decides when, not the built-in scheduler"
  }

  assert {
    condition     = toset(jsondecode(aws_ecs_task_definition.etl.container_definitions)[0].secrets[*].name) == toset(["DATABASE_URL", "KASPARRO_ADMIN_KEY"])
    error_message = "secrets come from Secrets Manager"
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.etl["catalogues"].target[0].input).containerOverrides[0].command == ["ingest", "--catalogues"]
    error_message = "the second schedule fetches the catalogues"
  }

  assert {
    condition     = length(aws_sns_topic.alarms) == 0
    error_message = "nobody to tell, no topic"
  }
}

run "with_a_network_that_is_there" {
  variables {
    alarm_email = "somebody@example.org"
    network = {
      vpc_id             = "vpc-1"
      load_balancer      = ["subnet-1", "subnet-2"]
      tasks              = ["subnet-3", "subnet-4"]
      tasks_need_address = false
      database           = ["subnet-5", "subnet-6"]
    }
    provider_key_arns = { COINGECKO_API_KEY = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:own" }
    settings          = { COINGECKO_PLAN = "pro" }
  }

  assert {
    condition     = length(aws_vpc.own) == 0 && length(aws_subnet.public) == 0
    error_message = "nothing of a network is made"
  }

  assert {
    condition     = aws_db_subnet_group.this.subnet_ids == toset(["subnet-5", "subnet-6"])
    error_message = "the database lies where it was told to"
  }

  assert {
    condition     = !aws_ecs_service.api.network_configuration[0].assign_public_ip
    error_message = "tasks behind a NAT get no public address"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.etl.container_definitions)[0].secrets[*].name, "COINGECKO_API_KEY")
    error_message = "the provider's key is handed to the task"
  }

  assert {
    condition     = length(aws_sns_topic_subscription.alarms) == 1
    error_message = "somebody is told"
  }
}

run "without_a_known_processor" {
  command = plan

  variables {
    cpu_architecture = "SPARC"
  }

  expect_failures = [var.cpu_architecture]
}
