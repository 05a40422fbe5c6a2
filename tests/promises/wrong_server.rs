//! wrong_server
