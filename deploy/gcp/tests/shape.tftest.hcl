# What the files would make, with a provider that makes nothing: terraform test

mock_provider "google" {
  # The provider still looks at what it is given: names of the right form.
  mock_resource "google_compute_network" {
    defaults = {
      id = "projects/own-project/global/networks/own"
    }
  }

  mock_resource "google_secret_manager_secret" {
    defaults = {
      id = "projects/own-project/secrets/own"
    }
  }

  mock_resource "google_service_account" {
    defaults = {
      email  = "own@own-project.iam.gserviceaccount.com"
      member = "serviceAccount:own@own-project.iam.gserviceaccount.com"
    }
  }
}

override_resource {
  target = random_password.scheduler_key
  values = { result = "made up" }
}

variables {
  project     = "own-project"
  region      = "europe-west3"
  image       = "example/kasparro:0.1.0"
  api_callers = ["user:somebody@example.org"]
}

run "as_shipped" {
  assert {
    condition     = google_cloud_run_v2_service.etl.template[0].scaling[0].max_instance_count == 1
    error_message = "two instances of the ETL could wait for a frozen one"
  }

  assert {
    condition     = google_cloud_run_v2_service.etl.template[0].containers[0].args == tolist(["up"])
    error_message = "the ETL needs a worker"
  }

  assert {
    condition     = google_cloud_run_v2_service.api.template[0].containers[0].args == tolist(["serve"])
    error_message = "the API needs none"
  }

  assert {
    condition     = contains([for env in google_cloud_run_v2_service.etl.template[0].containers[0].env : "${env.name}=${env.value}" if env.value != null], "KASPARRO_SCHEDULER=off")
    error_message = "Cloud Scheduler decides when, not the built-in scheduler"
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.etl : job.http_target[0].http_method == "POST" && strcontains(job.http_target[0].uri, "/run-etl?wait=true")])
    error_message = "the schedule asks for runs and waits for their end"
  }

  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.etl : length(job.http_target[0].oidc_token) == 1])
    error_message = "the scheduler says who it is"
  }

  assert {
    condition     = !google_sql_database_instance.this.settings[0].ip_configuration[0].ipv4_enabled
    error_message = "the database has no public address"
  }

  assert {
    condition     = [for one in google_cloud_run_v2_service_iam_member.api_callers : one.member] == ["user:somebody@example.org"]
    error_message = "only who was named may call the API"
  }

  assert {
    condition     = length(google_secret_manager_secret_iam_member.reader) == 4
    error_message = "each service reads its own secrets and no other"
  }
}

run "with_a_key_and_somebody_to_tell" {
  variables {
    alert_email   = "somebody@example.org"
    provider_keys = { COINGECKO_API_KEY = "own-key" }
  }

  assert {
    condition     = contains(google_cloud_run_v2_service.etl.template[0].containers[0].env[*].name, "COINGECKO_API_KEY")
    error_message = "the provider's key is handed to the ETL"
  }

  assert {
    condition     = !contains(google_cloud_run_v2_service.api.template[0].containers[0].env[*].name, "COINGECKO_API_KEY")
    error_message = "the API has no use for it"
  }

  assert {
    condition     = length(google_monitoring_alert_policy.no_good_run.notification_channels) == 1
    error_message = "somebody is told"
  }
}
