//! A colour as the web writes it.

/// Red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// The one colour of a shop: on light pages, and on dark ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    pub light: Colour,
    pub dark: Colour,
}

impl Colour {
    /// Reads `#0a6570`; the sign may be missing.
    pub fn parse(text: &str) -> Option<Colour> {
        let digits = text.trim();
        let digits = digits.strip_prefix('#').unwrap_or(digits);
        let mut parts = [0; 3];
        hex::decode_to_slice(digits, &mut parts).ok()?;
        Some(Colour(parts))
    }

    /// `#0a6570`
    pub fn hex(self) -> String {
        format!("#{}", hex::encode(self.0))
    }
}
