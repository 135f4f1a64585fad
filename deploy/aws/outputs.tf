# What one needs to know afterwards. Where secrets are, never what they are.

output "load_balancer" {
  description = "Point the host name of your certificate here (CNAME or alias)."
  value       = aws_lb.this.dns_name
}

output "admin_key_secret" {
  description = "Where the admin key is: aws secretsmanager get-secret-value --secret-id …"
  value       = aws_secretsmanager_secret.admin_key.arn
}

output "database_url_secret" {
  description = "Where DATABASE_URL is."
  value       = aws_secretsmanager_secret.database_url.arn
}

output "run_task" {
  description = "Starts a task by hand: append --overrides for another command."
  value = join(" ", [
    "aws ecs run-task --region ${var.region} --launch-type FARGATE",
    "--cluster ${aws_ecs_cluster.this.name} --task-definition ${aws_ecs_task_definition.etl.family}",
    "--network-configuration 'awsvpcConfiguration={subnets=[${join(",", local.network.tasks)}],securityGroups=[${aws_security_group.tasks.id}],assignPublicIp=${local.network.tasks_need_address ? "ENABLED" : "DISABLED"}}'",
  ])
}

output "log_group" {
  description = "Where the logs are, one JSON object a line."
  value       = aws_cloudwatch_log_group.this.name
}
