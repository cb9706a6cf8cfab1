use std::{fmt, time::Duration};

use async_trait::async_trait;

use crate::{ErrorKind, LlmInfo, ProviderError, Result};

/// A model that turns texts into vectors, those of like meaning into vectors of like direction.
#[async_trait]
pub trait EmbeddingProvider: fmt::Debug + Send + Sync + 'static {
    /// Which model, where.
    fn info(&self) -> LlmInfo;

    /// The most texts of one call, at least 1; more of them may be refused.
    fn most_texts(&self) -> usize;

    /// A vector for each text, in their order, all of one length. No text is empty. `timeout` is wall-clock time for
    /// the whole call, retries included.
    ///
    /// # Errors
    /// `Unexpected` for an answer with another number of vectors, or with vectors that are none; `Rejected` for texts
    /// that the model does not take.
    async fn embed(&self, texts: &[String], purpose: Purpose, timeout: Duration) -> Result<Vec<Embedding>>;

    /// Whether key, model, address and quota are right; the error names which one is not.
    async fn check(&self) -> Result<()>;
}

/// What a text is embedded for: some models tell the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be found.
    Document,
    /// To find something.
    Query,
}

/// A vector of length 1; its direction is what a text means to one model.
#[derive(Clone, PartialEq)]
pub struct Embedding(Box<[f32]>);

impl Embedding {
    /// The direction of `values`; `None` where they have none: no values, zeros alone, or one that is no number.
    pub fn new(values: &[f32]) -> Option<Self> {
        let length = values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        // A comparison that no number passes is what turns infinity and NaN away.
        if !(length > 0.0 && length < f64::INFINITY) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a share of the length is at most 1")]
        let direction = values.iter().map(|value| (f64::from(*value) / length) as f32);
        Some(Embedding(direction.collect()))
    }

    /// An answer's vectors, of which `wanted` were asked for; `target` is who answered.
    ///
    /// # Errors
    /// `Unexpected` where there are more or fewer, where they differ in length, and where one has no direction.
    pub fn of_answer(vectors: &[Vec<f32>], wanted: usize, target: &str) -> Result<Vec<Self>> {
        let unexpected = |what: String| {
            let remedy = "check that the model is one for embeddings";
            Err(ProviderError::new(ErrorKind::Unexpected, format!("{target} answered with {what}; {remedy}")))
        };
        if vectors.len() != wanted {
            return unexpected(format!("{} vectors for {wanted} texts", vectors.len()));
        }
        let length = vectors.first().map_or(0, Vec::len);
        if vectors.iter().any(|vector| vector.len() != length) {
            return unexpected("vectors of different lengths".to_owned());
        }
        match vectors.iter().map(|vector| Embedding::new(vector)).collect() {
            Some(embeddings) => Ok(embeddings),
            None => unexpected("a vector that has no direction".to_owned()),
        }
    }

    /// The cosine of the angle between the two, from -1 to 1; `None` where they are of different lengths, and so of
    /// different models.
    pub fn likeness(&self, other: &Self) -> Option<f32> {
        /// So many sums side by side are one step of today's processors.
        const SIDE_BY_SIDE: usize = 8;

        let (one, other) = (&self.0, &other.0);
        if one.len() != other.len() {
            return None;
        }
        let (blocks, other_blocks) = (one.chunks_exact(SIDE_BY_SIDE), other.chunks_exact(SIDE_BY_SIDE));
        let rest = blocks.remainder().iter().zip(other_blocks.remainder()).map(|(a, b)| a * b).sum::<f32>();
        let mut sums = [0.0_f32; SIDE_BY_SIDE];
        for (block, other_block) in blocks.zip(other_blocks) {
            for ((sum, a), b) in sums.iter_mut().zip(block).zip(other_block) {
                *sum += a * b;
            }
        }
        Some((rest + sums.iter().sum::<f32>()).clamp(-1.0, 1.0))
    }
}

impl fmt::Debug for Embedding {
    /// Thousands of numbers tell nobody anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedding({} numbers)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_direction_is_a_vector() {
        for none in [&[][..], &[0.0, 0.0], &[f32::NAN, 1.0], &[f32::INFINITY], &[1.0, f32::NEG_INFINITY]] {
            assert_eq!(Embedding::new(none), None, "{none:?}");
        }
        for some in [&[f32::MAX, f32::MAX][..], &[f32::MIN_POSITIVE, 0.0], &[1e-45, 1e-45], &[-3.0, 4.0]] {
            let vector = Embedding::new(some).unwrap();
            assert!((vector.likeness(&vector).unwrap() - 1.0).abs() < 1e-6, "{some:?}");
        }
        assert_eq!(format!("{:?}", Embedding::new(&[1.0, 2.0]).unwrap()), "Embedding(2 numbers)");
    }

    #[test]
    fn likeness_is_the_cosine_whatever_the_length() {
        let of = |values: &[f32]| Embedding::new(values).unwrap();
        let near = |one: &[f32], other: &[f32]| of(one).likeness(&of(other)).unwrap();
        assert!((near(&[1.0, 0.0], &[5.0, 5.0]) - 0.5_f32.sqrt()).abs() < 1e-6);
        assert!((near(&[1.0, 0.0], &[-7.0, 0.0]) + 1.0).abs() < 1e-6);
        // 19 numbers: two whole blocks, and three more
        let many: Vec<f32> = (0..19_u8).map(f32::from).collect();
        let one: Vec<f32> = (0..19_u8).map(|at| if at == 18 { 1.0 } else { 0.0 }).collect();
        let length = (0..19_u8).map(|at| f32::from(at) * f32::from(at)).sum::<f32>().sqrt();
        assert!((near(&many, &one) - 18.0 / length).abs() < 1e-6);
        assert_eq!(of(&[1.0]).likeness(&of(&[1.0, 0.0])), None);
    }

    #[test]
    fn an_answer_must_be_what_was_asked_for() {
        let fault = |vectors: &[Vec<f32>], wanted: usize| {
            let error = Embedding::of_answer(vectors, wanted, "api.example.com").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unexpected);
            error.message().to_owned()
        };
        assert_eq!(Embedding::of_answer(&[vec![1.0], vec![2.0]], 2, "x").unwrap().len(), 2);
        assert_eq!(Embedding::of_answer(&[], 0, "x").unwrap(), []);
        assert!(
            fault(&[vec![1.0]], 2).starts_with("api.example.com answered with 1 vectors for 2 texts; check")
        );
        assert!(fault(&[vec![1.0], vec![1.0, 2.0]], 2).contains("vectors of different lengths"));
        for none in [vec![], vec![0.0, 0.0], vec![f32::INFINITY, 0.0]] {
            assert!(fault(&[none], 1).contains("no direction"));
        }
    }
}
