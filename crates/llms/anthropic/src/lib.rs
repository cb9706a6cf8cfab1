//! Anthropic's Messages API as an LLM provider
