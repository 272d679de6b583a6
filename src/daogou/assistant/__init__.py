"""The shopping assistant: understand, keep state, act, say, verify."""
