# The two kinds of task, of one image: the API, which stays, and a run of the ETL, which ends.

locals {
  port     = 8000
  user     = "kasparro"
  database = "kasparro"

  environment = merge(
    {
      API_HOST             = "0.0.0.0"
      API_PORT             = tostring(local.port)
      KASPARRO_PUBLIC_READ = var.public_read ? "on" : "off"
      KASPARRO_SCHEDULER   = "off" # EventBridge decides when, see schedule.tf
    },
    var.settings,
  )

  secrets = merge(
    {
      DATABASE_URL       = aws_secretsmanager_secret_version.database_url.arn
      KASPARRO_ADMIN_KEY = aws_secretsmanager_secret_version.admin_key.arn
    },
    var.provider_key_arns,
  )

  container = {
    name                   = "kasparro"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    environment            = [for name, value in local.environment : { name = name, value = value }]
    secrets                = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
    stopTimeout            = 30
    linuxParameters        = { initProcessEnabled = true }
  }

  logging = {
    logDriver = "awslogs"
    options = {
      awslogs-group  = aws_cloudwatch_log_group.this.name
      awslogs-region = var.region
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}"
  retention_in_days = var.log_days
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

# `up` and not `serve`: with its scheduler off the worker in it does nothing but what is asked for
# by POST /run-etl, which `serve` alone would answer with 503.
resource "aws_ecs_task_definition" "api" {
  family                   = "${var.name}-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode([merge(local.container, {
    entryPoint       = ["kasparro"]
    command          = ["up"]
    portMappings     = [{ containerPort = local.port, protocol = "tcp" }]
    logConfiguration = merge(local.logging, { options = merge(local.logging.options, { awslogs-stream-prefix = "api" }) })
  })])
}

resource "aws_ecs_task_definition" "etl" {
  family                   = "${var.name}-etl"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode([merge(local.container, {
    entryPoint       = ["kasparro"]
    command          = ["ingest"]
    logConfiguration = merge(local.logging, { options = merge(local.logging.options, { awslogs-stream-prefix = "etl" }) })
  })])
}
