//! Connection URLs, as libpq writes them.

use sqlatte_providers::{Result, Secret};

use crate::{
    config::{PostgresConfig, SslMode},
    error::invalid,
};

/// The configuration with all that its URL says put into its fields, and what the URL alone can say.
pub(crate) fn unfold(config: &PostgresConfig) -> Result<(PostgresConfig, Option<String>)> {
    let mut unfolded = PostgresConfig { url: Secret::default(), ..config.clone() };
    if config.url.is_empty() {
        return Ok((unfolded, None));
    }
    let url = config.url.expose();
    let rest =
        url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")).ok_or_else(|| {
            invalid("a PostgreSQL URL starts with `postgres://`, such as `postgres://user@host/database`")
        })?;
    let (rest, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    // A password may hold an unencoded `@`; a host cannot.
    let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = login.split_once(':').unwrap_or((login, ""));

    set(&mut unfolded.user, decoded(user)?);
    set(&mut unfolded.database, decoded(database)?);
    set(&mut unfolded.host, decoded(hosts)?);
    if !password.is_empty() {
        unfolded.password = Secret::new(decoded(password)?);
    }
    let mut channel_binding = None;
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = decoded(value)?;
        match name {
            "host" => set(&mut unfolded.host, value),
            "port" => unfolded.port = Some(number(name, &value)?),
            "user" => set(&mut unfolded.user, value),
            "password" => unfolded.password = Secret::new(value),
            "dbname" => set(&mut unfolded.database, value),
            "sslmode" => unfolded.sslmode = Some(mode(&value)?),
            "sslrootcert" => set(&mut unfolded.sslrootcert, value),
            "sslcert" => set(&mut unfolded.sslcert, value),
            "sslkey" => set(&mut unfolded.sslkey, value),
            "application_name" => set(&mut unfolded.application_name, value),
            "connect_timeout" => unfolded.connect_timeout = number(name, &value)?,
            "options" => set(&mut unfolded.options, value),
            "channel_binding" => channel_binding = Some(value),
            _ => {
                return Err(invalid(format!(
                    "the parameter `{name}` of the PostgreSQL URL is not known here: remove it, or use the key of that meaning beside `url`"
                )));
            }
        }
    }
    Ok((unfolded, channel_binding))
}

fn set(field: &mut String, value: String) {
    if !value.is_empty() {
        *field = value;
    }
}

fn mode(name: &str) -> Result<SslMode> {
    Ok(match name {
        "disable" => SslMode::Disable,
        "prefer" => SslMode::Prefer,
        "require" => SslMode::Require,
        "verify-ca" => SslMode::VerifyCa,
        "verify-full" => SslMode::VerifyFull,
        _ => {
            return Err(invalid(
                "`sslmode` in the PostgreSQL URL is one of disable, prefer, require, verify-ca, verify-full",
            ));
        }
    })
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| {
        invalid(format!("`{name}` in the PostgreSQL URL is a whole number that is not too large"))
    })
}

/// The text behind percent signs.
fn decoded(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let digits = [rest.next(), rest.next()]
                    .map(|digit| char::from(digit.unwrap_or_default()).to_digit(16));
                let [Some(high), Some(low)] = digits else {
                    return Err(invalid(
                        "a `%` in the PostgreSQL URL stands before two hexadecimal digits: write it as `%25`",
                    ));
                };
                u8::try_from(high * 16 + low).unwrap_or_default()
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).map_err(|_| invalid("the PostgreSQL URL is not UTF-8 behind its percent signs"))
}

#[cfg(test)]
mod tests {
    use super::unfold;
    use crate::config::{PostgresConfig, SslMode};

    #[test]
    fn reads_urls() {
        let url = "postgresql://sql%40te:p%2Fa:s%3Fs@db.example.com:5433/my%20shop?sslmode=require&application_name=x%26y&channel_binding=require";
        let (config, channel_binding) = unfold(&PostgresConfig::new(url)).unwrap();
        assert_eq!((config.user.as_str(), config.password.expose()), ("sql@te", "p/a:s?s"));
        assert_eq!((config.host.as_str(), config.database.as_str()), ("db.example.com:5433", "my shop"));
        assert_eq!((config.sslmode, config.application_name.as_str()), (Some(SslMode::Require), "x&y"));
        assert_eq!(channel_binding.as_deref(), Some("require"));
    }

    #[test]
    fn fields_fill_in_what_the_url_leaves_out() {
        let mut config = PostgresConfig::new("postgres://db/shop");
        config.user = "sqlatte".to_owned();
        config.database = "other".to_owned();
        let (config, _) = unfold(&config).unwrap();
        assert_eq!((config.user.as_str(), config.database.as_str()), ("sqlatte", "shop"));
        let (config, _) = unfold(&PostgresConfig::new("postgres://u@%2Fvar%2Frun/d")).unwrap();
        assert_eq!(config.host, "/var/run");
    }

    #[test]
    fn says_what_is_wrong_and_shows_no_password() {
        for (url, words) in [
            ("mysql://u:hunter2@h/d", "starts with `postgres://`"),
            ("postgres://u:hunter2%zz@h/d", "two hexadecimal digits"),
            ("postgres://u:hunter2@h/d?sslmode=allow", "one of disable"),
            ("postgres://u:hunter2@h/d?port=hunter2", "`port`"),
            ("postgres://u:hunter2@h/d?service=x", "`service`"),
        ] {
            let error = unfold(&PostgresConfig::new(url)).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("hunter2"), "{error}");
        }
    }
}
