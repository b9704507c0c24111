"""The citizen's page: a conversation, each sentence with its sources."""
