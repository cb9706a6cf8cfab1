//! The SQLatte server: HTTP, command line, configuration, wiring
