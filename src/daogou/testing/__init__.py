"""Contract suites, builders and fakes that third parties can inherit."""
