//! The domain, the ports of the stores and the ask pipeline
