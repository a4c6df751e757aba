"""Behind the views: what each tab of the window asks the services for, and what it does with the answers."""
