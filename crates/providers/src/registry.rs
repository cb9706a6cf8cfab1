use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{DatabaseProvider, EmbeddingProvider, ErrorKind, LlmProvider, ProviderError, Result, Settings};

/// Makes database providers of one kind.
#[async_trait]
pub trait DatabaseFactory: fmt::Debug + Send + Sync + 'static {
    /// The kind's names: the first is its own, the others are accepted too, in configuration and as URL schemes.
    fn names(&self) -> &'static [&'static str];

    /// Reads the settings and connects.
    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn DatabaseProvider>>;
}

/// Makes LLM providers of one kind.
#[async_trait]
pub trait LlmFactory: fmt::Debug + Send + Sync + 'static {
    /// The kind's names: the first is its own, the others are accepted too.
    fn names(&self) -> &'static [&'static str];

    /// Reads the settings; no request is made.
    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn LlmProvider>>;
}

/// Makes embedding providers of one kind.
#[async_trait]
pub trait EmbeddingFactory: fmt::Debug + Send + Sync + 'static {
    /// The kind's names: the first is its own, the others are accepted too. They are those of the LLM provider at the
    /// same API.
    fn names(&self) -> &'static [&'static str];

    /// The keys of that LLM provider's settings which hold here, too: address, key, login.
    fn shared_keys(&self) -> &'static [&'static str];

    /// Reads the settings; no request is made.
    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn EmbeddingProvider>>;
}

/// The kinds this build knows.
#[derive(Debug, Default)]
pub struct Registry {
    databases: Vec<Box<dyn DatabaseFactory>>,
    llms: Vec<Box<dyn LlmFactory>>,
    embeddings: Vec<Box<dyn EmbeddingFactory>>,
}

impl Registry {
    /// A registry that knows nothing yet.
    pub fn new() -> Self {
        Registry::default()
    }

    /// Adds a kind of database.
    #[must_use]
    pub fn with_database(mut self, factory: impl DatabaseFactory) -> Self {
        self.databases.push(Box::new(factory));
        self
    }

    /// Adds a kind of LLM.
    #[must_use]
    pub fn with_llm(mut self, factory: impl LlmFactory) -> Self {
        self.llms.push(Box::new(factory));
        self
    }

    /// Adds a kind of embedding provider.
    #[must_use]
    pub fn with_embeddings(mut self, factory: impl EmbeddingFactory) -> Self {
        self.embeddings.push(Box::new(factory));
        self
    }

    /// The kinds of database of this build.
    pub fn databases(&self) -> Vec<&'static str> {
        self.databases.iter().filter_map(|factory| factory.names().first().copied()).collect()
    }

    /// The kinds of LLM of this build.
    pub fn llms(&self) -> Vec<&'static str> {
        self.llms.iter().filter_map(|factory| factory.names().first().copied()).collect()
    }

    /// The kinds of embedding provider of this build.
    pub fn embeddings(&self) -> Vec<&'static str> {
        self.embeddings.iter().filter_map(|factory| factory.names().first().copied()).collect()
    }

    /// What makes embedding providers of the kind that has `name` among its names.
    ///
    /// # Errors
    /// `InvalidSettings` for a kind that is not compiled in or has no embeddings, with the list of those that are.
    pub fn embedding_factory(&self, name: &str) -> Result<&dyn EmbeddingFactory> {
        match self.embeddings.iter().find(|factory| factory.names().contains(&name)) {
            Some(factory) => Ok(&**factory),
            None => Err(not_compiled_in("embedding", name, &self.embeddings())),
        }
    }

    /// The kind's own name, where `name` is one of its names.
    pub fn canonical_database(&self, name: &str) -> Option<&'static str> {
        canonical(self.databases.iter().map(|factory| factory.names()), name)
    }

    /// The kind's own name, where `name` is one of its names.
    pub fn canonical_llm(&self, name: &str) -> Option<&'static str> {
        canonical(self.llms.iter().map(|factory| factory.names()), name)
    }

    /// Makes a database provider of `kind`.
    ///
    /// # Errors
    /// `InvalidSettings` for a kind that is not compiled in, with the list of those that are.
    pub async fn database(&self, kind: &str, settings: &Settings) -> Result<Arc<dyn DatabaseProvider>> {
        match self.databases.iter().find(|factory| factory.names().contains(&kind)) {
            Some(factory) => factory.connect(settings).await,
            None => Err(not_compiled_in("database", kind, &self.databases())),
        }
    }

    /// Makes an LLM provider of `kind`.
    ///
    /// # Errors
    /// `InvalidSettings` for a kind that is not compiled in, with the list of those that are.
    pub async fn llm(&self, kind: &str, settings: &Settings) -> Result<Arc<dyn LlmProvider>> {
        match self.llms.iter().find(|factory| factory.names().contains(&kind)) {
            Some(factory) => factory.connect(settings).await,
            None => Err(not_compiled_in("LLM", kind, &self.llms())),
        }
    }
}

fn canonical(mut kinds: impl Iterator<Item = &'static [&'static str]>, name: &str) -> Option<&'static str> {
    kinds.find(|names| names.contains(&name))?.first().copied()
}

/// Whether it could be the name of a provider.
fn is_name(kind: &str) -> bool {
    let may_stand = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || matches!(one, '-' | '_');
    (1..=16).contains(&kind.len()) && kind.chars().all(may_stand)
}

fn not_compiled_in(what: &str, kind: &str, known: &[&str]) -> ProviderError {
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    // What is no name may be a key in the wrong place.
    let kind = if is_name(kind) { format!("`{kind}`") } else { "such".to_owned() };
    ProviderError::new(
        ErrorKind::InvalidSettings,
        format!("this build has no {kind} {what} provider; it was compiled with: {known}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Nothing;

    #[async_trait]
    impl DatabaseFactory for Nothing {
        fn names(&self) -> &'static [&'static str] {
            &["sqlite", "sqlite3"]
        }

        async fn connect(&self, _: &Settings) -> Result<Arc<dyn DatabaseProvider>> {
            Err(ProviderError::new(ErrorKind::Unsupported, "nothing to connect to"))
        }
    }

    #[test]
    fn knows_a_kind_by_all_its_names() {
        let registry = Registry::new().with_database(Nothing);
        assert_eq!(registry.canonical_database("sqlite3"), Some("sqlite"));
        assert_eq!(registry.canonical_database("sqlite"), Some("sqlite"));
        assert_eq!((registry.canonical_database("mysql"), registry.canonical_llm("sqlite")), (None, None));
    }

    #[tokio::test]
    async fn names_what_the_build_has() {
        let registry = Registry::new().with_database(Nothing);
        let error = registry.database("mysql", &Settings::default()).await.unwrap_err();
        assert_eq!(
            error.message(),
            "this build has no `mysql` database provider; it was compiled with: sqlite"
        );
        for key in ["sk-SECRET", "sk-proj-0123456789abcdef", "[{\"api_key\": \"k\"}]", ""] {
            let error = registry.llm(key, &Settings::default()).await.unwrap_err();
            assert_eq!(error.message(), "this build has no such LLM provider; it was compiled with: none");
        }
        let error = registry.llm("anthropic", &Settings::default()).await.unwrap_err();
        assert_eq!(error.message(), "this build has no `anthropic` LLM provider; it was compiled with: none");
        let error = registry.embedding_factory("anthropic").unwrap_err();
        assert_eq!(
            error.message(),
            "this build has no `anthropic` embedding provider; it was compiled with: none"
        );
        assert_eq!(
            registry.database("sqlite", &Settings::default()).await.unwrap_err().kind(),
            ErrorKind::Unsupported
        );
    }
}
