"""What is asked of people: approvals, questions, and their clicks on both."""
