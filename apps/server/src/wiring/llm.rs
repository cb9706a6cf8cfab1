use std::sync::Arc;

use sqlatte_core::llm::{Circuit, Fallback, Priced};
use sqlatte_providers::{
    EmbeddingProvider, ErrorKind, LlmProvider, ProviderError, Registry, Result, Settings,
};

use super::OFFLINE;
use crate::config::{Llm, Model};

/// The models of a configuration, each made once, however often it is named: what is known of one that fails holds
/// for all that ask it.
#[derive(Debug)]
pub(super) struct Models<'c> {
    config: &'c Llm,
    registry: Registry,
    made: Vec<Made>,
}

#[derive(Debug)]
struct Made {
    kind: String,
    settings: Settings,
    circuit: Arc<Circuit>,
    /// The keys of the configuration that name it.
    keys: Vec<String>,
}

/// A model that is set up and asked for something.
#[derive(Debug)]
pub(crate) struct SetUp {
    /// The keys of the configuration that name it.
    pub(crate) keys: Vec<String>,
    pub(crate) provider: Arc<dyn LlmProvider>,
}

impl<'c> Models<'c> {
    pub(super) fn new(config: &'c Llm, registry: Registry) -> Self {
        Models { config, registry, made: Vec::new() }
    }

    /// What a task asks: its own model, `key` in the configuration, and after it the fallbacks.
    ///
    /// # Errors
    /// `InvalidSettings` of any of them, with its key.
    pub(super) async fn asked(&mut self, key: &str, task: &Model) -> Result<Arc<dyn LlmProvider>> {
        // Without keys of its own a task has the model of all.
        let named = if task.is_set() { key } else { "llm.provider" };
        let first = self.circuit(named, task).await;
        // Without keys of its own it is the provider's section that is wrong, and named already.
        let first = if task.is_set() { first.map_err(|error| of(key, &error))? } else { first? };
        let mut others = Vec::new();
        for (index, model) in self.config.fallback.iter().enumerate() {
            let key = format!("llm.fallback[{index}]");
            let circuit = self.circuit(&key, model).await.map_err(|error| of(&key, &error))?;
            if !others.iter().chain([&first]).any(|other| Arc::ptr_eq(other, &circuit)) {
                others.push(circuit);
            }
        }
        if others.is_empty() {
            return Ok(first);
        }
        Ok(Arc::new(Fallback::new(first, others)))
    }

    /// The models that were asked for, in that order.
    pub(super) fn into_set_up(self) -> Vec<SetUp> {
        let made = self.made.into_iter();
        made.map(|made| SetUp { keys: made.keys, provider: Arc::clone(made.circuit.provider()) }).collect()
    }

    async fn circuit(&mut self, key: &str, model: &Model) -> Result<Arc<Circuit>> {
        let name = model.provider.as_deref().unwrap_or(&self.config.provider);
        if name == OFFLINE {
            return Err(ProviderError::new(
                ErrorKind::InvalidSettings,
                "offline is no model: name one here, or leave it out",
            ));
        }
        let kind = self.registry.canonical_llm(name).unwrap_or(name);
        let settings = Settings::new(self.config.settings_of(kind, model))?;
        let known = self.made.iter_mut().find(|made| made.kind == kind && made.settings == settings);
        if let Some(made) = known {
            if !made.keys.iter().any(|known| known == key) {
                made.keys.push(key.to_owned());
            }
            return Ok(Arc::clone(&made.circuit));
        }
        let provider = self.registry.llm(kind, &settings).await?;
        let price = self.config.prices.get(&provider.info().model);
        let provider = match price {
            Some(price) => Arc::new(Priced::new(provider, price.price())),
            None => provider,
        };
        let circuit = Arc::new(Circuit::new(provider, self.config.breaker.limits()));
        self.made.push(Made {
            kind: kind.to_owned(),
            settings,
            circuit: Arc::clone(&circuit),
            keys: vec![key.to_owned()],
        });
        Ok(circuit)
    }
}

/// What `llm.embeddings` names, where it names anything.
///
/// # Errors
/// `InvalidSettings`, with the key.
pub(super) async fn embeddings(
    config: &Llm,
    registry: &Registry,
) -> Result<Option<Arc<dyn EmbeddingProvider>>> {
    let model = &config.embeddings;
    if !model.is_set() {
        return Ok(None);
    }
    let name = model.provider.as_deref().unwrap_or(&config.provider);
    let made = async {
        let factory = registry.embedding_factory(name)?;
        let kind = factory.names().first().copied().unwrap_or(name);
        factory.connect(&Settings::new(config.embedding_settings(kind, factory.shared_keys()))?).await
    };
    made.await.map(Some).map_err(|error| of("llm.embeddings", &error))
}

fn of(key: &str, error: &ProviderError) -> ProviderError {
    ProviderError::new(error.kind(), format!("{key}: {error}"))
}

#[cfg(test)]
mod tests;
