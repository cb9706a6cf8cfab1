use std::sync::Once;

/// Makes ring the process's cipher provider, unless the program has chosen one.
///
/// The workspace builds reqwest without a provider (aws-lc-rs, its default, needs minutes and a C tool chain), so
/// somebody has to name one before the first client is built: whoever builds a client here need not know.
pub(crate) fn install_provider() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        if rustls::crypto::ring::default_provider().install_default().is_err() {
            tracing::debug!("the program has its own TLS provider");
        }
    });
}
