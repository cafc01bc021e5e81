"""One turn of conversation; knows neither Slack, HTTP nor SQL."""
