# When the ETL runs: EventBridge starts a task that brings every source up to date and ends. Two at
# once do no harm: each stream has one lease, whoever comes second waits for it and says so.

locals {
  schedules = {
    prices     = { at = var.prices_schedule, command = ["ingest"] }
    catalogues = { at = var.catalogues_schedule, command = ["ingest", "--catalogues"] }
  }
}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

resource "aws_scheduler_schedule" "etl" {
  for_each                     = local.schedules
  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = each.value.at
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 5 # not the same second as everybody else
  }

  target {
    arn      = aws_ecs_cluster.this.arn
    role_arn = aws_iam_role.scheduler.arn
    input = jsonencode({
      containerOverrides = [{ name = local.container.name, command = each.value.command }]
    })

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.etl.arn
      launch_type         = "FARGATE"
      propagate_tags      = "TASK_DEFINITION"

      network_configuration {
        subnets          = local.network.tasks
        security_groups  = [aws_security_group.tasks.id]
        assign_public_ip = local.network.tasks_need_address
      }
    }

    retry_policy {
      maximum_retry_attempts       = 3
      maximum_event_age_in_seconds = 1800
    }
  }
}
