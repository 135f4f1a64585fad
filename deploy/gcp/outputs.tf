# What one needs to know afterwards. Where secrets are, never what they are.

output "api" {
  description = "Where the API answers."
  value       = google_cloud_run_v2_service.api.uri
}

output "admin_key_secret" {
  description = "Where the admin key is: gcloud secrets versions access latest --secret …"
  value       = google_secret_manager_secret.this["admin-key"].secret_id
}

output "command_job" {
  description = "Runs any command: gcloud run jobs execute … --args=status"
  value       = google_cloud_run_v2_job.command.name
}

output "schedules" {
  description = "The jobs that start the ETL: gcloud scheduler jobs run …"
  value       = [for job in google_cloud_scheduler_job.etl : job.name]
}
