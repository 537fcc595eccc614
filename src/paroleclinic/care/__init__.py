"""Care for a gradebook: backups that are verified, the way back, a look at the whole course, and forgetting a learner."""
