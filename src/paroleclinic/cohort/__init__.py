"""Many learners at once: grading, grading again, feedback and export for a whole cohort."""
