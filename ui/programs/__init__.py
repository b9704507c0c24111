"""The face for programs: JSON by HTTP, server-sent events, the OpenAI protocol, and a page that describes them."""
