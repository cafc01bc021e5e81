"""/v1/fine_tuning: jobs that pass through all their states, their events, checkpoints and models.

Nothing is trained. A job's whole course is planned when it is created (`course`), from the rows
of its file (`rows`) and its hyperparameters; time alone moves it on (`job`), so a test moves the
clock and sees what a day of training would show.
"""
