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
        let first = self.circuit(task).await;
        // Without keys of its own it is the provider's section that is wrong, and named already.
        let first = if task.is_set() { first.map_err(|error| of(key, &error))? } else { first? };
        let mut others = Vec::new();
        for (index, model) in self.config.fallback.iter().enumerate() {
            let circuit = self.circuit(model).await;
            let circuit = circuit.map_err(|error| of(&format!("llm.fallback[{index}]"), &error))?;
            if !others.iter().chain([&first]).any(|other| Arc::ptr_eq(other, &circuit)) {
                others.push(circuit);
            }
        }
        if others.is_empty() {
            return Ok(first);
        }
        Ok(Arc::new(Fallback::new(first, others)))
    }

    async fn circuit(&mut self, model: &Model) -> Result<Arc<Circuit>> {
        let name = model.provider.as_deref().unwrap_or(&self.config.provider);
        if name == OFFLINE {
            return Err(ProviderError::new(
                ErrorKind::InvalidSettings,
                "offline is no model: name one here, or leave it out",
            ));
        }
        let kind = self.registry.canonical_llm(name).unwrap_or(name);
        let settings = Settings::new(self.config.settings_of(kind, model))?;
        if let Some(made) = self.made.iter().find(|made| made.kind == kind && made.settings == settings) {
            return Ok(Arc::clone(&made.circuit));
        }
        let provider = self.registry.llm(kind, &settings).await?;
        let price = self.config.prices.get(&provider.info().model);
        let provider = match price {
            Some(price) => Arc::new(Priced::new(provider, price.price())),
            None => provider,
        };
        let circuit = Arc::new(Circuit::new(provider, self.config.breaker.limits()));
        self.made.push(Made { kind: kind.to_owned(), settings, circuit: Arc::clone(&circuit) });
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
